import pytest

from lab_helpers import hint
from lab_helpers.errors import ExerciseError
from lab_helpers.exercises import EXERCISES, hints


@pytest.fixture(autouse=True)
def journal(tmp_path, monkeypatch):
    monkeypatch.setenv("LAB_PROGRESS", str(tmp_path / "progress.jsonl"))
    monkeypatch.setattr(hints, "_given", type(hints._given)())
    return tmp_path / "progress.jsonl"


def test_each_call_gives_the_next_hint_and_after_the_last_the_first_again():
    texts = [str(text) for text in EXERCISES["06.pooled"].hints]
    shown = [repr(hint("06.pooled")) for _ in range(len(texts) + 1)]
    assert shown == [f"Hint {n} of 2: {text}" for n, text in ((1, texts[0]), (2, texts[1]), (1, texts[0]))]


def test_each_exercise_has_hints_of_its_own():
    hint("06.pooled")
    assert repr(hint("06.narrower")).startswith("Hint 1 of")


def test_a_hint_is_html_that_holds_no_markup_of_its_own():
    assert "<strong>Hint 1 of" in hint("07.prompts")._repr_html_()
    assert "&#x27;no answer&#x27;" not in hint("07.prompts")._repr_html_()


def test_a_hint_is_noted(journal):
    hint("06.pooled")
    assert '"hint", "key": "06.pooled", "what": "1"' in journal.read_text()


def test_an_unknown_key_names_the_nearest():
    with pytest.raises(ExerciseError, match=r"Did you mean: 06\.pooled"):
        hint("06.poled")
