"""Messages in the learner's language: English is the source, gettext catalogs hold the others."""

from __future__ import annotations

import gettext
import locale
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

SOURCE_LOCALE = "en"
LOCALES = ("en", "pt-BR")
CATALOGS = Path(__file__).parent / "locale"

_chosen: str | None = None


def use_locale(tag: str) -> None:
    """Speak `tag` ("en", "pt-BR", also "pt_BR.UTF-8") from now on; a language we lack falls back to English."""
    global _chosen
    _chosen = closest_locale(tag)


def current_locale() -> str:
    """The locale in use: chosen in the notebook, else LAB_LOCALE, else the system's."""
    return _chosen or closest_locale(os.environ.get("LAB_LOCALE") or system_locale())


def closest_locale(tag: str) -> str:
    """The course's locale nearest to `tag`, by language; English where there is none."""
    language, _, region = tag.partition(".")[0].replace("_", "-").partition("-")
    exact = f"{language.lower()}-{region.upper()}" if region else language.lower()
    if exact in LOCALES:
        return exact
    return next((known for known in LOCALES if known.partition("-")[0] == language.lower()), SOURCE_LOCALE)


def system_locale() -> str:
    """The language that the operating system is set to, "en" where it says nothing."""
    for variable in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if value := os.environ.get(variable):
            return value
    return locale.getlocale()[0] or SOURCE_LOCALE


@lru_cache
def _catalog(tag: str) -> gettext.NullTranslations:
    return gettext.translation("lab_helpers", CATALOGS, [tag.replace("-", "_")], fallback=tag == SOURCE_LOCALE)


def _(message: str) -> str:
    """`message` in the current locale."""
    return _catalog(current_locale()).gettext(message)


def ngettext(singular: str, plural: str, n: int) -> str:
    """The form of a message that `n` asks for, in the current locale."""
    return _catalog(current_locale()).ngettext(singular, plural, n)


def ngettext_in(tag: str, singular: str, plural: str, n: int) -> str:
    """The form of a message that `n` asks for, in the words of `tag`."""
    return _catalog(tag).ngettext(singular, plural, n)


@dataclass(frozen=True)
class Message:
    """A text that is put into words later, in the language of whoever reads it: a catalog's message and its values.

    values: what stands in the braces of `text`: numbers, texts, or messages in their turn.
    """

    text: str
    values: Mapping[str, object] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.in_locale(current_locale())

    def in_locale(self, tag: str) -> str:
        """The message in the words of `tag`, one of LOCALES."""
        values = {
            name: value.in_locale(tag) if isinstance(value, Message) else value for name, value in self.values.items()
        }
        # gettext("") is the catalog's header.
        return _catalog(tag).gettext(self.text).format(**values) if self.text else ""


def message(text: str, **values: object) -> Message:
    """`text` marked for translation, and its values; `str()` of it speaks the current locale."""
    return Message(text, values)
