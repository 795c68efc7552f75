"""Notebooks: a lesson's cells as the .ipynb a student opens and the one an instructor keeps, always the same bytes."""

from __future__ import annotations

import re
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Literal

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from lab_helpers.authoring.lessons import Cell, Lesson
from lab_helpers.authoring.prose import title
from lab_helpers.authoring.student import is_exercise, student_source
from lab_helpers.errors import AuthoringError
from lab_helpers.exercises import EXERCISES
from lab_helpers.i18n import _

Kind = Literal["course", "solution"]
FOLDERS: dict[Kind, str] = {"course": "course", "solution": "solutions"}

_CHECK = re.compile(r'check\("(?P<key>[^"]+)"')


def notebook_path(kind: Kind, locale: str, lesson: str) -> str:
    """Where a built notebook stands, from the root: `solutions/pt-BR/05_responsible_ai.ipynb`."""
    return f"{FOLDERS[kind]}/{locale}/{lesson}.ipynb"


def course_notebook(lesson: Lesson, locale: str) -> NotebookNode:
    """The student's notebook of `lesson` (already in `locale`): stubs for solutions, nothing executed."""
    return _notebook(lesson, locale, "course", student_source)


def solution_notebook(lesson: Lesson, locale: str) -> NotebookNode:
    """The instructor's notebook of `lesson` (already in `locale`): solutions with their marks, not executed yet."""
    return _notebook(lesson, locale, "solution", str)


def _notebook(lesson: Lesson, locale: str, kind: Kind, code: Callable[[str], str]) -> NotebookNode:
    metadata = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
        "lab": {"lesson": lesson.name, "locale": locale, "kind": kind},
        "title": title(lesson.cells[0].source) if lesson.cells else "",
    }
    notebook = new_notebook(cells=[_notebook_cell(cell, code) for cell in lesson.cells], metadata=metadata)
    notebook.nbformat_minor = 5
    return notebook


def _notebook_cell(cell: Cell, code: Callable[[str], str]) -> NotebookNode:
    metadata: dict[str, object] = {"key": cell.key}
    if cell.tags:
        metadata["tags"] = list(cell.tags)
    if cell.kind != "code":
        return new_markdown_cell(cell.source, id=cell.key, metadata=metadata)
    if nbgrader := _nbgrader(cell):
        metadata["nbgrader"] = nbgrader
    return new_code_cell(code(cell.source), id=cell.key, metadata=metadata)


def _nbgrader(cell: Cell) -> dict[str, object] | None:
    # https://nbgrader.readthedocs.io/en/stable/contributor_guide/metadata.html
    common = {"schema_version": 3, "grade_id": cell.key, "task": False}
    if is_exercise(cell.source):
        return {**common, "solution": True, "grade": False, "locked": False}
    if (checked := _CHECK.match(cell.source)) and (exercise := EXERCISES.get(checked["key"])):
        return {**common, "solution": False, "grade": True, "locked": True, "points": exercise.points}
    return None


def with_outputs(notebook: NotebookNode, executed: NotebookNode) -> NotebookNode:
    """A copy of `notebook` whose code cells carry the outputs and counts of the cells of the same id in `executed`."""
    by_id = {cell.get("id"): cell for cell in executed.cells if cell.cell_type == "code"}
    copy = deepcopy(notebook)
    for cell in copy.cells:
        if cell.cell_type == "code" and cell.id in by_id:
            cell.outputs = deepcopy(by_id[cell.id].outputs)
            cell.execution_count = by_id[cell.id].execution_count
    return copy


def code_cells(notebook: NotebookNode) -> list[NotebookNode]:
    """The cells of `notebook` that a kernel runs."""
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def notebook_text(notebook: NotebookNode) -> str:
    """The one text of a notebook: sorted keys, an indent of 1, letters as they are, a newline at the end."""
    return nbformat.writes(notebook, version=nbformat.NO_CONVERT).rstrip("\n") + "\n"


def read_notebook(path: Path) -> NotebookNode:
    """The notebook at `path`. Raises AuthoringError where the file is no notebook of format 4."""
    try:
        notebook = nbformat.reads(path.read_text(encoding="utf-8"), as_version=4)
        nbformat.validate(notebook)
    except (ValueError, AttributeError, nbformat.ValidationError) as error:
        raise AuthoringError(
            _("{file} cannot be read as a notebook.").format(file=path.name),
            _("Bring it back from the version history, or delete it and run `lab build`."),
        ) from error
    return notebook


def write_notebook(notebook: NotebookNode, path: Path) -> None:
    """Write `notebook` to `path`, whole or not at all; a file that holds the same text is not touched."""
    text = notebook_text(notebook).encode()
    if path.exists() and path.read_bytes() == text:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.draft")
    draft.write_bytes(text)
    draft.replace(path)
