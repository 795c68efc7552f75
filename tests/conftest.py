import pytest

from lab_helpers import i18n


@pytest.fixture(autouse=True)
def english(monkeypatch):
    """Every test begins in English, whatever the machine speaks, and leaves no locale behind."""
    monkeypatch.setattr(i18n, "_chosen", "en")
