"""The same text about the other gender, or about none: every gendered word swapped, or masked."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from lab_helpers.bias.lexicons import Lexicon, find_terms, load_lexicon, plain_text
from lab_helpers.errors import DataError
from lab_helpers.i18n import _

# "her" stands for "his" and for "him", "his" for "her" and for "hers": what follows tells which.
_WITH_NOUN = {"her": "his", "his": "her"}
_WITHOUT_NOUN = {"her": "him", "his": "hers"}
# "his or her patients", "her/his job": the noun comes after the second.
_COORDINATED = re.compile(r"\s*(?:/|\bor\b|\band\b)\s*(?:his|her|their)\b", re.IGNORECASE)
_NEXT_WORD = re.compile(r"[ \t]+([^\W\d_]+(?:['-][^\W_]+)*)")
# A mark of one letter is no word to a vectorizer: what is masked leaves no trace.
_MASK = "_"
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


def scrub_gender(texts: Iterable[str], lexicon: Lexicon | None = None) -> list[str]:
    """`texts` with a mask in the place of every word that has a gender: "_ told _ colleague."

    One mask for all, since "her" is "his" as well as "him": a text and its counterfactual twin become the same text.
    What goes with gender but is no gendered word (agentic and communal words, names, occupations) stays, and with it
    what a classifier can learn from it (De-Arteaga et al. 2019, arXiv:1901.09451, section 5). So do the endings of a
    language with grammatical gender, unless the word is in the lexicon: "_ é uma _ dedicada."
    Raises DataError for a text that is missing.
    """
    lexicon = lexicon or load_lexicon("en")
    return [_scrubbed(text, lexicon) for text in require_texts(texts)]


def require_texts(texts: Iterable[str]) -> list[str]:
    """`texts` as a list. Raises DataError if one of them is no string."""
    listed = list(texts)
    if others := sum(not isinstance(text, str) for text in listed):
        raise DataError(
            _("{n} of {total} texts are missing, or are no text.").format(n=others, total=len(listed)),
            _("Leave those rows out first, and count them: table.dropna(subset='text')"),
        )
    return listed


def _scrubbed(text: str, lexicon: Lexicon) -> str:
    composed = unicodedata.normalize("NFC", text)
    kept, done = [], 0
    for term, start, end in find_terms(plain_text(composed), lexicon):
        if term in lexicon.counterparts or term in lexicon.both:
            kept += [composed[done:start], _MASK]
            done = end
    return "".join([*kept, composed[done:]])


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
