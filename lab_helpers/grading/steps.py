"""Steps: what is run of a submission, in order: the cells that are needed and the probes of its exercises."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

from lab_helpers.exercises.values import Json
from lab_helpers.grading.names import used_names

_SPARK = {"spark", "spark_session", "SparkSession", "pyspark"}


@dataclass(frozen=True)
class Cell:
    """One cell to run.

    key: the cell's key in the lesson. source: plain Python, without magics. exercise: the exercise that the cell
    answers; None for a cell of the lesson itself, which comes from our own copy. keeps: names whose values, as this
    cell leaves them, `Expressions` find again, whatever later cells make of them.
    """

    key: str
    source: str
    exercise: str | None = None
    keeps: tuple[str, ...] = ()


@dataclass(frozen=True)
class Probe:
    """One exercise to bring out values of.

    exercise: its key. cell: the cell that answers it. arguments: the names whose values its probe takes. inputs: what
    to try the learner's functions on.
    """

    exercise: str
    cell: str
    arguments: tuple[str, ...]
    inputs: Json = None


@dataclass(frozen=True)
class Line:
    """One line of a program. number: of an expression, None for a statement. is_brought_out: whether its value is."""

    source: str
    number: int | None = None
    is_brought_out: bool = False


@dataclass(frozen=True)
class Expressions:
    """What a foreign test asks for: a program that is run in a scope of its own.

    exercise: the test's. cell: the test's cell. names: those that the program may use of what the cells defined.
    """

    exercise: str
    cell: str
    program: tuple[Line, ...]
    names: tuple[str, ...]


Step: TypeAlias = Cell | Probe | Expressions


def uses_spark(steps: Sequence[Step]) -> bool:
    """Whether any step names Spark."""
    return any(isinstance(step, Cell) and _SPARK & used_names(step.source) for step in steps)
