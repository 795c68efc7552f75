"""Submissions: one student's notebook of one lesson, read and never executed here."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from lab_helpers.grading.layouts import Origin, origin
from lab_helpers.i18n import LOCALES, SOURCE_LOCALE, Message, message

MAX_NOTEBOOK_BYTES = 20 * 1024 * 1024
MOST_CELLS = 20_000
# So many cells in common with a lesson tell that a notebook without metadata is of that lesson.
_FEWEST_KNOWN_CELLS = 3
_LOCALE_LINE = re.compile(r'^LOCALE = "([A-Za-z-]+)"$', re.MULTILINE)


@dataclass(frozen=True)
class SubmittedCell:
    """A cell as it was handed in. id: "" where it had none. kind: "code" or "markdown"."""

    id: str
    key: str
    kind: str
    source: str


@dataclass(frozen=True)
class Submission:
    """One file that was handed in.

    path: as found, relative to what was handed in. lesson: a lesson's name, "" where none fits. problem: why it cannot
    be graded, None where it can. notes: what the instructor should know of it. digest: SHA-256 of its bytes.
    """

    path: PurePosixPath
    origin: Origin
    digest: str
    lesson: str = ""
    locale: str = SOURCE_LOCALE
    cells: tuple[SubmittedCell, ...] = ()
    notes: tuple[Message, ...] = ()
    problem: Message | None = None

    @property
    def student(self) -> str:
        """The student's name, as far as anything tells it; else the file's."""
        return self.origin.student or self.path.stem


def read_submission(path: PurePosixPath, content: bytes, lessons: Mapping[str, Iterable[str]]) -> Submission:
    """The submission that the file `path` holds.

    lessons: the cells' keys of each lesson, by its name. Nothing in `content` can make this fail: what cannot be read
    comes back with its `problem`.
    """
    unread = Submission(path, origin(path), hashlib.sha256(content).hexdigest())
    if path.suffix.lower() != ".ipynb":
        return _unreadable(unread, message("The file is not a notebook (.ipynb)."))
    if len(content) > MAX_NOTEBOOK_BYTES:
        return _unreadable(unread, message("The file is larger than {n} MB.", n=MAX_NOTEBOOK_BYTES // 2**20))
    try:
        text, notes = _decoded(content)
        notebook = _notebook(text)
        cells = tuple(_cells(notebook))
    except (ValueError, RecursionError, KeyError, TypeError, AttributeError):
        return _unreadable(unread, message("The file cannot be read as a notebook: it is damaged, or something else."))
    metadata = _mapping(_mapping(notebook.get("metadata")).get("lab"))
    lesson = _lesson(metadata, cells, path, lessons)
    if not lesson:
        return _unreadable(unread, message("The notebook is of none of the lessons."))
    student = metadata.get("student")
    named = origin(path) if origin(path).student or not isinstance(student, str) else Origin(_printable(student[:200]))
    return Submission(path, named, unread.digest, lesson, _locale(metadata, cells), cells, notes)


def _unreadable(submission: Submission, problem: Message) -> Submission:
    return Submission(submission.path, submission.origin, submission.digest, problem=problem)


def _decoded(content: bytes) -> tuple[str, tuple[Message, ...]]:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16"), (message("The file was saved as UTF-16, not as UTF-8."),)
    try:
        return content.decode("utf-8-sig"), ()
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace"), (message("The file was not saved as UTF-8."),)


def _notebook(text: str) -> dict[str, Any]:
    notebook = json.loads(text)
    if notebook["nbformat"] >= 4:
        return notebook
    # Here, since it takes seconds to load, and notebooks this old are rare.
    import nbformat

    try:
        return nbformat.convert(nbformat.from_dict(notebook), 4)
    except Exception as error:
        # What upgrading meets in a damaged notebook is not foreseen, and may be any error.
        raise ValueError from error


def _cells(notebook: Mapping[str, Any]) -> Iterable[SubmittedCell]:
    for cell in notebook["cells"][:MOST_CELLS]:
        source = cell.get("source", "")
        text = source if isinstance(source, str) else "".join(line for line in source if isinstance(line, str))
        metadata = _mapping(cell.get("metadata"))
        key = metadata.get("key") or _mapping(metadata.get("nbgrader")).get("grade_id")
        kind = "code" if cell.get("cell_type") == "code" else "markdown"
        yield SubmittedCell(str(cell.get("id", "")), key if isinstance(key, str) else "", kind, text)


def _printable(text: str) -> str:
    return text.encode("utf-8", "backslashreplace").decode()


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _lesson(
    metadata: Mapping[str, Any],
    cells: tuple[SubmittedCell, ...],
    path: PurePosixPath,
    lessons: Mapping[str, Iterable[str]],
) -> str:
    if metadata.get("lesson") in lessons:
        return str(metadata["lesson"])
    there = {cell.id for cell in cells} | {cell.key for cell in cells}
    known = {name: len(there.intersection(keys)) for name, keys in lessons.items()}
    best = max(known, key=lambda name: known[name], default="")
    # Of one assignment alone, however small it is, any cell tells.
    if best and known[best] >= (_FEWEST_KNOWN_CELLS if len(known) > 1 else 1):
        return best
    return next((name for name in lessons if name in path.name), "")


def _locale(metadata: Mapping[str, Any], cells: tuple[SubmittedCell, ...]) -> str:
    said = [found[1] for cell in cells if cell.kind == "code" and (found := _LOCALE_LINE.search(cell.source))]
    return next((tag for tag in (metadata.get("locale"), *said) if tag in LOCALES), SOURCE_LOCALE)
