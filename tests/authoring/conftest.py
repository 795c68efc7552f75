"""A throwaway course: one lesson with an exercise, its Portuguese catalog, and helpers with one message."""

import os
import shutil
from pathlib import Path

import pytest
from babel.messages.pofile import read_po, write_po

from lab_helpers.authoring import build, sync_catalogs
from lab_helpers.i18n import use_locale

LESSON = """\
# %% [markdown] key="title"
# # The `gap`
#
# How far apart two means are.

# %% key="parameters" tags=["parameters"]
LOCALE = "en"

# %% [markdown] key="your-turn"
# ## Your turn

# %% key="compute-the-gap"
def gap(women, men):
    ### BEGIN SOLUTION
    difference = women - men
    return difference
    ### END SOLUTION

# %% key="use-it" tags=["raises-exception"]
print(LOCALE)
gap(3, 1)
"""

PORTUGUESE = {
    "# The `gap`\n\nHow far apart two means are.": "# A `diferença`\n\nA que distância estão duas médias.",
    "## Your turn": "## Sua vez",
    "Only {n} answers.": "Apenas {n} respostas.",
}


@pytest.fixture(autouse=True)
def english():
    use_locale("en")


@pytest.fixture
def unbuilt(tmp_path):
    """The sources alone, their catalogs complete."""
    write_sources(tmp_path)
    return tmp_path


@pytest.fixture(scope="session")
def _built(tmp_path_factory):
    root = tmp_path_factory.mktemp("course")
    write_sources(root)
    build(root, os.environ)
    return root


@pytest.fixture
def course(_built, tmp_path):
    """The sources and the notebooks built from them: nothing is wrong with it until a test breaks it."""
    shutil.copytree(_built, tmp_path, dirs_exist_ok=True)
    return tmp_path


def write_sources(root: Path) -> None:
    write(root / "lessons/05_gap.py", LESSON)
    write(
        root / "lab_helpers/answers.py", 'from lab_helpers.i18n import _\n\nnote = _("Only {n} answers.").format(n=3)\n'
    )
    sync_catalogs(root)
    for catalog in (root / "lessons/locale/pt-BR.po", root / "lab_helpers/locale/pt_BR/LC_MESSAGES/lab_helpers.po"):
        for english, portuguese in PORTUGUESE.items():
            translate(catalog, english, portuguese)
    sync_catalogs(root)


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def translate(catalog: Path, english: str, portuguese: str) -> None:
    with catalog.open("rb") as file:
        entries = read_po(file, locale="pt_BR")
    if english in entries:
        entries[english].string = portuguese
        with catalog.open("wb") as file:
            write_po(file, entries)
