"""The portal lessons' lists: ticked by hand or by what the helpers verify, and still ticked after a restart."""

import pytest

from lab_helpers import check_off
from lab_helpers.azure import Verified
from lab_helpers.errors import ConnectionFailed, ExerciseError
from lab_helpers.i18n import message
from lab_helpers.widgets.check_list import CheckOff
from lab_helpers.widgets.portal_steps import STEPS, Step

LIST = (
    Step("by-hand", message("I have created the Azure OpenAI resource.")),
    Step("done", message("I have set the limit of tokens per minute."), lambda: Verified(True, "seen")),
    Step("missing", message("The Databricks cluster is terminated."), lambda: Verified(False, "unseen", "do it")),
)


@pytest.fixture(autouse=True)
def journal(monkeypatch, tmp_path):
    path = tmp_path / "progress.jsonl"
    monkeypatch.setenv("LAB_PROGRESS", str(path))
    return path


@pytest.fixture
def steps():
    return CheckOff("01", LIST)


def row(steps, name):
    """The checkbox, the button and the place of the result; a step without a button is its checkbox."""
    found = steps.box.children[1 + [step.name for step in LIST].index(name)]
    if not hasattr(found, "children"):
        return found, None, None
    return *found.children[0].children, found.children[1]


def test_a_tick_survives_a_restart(steps):
    row(steps, "by-hand")[0].value = True
    again = CheckOff("01", LIST)
    assert row(again, "by-hand")[0].value is True


def test_a_tick_taken_back_stays_back(steps):
    box = row(steps, "by-hand")[0]
    box.value = True
    box.value = False
    assert CheckOff("01", LIST).done == set()


def test_a_step_that_is_verified_ticks_itself_and_says_so(steps):
    box, button, said = row(steps, "done")
    button.click()
    assert box.value is True
    assert "✓ Verified" in said.value
    assert "seen" in said.value
    assert 'role="status"' in said.value


def test_a_step_that_is_not_done_stays_open_and_says_what_to_do(steps):
    box, button, said = row(steps, "missing")
    button.click()
    assert box.value is False
    assert "do it" in said.value


def test_a_step_only_a_person_can_judge_has_no_button(steps):
    assert row(steps, "by-hand")[1] is None
    assert not steps.verify("by-hand").ok
    assert steps.done == set()


def test_an_error_on_the_way_is_shown_as_not_yet():
    def fails():
        raise ConnectionFailed("nobody there", "look")

    steps = CheckOff("01", (Step("x", message("The Databricks cluster is terminated."), fails),))
    found = steps.verify("x")
    assert (found.ok, found.found, found.next_step) == (False, "nobody there", "look")


def test_as_text_it_says_what_is_ticked_and_how_to_go_on(steps):
    steps.tick("by-hand")
    bundle = steps._repr_mimebundle_()
    assert set(bundle) == {"text/plain", "text/html"}
    assert "[x] by-hand:" in bundle["text/plain"]
    assert "[ ] done:" in bundle["text/plain"]
    assert 'check_off("01").verify("done")' in bundle["text/plain"]


def test_another_lessons_ticks_are_not_taken_for_this_ones(steps):
    steps.tick("by-hand")
    assert CheckOff("02", LIST).done == set()


def test_an_unknown_step_says_which_there_are(steps):
    with pytest.raises(ExerciseError, match="by-hand, done, missing"):
        steps.tick("nothing")


@pytest.mark.parametrize("lesson", ["05", "", "1", None])
def test_a_lesson_without_a_list_says_which_have_one(lesson):
    with pytest.raises(ExerciseError, match="01, 02, 03, 08"):
        check_off(lesson)


@pytest.mark.parametrize("lesson", list(STEPS))
def test_each_portal_lesson_has_a_step_that_verifies_itself(lesson):
    names = [step.name for step in STEPS[lesson]]
    assert len(set(names)) == len(names)
    assert any(step.verify for step in STEPS[lesson])


@pytest.mark.parametrize(("lesson", "name"), [("01", "settings"), ("02", "deployment"), ("08", "deployment")])
def test_in_practice_the_real_verification_answers(lesson, name, monkeypatch, tmp_path, capsys):
    monkeypatch.chdir(tmp_path)
    for variable in ("ENDPOINT", "API_KEY", "API_VERSION", "DEPLOYMENT"):
        monkeypatch.setenv(f"AZURE_OPENAI_{variable}", "")
    assert check_off(lesson).verify(name).ok
    assert capsys.readouterr().out == ""
