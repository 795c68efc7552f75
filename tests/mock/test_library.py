import re
from pathlib import Path

import pytest

from lab_helpers.errors import RecordingError
from lab_helpers.mock import Cassettes
from lab_helpers.mock.recordings import Recording, dump, load, save
from tests.mock.conftest import DEPLOYMENT, recording


@pytest.fixture
def clock():
    """A clock that a test moves on by hand: a folder is looked at again after half a second."""
    return Clock()


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now

    def pass_half_a_second(self) -> None:
        self.now += 0.5


def texts(cassettes: Cassettes, known: Recording) -> list[str] | None:
    found = cassettes.current(known.key)
    return found and [variant.body["choices"][0]["message"]["content"] for variant in found.variants]


def test_a_changed_recording_is_served_at_once(tmp_path, clock):
    save(recording("one"), tmp_path)
    cassettes = Cassettes.read(tmp_path, clock=clock)
    assert texts(cassettes, recording("one")) == ["one"]
    save(recording("one", "two"), tmp_path)
    assert texts(cassettes, recording("one")) == ["one", "two"]


def test_a_new_recording_is_found_after_half_a_second_and_not_looked_for_before(tmp_path, clock):
    cassettes = Cassettes.read(tmp_path, clock=clock)
    save(recording("one"), tmp_path / "lesson" / "deep")
    assert texts(cassettes, recording("one")) is None
    clock.pass_half_a_second()
    assert texts(cassettes, recording("one")) == ["one"]
    assert cassettes.deployments == {DEPLOYMENT}


def test_a_folder_that_does_not_exist_yet_is_waited_for(tmp_path, clock):
    cassettes = Cassettes.read(tmp_path / "new", clock=clock)
    save(recording("one"), tmp_path / "new")
    clock.pass_half_a_second()
    assert cassettes.holds(recording("one").key)


def test_a_deleted_recording_is_gone_at_once(tmp_path, clock):
    path = save(recording("one"), tmp_path)
    cassettes = Cassettes.read(tmp_path, clock=clock)
    path.unlink()
    assert texts(cassettes, recording("one")) is None
    clock.pass_half_a_second()
    assert (cassettes.deployments, cassettes.by_key) == (set(), {})


def test_a_recording_that_breaks_while_the_server_runs_is_named_and_the_others_still_serve(tmp_path, clock):
    path = save(recording("one"), tmp_path)
    save(recording("two", prompt="Describe a pilot."), tmp_path)
    cassettes = Cassettes.read(tmp_path, clock=clock)
    assert texts(cassettes, recording("one")) == ["one"]
    path.write_text("{", "utf-8")
    with pytest.raises(RecordingError, match=re.escape(path.name)):
        cassettes.current(recording("one").key)
    assert texts(cassettes, recording("two", prompt="Describe a pilot.")) == ["two"]
    save(recording("mended"), tmp_path)
    assert texts(cassettes, recording("one")) == ["mended"]


def test_a_file_with_a_name_of_its_own_serves_and_is_read_again_when_it_changes(tmp_path, clock):
    file = tmp_path / "my favourite.json"
    file.write_text(dump(recording("one")), "utf-8")
    cassettes = Cassettes.read(tmp_path, clock=clock)
    assert texts(cassettes, recording("one")) == ["one"]
    file.write_text(dump(recording("three", prompt="Describe a pilot.")), "utf-8")
    clock.pass_half_a_second()
    assert texts(cassettes, recording("one")) is None
    assert texts(cassettes, recording("three", prompt="Describe a pilot.")) == ["three"]


def test_a_file_that_answers_another_request_than_its_name_says_never_answers(tmp_path):
    path = save(recording("one"), tmp_path)
    path.write_text(dump(recording("two", prompt="Describe a pilot.")), "utf-8")
    with pytest.raises(RecordingError, match=re.escape(path.name)):
        Cassettes.read(tmp_path).current(recording("one").key)


def test_ten_thousand_recordings_are_not_opened_before_they_are_asked_for(tmp_path, clock, monkeypatch):
    known = save(recording("one"), tmp_path)
    for number in range(10_000):
        (tmp_path / f"other--{number:012x}.json").touch()
    opened = []
    monkeypatch.setattr(Path, "read_text", lambda path, *how: opened.append(path) or path.read_bytes().decode())
    cassettes = Cassettes.read(tmp_path, clock=clock)
    for _ in range(100):
        assert texts(cassettes, recording("one")) == ["one"]
    assert opened == [known]


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"format": 1}', '{"format": 99}', "\ufeff{}"])
def test_a_broken_file_is_named_and_the_others_still_serve(tmp_path, text):
    sound = save(recording("one"), tmp_path)
    (tmp_path / "broken.json").write_text(text, "utf-8")
    cassettes = Cassettes.read(tmp_path)
    assert list(cassettes.by_key) == [load(sound).key]
    assert "broken.json" in cassettes.broken[0].problem
