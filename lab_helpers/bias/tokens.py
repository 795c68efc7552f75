"""A text read once: its words, and the places where a term of a list may begin, so that patterns look nowhere else."""

from __future__ import annotations

import re
import sys
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from os.path import commonprefix

# Typographic apostrophes that keyboards, models and web pages put into "she's".
_APOSTROPHES = "\u2019\u2018\u02bc\uff07"
_IDLE_WORDS = 2**15
_SPACES = {code: " " for code in range(128) if not chr(code).isalnum()}


@dataclass(frozen=True, slots=True)
class Reading:
    """A text as terms are looked for in it.

    plain: the text composed (NFC), with straight apostrophes. lower: `plain` in lower case, every letter in its place.
    spaced: `lower` with a space for each character that is no letter or digit, and one before and after it all.
    words: the runs of letters and digits of `lower`. n_runs: how many there are, a word counted as often as it occurs.
    """

    plain: str
    lower: str
    spaced: str
    words: frozenset[str]
    n_runs: int

    @property
    def n_words(self) -> int:
        """How many words a reader counts: an apostrophe or hyphen within makes no second one (she's, son-in-law)."""
        pieces = self.lower.replace("-", "'").split("'")
        return self.n_runs - sum(before[-1:].isalnum() and after[:1].isalnum() for before, after in pairwise(pieces))


@dataclass(frozen=True)
class Finder:
    """Where a pattern of terms matches: the same places as `pattern.finditer`, looking only where a term may begin.

    openings: by the first word of some terms, what they have in common as `Reading.spaced` shows it.
    stems: beginnings, all of `stem_length`, of words that are terms.
    elsewhere: terms that begin with neither a letter nor a digit; a text with one of them is searched from end to end.
    idle: words met before with which no term begins; a language's words are few and come again and again.
    """

    pattern: re.Pattern[str]
    openings: dict[str, str]
    stems: frozenset[str]
    stem_length: int
    elsewhere: tuple[str, ...]
    idle: set[str] = field(default_factory=set, repr=False, compare=False)

    def find(self, text: Reading, within: int = sys.maxsize) -> Iterator[re.Match[str]]:
        """Each match in `text.lower` from left to right, none over another, as far as it ends `within` so many."""
        for found in self._matches(text):
            if found.end() > within:
                return
            yield found

    def _matches(self, text: Reading) -> Iterator[re.Match[str]]:
        for term in self.elsewhere:
            if term in text.lower:
                yield from self.pattern.finditer(text.lower)
                return
        end = 0
        for place in self._places(text):
            if place >= end and (found := self.pattern.match(text.lower, place)):
                yield found
                end = found.end()

    def _places(self, text: Reading) -> list[int]:
        places = []
        for word in text.words - self.idle:
            if word[: self.stem_length] in self.stems:
                opening = f" {word} "
            elif word in self.openings:
                opening = self.openings[word]
            else:
                if len(self.idle) >= _IDLE_WORDS:
                    self.idle.clear()
                self.idle.add(word)
                continue
            place = text.spaced.find(opening)
            while place >= 0:
                places.append(place)
                place = text.spaced.find(opening, place + 1)
        places.sort()
        return places


def plain_text(text: str) -> str:
    """`text` composed (NFC) and with straight apostrophes, as the lexicons are written."""
    text = unicodedata.normalize("NFC", text)
    if not text.isascii():
        for apostrophe in _APOSTROPHES:
            text = text.replace(apostrophe, "'")
    return text


def lower_case(text: str) -> str:
    """`text` in lower case, every letter in its place."""
    # The one letter whose lower case is longer would shift every place after it.
    return text.replace("\u0130", "I").lower()


def read(text: str) -> Reading:
    """`text` brought to plain letters, and taken apart into its words."""
    plain = plain_text(text)
    lower = lower_case(plain)
    spaced = f" {_with_spaces(lower)} "
    runs = spaced.split()
    return Reading(plain, lower, spaced, frozenset(runs), len(runs))


def finder(pattern: re.Pattern[str], terms: Iterable[str]) -> Finder:
    """A finder for `pattern`, which matches `terms` (in lower case, stems end in "*") after no letter or digit."""
    begun: dict[str, list[str]] = {}
    stems: set[str] = set()
    elsewhere: list[str] = []
    for term in terms:
        literal = term.removesuffix("*")
        if not literal[:1].isalnum():
            elsewhere.append(literal)
            continue
        spaced = _with_spaces(literal)
        first = spaced.split()[0]
        if spaced == first != term:
            stems.add(first)
        else:
            begun.setdefault(first, []).append(f" {spaced}" if spaced != first else f" {first} ")
    openings = {first: commonprefix(alike) for first, alike in begun.items()}  # noqa: RUF071 - words, not paths
    length = min(map(len, stems), default=0)
    return Finder(pattern, openings, frozenset(stem[:length] for stem in stems), length, tuple(elsewhere))


def _with_spaces(lower: str) -> str:
    # Both ways give the same; that of ASCII is the faster one.
    if lower.isascii():
        return lower.translate(_SPACES)
    for character in set(lower):
        if not character.isalnum():
            lower = lower.replace(character, " ")
    return lower
