"""Builds: every lesson in every locale as a course notebook and an executed solution notebook."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from nbformat import NotebookNode

from lab_helpers.authoring.catalogs import lesson_catalog_path, read_catalog, translations
from lab_helpers.authoring.execution import execute_notebook
from lab_helpers.authoring.lessons import Lesson, in_locale, read_lessons
from lab_helpers.authoring.notebooks import (
    code_cells,
    course_notebook,
    notebook_path,
    read_notebook,
    solution_notebook,
    with_outputs,
    write_notebook,
)
from lab_helpers.authoring.rules import structure_problems
from lab_helpers.errors import AuthoringError
from lab_helpers.i18n import LOCALES, SOURCE_LOCALE, _

Progress = Callable[[str, int, int], None]


def build(
    root: Path,
    environ: Mapping[str, str],
    locales: Iterable[str] = LOCALES,
    *,
    on_progress: Progress = lambda notebook, done, total: None,
    force: bool = False,
) -> None:
    """Write course/<locale>/ and solutions/<locale>/ under `root` from its lessons and their catalogs.

    environ: the kernels' whole environment (see `execute_notebook`). on_progress(path from the root, cells done, cells)
    is called for each solution. A solution whose code is that of the notebook already there keeps its outputs;
    `force` executes it again, which a change of helpers or recordings asks for.
    Each notebook is written as soon as it is ready, so what an interrupted build did stays.
    Raises AuthoringError for lessons that cannot be built (nothing is written then) and for a cell that fails.
    """
    lessons = read_lessons(root)
    if problems := [problem for lesson in lessons for problem in structure_problems(lesson)]:
        raise AuthoringError("\n".join(problems), _("Mend the lessons and build again."))
    editions = [(locale, lesson) for locale in locales for lesson in localized(root, lessons, locale)]
    for locale, lesson in editions:
        write_notebook(course_notebook(lesson, locale), root / notebook_path("course", locale, lesson.name))
    for locale, lesson in editions:
        path = notebook_path("solution", locale, lesson.name)
        notebook = solution_notebook(lesson, locale)
        kept = None if force else _kept_outputs(root / path, notebook)
        if kept is None:
            kept = execute_notebook(notebook, environ, on_cell=_reporting(on_progress, path))
        else:
            on_progress(path, len(code_cells(kept)), len(code_cells(kept)))
        write_notebook(kept, root / path)


def localized(root: Path, lessons: Iterable[Lesson], locale: str) -> list[Lesson]:
    """`lessons` in the words of `locale`, by the finished translations of its catalog."""
    if locale == SOURCE_LOCALE:
        return list(lessons)
    prose = translations(read_catalog(root / lesson_catalog_path(locale), locale))
    return [in_locale(lesson, locale, prose) for lesson in lessons]


def _reporting(on_progress: Progress, path: str) -> Callable[[int, int], None]:
    return lambda done, total: on_progress(path, done, total)


def _kept_outputs(path: Path, notebook: NotebookNode) -> NotebookNode | None:
    """`notebook` with the outputs of the one at `path`, if that ran the same code to its end."""
    if not path.exists():
        return None
    try:
        earlier = read_notebook(path)
    except AuthoringError:
        return None
    if _code(earlier) != _code(notebook) or any(cell.execution_count is None for cell in code_cells(earlier)):
        return None
    return with_outputs(notebook, earlier)


def _code(notebook: NotebookNode) -> list[tuple[str, str, list[str]]]:
    return [(cell.id, cell.source, cell.metadata.get("tags", [])) for cell in code_cells(notebook)]
