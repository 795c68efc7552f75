"""Feedback: one page a student, in the student's language."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from lab_helpers.grading.grades import Grade
from lab_helpers.grading.pages import page
from lab_helpers.grading.store import write_whole

FOLDER = "feedback"
_UNSAFE = re.compile(r"[^\w-]+")


def write_feedback(grades: Sequence[Grade], out: Path) -> dict[str, str]:
    """Write a page for each student under `out`/feedback; returns each page's path from `out`, by `Record.whose`.

    Pages of students who are no longer there are removed.
    """
    (out / FOLDER).mkdir(parents=True, exist_ok=True)
    pages = {}
    for whose, own in _by_student(grades).items():
        pages[whose] = f"{FOLDER}/{page_name(whose)}"
        write_whole(out / pages[whose], feedback_page(own))
    for file in (out / FOLDER).glob("*.html"):
        if f"{FOLDER}/{file.name}" not in pages.values():
            file.unlink()
    return pages


def feedback_page(grades: Sequence[Grade]) -> str:
    """The page of one student, whose `grades` these are: each lesson, each exercise with its criteria, met or not.

    It speaks the language of the student's notebooks. It shows no inputs that were kept from the student.
    """
    return page("feedback.html", grades[0].record.locale, student=grades[0].record.student, grades=grades)


def page_name(whose: str) -> str:
    """The file name of a student's page: readable, safe on every system, and one of its own for every name."""
    readable = _UNSAFE.sub("_", whose).strip("_")[:60]
    return f"{readable}-{hashlib.sha256(whose.encode('utf-8', 'surrogatepass')).hexdigest()[:8]}.html"


def _by_student(grades: Iterable[Grade]) -> dict[str, list[Grade]]:
    students: dict[str, list[Grade]] = {}
    for grade in grades:
        students.setdefault(grade.record.whose, []).append(grade)
    return students
