"""From lessons/ to course/ and solutions/: read, localize, build, execute and check.

The one source of a lesson is `lessons/NN_slug.py`, a text notebook in English; its prose in other languages stands in
`lessons/locale/<locale>.po`. Everything under course/ and solutions/ is built from these.
"""

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
