"""Lessons: the text notebooks under lessons/, read as cells, and their wording in another locale."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from lab_helpers.errors import AuthoringError
from lab_helpers.i18n import SOURCE_LOCALE, _

FOLDER = "lessons"
PARAMETERS_TAG = "parameters"

# What jupytext notes down about blank lines and quoting; it is no metadata of the author's.
_LAYOUT = {"cell_marker", "lines_to_next_cell", "lines_to_end_of_cell_marker", "skipline", "noskipline"}
_COMMENTED_MAGIC = re.compile(r"^(\s*)# ?(?=[%!][A-Za-z])", re.MULTILINE)


@dataclass(frozen=True)
class Cell:
    """One cell of a lesson.

    kind: "markdown" or "code" (jupytext may also give "raw", which no lesson uses). key: "" where the author gave
    none. unknown: the names of metadata other than `key` and `tags`, which no notebook keeps.
    """

    kind: str
    source: str
    key: str
    tags: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()


@dataclass(frozen=True)
class Lesson:
    """One lesson, `name` being its file's stem (`05_responsible_ai`)."""

    name: str
    cells: tuple[Cell, ...]

    @property
    def path(self) -> str:
        """The source's path from the root, with slashes on every system."""
        return f"{FOLDER}/{self.name}.py"


def read_lessons(root: Path) -> list[Lesson]:
    """The lessons under `root`/lessons in the order of their numbers. Raises AuthoringError for a file not in UTF-8."""
    return [_read_lesson(path) for path in sorted((root / FOLDER).glob("*.py"))]


def _read_lesson(path: Path) -> Lesson:
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise AuthoringError(
            _("{file} is not UTF-8 text.").format(file=f"{FOLDER}/{path.name}"),
            _("Save it again with the encoding UTF-8."),
        ) from error
    return parse_lesson(path.stem, text)


def parse_lesson(name: str, text: str) -> Lesson:
    """The lesson that `text` (jupytext's py:percent) holds; commented magics (`# %pip`) come out as magics."""
    # Here, since it takes seconds to load, and who only handles lessons need not wait for it.
    import jupytext

    # jupytext's own uncommenting also takes a comment such as "# cat the files" for a command.
    layout = {"extension": ".py", "format_name": "percent", "comment_magics": False}
    return Lesson(name, tuple(_parsed(cell) for cell in jupytext.reads(text, fmt=layout).cells))


def _parsed(cell: Mapping) -> Cell:
    metadata = cell["metadata"]
    source = cell["source"].strip("\n")
    return Cell(
        kind=cell["cell_type"],
        source=_COMMENTED_MAGIC.sub(r"\1", source) if cell["cell_type"] == "code" else source,
        key=str(metadata.get("key", "")),
        tags=tuple(metadata.get("tags", ())),
        unknown=tuple(sorted(set(metadata) - _LAYOUT - {"key", "tags"})),
    )


def parameters_source(locale: str) -> str:
    """The code of a parameters cell: the one line of code that differs between locales."""
    return f'LOCALE = "{locale}"'


def in_locale(lesson: Lesson, locale: str, translations: Mapping[str, str]) -> Lesson:
    """`lesson` as a learner of `locale` reads it: prose through `translations` (English where there is none)."""
    return replace(lesson, cells=tuple(_cell_in_locale(cell, locale, translations) for cell in lesson.cells))


def _cell_in_locale(cell: Cell, locale: str, translations: Mapping[str, str]) -> Cell:
    if cell.kind == "markdown":
        return replace(cell, source=translations.get(cell.source, cell.source))
    if PARAMETERS_TAG in cell.tags and cell.source == parameters_source(SOURCE_LOCALE):
        return replace(cell, source=parameters_source(locale))
    return cell
