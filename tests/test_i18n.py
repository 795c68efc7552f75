import pytest

from lab_helpers import i18n
from lab_helpers.i18n import _, closest_locale, current_locale, use_locale


@pytest.mark.parametrize(
    ("asked", "given"),
    [
        ("pt-BR", "pt-BR"),
        ("pt_BR.UTF-8", "pt-BR"),
        ("PT-br", "pt-BR"),
        ("pt", "pt-BR"),
        ("pt_PT", "pt-BR"),
        ("en_GB.UTF-8", "en"),
        ("C.UTF-8", "en"),
        ("ja_JP", "en"),
        ("", "en"),
        ("../../etc", "en"),
    ],
)
def test_the_closest_locale_is_the_language_and_else_english(asked, given):
    assert closest_locale(asked) == given


def test_the_systems_language_is_spoken_until_another_is_chosen(monkeypatch):
    monkeypatch.setattr(i18n, "_chosen", None)
    monkeypatch.delenv("LAB_LOCALE", raising=False)
    monkeypatch.setenv("LC_ALL", "pt_BR.UTF-8")
    assert current_locale() == "pt-BR"
    monkeypatch.setenv("LAB_LOCALE", "en")
    assert current_locale() == "en"
    use_locale("pt-BR")
    assert current_locale() == "pt-BR"


def test_messages_change_with_the_locale():
    message = "Run the cell again: it continues where it stopped."
    assert _(message) == message
    use_locale("pt-BR")
    assert "célula" in _(message)
