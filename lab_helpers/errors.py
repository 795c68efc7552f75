"""The one family of errors: what happened, and what to do next, in the learner's language."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lab_helpers.i18n import _

if TYPE_CHECKING:
    import pandas as pd


class LabError(Exception):
    """An error a learner can act on.

    problem: what happened. next_step: the one thing to do about it. Both already localized.
    """

    def __init__(self, problem: str, next_step: str) -> None:
        super().__init__(f"{problem}\n→ {next_step}")
        self.problem = problem
        self.next_step = next_step

    def _render_traceback_(self) -> list[str]:
        # IPython shows these lines in place of the stack; the cause stays in __cause__.
        return [f"{type(self).__name__}: {self.problem}", f"→ {self.next_step}"]


class SettingsError(LabError):
    """Something in the environment or `.env` is missing or malformed."""


class ConnectionFailed(LabError):
    """The endpoint did not answer, or refused the credentials or the deployment."""


class AnswersIncomplete(LabError):
    """`ask_all` was interrupted; the answers already given are in `.answers`."""

    def __init__(self, answers: pd.DataFrame, total: int) -> None:
        super().__init__(
            _("Interrupted with {given} of {total} answers.").format(given=len(answers), total=total),
            _("Run the cell again: it continues where it stopped."),
        )
        self.answers = answers


class NotInstalled(LabError):
    """A part of the laptop's set-up is not there (Java, the model, a package)."""


class RecordingError(LabError):
    """A recording cannot be read, written or trusted."""


class AuthoringError(LabError):
    """A lesson, catalog or built notebook breaks a rule of authoring."""


class DataError(LabError):
    """A table lacks a column or a row that a measure needs."""


class ExerciseError(LabError):
    """A check, hint or quiz was called in a way it cannot answer."""


class GradingError(LabError):
    """A class cannot be graded as it was asked for."""
