"""The words of a language that are counted: gendered ones and their counterparts, agentic, communal, and refusals."""

from __future__ import annotations

import json
import re
from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass, fields
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

from lab_helpers.bias.tokens import Finder, Reading, finder, read
from lab_helpers.bias.tokens import plain_text as plain_text
from lab_helpers.errors import DataError
from lab_helpers.i18n import _

LISTS = Path(__file__).parent / "lexicons"
# A refusal comes first; further on, the same words are part of a story.
_OPENING = 200


@dataclass(frozen=True)
class Lexicon:
    """The words of one language, as data with a source.

    pairs: (feminine, masculine) words, both counted. adjectives: pairs that are swapped but not counted.
    both: phrases that count once for each gender. neither: phrases whose word is none of those counted (mother tongue,
    kind of).
    inclusive: endings that open a word to every gender ("(a)", "*innen"): a word before one of them is not counted.
    agentic, communal: words, or stems that end in "*", of which a text's leaning is counted; the same for both genders.
    refusals: phrases that open an answer which declines to describe anyone.
    validated: whether the list was ever checked against human judgement.
    """

    language: str
    source: str
    licence: str
    validated: bool
    pairs: tuple[tuple[str, str], ...]
    adjectives: tuple[tuple[str, str], ...] = ()
    both: tuple[str, ...] = ()
    neither: tuple[str, ...] = ()
    inclusive: tuple[str, ...] = ()
    agentic: tuple[str, ...] = ()
    communal: tuple[str, ...] = ()
    refusals: tuple[str, ...] = ()

    def __getstate__(self) -> dict[str, Any]:
        # The lists travel to Spark's workers; what is derived from them is cheaper to build there than to send.
        return {field.name: getattr(self, field.name) for field in fields(self)}

    @cached_property
    def feminine(self) -> frozenset[str]:
        """The feminine words, in lower case."""
        return frozenset(feminine.lower() for feminine, _masculine in self.pairs)

    @cached_property
    def masculine(self) -> frozenset[str]:
        """The masculine words, in lower case."""
        return frozenset(masculine.lower() for _feminine, masculine in self.pairs)

    @cached_property
    def counterparts(self) -> dict[str, str]:
        """Each word (lower case) and the one that stands in its place when the gender is swapped."""
        found: dict[str, str] = {}
        for feminine, masculine in self.pairs + self.adjectives:
            found.setdefault(feminine.lower(), masculine)
            found.setdefault(masculine.lower(), feminine)
        return found

    @cached_property
    def gendered(self) -> Finder:
        """Finds, in a text that was read, every gendered word and phrase of the lexicon, the longest first."""
        words = [word for pair in self.pairs + self.adjectives for word in pair]
        terms = [term.lower() for term in (*words, *self.both, *self.neither)]
        return finder(whole_words(terms, but_before=self.inclusive), terms)

    @cached_property
    def traits(self) -> Finder:
        """Finds, in a text that was read, every agentic word (group 1) or communal one (group 2)."""
        terms = [term.lower() for term in (*self.agentic, *self.communal)]
        agentic, communal = (_alternatives(words) for words in (self.agentic, self.communal))
        neither = _alternatives(self.neither)
        pattern = re.compile(rf"(?<![^\W_])(?:{neither}|({agentic})|({communal}))(?![^\W_]|-\w)")
        return finder(pattern, [*terms, *(term.lower() for term in self.neither)] if terms else [])

    @cached_property
    def refusal(self) -> Finder:
        """Finds, in a text that was read, every phrase of `refusals`."""
        return finder(whole_words(self.refusals), [phrase.lower() for phrase in self.refusals])

    @cached_property
    def capitalized(self) -> dict[str, str]:
        """The words that count only as they are written, by their lower case: "ms" to "Ms"."""
        return {word.lower(): word for pair in self.pairs for word in pair if word[0].isupper()}


def whole_words(terms: Iterable[str], but_before: Iterable[str] = ()) -> re.Pattern[str]:
    """A pattern for `terms` (brought to lower case) as whole words, the longest first.

    A hyphen ends no word ("man-made" speaks of no man), an underscore does (Markdown's _she_).
    but_before: endings after which a term does not count.
    """
    opened = "|".join(map(re.escape, but_before))
    but = rf"(?!(?:{opened})(?![^\W_]))" if opened else ""
    return re.compile(rf"(?<![^\W_])(?:{_alternatives(terms)})(?![^\W_]|-\w){but}")


def _alternatives(terms: Iterable[str]) -> str:
    # Alternatives that share a first letter stand together: a tenth of the time of one long list.
    tails: dict[str, list[str]] = {}
    for term in sorted({term.lower() for term in terms}, key=lambda term: (-len(term), term)):
        rest = re.escape(term[1:].removesuffix("*")) + (r"\w*" if term.endswith("*") else "")
        tails.setdefault(term[0], []).append(rest)
    alternatives = (f"{re.escape(first)}(?:{'|'.join(rest)})" for first, rest in tails.items())
    return "|".join(alternatives) or "(?!)"


def find_terms(text: str, lexicon: Lexicon) -> Iterator[tuple[str, int, int]]:
    """Each gendered term of `lexicon` in `text` (plain_text), in lower case, with its start and end."""
    return gendered_terms(read(text), lexicon)


def gendered_terms(text: Reading, lexicon: Lexicon) -> Iterator[tuple[str, int, int]]:
    """Each gendered term of `lexicon` in a text that was read, in lower case, with its place in `text.plain`."""
    for match in lexicon.gendered.find(text):
        term, (start, end) = match.group(), match.span()
        written = lexicon.capitalized.get(term)
        if written is None or written == text.plain[start:end]:
            yield term, start, end


def terms_of(text: str, lexicon: Lexicon) -> frozenset[str]:
    """The gendered, agentic and communal terms of `lexicon` that occur in `text`, in lower case."""
    words = read(text)
    gendered = (term for term, _start, _end in gendered_terms(words, lexicon))
    return frozenset([*gendered, *(found.group() for found in lexicon.traits.find(words))])


def count_gendered(text: str | Reading, lexicon: Lexicon, but: Container[str] = ()) -> tuple[int, int]:
    """How many feminine and how many masculine words `text` has, leaving out the terms `but`."""
    feminine = masculine = 0
    for term, _start, _end in gendered_terms(_read(text), lexicon):
        if term not in but:
            feminine += term in lexicon.feminine or term in lexicon.both
            masculine += term in lexicon.masculine or term in lexicon.both
    return feminine, masculine


def count_traits(text: str | Reading, lexicon: Lexicon, but: Container[str] = ()) -> tuple[int, int]:
    """How many agentic and how many communal words `text` has, leaving out the terms `but`."""
    agentic = communal = 0
    for found in lexicon.traits.find(_read(text)):
        if found.group() not in but:
            agentic += found.lastindex == 1
            communal += found.lastindex == 2
    return agentic, communal


def refuses(text: str | Reading, lexicon: Lexicon) -> bool:
    """Whether `text` opens with a phrase that declines to describe anyone.

    A list of phrases, as Zou et al. 2023 (arXiv:2307.15043) judge refusals: it knows the usual words of a chat model
    and no others.
    """
    return any(True for _found in lexicon.refusal.find(_read(text), within=_OPENING))


def _read(text: str | Reading) -> Reading:
    return read(text) if isinstance(text, str) else text


@lru_cache
def load_lexicon(language: str = "en") -> Lexicon:
    """The lexicon of `language`. Raises DataError where there is none."""
    languages = sorted(path.stem for path in LISTS.glob("*.json"))
    if language not in languages:
        raise DataError(
            _("There is no list of gendered words for the language {language!r}.").format(language=language),
            _("Use one of: {languages}.").format(languages=", ".join(languages)),
        )
    data = json.loads((LISTS / f"{language}.json").read_text(encoding="utf-8"))
    return Lexicon(
        language=data["language"],
        source=data["source"],
        licence=data["licence"],
        validated=data["validated"],
        pairs=tuple((feminine, masculine) for group in data["pairs"].values() for feminine, masculine in group),
        adjectives=tuple((feminine, masculine) for feminine, masculine in data["adjectives"]),
        **{name: tuple(data[name]) for name in ("both", "neither", "inclusive", "agentic", "communal", "refusals")},
    )
