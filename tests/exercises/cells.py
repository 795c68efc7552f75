"""Lessons' cells as learners fill them: with the solution, with another answer, or not at all."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from textwrap import dedent, indent
from typing import Any

from lab_helpers.authoring.lessons import Cell, Lesson, read_lessons
from lab_helpers.authoring.student import BEGIN, END, student_source
from lab_helpers.exercises import EXERCISES, Evidence, Exercise, Outcome, judged, probed
from tests.exercises.answers import Answers, Model, lesson_04, lesson_05, lesson_06, lesson_07, lesson_08

ROOT = Path(__file__).parents[2]
ANSWERS: dict[str, Answers] = {
    **lesson_04.ANSWERS,
    **lesson_05.ANSWERS,
    **lesson_06.ANSWERS,
    **lesson_07.ANSWERS,
    **lesson_08.ANSWERS,
}


@lru_cache
def lesson_of(number: str) -> Lesson:
    return next(lesson for lesson in read_lessons(ROOT) if lesson.name.startswith(f"{number}_"))


def cell_of(exercise: Exercise) -> Cell:
    return next(cell for cell in lesson_of(exercise.lesson).cells if cell.key == exercise.cell)


def filled(source: str, answer: str) -> str:
    """`source` with `answer` in the place of its solution, and nothing after it that only shows a value."""
    before, _mark, rest = source.partition(BEGIN)
    _solution, _mark, after = rest.partition(END)
    body, _newline, margin = before.rpartition("\n")
    tail = [line for line in after.splitlines() if margin and line.startswith(" ")]
    return "\n".join([body, indent(dedent(answer).strip("\n"), margin), *tail])


def solution_of(exercise: Exercise) -> str:
    return dedent(cell_of(exercise).source.partition(BEGIN)[2].rpartition(END)[0].strip("\n"))


def stub_of(exercise: Exercise) -> str:
    return student_source(cell_of(exercise).source)


class Learner:
    """A notebook at this exercise, with a cell that holds the learner's code."""

    def __init__(self, key: str) -> None:
        self.exercise, self.model = EXERCISES[key], Model()
        self.names: dict[str, Any] = {"display": lambda *_tables: None, **ANSWERS[key].given(self.model)}

    def runs(self, source: str) -> Learner:
        exec(compile(source, "<ipython-input-1>", "exec"), self.names)
        return self

    def answers(self, answer: str) -> Learner:
        return self.runs(filled(cell_of(self.exercise).source, answer))

    def values(self) -> tuple[object, ...]:
        return tuple(self.names[name] for name in self.exercise.arguments)

    def checks(self) -> Outcome:
        return self._outcome(self.exercise.examples(), Evidence())

    def hands_in(self, inputs: Any) -> Outcome:
        """What the grader finds, on `inputs` of its own and with the server's log."""
        return self._outcome(inputs, Evidence(served=tuple(self.model.served)))

    def _outcome(self, inputs: Any, evidence: Evidence) -> Outcome:
        return judged(self.exercise, probed(self.exercise, self.values(), inputs), inputs, evidence)
