"""The private set: other inputs and other answers than everyone has seen, and the same ones at every grading."""

import json
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lab_helpers.errors import GradingError
from lab_helpers.exercises import EXERCISES
from lab_helpers.grading.private import dealt, new_private, public_inputs, read_private
from lab_helpers.mock import SHIPPED, Cassettes

ALL = list(EXERCISES.values())
TRIED = [exercise for exercise in ALL if exercise.examples() is not None]


@pytest.fixture(scope="module")
def private(tmp_path_factory):
    return new_private(tmp_path_factory.mktemp("private"))


def test_it_is_read_as_it_was_made(private):
    assert read_private(private.cassettes.parent) == private


def test_its_inputs_are_not_those_that_everyone_sees_and_stay_the_same(private):
    mine, everyones = private.inputs(TRIED), public_inputs(TRIED)
    assert all(mine[key] != everyones[key] for key in everyones)
    assert mine == read_private(private.cassettes.parent).inputs(TRIED)


def test_two_sets_differ(private, tmp_path):
    other = new_private(tmp_path)
    assert other.digest != private.digest
    assert other.inputs(TRIED) != private.inputs(TRIED)


def test_every_recording_is_there_with_real_answers_in_other_places(private):
    shipped, mine = Cassettes.read(SHIPPED).by_key, Cassettes.read(private.cassettes).by_key
    assert mine.keys() == shipped.keys()
    for key, recording in shipped.items():
        bodies = [variant.body for variant in recording.variants]
        dealt_bodies = [variant.body for variant in mine[key].variants]
        assert [v.seed for v in mine[key].variants] == [v.seed for v in recording.variants]
        assert all(body in bodies for body in dealt_bodies)
        assert len(bodies) == 1 or not any(a == b for a, b in zip(bodies, dealt_bodies, strict=True))


@given(st.integers(0, 80), st.integers())
def test_no_answer_stays_in_its_place(n, seed):
    places = list(range(n))
    found = dealt(places, Random(seed))
    assert len(found) == n
    assert set(found) <= set(places)
    assert n == 1 or all(one != other for one, other in zip(places, found, strict=True))


def test_a_folder_with_something_in_it_is_not_overwritten(tmp_path):
    (tmp_path / "grades.csv").write_text("precious")
    with pytest.raises(GradingError, match="holds something already"):
        new_private(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["grades.csv"]


@pytest.mark.parametrize("content", [None, "", "[]", "{}", '{"format": 1}', "[" * 5000])
def test_without_a_set_it_says_how_to_make_one(tmp_path, content):
    if content is not None:
        (tmp_path / "private.json").write_text(content)
    with pytest.raises(GradingError, match="new-private"):
        read_private(tmp_path)


def test_a_recording_that_was_changed_is_noticed(tmp_path):
    private = new_private(tmp_path)
    changed = next(private.cassettes.glob("*.json"))
    changed.write_text(changed.read_text("utf-8").replace('"status": 200', '"status": 404', 1), "utf-8")
    with pytest.raises(GradingError, match="not as it was made"):
        read_private(tmp_path)


def test_a_seed_that_was_changed_is_noticed(tmp_path):
    new_private(tmp_path)
    content = json.loads((tmp_path / "private.json").read_text())
    (tmp_path / "private.json").write_text(json.dumps({**content, "seed": "0"}))
    with pytest.raises(GradingError, match="not as it was made"):
        read_private(tmp_path)
