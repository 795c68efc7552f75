"""The same text about the other gender: every gendered word in the place of its counterpart."""

from __future__ import annotations

import re
import unicodedata

from lab_helpers.bias.lexicons import Lexicon, find_terms, load_lexicon, plain_text

# "her" stands for "his" and for "him", "his" for "her" and for "hers": what follows tells which.
_WITH_NOUN = {"her": "his", "his": "her"}
_WITHOUT_NOUN = {"her": "him", "his": "hers"}
# "his or her patients", "her/his job": the noun comes after the second.
_COORDINATED = re.compile(r"\s*(?:/|\bor\b|\band\b)\s*(?:his|her|their)\b", re.IGNORECASE)
_NEXT_WORD = re.compile(r"[ \t]+([^\W\d_]+(?:['-][^\W_]+)*)")
# Words that can't begin what someone owns.
_NO_NOUN = frozenset(
    re.findall(
        r"\w+",
        """
        a about after again against all also always an and any are as at be because before being but by can could
        did do does during every for from had has he how i if in into is it may might must not of off on or out over
        should since so some than that the then these they this those through to today too until up was we were what
        when where which while who why will with without would yesterday you
        """,
    )
)


def counterfactual_augment(text: str, lexicon: Lexicon | None = None) -> str:
    """`text` with the gender of every gendered word swapped, its capitals kept.

    Words with one counterpart are exact; "her" and "his" are decided by the word that follows (a noun phrase, or a
    function word or none), which errs on sentences such as "I gave her books". Given names stay as they are.
    Counterfactual data augmentation: Lu et al. 2018, arXiv:1807.11714.
    """
    lexicon = lexicon or load_lexicon("en")
    composed = unicodedata.normalize("NFC", text)
    swapped, done = [], 0
    for term, start, end in find_terms(plain_text(composed), lexicon):
        if term in lexicon.counterparts:
            other = _counterpart(term, composed[end:], lexicon)
            swapped += [composed[done:start], _in_case_of(composed[start:end], other)]
            done = end
    return "".join([*swapped, composed[done:]])


def _counterpart(term: str, rest: str, lexicon: Lexicon) -> str:
    if lexicon.language != "en" or term not in _WITH_NOUN:
        return lexicon.counterparts[term]
    while second := _COORDINATED.match(rest):
        rest = rest[second.end() :]
    following = _NEXT_WORD.match(rest)
    has_noun = following is not None and following.group(1).lower() not in _NO_NOUN
    return (_WITH_NOUN if has_noun else _WITHOUT_NOUN)[term]


def _in_case_of(original: str, word: str) -> str:
    if word[0].isupper():
        return word  # It is written in one way only: Mrs, Frau.
    if len(original) > 1 and original.isupper():
        return word.upper()
    return word[0].upper() + word[1:] if original[0].isupper() else word
