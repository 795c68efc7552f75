import json

import pytest

from lab_helpers.errors import RecordingError
from lab_helpers.mock.recordings import SHIPPED, Cassettes, Recording, Variant, check_file, dump, load, save
from tests.mock.conftest import answer_body, recording


def test_what_is_saved_is_loaded_and_saves_the_same_bytes(tmp_path):
    path = save(recording("one", "two"), tmp_path)
    assert load(path) == recording("one", "two")
    assert dump(load(path)) == path.read_text("utf-8")
    assert path.name.startswith("describe-a-nurse--")


def test_nothing_but_the_recording_is_left_in_the_folder(tmp_path):
    path = save(recording("one"), tmp_path)
    save(recording("one", "two"), tmp_path)
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(
    "secret", ["Bearer abcdefghijklmnopqrstuvwxyz", "sk-abcdefghijklmnopqrstuv", "my-lab.openai.azure.com", "0f" * 16]
)
def test_a_secret_is_never_written(tmp_path, secret):
    with pytest.raises(RecordingError):
        save(recording(f"the key is {secret}"), tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_key_that_the_caller_knows_is_never_written(tmp_path):
    with pytest.raises(RecordingError, match="hun…"):
        save(recording("one hunter2-key"), tmp_path, secrets=["hunter2-key"])


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"format": 1}', '{"format": 99}', "\ufeff{}"])
def test_a_broken_file_is_named_and_the_others_still_serve(tmp_path, text):
    sound = save(recording("one"), tmp_path)
    (tmp_path / "broken.json").write_text(text, "utf-8")
    cassettes = Cassettes.read(tmp_path)
    assert list(cassettes.by_key) == [load(sound).key]
    assert "broken.json" in cassettes.broken[0].problem


def test_check_finds_nothing_wrong_with_what_we_saved(tmp_path):
    assert check_file(save(recording("one"), tmp_path)) == []


def changed(path, change):
    content = json.loads(path.read_text("utf-8"))
    change(content)
    path.write_text(json.dumps(content), "utf-8")
    return path


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (lambda c: c["request"]["messages"][0].update(content="Describe a doctor."), "key"),
        (lambda c: c["request"].update(temperature=1.0), "key"),
        (lambda c: c["provenance"].pop("licence"), "licence"),
        (lambda c: c["variants"].append(c["variants"][0]), "seed"),
        (lambda c: c["variants"][0]["body"].update(id="my.openai.azure.com"), "secret"),
        (lambda c: c.update(format=2), "format"),
        (lambda c: c.update(variants=[]), "variants"),
    ],
)
def test_check_finds(tmp_path, change, problem):
    problems = check_file(changed(save(recording("one"), tmp_path), change))
    assert any(problem in found for found in problems)


def test_variants_stand_in_the_order_of_their_seeds():
    one = Recording(recording("x").request, (), {})
    for seed in (3, None, 1):
        one = one.with_variant(Variant(seed, 200, answer_body(str(seed))), {})
    assert [variant.seed for variant in one.variants] == [1, 3, None]


SHIPPED_FILES = sorted(SHIPPED.rglob("*.json"))


def test_recordings_are_shipped():
    assert len(SHIPPED_FILES) >= 16


@pytest.mark.parametrize("path", SHIPPED_FILES, ids=lambda path: path.stem)
def test_a_shipped_recording_is_sound_and_really_recorded(path):
    assert check_file(path) == []
    recorded = load(path)
    assert recorded.provenance["source"] == "local"
    assert len(recorded.provenance["weights_sha256"]) == 64
    assert len({variant.body["id"] for variant in recorded.variants}) == len(recorded.variants)
