import re

import pytest

from lab_helpers import check
from lab_helpers.errors import ExerciseError
from lab_helpers.exercises import EXERCISES, CheckFailed, Status, find_exercise
from lab_helpers.i18n import use_locale


@pytest.fixture(autouse=True)
def journal(tmp_path, monkeypatch):
    monkeypatch.setenv("LAB_PROGRESS", str(tmp_path / "progress.jsonl"))
    monkeypatch.delenv("LAB_STRICT", raising=False)
    monkeypatch.delenv("NBGRADER_EXECUTION", raising=False)
    return tmp_path / "progress.jsonl"


def test_a_right_answer_is_correct_and_noted(journal):
    outcome = check("06.narrower", 0.5)
    assert outcome.is_correct
    assert repr(outcome).startswith("✓ Correct: Four times the answers")
    assert '"check", "key": "06.narrower", "what": "correct"' in journal.read_text()


def test_a_wrong_answer_says_what_was_expected_and_what_was_found():
    assert repr(check("06.narrower", 0.25)).splitlines() == [
        "○ Not yet: Four times the answers",
        "  ✓ a number",
        "  ○ what the length is multiplied by when the answers are multiplied by four",
        "  Found: 0.25: as if the length went with the number of answers itself",
    ]


def test_three_dots_are_not_attempted():
    outcome = check("06.narrower", ...)
    assert outcome.status == Status.NOT_ATTEMPTED
    assert "Fill in the cell above" in repr(outcome)


def test_a_function_that_fails_shows_the_error():
    outcome = check("06.interval", lambda k, n: 1 / k)
    assert outcome.status == Status.ERROR
    assert "ZeroDivisionError" in repr(outcome)


def test_an_unknown_key_names_the_nearest():
    with pytest.raises(ExerciseError, match=re.escape("There is no exercise '06.pool'.\n→ Did you mean: 06.pooled")):
        check("06.pool", 1)


@pytest.mark.parametrize("key", [None, 6, "", ["06.pooled"]])
def test_a_key_that_is_no_key_is_told(key):
    with pytest.raises(ExerciseError, match="There is no exercise"):
        find_exercise(key)


@pytest.mark.parametrize("values", [(), (1,), (1, 2, 3)])
def test_another_number_of_values_is_told_with_the_call_to_write(values):
    with pytest.raises(
        ExerciseError, match=r"takes 2 values: scored, pooled(.|\n)*check\('06.pooled', scored, pooled\)"
    ):
        check("06.pooled", *values)


@pytest.mark.parametrize("told", [("LAB_STRICT", "1"), ("NBGRADER_EXECUTION", "autograde")])
def test_where_a_failing_check_must_not_pass_it_raises_and_notes_nothing(monkeypatch, journal, told):
    monkeypatch.setenv(*told)
    assert check("06.narrower", 0.5).is_correct
    with pytest.raises(CheckFailed, match="Not yet: Four times the answers") as failure:
        check("06.narrower", 2)
    assert failure.value.outcome.status == Status.NOT_YET
    with pytest.raises(CheckFailed):
        check("06.narrower", ...)
    assert not journal.exists()


def test_the_same_check_says_it_in_the_learners_language():
    use_locale("pt-BR")
    assert check("06.narrower", 0.5).is_correct


def test_a_folder_that_takes_no_file_costs_the_note_and_not_the_check(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("LAB_PROGRESS", str(tmp_path / "nowhere" / "progress.jsonl"))
    assert check("06.narrower", 0.5).is_correct
    assert check("06.narrower", 0.5).is_correct
    assert capsys.readouterr().err.count("Your progress is not kept: progress.jsonl cannot be written") == 1


def test_the_inputs_that_a_learner_sees_are_the_same_at_every_call():
    assert all(exercise.examples() == exercise.examples() for exercise in EXERCISES.values())
