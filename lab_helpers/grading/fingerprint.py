"""Fingerprints: what a record depends on. The same fingerprint gives the same record, so nothing is run again."""

from __future__ import annotations

import hashlib
import json
import platform
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import lab_helpers
from lab_helpers.authoring import Lesson
from lab_helpers.exercises import Exercise
from lab_helpers.exercises.values import Json
from lab_helpers.grading.submissions import Submission

# What the answers and the judges are computed with.
_PACKAGES = ("ipython", "numpy", "openai", "pandas", "pyspark", "scipy", "scikit-learn", "statsmodels")
# Our own code that decides points, besides the exercises of the lesson itself.
_ROOMS = ("bias", "exercises", "grading")
# What is made anew from the records after every run, and so changes none of them.
_PAGES = {
    "class_page",
    "feedback",
    "gradebook",
    "grades",
    "pages",
    "renewal",
    "reports",
    "review",
    "review_app",
    "review_guard",
    "similarity",
    "audit",
    "store",
}


def submission_key(submission: Submission, of_lesson: str) -> str:
    """The key of a submission's record: its bytes, its place, and the fingerprint of its lesson."""
    return _hash([submission.digest, submission.path.as_posix(), submission.lesson, submission.locale, of_lesson])


def lesson_fingerprint(
    lesson: Lesson, exercises: Iterable[Exercise], inputs: Mapping[str, Json], private: str, root: Path | None = None
) -> str:
    """What grading `lesson` depends on: its cells, its exercises, their inputs, the private set, the environment.

    private: the private set's own fingerprint, "" for none. root: the helpers' folder. The catalog of another lesson's
    exercises is left out, so that changing one of those grades only its own lesson again; pages are, too.
    """
    cells = [[cell.key, cell.kind, cell.source] for cell in lesson.cells if cell.kind == "code"]
    asked = [[exercise.key, exercise.points, inputs.get(exercise.key)] for exercise in exercises]
    number = lesson.name.partition("_")[0]
    return _hash([cells, asked, private, _code(root or Path(lab_helpers.__file__).parent, number), _environment()])


@cache
def _code(root: Path, number: str) -> str:
    files = [
        path
        for room in _ROOMS
        for path in sorted((root / room).rglob("*"))
        if path.suffix in (".py", ".json") and path.stem not in _PAGES and not _is_of_another_lesson(path, number)
    ]
    return _hash([[path.relative_to(root).as_posix(), path.read_text("utf-8")] for path in files])


def _is_of_another_lesson(path: Path, number: str) -> bool:
    return path.parent.name == "catalog" and path.stem.startswith("lesson_") and path.stem != f"lesson_{number}"


@cache
def _environment() -> str:
    return json.dumps([platform.python_version(), *(f"{name} {_version(name)}" for name in _PACKAGES)])


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "-"


def _hash(value: object) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
