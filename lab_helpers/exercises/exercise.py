"""Exercises: each defined once, as a probe and a judge, for self-check and grader alike."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from random import Random
from typing import Literal

from lab_helpers.exercises.values import Json
from lab_helpers.i18n import Message

Kind = Literal["complete", "fix", "predict", "interpret", "design"]
Values = dict[str, Json]


@dataclass(frozen=True)
class Served:
    """One answer that the practice server gave, as its own log has it."""

    system_prompt: str | None
    prompt: str
    answer: str | None
    temperature: float | None = None
    max_tokens: int | None = None


@dataclass(frozen=True)
class Evidence:
    """What the grader knows besides the values: `served`, the answers that the practice server gave this notebook.

    None where nobody kept a log: in the learner's own kernel.
    """

    served: tuple[Served, ...] | None = None


@dataclass(frozen=True)
class Finding:
    """One criterion of an exercise, met or not: what it is worth, what was expected, and what was found instead.

    expected says what a right answer is like and never gives it.
    """

    met: bool
    points: int
    expected: Message
    found: Message | None = None


Probe = Callable[..., Values]
Judge = Callable[[Values, Json, Evidence], list[Finding]]


@dataclass(frozen=True)
class Exercise:
    """One exercise.

    key: the lesson's number and a name, "05.generate". cell: the key of the lesson's cell that the learner fills.
    arguments: the names that the lesson gives the learner's values; `check(key, *values)` takes them in this order, and
    the grader reads them from the submission. probe(*values, inputs): runs where the learner's code lives and brings
    out plain values; it raises NotAttempted for an untouched answer. judge(values, inputs, evidence): a pure function,
    which never sees the learner's objects; its findings' points sum up to `points`. hints: at least two, each saying
    more than the one before. inputs(random): what to try a learner's function on; the grader draws its own.
    """

    key: str
    cell: str
    kind: Kind
    points: int
    title: Message
    arguments: tuple[str, ...]
    probe: Probe
    judge: Judge
    hints: tuple[Message, ...]
    inputs: Callable[[Random], Json] = lambda random: None

    @property
    def lesson(self) -> str:
        """The number of its lesson: "05"."""
        return self.key.partition(".")[0]

    def examples(self) -> Json:
        """The inputs that everyone sees, the same for every learner."""
        return self.inputs(Random(self.key))


def by_key(exercises: list[Exercise]) -> Mapping[str, Exercise]:
    """`exercises` by their keys, in their order."""
    return {exercise.key: exercise for exercise in exercises}
