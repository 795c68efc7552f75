"""A quiz as a learner meets it: buttons, or a letter typed; the file of the notebook never tells the answer."""

import json

import ipywidgets
import pytest

from lab_helpers import quiz
from lab_helpers.errors import ExerciseError
from lab_helpers.exercises import QUIZZES, Outcome, Status, read_progress

KEY = "06.no-gap"
RIGHT, WRONG = "c", "a"


@pytest.fixture(autouse=True)
def journal(monkeypatch, tmp_path):
    path = tmp_path / "progress.jsonl"
    monkeypatch.setenv("LAB_PROGRESS", str(path))
    monkeypatch.delenv("LAB_STRICT", raising=False)
    ipywidgets.Widget.close_all()
    return path


def parts(form):
    _question, choices, button, said = form.box.children
    return choices, button, said


def choose(form, letter):
    choices, button, said = parts(form)
    choices.value = letter
    button.click()
    return said.value


def test_the_right_choice_is_correct_and_says_why():
    said = choose(quiz(KEY), RIGHT)
    assert "✓ Correct" in said
    assert "promises nothing beyond" in said


def test_a_wrong_choice_is_not_yet_and_says_why_without_telling_the_right_one():
    said = choose(quiz(KEY), WRONG)
    assert "○ Not yet" in said
    assert "No study can show that" in said
    assert str(QUIZZES[KEY].by_letter()[RIGHT].text) not in said


def test_a_screen_reader_hears_the_answer():
    assert 'role="status"' in choose(quiz(KEY), WRONG)


def test_without_a_choice_it_asks_for_one(journal):
    form = quiz(KEY)
    _choices, button, said = parts(form)
    button.click()
    assert "Choose an answer first" in said.value
    assert not journal.exists()


def test_nothing_is_chosen_beforehand():
    choices, _button, _said = parts(quiz(KEY))
    assert choices.value is None


def test_one_may_choose_again():
    form = quiz(KEY)
    choose(form, WRONG)
    assert "✓ Correct" in choose(form, RIGHT)


@pytest.mark.parametrize("quiz_", QUIZZES.values(), ids=list(QUIZZES))
def test_what_a_notebook_keeps_of_it_tells_neither_the_answer_nor_any_feedback(quiz_):
    form = quiz(quiz_.key)
    _made = form.box
    kept = json.dumps([ipywidgets.Widget.get_manager_state(), form._repr_mimebundle_()], ensure_ascii=False)
    assert str(quiz_.key) in kept
    for choice in quiz_.choices:
        assert str(choice.feedback) not in kept


def test_after_a_wrong_choice_the_notebook_keeps_that_feedback_alone():
    form = quiz(KEY)
    choose(form, WRONG)
    kept = json.dumps(ipywidgets.Widget.get_manager_state(), ensure_ascii=False)
    assert str(QUIZZES[KEY].by_letter()[WRONG].feedback) in kept
    assert str(QUIZZES[KEY].by_letter()["b"].feedback) not in kept


@pytest.mark.parametrize("typed", ["c", "C", " c ", "c)"])
def test_a_letter_typed_does_the_same(typed):
    outcome = quiz(KEY, typed)
    assert isinstance(outcome, Outcome)
    assert outcome.status == Status.CORRECT


def test_where_no_widget_runs_question_choices_and_way_to_answer_are_text():
    bundle = quiz(KEY)._repr_mimebundle_()
    assert set(bundle) == {"text/plain", "text/html"}
    for text in bundle.values():
        assert "Which sentence may you write?" in text
        assert "a) The model is unbiased." in text
    assert 'quiz("06.no-gap", "…")' in bundle["text/plain"]


def test_answers_are_noted_as_progress_and_the_best_counts(journal):
    quiz(KEY, RIGHT)
    quiz(KEY, WRONG)
    assert read_progress(journal).quizzes == {KEY: Status.CORRECT}


def test_where_solutions_are_executed_nothing_is_noted(journal, monkeypatch):
    monkeypatch.setenv("LAB_STRICT", "1")
    quiz(KEY, RIGHT)
    assert not journal.exists()


@pytest.mark.parametrize("answer", ["d", "", "ab", 3, ["c"]])
def test_a_letter_that_is_no_choice_says_which_are(answer):
    with pytest.raises(ExerciseError, match="a, b, c"):
        quiz(KEY, answer)


@pytest.mark.parametrize("key", ["06.nogap", "", "07"])
def test_an_unknown_quiz_says_which_are_near(key):
    with pytest.raises(ExerciseError, match=r"Did you mean: .*\d\d\."):
        quiz(key)


def test_progress_shows_quizzes_beside_exercises(journal):
    quiz(KEY, RIGHT)
    found = read_progress(journal)
    assert f"1 of {len(QUIZZES)} quizzes done" in found.summary
    rows = {key: (title, state) for _lesson, key, title, state, _hints in found.rows()}
    assert rows[KEY] == ("Quiz: No gap found", "✓ done")
    lessons = [lesson for lesson, *_rest in found.rows()]
    assert lessons == sorted(lessons)


def test_a_table_in_the_place_of_a_key_is_told_like_any_other_wrong_key():
    import pandas as pd

    with pytest.raises(ExerciseError, match="DataFrame"):
        quiz(pd.DataFrame({"a": [1, 2]}))
