"""Rules: what a lesson must keep to, each a function from cells to the problems found in them, localized.

Structure (keys, tags, parameters, marks) is what a notebook cannot be built without; style is what a reader needs.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from itertools import pairwise

from lab_helpers.authoring.lessons import PARAMETERS_TAG, Cell, Lesson, parameters_source
from lab_helpers.authoring.prose import heading_levels, images_without_alt
from lab_helpers.authoring.student import BEGIN, END, student_source
from lab_helpers.errors import AuthoringError
from lab_helpers.i18n import SOURCE_LOCALE, _

TAGS = {PARAMETERS_TAG, "going-further", "raises-exception"}
MESSAGE_LINES = 25
CODE_LINES = 15

_NAME = re.compile(r"\d\d_[a-z0-9_]+")
# nbformat's ids: 1 to 64 letters, digits, "-" or "_"; ours are kebab-case.
_KEY = re.compile(r"(?=.{1,64}$)[a-z0-9]+(-[a-z0-9]+)*")


def where(file: str, cell: str) -> str:
    """The place that a problem begins with."""
    return _("{file}, cell {cell}").format(file=file, cell=cell)


def structure_problems(lesson: Lesson) -> list[str]:
    """What keeps `lesson` from being built: its name, keys, kinds of cells, tags, parameters and solution marks."""
    problems = []
    if not _NAME.fullmatch(lesson.name):
        problems.append(_("{file}: a lesson is named NN_slug.py, in small letters.").format(file=lesson.path))
    for rule in (_key_problems, _kind_problems, _tag_problems, _parameters_problems, _mark_problems):
        problems += _placed(lesson, rule)
    return problems


def style_problems(lesson: Lesson) -> list[str]:
    """What makes `lesson` hard to read or to translate: long cells, disordered headings, images nobody can describe."""
    problems = []
    for rule in (_length_problems, _heading_problems, _image_problems):
        problems += _placed(lesson, rule)
    return problems


def _placed(lesson: Lesson, rule: Callable[[tuple[Cell, ...]], Iterable[tuple[int, str]]]) -> Iterator[str]:
    for position, problem in rule(lesson.cells):
        yield f"{where(lesson.path, lesson.cells[position].key or str(position + 1))}: {problem}"


def _key_problems(cells: tuple[Cell, ...]) -> Iterator[tuple[int, str]]:
    uses = Counter(cell.key for cell in cells)
    for position, cell in enumerate(cells):
        if not cell.key:
            yield position, _("it has no key.")
        elif not _KEY.fullmatch(cell.key):
            yield position, _("its key is not kebab-case of 64 characters at most.")
        elif uses[cell.key] > 1:
            yield position, _("another cell has the same key.")


def _kind_problems(cells: tuple[Cell, ...]) -> Iterator[tuple[int, str]]:
    for position, cell in enumerate(cells):
        if cell.kind not in ("markdown", "code"):
            yield position, _("it is neither prose nor code.")
        elif not cell.source.strip():
            yield position, _("it is empty.")


def _tag_problems(cells: tuple[Cell, ...]) -> Iterator[tuple[int, str]]:
    for position, cell in enumerate(cells):
        for tag in cell.tags:
            if tag not in TAGS:
                yield position, _("the tag {tag!r} is unknown.").format(tag=tag)
        for name in cell.unknown:
            yield position, _("the metadata {name!r} would be lost: only key and tags are kept.").format(name=name)


def _parameters_problems(cells: tuple[Cell, ...]) -> Iterator[tuple[int, str]]:
    code = [position for position, cell in enumerate(cells) if cell.kind == "code"]
    parameters = [position for position in code if PARAMETERS_TAG in cells[position].tags]
    expected = parameters_source(SOURCE_LOCALE)
    for position in parameters:
        if cells[position].source != expected:
            yield position, _("a parameters cell holds exactly {code}").format(code=expected)
    if code and not parameters:
        yield code[0], _("no code cell of this lesson has the tag parameters.")
    for position in parameters[1:]:
        yield position, _("a lesson has one parameters cell only.")


def _mark_problems(cells: tuple[Cell, ...]) -> Iterator[tuple[int, str]]:
    for position, cell in enumerate(cells):
        try:
            student_source(cell.source)
        except AuthoringError as error:
            yield position, error.problem
            continue
        if cell.kind == "markdown" and BEGIN in cell.source:
            yield position, _("a solution region stands in prose, where every student would read it.")


def _length_problems(cells: tuple[Cell, ...]) -> Iterator[tuple[int, str]]:
    for position, cell in enumerate(cells):
        lines = [line for line in cell.source.splitlines() if line.strip() not in (BEGIN, END)]
        limit = MESSAGE_LINES if cell.kind == "markdown" else CODE_LINES
        if len(lines) > limit:
            yield position, _("it has {lines} lines, {limit} at most.").format(lines=len(lines), limit=limit)


def _heading_problems(cells: tuple[Cell, ...]) -> Iterator[tuple[int, str]]:
    levels = [(position, level) for position, cell in _prose(cells) for level in heading_levels(cell.source)]
    if cells and (not levels or levels[0] != (0, 1)):
        yield 0, _("the first cell must open with the lesson's title, a heading of level 1.")
    for position, level in levels[1:]:
        if level == 1:
            yield position, _("a heading of level 1 is the lesson's title, and the lesson has one.")
    for (_position, before), (position, level) in pairwise(levels):
        if level > before + 1:
            yield (
                position,
                _("a heading of level {level} follows one of level {before}.").format(level=level, before=before),
            )


def _image_problems(cells: tuple[Cell, ...]) -> Iterator[tuple[int, str]]:
    for position, cell in _prose(cells):
        for image in images_without_alt(cell.source):
            yield position, image_problem(image)


def image_problem(image: str) -> str:
    """The problem of an image that a screen reader could not describe."""
    return _("the image {image!r} has no alt text.").format(image=image)


def _prose(cells: tuple[Cell, ...]) -> Iterator[tuple[int, Cell]]:
    return ((position, cell) for position, cell in enumerate(cells) if cell.kind == "markdown")
