"""Grades: a record with the instructor's own decisions and the rule for late work applied; the record itself stays."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from lab_helpers.grading.records import Record, State
from lab_helpers.grading.store import Decision, decided


@dataclass(frozen=True)
class Grade:
    """What a submission counts for.

    record: with the instructor's points in place of the grader's. comments: the instructor's, by exercise. points:
    after the deduction for late work.
    """

    record: Record
    points: float
    comments: Mapping[str, str]


def grades(
    records: Iterable[Record], decisions: Mapping[str, Mapping[str, Decision]], late_percent: float = 0.0
) -> list[Grade]:
    """The grades of `records`, without those of superseded attempts.

    late_percent: what late work loses, 0 to 100, of its points.
    """
    return [_grade(record, decisions, late_percent) for record in records if record.state != State.SUPERSEDED]


def _grade(record: Record, decisions: Mapping[str, Mapping[str, Decision]], late_percent: float) -> Grade:
    own = decisions.get(record.whose, {})
    counted = decided(record, own)
    points = counted.points * (1 - late_percent / 100) if record.late else counted.points
    comments = {key: decision.comment for key, decision in own.items() if decision.comment}
    return Grade(counted, round(points, 2), comments)
