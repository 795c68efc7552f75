"""The learner's vocabulary: everything a notebook of this course imports, and nothing else.

Each name loads its module when it is first used, so that importing this package costs next to nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from lab_helpers.doors import opened_when_used

if TYPE_CHECKING:
    from lab_helpers.answers import ask_all
    from lab_helpers.client import connect
    from lab_helpers.errors import LabError
    from lab_helpers.exercises import check, hint, progress, quiz
    from lab_helpers.notebook import use_locale
    from lab_helpers.output import display
    from lab_helpers.practice import practice_faults, practice_limits
    from lab_helpers.spark import spark_session
    from lab_helpers.widgets import check_off, connection_form, read_side_by_side

__all__ = [
    "LabError",
    "ask_all",
    "check",
    "check_off",
    "connect",
    "connection_form",
    "display",
    "hint",
    "practice_faults",
    "practice_limits",
    "progress",
    "quiz",
    "read_side_by_side",
    "spark_session",
    "use_locale",
]

_HOMES = {
    "LabError": "errors",
    "ask_all": "answers",
    "check": "exercises",
    "check_off": "widgets",
    "connect": "client",
    "connection_form": "widgets",
    "display": "output",
    "hint": "exercises",
    "practice_faults": "practice",
    "practice_limits": "practice",
    "progress": "exercises",
    "quiz": "exercises",
    "read_side_by_side": "widgets",
    "spark_session": "spark",
    "use_locale": "notebook",
}

__getattr__ = opened_when_used(__name__, _HOMES)
