import gettext

import pytest

from lab_helpers.authoring import sync_catalogs
from lab_helpers.errors import AuthoringError

PROSE = "lessons/locale/pt-BR.po"
HELPERS = "lab_helpers/locale/pt_BR/LC_MESSAGES/lab_helpers.po"


def edit(path, old, new):
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_an_entry_names_its_cell_and_its_file_and_the_catalog_has_no_dates(unbuilt):
    text = (unbuilt / PROSE).read_text(encoding="utf-8")
    assert '#. 05_gap your-turn\n#: lessons/05_gap.py\nmsgid "## Your turn"\nmsgstr "## Sua vez"\n' in text
    assert '"Language: pt_BR\\n"' in text
    assert "Date" not in text
    assert "Babel" not in text
    assert "fuzzy" not in text


def test_a_whole_cell_is_one_message(unbuilt):
    assert '"# The `gap`\\n"\n"\\n"\n"How far apart two means are."' in (unbuilt / PROSE).read_text(encoding="utf-8")


def test_synced_catalogs_are_not_written_again(unbuilt):
    assert sync_catalogs(unbuilt) == []


def test_a_changed_message_keeps_its_translation_as_fuzzy(unbuilt):
    edit(unbuilt / "lessons/05_gap.py", "How far apart two means are.", "How far apart two means may be.")
    assert sync_catalogs(unbuilt) == [unbuilt / PROSE]
    text = (unbuilt / PROSE).read_text(encoding="utf-8")
    assert "#, fuzzy\nmsgid" in text
    assert "A que distância estão duas médias." in text


def test_a_message_that_goes_is_kept_as_obsolete_and_comes_back_translated(unbuilt):
    before = (unbuilt / PROSE).read_bytes()
    edit(unbuilt / "lessons/05_gap.py", "## Your turn", "<!-- 0123456789 -->")
    sync_catalogs(unbuilt)
    assert '#~ msgstr "## Sua vez"' in (unbuilt / PROSE).read_text(encoding="utf-8")
    edit(unbuilt / "lessons/05_gap.py", "<!-- 0123456789 -->", "## Your turn")
    sync_catalogs(unbuilt)
    assert (unbuilt / PROSE).read_bytes() == before


def test_a_translators_comments_and_credits_stay(unbuilt):
    edit(unbuilt / PROSE, "#. 05_gap your-turn", "# Imperative, as in a game.\n#. 05_gap your-turn")
    edit(unbuilt / PROSE, "# Translated from English.", "# Translated by Ana.")
    sync_catalogs(unbuilt)
    text = (unbuilt / PROSE).read_text(encoding="utf-8")
    assert "# Imperative, as in a game.\n" in text
    assert text.startswith("# Translated by Ana.")


def test_helpers_messages_are_compiled_beside_their_catalog(unbuilt):
    with (unbuilt / HELPERS).with_suffix(".mo").open("rb") as file:
        assert gettext.GNUTranslations(file).gettext("Only {n} answers.") == "Apenas {n} respostas."


def test_a_fuzzy_translation_is_not_compiled(unbuilt):
    edit(unbuilt / HELPERS, 'msgid "Only', '#, fuzzy\nmsgid "Only')
    sync_catalogs(unbuilt)
    with (unbuilt / HELPERS).with_suffix(".mo").open("rb") as file:
        assert gettext.GNUTranslations(file).gettext("Only {n} answers.") == "Only {n} answers."


def test_singular_and_plural_are_one_entry(unbuilt):
    (unbuilt / "lab_helpers/counts.py").write_text('ngettext("{n} answer", "{n} answers", 2)\n')
    sync_catalogs(unbuilt)
    assert 'msgid "{n} answer"\nmsgid_plural "{n} answers"' in (unbuilt / HELPERS).read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "broken",
    [
        'msgstr "## Sua vez',
        "<<<<<<< ours",
        'msgstr "## Sua vez"\n\nmsgid "## Your turn"\nmsgstr "## É a sua vez"',
        'msgstr "## Sua "vez""',
    ],
)
def test_a_catalog_that_would_lose_a_translation_is_named_and_left_as_it_is(unbuilt, broken):
    edit(unbuilt / PROSE, 'msgstr "## Sua vez"', broken)
    before = (unbuilt / PROSE).read_bytes()
    with pytest.raises(AuthoringError, match=r"pt-BR.po is not a catalog of gettext"):
        sync_catalogs(unbuilt)
    assert (unbuilt / PROSE).read_bytes() == before
