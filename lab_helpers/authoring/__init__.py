"""From lessons/ to course/ and solutions/: read, localize, build, execute and check.

The one source of a lesson is `lessons/NN_slug.py`, a text notebook in English; its prose in other languages stands in
`lessons/locale/<locale>.po`. Everything under course/ and solutions/ is built from these.
Each name loads its module when it is first used: who reads marks or lessons does not wait for what executes them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from lab_helpers.doors import opened_when_used

if TYPE_CHECKING:
    from lab_helpers.authoring.builds import build
    from lab_helpers.authoring.catalogs import sync_catalogs
    from lab_helpers.authoring.checks import check
    from lab_helpers.authoring.execution import execute_notebook
    from lab_helpers.authoring.lessons import Cell, Lesson, read_lessons
    from lab_helpers.authoring.notebooks import notebook_path, read_notebook, write_notebook
    from lab_helpers.authoring.student import given_away, solution_lines, student_source

__all__ = [
    "Cell",
    "Lesson",
    "build",
    "check",
    "execute_notebook",
    "given_away",
    "notebook_path",
    "read_lessons",
    "read_notebook",
    "solution_lines",
    "student_source",
    "sync_catalogs",
    "write_notebook",
]

_HOMES = {
    "Cell": "lessons",
    "Lesson": "lessons",
    "build": "builds",
    "check": "checks",
    "execute_notebook": "execution",
    "given_away": "student",
    "notebook_path": "notebooks",
    "read_lessons": "lessons",
    "read_notebook": "notebooks",
    "solution_lines": "student",
    "student_source": "student",
    "sync_catalogs": "catalogs",
    "write_notebook": "notebooks",
}

__getattr__ = opened_when_used(__name__, _HOMES)
