import pytest

from lab_helpers.widgets import read_side_by_side
from lab_helpers.widgets.controls import Controls
from tests.widgets.test_reader import scored_answers


@pytest.fixture
def controls() -> Controls:
    return read_side_by_side(scored_answers(samples=3)).controls


def at(controls: Controls) -> tuple[str, int, str]:
    """Which pair is shown, and the position that is told."""
    return controls.shown.occupation, controls.shown.sample, controls.position.value


def test_it_opens_at_the_first_pair_of_all(controls):
    assert at(controls) == ("nurse", 0, "1 of 15")
    assert controls.choice.label == "All"
    assert "Nurse, sample 0" in controls.page.value


def test_the_buttons_go_on_and_back(controls):
    controls.next.click()
    controls.next.click()
    controls.previous.click()
    assert at(controls)[2] == "2 of 15"
    assert controls.number.value == 2


def test_the_buttons_go_round(controls):
    controls.previous.click()
    assert at(controls)[2] == "15 of 15"
    controls.next.click()
    assert at(controls)[2] == "1 of 15"


def test_choosing_an_occupation_starts_at_its_first_pair(controls):
    controls.number.value = 14
    controls.choice.label = "Engineer"
    assert at(controls) == ("engineer", 0, "1 of 3")
    assert "Engineer, sample 0" in controls.page.value


def test_all_can_be_chosen_again(controls):
    controls.choice.label = "Chef"
    controls.next.click()
    controls.choice.label = "All"
    assert at(controls) == ("nurse", 0, "1 of 15")


def test_a_number_is_cut_to_the_pairs_there_are(controls):
    controls.choice.label = "Chef"
    controls.number.value = 99
    assert at(controls) == ("chef", 2, "3 of 3")
    controls.number.value = -5
    assert at(controls) == ("chef", 0, "1 of 3")


def test_the_page_shows_what_the_position_says(controls):
    for _turn in range(4):
        controls.next.click()
        assert f"sample {controls.shown.sample}" in controls.page.value


def test_answers_without_counterpart_are_told_beside_the_position():
    scored = scored_answers(samples=1)
    lonely = scored[~((scored["occupation"] == "chef") & (scored["gender"] == "male"))]
    position = read_side_by_side(lonely).controls.position.value
    assert position == "1 of 4 1 answer has no counterpart on the other side and is left out."


def test_every_control_says_what_it_is_for(controls):
    assert [controls.choice.description, controls.number.description] == ["Occupation", "Pair"]
    assert [controls.previous.description, controls.next.description] == ["← Previous", "Next →"]
