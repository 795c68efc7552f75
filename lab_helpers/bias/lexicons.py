"""Gendered words of a language: which are counted for which gender, and each one's counterpart."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

from lab_helpers.errors import DataError
from lab_helpers.i18n import _

LISTS = Path(__file__).parent / "lexicons"
# Typographic apostrophes that keyboards, models and web pages put into "she's".
_APOSTROPHES = str.maketrans(dict.fromkeys("\u2019\u2018\u02bc\uff07", "'"))


@dataclass(frozen=True)
class Lexicon:
    """The gendered words of one language, as data with a source.

    pairs: (feminine, masculine) words, both counted. adjectives: pairs that are swapped but not counted.
    both: phrases that count once for each gender. neither: phrases whose gendered word speaks of no one.
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
    def pattern(self) -> re.Pattern[str]:
        """Matches, in lower-case text, every word and phrase of the lexicon, the longest first."""
        words = (word for pair in self.pairs + self.adjectives for word in pair)
        return whole_words([*words, *self.both, *self.neither])

    @cached_property
    def capitalized(self) -> dict[str, str]:
        """The words that count only as they are written, by their lower case: "ms" to "Ms"."""
        return {word.lower(): word for pair in self.pairs for word in pair if word[0].isupper()}


def whole_words(terms: Iterable[str]) -> re.Pattern[str]:
    """A pattern for `terms` (brought to lower case) as whole words, the longest first.

    A hyphen ends no word ("man-made" speaks of no man), an underscore does (Markdown's _she_).
    """
    # Alternatives that share a first letter stand together: a tenth of the time of one long list.
    tails: dict[str, list[str]] = {}
    for term in sorted({term.lower() for term in terms}, key=lambda term: (-len(term), term)):
        tails.setdefault(term[0], []).append(re.escape(term[1:]))
    alternatives = "|".join(f"{re.escape(first)}(?:{'|'.join(rest)})" for first, rest in tails.items())
    return re.compile(rf"(?<![^\W_])(?:{alternatives})(?![^\W_]|-\w)")


def plain_text(text: str) -> str:
    """`text` composed (NFC) and with straight apostrophes, as the lexicons are written."""
    return unicodedata.normalize("NFC", text).translate(_APOSTROPHES)


def find_terms(text: str, lexicon: Lexicon) -> Iterator[tuple[str, int, int]]:
    """Each term of `lexicon` in `text` (plain_text), in lower case, with its start and end."""
    # The one letter whose lower case is longer would shift every place after it.
    for match in lexicon.pattern.finditer(text.replace("\u0130", "I").lower()):
        term, (start, end) = match.group(), match.span()
        if lexicon.capitalized.get(term, text[start:end]) == text[start:end]:
            yield term, start, end


def terms_of(text: str, lexicon: Lexicon) -> frozenset[str]:
    """The terms of `lexicon` that occur in `text`, in lower case."""
    return frozenset(term for term, _start, _end in find_terms(plain_text(text), lexicon))


def count_gendered(text: str, lexicon: Lexicon, but: Container[str] = ()) -> tuple[int, int]:
    """How many feminine and how many masculine words `text` has, leaving out the terms `but`."""
    feminine = masculine = 0
    for term, _start, _end in find_terms(plain_text(text), lexicon):
        if term not in but:
            feminine += term in lexicon.feminine or term in lexicon.both
            masculine += term in lexicon.masculine or term in lexicon.both
    return feminine, masculine


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
        both=tuple(data["both"]),
        neither=tuple(data["neither"]),
    )
