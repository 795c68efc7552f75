"""Records: what became of one submission, as plain JSON that any later step renders in any language."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from lab_helpers.errors import GradingError
from lab_helpers.exercises import Finding
from lab_helpers.i18n import Message, _

# A student's program may be of any length; what a person reads of it is not.
LONGEST_ANSWER = 20_000


class State(StrEnum):
    """How the grading of a submission ended."""

    GRADED = "graded"
    PARTIAL = "partial"
    TIMED_OUT = "timed_out"
    DIED = "died"
    UNREADABLE = "unreadable"
    SUPERSEDED = "superseded"


class Mark(StrEnum):
    """How one exercise ended: a check's four outcomes, and two that only a grader meets."""

    CORRECT = "correct"
    NOT_YET = "not_yet"
    ERROR = "error"
    NOT_ATTEMPTED = "not_attempted"
    TIMED_OUT = "timed_out"
    DIED = "died"


@dataclass(frozen=True)
class ExerciseRecord:
    """One exercise of one submission.

    findings: the criteria, met or not, in their order. because: what happened, where there is no finding to say it.
    answer: the student's own code, at most LONGEST_ANSWER characters, "" for none.
    """

    key: str
    mark: Mark
    points: float
    out_of: int
    title: Message
    findings: tuple[Finding, ...] = ()
    because: Message | None = None
    next_step: Message | None = None
    answer: str = ""


@dataclass(frozen=True)
class Record:
    """One submission, graded.

    key: what it depends on (submission, checks, environment, private set); the same key gives the same record.
    number: the learning platform's own number of the student, "" for none. isolation: "full", "partial", "none"; ""
    where nothing was run. late: whether the platform marked it so.
    """

    key: str
    student: str
    number: str
    layout: str
    path: str
    lesson: str
    locale: str
    digest: str
    state: State
    late: bool = False
    isolation: str = ""
    exercises: tuple[ExerciseRecord, ...] = ()
    notes: tuple[Message, ...] = ()
    problem: Message | None = None

    @property
    def whose(self) -> str:
        """The student, told from another of the same name: the name, and the platform's number where there is one."""
        return whose(self.student, self.number)

    @property
    def points(self) -> float:
        """The points of all its exercises."""
        return sum(exercise.points for exercise in self.exercises)

    @property
    def out_of(self) -> int:
        """The points that all its exercises could give."""
        return sum(exercise.out_of for exercise in self.exercises)


def whose(student: str, number: str) -> str:
    """The name under which a student's decisions, page and row are kept: "Ana Souza (101)", or "ana"."""
    return f"{student} ({number})" if number else student


def record_text(record: Record) -> str:
    """The one text of a record: sorted keys, a newline at the end."""
    return json.dumps(_plain(record), sort_keys=True, indent=1, ensure_ascii=False) + "\n"


def parse_record(text: str) -> Record:
    """The record that `record_text` wrote. Raises GradingError for anything else."""
    try:
        found: dict[str, Any] = json.loads(text)
        exercises = tuple(_exercise(exercise) for exercise in found.pop("exercises"))
        notes = tuple(_message(note) for note in found.pop("notes"))
        problem = _maybe_message(found.pop("problem"))
        state = State(found.pop("state"))
        return Record(**found, state=state, exercises=exercises, notes=notes, problem=problem)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise GradingError(
            _("A record of the gradebook is damaged ({reason}).").format(reason=type(error).__name__),
            _("Delete the file; the submission is graded again at the next run."),
        ) from error


def _exercise(found: dict[str, Any]) -> ExerciseRecord:
    return ExerciseRecord(
        key=found["key"],
        mark=Mark(found["mark"]),
        points=found["points"],
        out_of=found["out_of"],
        title=_message(found["title"]),
        findings=tuple(
            Finding(one["met"], one["points"], _message(one["expected"]), _maybe_message(one["found"]))
            for one in found["findings"]
        ),
        because=_maybe_message(found["because"]),
        next_step=_maybe_message(found["next_step"]),
        # Records of earlier versions have none.
        answer=str(found.get("answer", "")),
    )


def _maybe_message(found: Mapping[str, Any] | None) -> Message | None:
    return None if found is None else _message(found)


def _message(found: Mapping[str, Any]) -> Message:
    values = {name: _message(value) if isinstance(value, dict) else value for name, value in found["values"].items()}
    return Message(str(found["text"]), values)


def _plain(value: Any) -> Any:
    if isinstance(value, Message):
        return {"text": value.text, "values": {name: _plain(part) for name, part in value.values.items()}}
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]
    if isinstance(value, StrEnum) or value is None or isinstance(value, bool | int | float | str):
        return value
    return {name: _plain(getattr(value, name)) for name in value.__dataclass_fields__}
