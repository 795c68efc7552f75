"""Checks: everything that `lab build --check` finds wrong under a root, as sentences that name file and cell."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import zip_longest
from pathlib import Path

from nbformat import NotebookNode

from lab_helpers.authoring.builds import localized
from lab_helpers.authoring.catalog_checks import catalog_problems
from lab_helpers.authoring.lessons import Lesson, parameters_source, read_lessons
from lab_helpers.authoring.notebooks import (
    FOLDERS,
    Kind,
    code_cells,
    course_notebook,
    notebook_path,
    notebook_text,
    read_notebook,
    solution_notebook,
    with_outputs,
)
from lab_helpers.authoring.prose import html_images_without_alt
from lab_helpers.authoring.rules import image_problem, structure_problems, style_problems, where
from lab_helpers.authoring.student import given_away, solution_lines
from lab_helpers.errors import AuthoringError
from lab_helpers.i18n import LOCALES, SOURCE_LOCALE, _


def check(root: Path, locales: Iterable[str] = LOCALES) -> list[str]:
    """The problems of the lessons, catalogs and built notebooks under `root`, localized; [] when all is well.

    Lessons: structure and style (`rules`). Catalogs: missing, fuzzy, obsolete and broken entries, files out of step.
    Notebooks: missing, stray, not what a rebuild gives (but for outputs and counts), code that differs between locales,
    a solution never executed, an output's image without alt text, a line of a solution in a student's notebook.
    Nothing is executed or written.
    """
    locales = list(locales)
    try:
        lessons = read_lessons(root)
        catalogs = catalog_problems(root, lessons, [locale for locale in locales if locale != SOURCE_LOCALE])
        faults = {lesson.name: structure_problems(lesson) for lesson in lessons}
        sound = [lesson for lesson in lessons if not faults[lesson.name]]
        editions = [(locale, lesson) for locale in locales for lesson in localized(root, sound, locale)]
    except AuthoringError as error:
        return [error.problem]
    problems = [problem for lesson in lessons for problem in (*faults[lesson.name], *style_problems(lesson))]
    problems += catalogs
    for locale, lesson in editions:
        problems += _course_problems(root, lesson, locale)
        problems += _solution_problems(root, lesson, locale)
    problems += _leaks(root, sound, editions)
    problems += _strays(root, lessons, locales)
    return list(dict.fromkeys(problems))


def _course_problems(root: Path, lesson: Lesson, locale: str) -> Iterator[str]:
    path = notebook_path("course", locale, lesson.name)
    found, problems = _read(root, path)
    yield from problems
    if found is not None:
        yield from _rebuild_problems(root, path, found, course_notebook(lesson, locale))
        yield from _locale_problems(root, "course", lesson, locale, found)


def _solution_problems(root: Path, lesson: Lesson, locale: str) -> Iterator[str]:
    path = notebook_path("solution", locale, lesson.name)
    found, problems = _read(root, path)
    yield from problems
    if found is not None:
        yield from _rebuild_problems(root, path, found, with_outputs(solution_notebook(lesson, locale), found))
        yield from _locale_problems(root, "solution", lesson, locale, found)
        yield from _output_problems(path, found)


def _read(root: Path, path: str) -> tuple[NotebookNode | None, list[str]]:
    if not (root / path).exists():
        return None, [_("{file} is missing: run `lab build`.").format(file=path)]
    try:
        return read_notebook(root / path), []
    except AuthoringError:
        return None, [_("{file} cannot be read as a notebook.").format(file=path)]


def _rebuild_problems(root: Path, path: str, found: NotebookNode, expected: NotebookNode) -> Iterator[str]:
    if (root / path).read_bytes() == notebook_text(expected).encode():
        return
    pairs = zip_longest(found.cells, expected.cells)
    different = [(built or old).get("id", "?") for old, built in pairs if old != built]
    if not different:
        yield _("{file} is not what its lesson builds: run `lab build`.").format(file=path)
    for cell in different:
        yield _("{where}: it is not what its lesson builds: run `lab build`.").format(where=where(path, cell))


def _locale_problems(root: Path, kind: Kind, lesson: Lesson, locale: str, found: NotebookNode) -> Iterator[str]:
    reference, _problems = _read(root, notebook_path(kind, SOURCE_LOCALE, lesson.name))
    if locale == SOURCE_LOCALE or reference is None:
        return
    path = notebook_path(kind, locale, lesson.name)
    source, translated = _code(reference, SOURCE_LOCALE), _code(found, locale)
    for cell in sorted(source.keys() | translated.keys()):
        if source.get(cell) != translated.get(cell):
            yield _("{where}: its code differs from that of the locale {locale}.").format(
                where=where(path, cell), locale=SOURCE_LOCALE
            )


def _code(notebook: NotebookNode, locale: str) -> dict[str, str]:
    return {
        cell.id: "LOCALE" if cell.source == parameters_source(locale) else cell.source for cell in code_cells(notebook)
    }


def _output_problems(path: str, found: NotebookNode) -> Iterator[str]:
    for cell in code_cells(found):
        if cell.execution_count is None:
            yield _("{where}: it was never executed: run `lab build`.").format(where=where(path, cell.id))
        for output in cell.outputs:
            for image in _undescribed_images(output):
                yield f"{where(path, cell.id)}: {image_problem(image)}"


def _undescribed_images(output: NotebookNode) -> list[str]:
    data = output.get("data", {})
    if "text/html" in data:
        return html_images_without_alt(data["text/html"])
    return [kind for kind in data if kind.startswith("image/")]


def _leaks(root: Path, lessons: list[Lesson], editions: list[tuple[str, Lesson]]) -> Iterator[str]:
    solutions = [line for lesson in lessons for cell in lesson.cells for line in _solution(cell.kind, cell.source)]
    shown = [(lesson.path, course_notebook(lesson, locale)) for locale, lesson in editions if locale == SOURCE_LOCALE]
    for path in _notebooks(root, "course"):
        notebook, _problems = _read(root, path)
        if notebook is not None:
            shown.append((path, notebook))
    for path, notebook in shown:
        for cell in code_cells(notebook):
            for line in given_away(solutions, cell.source):
                yield _("{where}: it gives away the line {line!r} of a solution.").format(
                    where=where(path, cell.get("id", "?")), line=line
                )


def _solution(kind: str, source: str) -> list[str]:
    return solution_lines(source) if kind == "code" else []


def _strays(root: Path, lessons: Iterable[Lesson], locales: list[str]) -> Iterator[str]:
    names = [lesson.name for lesson in lessons]
    for kind in FOLDERS:
        ours = {notebook_path(kind, locale, name) for locale in locales for name in names}
        for path in _notebooks(root, kind):
            if path not in ours:
                yield _("{file} comes from no lesson: delete it or move it elsewhere.").format(file=path)


def _notebooks(root: Path, kind: Kind) -> list[str]:
    found = (path.relative_to(root) for path in (root / FOLDERS[kind]).rglob("*.ipynb"))
    return sorted(path.as_posix() for path in found if ".ipynb_checkpoints" not in path.parts)
