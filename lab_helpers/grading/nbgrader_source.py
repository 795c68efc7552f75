"""nbgrader's source notebooks: their cells and what each is for, by the marks and metadata that nbgrader uses."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lab_helpers.authoring import student_source
from lab_helpers.authoring.notebooks import read_notebook
from lab_helpers.authoring.student import BEGIN, END
from lab_helpers.errors import GradingError
from lab_helpers.grading.foreign_assignment import Role
from lab_helpers.i18n import Message, _, message

_HEADING = re.compile(r"^#{1,6}\s+(.+?)\s*#*$", re.MULTILINE)
_SOLUTION, _HIDDEN = ("BEGIN SOLUTION", "END SOLUTION"), ("BEGIN HIDDEN TESTS", "END HIDDEN TESTS")


@dataclass(frozen=True)
class SourceCell:
    """One cell of the instructor's.

    source: as `ForeignCell.source`. full: with what is hidden. is_graded: whether it gives points. title: the nearest
    heading before it.
    """

    key: str
    kind: str
    role: Role
    source: str
    full: str
    is_graded: bool
    points: float
    title: str


def read_source(path: Path) -> list[SourceCell]:
    """The cells of the notebook at `path`.

    Raises AuthoringError where it is no notebook, or a mark is misspelt; GradingError where nbgrader would grade
    nothing in it, two cells have one grade_id, or it needs a Spark that cannot be shared.
    """
    cells = list(_cells(read_notebook(path).cells))
    if not any(cell.is_graded for cell in cells):
        raise GradingError(
            _("{file} has no cell that nbgrader gives points for.").format(file=path.name),
            _("Give the notebook of the folder `source`, with its solutions and tests, not the one handed out."),
        )
    twice = [key for key, count in Counter(cell.key for cell in cells).items() if count > 1]
    if twice:
        raise GradingError(
            _("Several cells have the grade_id {key!r}.").format(key=twice[0]),
            _("Give each its own, with nbgrader's toolbar in JupyterLab (Create Assignment)."),
        )
    for cell in cells:
        student_source(cell.source if cell.kind == "code" else "")
        if cell.kind == "code" and _builds_spark(cell.source):
            raise GradingError(
                _("Cell {key!r} builds a Spark session of its own, which the sandbox cannot share.").format(
                    key=cell.key
                ),
                _("Write in its place: from lab_helpers import spark_session; spark = spark_session()"),
            )
    return cells


def statements_of(cell: SourceCell) -> list[tuple[ast.stmt, str]]:
    """The statements of a test, each with its text as it is shown, "" for a hidden one.

    Raises SyntaxError where the cell is not plain Python.
    """
    hidden = [is_inside for is_inside, line in _regions(cell.full, _HIDDEN)]
    lines = cell.full.splitlines()
    return [
        (
            statement,
            "" if hidden[statement.lineno - 1] else "\n".join(lines[statement.lineno - 1 : statement.end_lineno]),
        )
        for statement in ast.parse(cell.full).body
    ]


def _cells(found: list[Any]) -> Iterator[SourceCell]:
    title = ""
    for place, cell in enumerate(found):
        told: Mapping[str, Any] = cell.metadata.get("nbgrader") or {}
        is_code = cell.cell_type == "code"
        if not is_code and (headings := _HEADING.findall(cell.source)):
            title = headings[-1]
        key = str(told.get("grade_id") or cell.get("id") or f"cell-{place}")
        is_solution, is_graded = bool(told.get("solution")), bool(told.get("grade") or told.get("task"))
        role: Role = "given" if is_code else "prose"
        if is_solution or told.get("task"):
            role = "answer" if is_code else "written"
        elif is_graded:
            role = "test"
        source = cell.source
        if role == "answer":
            source = _marked(source)
        elif role == "test":
            source = "\n".join(line for is_inside, line in _regions(source, _HIDDEN) if is_inside is False)
        points = told.get("points") if is_graded else None
        yield SourceCell(key, cell.cell_type, role, source, cell.source, is_graded, _number(points), title or key)


def _number(points: object) -> float:
    try:
        return max(0.0, float(points))  # pyright: ignore[reportArgumentType]
    except (TypeError, ValueError):
        return 0.0


def _regions(source: str, marks: tuple[str, str]) -> Iterator[tuple[bool, str]]:
    """Each line, and whether it stands in a region; the marks are part of it, as nbgrader takes them."""
    is_inside = False
    for line in source.split("\n"):
        is_inside = is_inside or marks[0] in line
        yield is_inside, line
        is_inside = is_inside and marks[1] not in line


def _marked(source: str) -> str:
    """An answer with its marks as we write them; nbgrader takes any line that contains them, and for none the cell."""
    if not any(mark in source for mark in _SOLUTION):
        return f"{BEGIN}\n{source}\n{END}"
    lines = []
    for line in source.split("\n"):
        indentation = line[: len(line) - len(line.lstrip())]
        mark = BEGIN if _SOLUTION[0] in line else END if _SOLUTION[1] in line else ""
        lines.append(indentation + mark if mark else line)
    return "\n".join(lines)


def _builds_spark(source: str) -> bool:
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError):
        return "SparkSession.builder" in source
    attributes = (node for node in ast.walk(tree) if isinstance(node, ast.Attribute))
    return any(node.attr == "builder" and _name(node.value) == "SparkSession" for node in attributes) or any(
        isinstance(node, ast.Call) and _name(node.func) == "SparkContext" for node in ast.walk(tree)
    )


def _name(node: ast.expr) -> str:
    if isinstance(node, ast.Name):
        return node.id
    return node.attr if isinstance(node, ast.Attribute) else ""


NOT_PYTHON: Message = message("it is not plain Python")
