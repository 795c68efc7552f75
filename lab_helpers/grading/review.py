"""Reviewing: the answers of a class, exercise by exercise, as an instructor reads and decides on them by hand."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlencode

from lab_helpers.errors import GradingError
from lab_helpers.grading.records import ExerciseRecord, Mark, Record, State
from lab_helpers.grading.store import Decision
from lab_helpers.i18n import _

LONGEST_COMMENT = 5_000
# Digits with a point or a comma, as either language has it: no sign, no exponent, neither "nan" nor "inf".
_POINTS = re.compile(r"[0-9]{1,4}(?:[.,][0-9]{1,2})?")


class Show(StrEnum):
    """Which answers are shown."""

    ALL = "all"
    UNDECIDED = "undecided"
    NOT_CORRECT = "not-correct"


@dataclass(frozen=True)
class View:
    """How the instructor looks at answers. hides_names: whose an answer is, is told once it is decided."""

    show: Show = Show.ALL
    hides_names: bool = False

    @property
    def query(self) -> str:
        """The view as the query of an address."""
        return urlencode({"show": str(self.show), "names": "hidden" if self.hides_names else "shown"})

    def showing(self, show: Show) -> View:
        """The same view of other answers."""
        return View(show, self.hides_names)

    @property
    def other_names(self) -> View:
        """The same view with names where they are hidden, without them where they are shown."""
        return View(self.show, not self.hides_names)


@dataclass(frozen=True)
class Answer:
    """One student's answer to one exercise.

    exercise: as the grader left it. decision: the instructor's, empty where there is none.
    """

    record: Record
    exercise: ExerciseRecord
    decision: Decision

    @property
    def key(self) -> str:
        """A name for it that says nothing of the student."""
        return _hash(self.record.path, self.exercise.key)

    @property
    def is_decided(self) -> bool:
        """Whether the instructor decided on it."""
        return self.decision != Decision()

    @property
    def points(self) -> float:
        """The points it counts for: the instructor's, else the grader's."""
        return self.exercise.points if self.decision.points is None else self.decision.points

    @property
    def seen(self) -> str:
        """What whoever looks at it sees, as a short text: it changes with the answer, its grading and its decision."""
        return _hash(self.exercise, self.decision)


@dataclass(frozen=True)
class Question:
    """One exercise with all the answers to it."""

    key: str
    answers: tuple[Answer, ...]

    def count(self, show: Show) -> int:
        """How many answers `show` lets through."""
        return sum(is_shown(answer, show) for answer in self.answers)

    @property
    def mean(self) -> float:
        """The mean points, the instructor's included."""
        return sum(answer.points for answer in self.answers) / len(self.answers)


def questions(records: Iterable[Record], decisions: Mapping[str, Mapping[str, Decision]]) -> list[Question]:
    """The exercises of `records` with their answers, those of superseded attempts left out; by exercise, by student."""
    found: dict[str, list[Answer]] = {}
    for record in records:
        if record.state != State.SUPERSEDED:
            own = decisions.get(record.whose, {})
            for exercise in record.exercises:
                answer = Answer(record, exercise, own.get(exercise.key, Decision()))
                found.setdefault(exercise.key, []).append(answer)
    return [Question(key, tuple(answers)) for key, answers in sorted(found.items())]


def is_shown(answer: Answer, show: Show) -> bool:
    """Whether `show` lets the answer through."""
    if show == Show.UNDECIDED:
        return not answer.is_decided
    return show == Show.ALL or answer.exercise.mark != Mark.CORRECT


def shown(question: Question, view: View, besides: Answer | None = None) -> list[Answer]:
    """The answers that `view` lets through, and `besides`, in the order in which they are read.

    Where names are hidden that is an order which tells nothing of them.
    """
    order = sorted(question.answers, key=lambda one: one.key) if view.hides_names else question.answers
    return [one for one in order if one == besides or is_shown(one, view.show)]


def first(question: Question, view: View) -> Answer | None:
    """The answer to begin with, None where none is shown."""
    return next(iter(shown(question, view)), None)


def before_and_after(answer: Answer, question: Question, view: View) -> tuple[Answer | None, Answer | None]:
    """The answers shown before and after `answer`, which itself need not be shown (any more)."""
    order = shown(question, view, besides=answer)
    place = order.index(answer)
    return (order[place - 1] if place else None), (order[place + 1] if place + 1 < len(order) else None)


def read_points(typed: str, out_of: int) -> float | None:
    """The points that were typed, None for an empty field. Raises GradingError for anything but 0 to `out_of`."""
    text = typed.strip()
    if not text:
        return None
    points = float(text.replace(",", ".")) if _POINTS.fullmatch(text) else None
    if points is None or points > out_of:
        raise GradingError(
            _("Not saved: points are a number from 0 to {out_of}.").format(out_of=out_of),
            _("Write them like 2 or 2.5, or leave the field empty."),
        )
    return points


def read_comment(typed: str) -> str:
    """The comment that was typed. Raises GradingError for one longer than LONGEST_COMMENT characters."""
    comment = typed.replace("\r\n", "\n").strip()
    if len(comment) > LONGEST_COMMENT:
        raise GradingError(
            _("Not saved: the comment has {n} characters.").format(n=len(comment)),
            _("Shorten it to {n}.").format(n=LONGEST_COMMENT),
        )
    return comment


def _hash(*values: object) -> str:
    return hashlib.sha256(repr(values).encode("utf-8", "surrogatepass")).hexdigest()[:16]
