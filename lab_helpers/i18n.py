"""Messages in the learner's language: English is the source, gettext catalogs hold the others."""

from __future__ import annotations

import gettext
import locale
import os
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
