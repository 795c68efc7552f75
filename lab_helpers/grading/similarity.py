"""Similarity: which answers share more than the handed-out code explains. A reason to look, never a verdict."""

from __future__ import annotations

import io
import tokenize
import zlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import combinations

# Winnowing (Schleimer, Wilkerson & Aiken 2003, doi:10.1145/872757.872770): every run of at least WINDOW + GRAM - 1
# tokens that two texts share is found, none shorter than GRAM is.
GRAM = 12
WINDOW = 8
LEAST_SHARE = 0.6
# A fingerprint that so many share is how the exercise is solved, not from whom.
COMMON_SHARE = 0.3


@dataclass(frozen=True)
class Pair:
    """Two students whose answers to one exercise are alike. share: of the smaller one's fingerprints, 0 to 1."""

    first: str
    second: str
    exercise: str
    share: float


def similar_pairs(answers: Mapping[str, Mapping[str, str]], handed_out: Mapping[str, str]) -> list[Pair]:
    """The pairs of students whose answers are alike, the most alike first.

    answers: source by exercise, by student. handed_out: what stood in the cell to begin with, by exercise. Names and
    literals are compared as they are, layout and comments are not. Fingerprints of the handed-out code, and those that
    more than three in ten of the class share, count for nothing.
    """
    found = []
    for exercise in sorted({key for sources in answers.values() for key in sources}):
        given = fingerprints(handed_out.get(exercise, ""))
        marks = {
            student: fingerprints(sources[exercise]) - given
            for student, sources in sorted(answers.items())
            if exercise in sources
        }
        found += _pairs(exercise, _uncommon(marks))
    return sorted(found, key=lambda pair: (-pair.share, pair.exercise, pair.first, pair.second))


def fingerprints(source: str) -> set[int]:
    """The fingerprints of a piece of Python, none for less than GRAM tokens."""
    tokens = list(_tokens(source))
    grams = [zlib.crc32("\0".join(tokens[place : place + GRAM]).encode()) for place in range(len(tokens) - GRAM + 1)]
    if len(grams) <= WINDOW:
        return {min(grams)} if grams else set()
    return {min(grams[place : place + WINDOW]) for place in range(len(grams) - WINDOW + 1)}


def _uncommon(marks: Mapping[str, set[int]]) -> dict[str, set[int]]:
    counts: defaultdict[int, int] = defaultdict(int)
    for found in marks.values():
        for mark in found:
            counts[mark] += 1
    most = max(2, COMMON_SHARE * len(marks))
    return {student: {mark for mark in found if counts[mark] <= most} for student, found in marks.items()}


def _pairs(exercise: str, marks: Mapping[str, set[int]]) -> Iterable[Pair]:
    # By mark and not by pair of students: most pairs of a large class share nothing.
    holders: defaultdict[int, list[str]] = defaultdict(list)
    for student, found in marks.items():
        for mark in found:
            holders[mark].append(student)
    shared = Counter(pair for students in holders.values() for pair in combinations(students, 2))
    for (first, second), count in shared.items():
        if (share := count / min(len(marks[first]), len(marks[second]))) >= LEAST_SHARE:
            yield Pair(first, second, exercise, share)


def _tokens(source: str) -> Iterable[str]:
    layout = (tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENCODING)
    try:
        for token in tokenize.generate_tokens(io.StringIO(source).readline):
            if token.type not in layout:
                yield token.string
    except (tokenize.TokenError, SyntaxError, ValueError):
        # What was read before the damage is compared all the same.
        return
