"""Catalog checks: entries that are missing, fuzzy, obsolete or broken, and catalogs out of step with their sources."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from string import Formatter

from babel.messages.catalog import Message

from lab_helpers.authoring.catalogs import (
    CatalogFile,
    catalog_files,
    is_translated,
    lesson_catalog_path,
    mo_bytes,
    po_bytes,
    read_catalog,
    synced,
    translations,
)
from lab_helpers.authoring.lessons import Lesson
from lab_helpers.authoring.prose import heading_levels, images_without_alt
from lab_helpers.authoring.rules import image_problem, where
from lab_helpers.i18n import _


def catalog_problems(root: Path, lessons: Iterable[Lesson], locales: Iterable[str]) -> list[str]:
    """What is wrong with the catalogs of `locales` under `root`. Raises AuthoringError for one that cannot be read."""
    lessons, locales = list(lessons), list(locales)
    problems = [problem for file in catalog_files(root, locales) for problem in _file_problems(root, file)]
    return problems + [problem for locale in locales for problem in _prose_problems(root, lessons, locale)]


def _file_problems(root: Path, file: CatalogFile) -> Iterator[str]:
    catalog = synced(file, root)
    entries = [problem for message in catalog if message.id for problem in _entry_problems(file, message)]
    entries += [
        _("{file}: {message!r} is obsolete: delete it once its words are of no more use.").format(
            file=file.path, message=_shortened(message)
        )
        for message in catalog.obsolete.values()
    ]
    yield from entries
    if not entries and po_bytes(catalog) != _bytes(root / file.path):
        yield _("{file} is out of step with its sources: run `lab build`.").format(file=file.path)
    if file.is_compiled and mo_bytes(catalog) != _bytes(root / file.compiled_path):
        yield _("{file} is out of step with its catalog: run `lab build`.").format(file=file.compiled_path)


def _entry_problems(file: CatalogFile, message: Message) -> Iterator[str]:
    place = (
        where(file.path, message.auto_comments[0]) if message.auto_comments else f"{file.path}: {_shortened(message)!r}"
    )
    if message.fuzzy:
        yield _("{where}: its translation is fuzzy: review it and remove the mark.").format(where=place)
    elif not is_translated(message):
        yield _("{where}: its translation is missing.").format(where=place)
    elif file.is_compiled and not _same_fields(message):
        yield _("{where}: its translation has other {fields}.").format(where=place, fields="{...}")


def _same_fields(message: Message) -> bool:
    originals = [message.id] if isinstance(message.id, str) else list(message.id)
    strings = [message.string] if isinstance(message.string, str) else list(message.string or ())
    known = set().union(*map(_fields, originals))
    return all(_fields(string) == known for string in strings)


def _fields(text: str) -> set[str]:
    try:
        return {field for _text, field, _spec, _conversion in Formatter().parse(text) if field is not None}
    except ValueError:
        return {text}


def _prose_problems(root: Path, lessons: list[Lesson], locale: str) -> Iterator[str]:
    """Translated cells whose headings are not those of the source, or whose images lost their alt text."""
    path = lesson_catalog_path(locale)
    prose = translations(read_catalog(root / path, locale))
    for lesson in lessons:
        for cell in lesson.cells:
            if cell.kind != "markdown" or cell.source not in prose:
                continue
            place = where(path, f"{lesson.name} {cell.key}")
            if heading_levels(prose[cell.source]) != heading_levels(cell.source):
                yield _("{where}: its headings have other levels than the source's.").format(where=place)
            for image in images_without_alt(prose[cell.source]):
                yield f"{place}: {image_problem(image)}"


def _shortened(message: Message) -> str:
    text = message.id if isinstance(message.id, str) else message.id[0]
    return text if len(text) <= 60 else f"{text[:59]}…"


def _bytes(path: Path) -> bytes:
    return path.read_bytes() if path.exists() else b""
