"""The gradebook: a CSV of the class, plain or as Canvas and Moodle import it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Literal

from lab_helpers.grading.grades import Grade

Format = Literal["plain", "canvas", "moodle"]
# What a spreadsheet takes for the beginning of a formula (OWASP, "CSV Injection").
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "|", "%")


def gradebook_csv(grades: Sequence[Grade], form: Format = "plain") -> str:
    """The class as CSV: one row a student, the students in their order, points as decimals.

    plain: student, number, then for each lesson its points, what they are out of and how it ended, and for each
    exercise its points. canvas: the columns that Canvas' gradebook imports, one a lesson, with its row of possible
    points (a new column becomes a new assignment). moodle: those of Moodle's grade import, with feedback, a column a
    lesson. A cell that a spreadsheet would take for a formula begins with an apostrophe.
    """
    lessons = sorted({grade.record.lesson for grade in grades if grade.record.lesson})
    students = _by_student(grades)
    rows = {"plain": _plain, "canvas": _canvas, "moodle": _moodle}[form](students, lessons)
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerows([[escaped(cell) for cell in row] for row in rows])
    return out.getvalue()


def escaped(cell: object) -> str:
    """`cell` as text that no spreadsheet executes; numbers stay numbers."""
    if isinstance(cell, bool | int | float):
        return f"{cell:g}"
    text = str(cell).replace("\0", "")
    return f"'{text}" if text.lstrip(" ").startswith(_FORMULA) or text.startswith(_FORMULA) else text


Students = dict[tuple[str, str], dict[str, Grade]]


def _by_student(grades: Iterable[Grade]) -> Students:
    students: Students = {}
    for grade in grades:
        students.setdefault((grade.record.student, grade.record.number), {})[grade.record.lesson] = grade
    return dict(sorted(students.items(), key=lambda entry: (entry[0][0].casefold(), entry[0])))


def _plain(students: Students, lessons: list[str]) -> Iterable[list[object]]:
    exercises = {
        lesson: sorted({one.key for by in students.values() if lesson in by for one in by[lesson].record.exercises})
        for lesson in lessons
    }
    heads = [[lesson, f"{lesson} out of", f"{lesson} state", *exercises[lesson]] for lesson in lessons]
    yield ["student", "number", *(name for head in heads for name in head)]
    for (student, number), by_lesson in students.items():
        row: list[object] = [student, number]
        for lesson in lessons:
            row += _plain_cells(by_lesson.get(lesson), exercises[lesson])
        yield row


def _plain_cells(grade: Grade | None, exercises: list[str]) -> list[object]:
    if grade is None:
        return ["", "", "", *("" for _exercise in exercises)]
    points = {one.key: one.points for one in grade.record.exercises}
    return [grade.points, grade.record.out_of, str(grade.record.state), *(points.get(key, "") for key in exercises)]


def _canvas(students: Students, lessons: list[str]) -> Iterable[list[object]]:
    # https://community.canvaslms.com: "How do I import grades in the Gradebook?"
    yield ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", *lessons]
    yield ["    Points Possible", "", "", "", "", *(_possible(students, lesson) for lesson in lessons)]
    for (student, number), by_lesson in students.items():
        yield [student, number, "", "", "", *(_points(by_lesson, lesson) for lesson in lessons)]


def _moodle(students: Students, lessons: list[str]) -> Iterable[list[object]]:
    # https://docs.moodle.org/en/Grade_import: the participant's number as the assignment's own worksheet has it.
    yield ["Identifier", "Full name", *lessons]
    for (student, number), by_lesson in students.items():
        identifier = f"Participant {number}" if number else ""
        yield [identifier, student, *(_points(by_lesson, lesson) for lesson in lessons)]


def _points(by_lesson: dict[str, Grade], lesson: str) -> object:
    return by_lesson[lesson].points if lesson in by_lesson else ""


def _possible(students: Students, lesson: str) -> object:
    return max((by[lesson].record.out_of for by in students.values() if lesson in by), default=0)
