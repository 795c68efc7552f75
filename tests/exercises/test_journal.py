import json

import pytest

from lab_helpers.exercises import journal


def test_a_note_is_a_line_with_what_happened_and_when(tmp_path, monkeypatch):
    monkeypatch.setenv("LAB_PROGRESS", str(tmp_path / "mine.jsonl"))
    journal.note("check", "05.generate", "correct")
    journal.note("hint", "05.generate", "1")
    first, second = journal.noted(tmp_path / "mine.jsonl")
    assert {name: first[name] for name in ("event", "key", "what")} == {
        "event": "check",
        "key": "05.generate",
        "what": "correct",
    }
    assert first["at"] <= second["at"]


def test_the_file_lies_beside_the_notebooks_unless_said_otherwise(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("LAB_PROGRESS", raising=False)
    assert journal.progress_file() == tmp_path / ".lab-progress.jsonl"


@pytest.mark.parametrize(
    "damage", ["", "{", "[]", "null", '"text"', "\x00\x00", '{"event": "check"', "ção", '{"key": {"a": 1}}']
)
def test_a_damaged_line_costs_itself_and_no_other(tmp_path, damage):
    good = json.dumps({"event": "check", "key": "05.generate", "what": "correct"})
    path = tmp_path / "progress.jsonl"
    path.write_text(f"{good}\n{damage}\n{good}\n", "utf-8")
    assert [line for line in journal.noted(path) if line.get("event")] == [json.loads(good)] * 2


def test_bytes_that_are_no_text_are_passed_over(tmp_path):
    path = tmp_path / "progress.jsonl"
    path.write_bytes(b'\xff\xfe\n{"event": "hint", "key": "05.generate"}\n')
    assert [line["event"] for line in journal.noted(path)] == ["hint"]


def test_no_file_is_no_note_and_nothing_to_forget(tmp_path):
    assert list(journal.noted(tmp_path / "none")) == []
    assert not journal.reset_progress(tmp_path / "none")


def test_progress_is_forgotten(tmp_path):
    path = tmp_path / "progress.jsonl"
    path.write_text("{}\n")
    assert journal.reset_progress(path)
    assert not path.exists()


def test_nothing_that_a_test_or_a_build_does_is_noted(tmp_path, monkeypatch):
    monkeypatch.setenv("LAB_PROGRESS", str(tmp_path / "mine.jsonl"))
    monkeypatch.setenv("LAB_STRICT", "1")
    journal.note("hint", "05.generate", "1")
    assert not (tmp_path / "mine.jsonl").exists()
