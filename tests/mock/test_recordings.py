import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from lab_helpers.errors import RecordingError
from lab_helpers.mock.checks import check_file
from lab_helpers.mock.recordings import SHIPPED, Recording, Variant, dump, keep, load, save
from tests.mock.conftest import answer_body, recording

ROOT = Path(__file__).parents[2]


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


def test_check_finds_nothing_wrong_with_what_we_saved(tmp_path):
    assert check_file(save(recording("one"), tmp_path)) == []


def test_answers_are_added_to_those_in_the_file(tmp_path):
    save(recording("one", "two"), tmp_path)
    other = recording("other", "other", "three")
    path = keep(other, tmp_path)
    assert [variant.body["id"] for variant in load(path).variants] == [
        "chatcmpl-one",
        "chatcmpl-two",
        "chatcmpl-three",
    ]


def test_a_broken_file_is_not_written_over(tmp_path):
    path = save(recording("one"), tmp_path)
    path.write_text("{", "utf-8")
    with pytest.raises(RecordingError, match=re.escape(path.name)):
        keep(recording("two"), tmp_path)
    assert path.read_text("utf-8") == "{"


def test_a_folder_that_cannot_be_written_to_is_named(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(RecordingError, match="--out"):
        save(recording("one"), tmp_path / "file")


KEEP_FIFTY = """
import sys, pathlib
from lab_helpers.mock.recordings import Recording, Variant, keep
from tests.mock.conftest import answer_body, recording
request, folder, first = recording("x").request, pathlib.Path(sys.argv[1]), int(sys.argv[2])
print("ready", flush=True)
sys.stdin.readline()
for seed in range(first, first + 50):
    keep(Recording(request, (Variant(seed, 200, answer_body(str(seed))),), {}), folder)
"""


def test_two_recorders_at_once_lose_no_answer(tmp_path):
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    recorders = [
        subprocess.Popen([sys.executable, "-c", KEEP_FIFTY, tmp_path, first], cwd=ROOT, **pipes)
        for first in ("0", "50")
    ]
    assert [recorder.stdout.readline() for recorder in recorders] == ["ready\n"] * 2
    for recorder in recorders:
        recorder.stdin.write("go\n")
        recorder.stdin.flush()
    for recorder in recorders:
        recorder.communicate(timeout=60)
    (path,) = tmp_path.iterdir()
    assert [variant.seed for variant in load(path).variants] == list(range(100))


SAVE_FOR_EVER = """
import sys, pathlib, itertools
from lab_helpers.mock.recordings import save
from tests.mock.conftest import recording
for number in itertools.count():
    save(recording(*[f"{number}: " + "long " * 2000] * 20), pathlib.Path(sys.argv[1]))
    print(number, flush=True)
"""


def test_killed_in_the_middle_of_writing_it_leaves_every_file_whole(tmp_path):
    for _ in range(5):
        writer = subprocess.Popen(
            [sys.executable, "-c", SAVE_FOR_EVER, tmp_path], cwd=ROOT, stdout=subprocess.PIPE, text=True
        )
        for _line in range(3):
            writer.stdout.readline()
        writer.kill()
        writer.communicate()
        (path,) = tmp_path.glob("*.json")
        assert len(load(path).variants) == 20
    keep(recording("after"), tmp_path)
    assert list(tmp_path.iterdir()) == [path]


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
    def only(seed: int | None) -> Recording:
        return Recording(recording("x").request, (Variant(seed, 200, answer_body(str(seed))),), {})

    merged = only(3).merged(only(None)).merged(only(1))
    assert [variant.seed for variant in merged.variants] == [1, 3, None]


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
