import pytest

from lab_helpers.errors import RecordingError
from lab_helpers.mock import compare
from lab_helpers.mock.comparison import Difference
from lab_helpers.mock.recordings import Recording, Variant, save
from tests.mock.conftest import PROVENANCE, answer_body, recording


def signs(found: list[Difference]) -> list[tuple[str, str]]:
    return [(difference.sign, difference.what) for difference in found]


def test_a_recording_does_not_differ_from_itself(tmp_path):
    file = save(recording("one", "two"), tmp_path)
    assert compare(file, file) == []
    assert compare(tmp_path, tmp_path) == []


def test_answers_are_paired_by_their_seeds(tmp_path):
    one = save(recording("one", "two"), tmp_path / "a")
    other = save(recording("uno", "two", "three"), tmp_path / "b")
    (changed, added) = compare(one, other)
    assert (changed.sign, changed.what, changed.detail) == ("~", "seed 0", '["one"] → ["uno"]')
    assert (added.sign, added.what) == ("+", "seed 2")
    assert ("-", "seed 2") in signs(compare(other, one))


def test_of_answers_with_the_same_text_the_fields_that_differ_are_told(tmp_path):
    def answered(created: int) -> Recording:
        body = {**answer_body("one"), "created": created}
        return Recording(recording("x").request, (Variant(0, 200, body),), PROVENANCE)

    one, other = save(answered(1), tmp_path / "a"), save(answered(2), tmp_path / "b")
    (difference,) = compare(one, other)
    assert (difference.what, difference.detail) == ("seed 0", "created")


def test_answers_without_a_seed_are_paired_by_their_order(tmp_path):
    def unseeded(*texts: str) -> Recording:
        variants = tuple(Variant(None, 200, answer_body(text)) for text in texts)
        return Recording(recording("x").request, variants, PROVENANCE)

    one, other = save(unseeded("one", "two"), tmp_path / "a"), save(unseeded("one"), tmp_path / "b")
    assert signs(compare(one, other)) == [("-", "sample 1")]


def test_two_files_tell_in_which_fields_their_requests_differ(tmp_path):
    one = save(recording("one"), tmp_path)
    other = save(recording("one", prompt="Describe a pilot."), tmp_path)
    (difference,) = compare(one, other)
    assert difference.what == "request.messages"
    assert "nurse" in difference.detail


def test_folders_tell_which_recordings_came_and_went(tmp_path):
    save(recording("one"), tmp_path / "a")
    save(recording("one", prompt="Describe a pilot."), tmp_path / "b")
    assert signs(compare(tmp_path / "a", tmp_path / "b")) == [("-", "recording"), ("+", "recording")]


def test_where_answers_come_from_is_no_difference(tmp_path):
    one = recording("one")
    save(one, tmp_path / "a")
    save(Recording(one.request, one.variants, {**PROVENANCE, "recorded_at": "2027-01-01"}), tmp_path / "b")
    assert compare(tmp_path / "a", tmp_path / "b") == []


def test_a_broken_file_is_named(tmp_path):
    (tmp_path / "torn.json").write_text("{", "utf-8")
    with pytest.raises(RecordingError, match=r"torn\.json"):
        compare(tmp_path, tmp_path)
