"""`check()`: probe and judge run in the learner's own kernel, on the inputs that everyone sees."""

from __future__ import annotations

from lab_helpers.errors import ExerciseError
from lab_helpers.exercises.catalog import EXERCISES
from lab_helpers.exercises.exercise import Exercise
from lab_helpers.exercises.journal import is_strict, note
from lab_helpers.exercises.judging import judged, probed
from lab_helpers.exercises.named import named
from lab_helpers.exercises.outcomes import Outcome
from lab_helpers.i18n import _, message


class CheckFailed(ExerciseError):
    """A check failed where it must not: under LAB_STRICT=1 (tests, builds) and under nbgrader. `outcome` says why."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__(repr(outcome), _("Correct the cell above, then run both again."))
        self.outcome = outcome


def check(key: str, *values: object) -> Outcome:
    """Check the exercise `key` on the values that the lesson asks for; show the result as the last line of a cell.

    The outcome is noted in the learner's progress file, and goes nowhere else.
    Raises ExerciseError for an unknown key or another number of values, and, where LAB_STRICT=1 or nbgrader runs the
    notebook, CheckFailed for every outcome but a correct one.
    """
    exercise = find_exercise(key)
    if len(values) != len(exercise.arguments):
        raise ExerciseError(
            _("check({key!r}) takes {n} values: {names}.").format(
                key=key, n=len(exercise.arguments), names=", ".join(exercise.arguments)
            ),
            _("Write: {call}").format(call=f"check({key!r}, {', '.join(exercise.arguments)})"),
        )
    inputs = exercise.examples()
    outcome = judged(exercise, probed(exercise, values, inputs), inputs)
    if is_strict() and not outcome.is_correct:
        raise CheckFailed(outcome)
    note("check", key, outcome.status)
    return outcome


def find_exercise(key: str) -> Exercise:
    """The exercise named `key`. Raises ExerciseError, with the nearest names, where there is none."""
    return named(key, EXERCISES, message("There is no exercise {key!r}."))
