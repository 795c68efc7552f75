"""Catalogs: gettext files for the lessons' prose and the helpers' messages, kept in step with their sources.

A catalog's bytes depend on the sources and the translators alone: no dates, no line numbers, no tool's version.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from io import BytesIO, StringIO
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import PoFileError, read_po, write_po

from lab_helpers.authoring.lessons import FOLDER, Lesson, read_lessons
from lab_helpers.errors import AuthoringError
from lab_helpers.i18n import LOCALES, SOURCE_LOCALE, _

HELPERS = "lab_helpers"
TRANSLATED_LOCALES = tuple(locale for locale in LOCALES if locale != SOURCE_LOCALE)

_KEYWORDS = {"_": None, "message": None, "ngettext": (1, 2)}
# The second is Jinja's own extractor.
_METHODS = [("**.py", "python"), ("**/templates/**.html", "jinja2")]
_HEADER_COMMENT = "# Translated from English. Sources, order and comments are brought into step by the build."
_STEADY_HEADERS = {"Language", "Plural-Forms", "MIME-Version", "Content-Type", "Content-Transfer-Encoding"}
_STRING = r'"(?:[^"\\]|\\.)*"'
_PO_LINE = re.compile(rf"\s*|#(?!~).*|(#~\s*)?((msgctxt|msgid|msgid_plural|msgstr(\[\d\])?)\s+)?{_STRING}\s*")
_DEFINITION = re.compile(r"^msgid\s", re.MULTILINE)


@dataclass(frozen=True)
class CatalogFile:
    """One catalog: its path from the root, its locale, the messages it should hold, and whether programs load it."""

    path: str
    locale: str
    template: Catalog
    is_compiled: bool

    @property
    def compiled_path(self) -> str:
        """Where the `.mo` stands, from the root."""
        return self.path.removesuffix(".po") + ".mo"


def catalog_files(root: Path, locales: Iterable[str] = TRANSLATED_LOCALES) -> list[CatalogFile]:
    """The catalogs that `root` should have: for each locale the lessons' and the helpers'."""
    lessons, helpers = lessons_template(read_lessons(root)), helpers_template(root)
    return [
        file
        for locale in locales
        for file in (
            CatalogFile(lesson_catalog_path(locale), locale, lessons, is_compiled=False),
            CatalogFile(helper_catalog_path(locale), locale, helpers, is_compiled=True),
        )
    ]


def lesson_catalog_path(locale: str) -> str:
    """The path, from the root, of the lessons' prose in `locale`."""
    return f"{FOLDER}/locale/{locale}.po"


def helper_catalog_path(locale: str) -> str:
    """The path, from the root, of the helpers' messages in `locale`, where gettext looks for them."""
    return f"{HELPERS}/locale/{_posix(locale)}/LC_MESSAGES/{HELPERS}.po"


def lessons_template(lessons: Iterable[Lesson]) -> Catalog:
    """Each markdown cell of `lessons` as one message, commented with its lesson and key."""
    template = Catalog()
    for lesson in lessons:
        for cell in lesson.cells:
            if cell.kind == "markdown" and cell.source:
                # Without msgctxt, which Babel's merge does not compare well (python-babel/babel#1307).
                template.add(cell.source, locations=[(lesson.path, 0)], auto_comments=[f"{lesson.name} {cell.key}"])
    return template


def helpers_template(root: Path) -> Catalog:
    """Each `_()`, `message()` and `ngettext()` message of the modules and page templates under `root`/lab_helpers."""
    template = Catalog()
    for file, _line, message, _comments, _context in extract_from_dir(
        root / HELPERS, method_map=_METHODS, keywords=_KEYWORDS
    ):
        if message:
            template.add(message, locations=[(f"{HELPERS}/{Path(file).as_posix()}", 0)])
    return template


def sync_catalogs(root: Path, locales: Iterable[str] = TRANSLATED_LOCALES) -> list[Path]:
    """Bring every catalog of `locales` into step with its sources, create it when missing, compile the helpers'.

    A changed message keeps its old translation, marked fuzzy; one that is gone stays below as obsolete.
    Returns the files that changed. Raises AuthoringError for a catalog that cannot be read.
    """
    changed = []
    for file in catalog_files(root, locales):
        catalog = synced(file, root)
        files = {file.path: po_bytes(catalog)}
        if file.is_compiled:
            files[file.compiled_path] = mo_bytes(catalog)
        changed += [root / path for path, content in files.items() if _write(root / path, content)]
    return changed


def synced(file: CatalogFile, root: Path) -> Catalog:
    """The catalog at `file` merged with the messages of its sources; nothing is written."""
    catalog, template = read_catalog(root / file.path, file.locale), file.template
    _revive(catalog, template)
    # Babel would compare a changed message with all others, for a second each; only one that went can be its past.
    gone = _part(catalog, lambda message: message.id not in template)
    gone.update(_part(template, lambda message: message.id not in catalog))
    obsolete = {**catalog.obsolete, **gone.obsolete}
    for message in _entries(gone):
        catalog[message.id] = message
    catalog.update(template, no_fuzzy_matching=True)
    catalog.obsolete = {key: message for key, message in obsolete.items() if any(message.string or ())}
    return catalog


def _part(catalog: Catalog, belongs: Callable[[Message], bool]) -> Catalog:
    part = Catalog(locale=catalog.locale)
    for message in filter(belongs, _entries(catalog)):
        part[message.id] = message
    return part


def _entries(catalog: Catalog) -> list[Message]:
    return [message for message in catalog if message.id]


def _revive(catalog: Catalog, template: Catalog) -> None:
    # Babel's update leaves a message that comes back among the obsolete and asks for its translation again.
    for key, message in list(catalog.obsolete.items()):
        if message.id in template:
            catalog[message.id] = catalog.obsolete.pop(key)


def read_catalog(path: Path, locale: str) -> Catalog:
    """The catalog at `path`, an empty one if there is no such file. Raises AuthoringError if it is not a PO file."""
    if not path.exists():
        return Catalog(locale=_posix(locale), header_comment=_HEADER_COMMENT)
    try:
        text = path.read_text(encoding="utf-8")
        for number, line in enumerate(text.split("\n"), start=1):
            # Babel reads a string that is not closed as an empty one: the next sync would lose the translation.
            if not _PO_LINE.fullmatch(line):
                raise ValueError(_("line {number} is {line!r}").format(number=number, line=line))
        catalog = read_po(StringIO(text), locale=_posix(locale), abort_invalid=True)
        if len(_DEFINITION.findall(text)) > len(catalog) + 1:
            raise ValueError(_("it defines a message twice"))
    except (PoFileError, ValueError) as error:
        raise AuthoringError(
            _("{file} is not a catalog of gettext: {reason}").format(file=path.name, reason=error),
            _("Mend the line, or bring the file back from the version history."),
        ) from error
    return catalog


def translations(catalog: Catalog) -> dict[str, str]:
    """The finished translations of `catalog`: neither empty nor fuzzy, without plural forms."""
    return {
        message.id: message.string
        for message in _entries(catalog)
        if isinstance(message.id, str) and isinstance(message.string, str) and is_translated(message)
    }


def is_translated(message: Message) -> bool:
    """Whether every form of `message` is there and no form waits for a review."""
    strings = [message.string] if isinstance(message.string, str) else list(message.string or [""])
    return all(strings) and not message.fuzzy


def po_bytes(catalog: Catalog) -> bytes:
    """`catalog` as a PO file, in the order of its sources."""
    file = BytesIO()
    write_po(file, _steady(catalog, _entries(catalog)), include_lineno=False)
    return file.getvalue()


def mo_bytes(catalog: Catalog) -> bytes:
    """`catalog` compiled: its finished translations, as gettext loads them."""
    file = BytesIO()
    write_mo(file, _steady(catalog, filter(is_translated, _entries(catalog))))
    return file.getvalue()


class _SteadyCatalog(Catalog):
    @property
    def mime_headers(self) -> list[tuple[str, str]]:
        headers = {name: value for name, value in super().mime_headers if name in _STEADY_HEADERS}
        # The header's last line ends like the others, as Babel's own does.
        return [*headers.items(), ("X-Source-Language", "en\n")]


def _steady(catalog: Catalog, messages: Iterable[Message]) -> Catalog:
    steady = _SteadyCatalog(locale=catalog.locale, header_comment=catalog.header_comment, fuzzy=False)
    for message in messages:
        copy = message.clone()
        # Babel guesses the others from any "%" or "{" in a sentence.
        copy.flags &= {"fuzzy"}
        steady[copy.id] = copy
    steady.obsolete = catalog.obsolete
    return steady


def _write(path: Path, content: bytes) -> bool:
    if path.exists() and path.read_bytes() == content:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return True


def _posix(locale: str) -> str:
    return locale.replace("-", "_")
