"""`lab progress`: what a learner has done, in the terminal, and how to forget it."""

import json

import pytest
from click.testing import CliRunner

from lab_helpers.cli import main

LINES = [
    {"event": "check", "key": "04.mirrored", "what": "not_yet"},
    {"event": "check", "key": "04.mirrored", "what": "correct"},
    {"event": "hint", "key": "04.mirrored", "what": "1"},
    {"event": "quiz", "key": "06.no-gap", "what": "correct"},
]


@pytest.fixture
def course(tmp_path, monkeypatch):
    monkeypatch.delenv("LAB_PROGRESS", raising=False)
    monkeypatch.setenv("COLUMNS", "160")
    (tmp_path / "my-course").mkdir()
    return tmp_path


@pytest.fixture
def journal(course):
    path = course / "my-course" / ".lab-progress.jsonl"
    path.write_text("".join(json.dumps(line) + "\n" for line in LINES), "utf-8")
    return path


def lab(course, *arguments, **options):
    return CliRunner().invoke(main, ["progress", "--course", str(course), *arguments], **options)


def line_of(output, key):
    return next(line for line in output.splitlines() if key in line)


def test_it_shows_each_exercise_and_quiz_with_its_best_outcome_and_hints(course, journal):
    done = lab(course)
    assert done.exit_code == 0
    assert "✓ done" in line_of(done.output, "04.mirrored")
    assert "1" in line_of(done.output, "04.mirrored").split("│")[4]
    assert "✓ done" in line_of(done.output, "06.no-gap")
    assert "– open" in line_of(done.output, "07.circular")


def test_without_a_journal_everything_is_open(course):
    done = lab(course)
    assert done.exit_code == 0
    assert "✓ done" not in done.output


def test_a_damaged_line_loses_no_other(course, journal):
    journal.write_text("{torn\n" + journal.read_text("utf-8"), "utf-8")
    assert "✓ done" in line_of(lab(course).output, "04.mirrored")


def test_a_journal_elsewhere_is_found_by_its_variable(course, journal, monkeypatch, tmp_path):
    elsewhere = tmp_path / "elsewhere.jsonl"
    journal.rename(elsewhere)
    monkeypatch.setenv("LAB_PROGRESS", str(elsewhere))
    assert "✓ done" in lab(course).output


def test_reset_asks_and_a_no_keeps_everything(course, journal):
    done = lab(course, "--reset", input="n\n")
    assert "Forget all progress?" in done.output
    assert journal.exists()


def test_reset_forgets_after_a_yes(course, journal):
    done = lab(course, "--reset", input="y\n")
    assert "✓ Progress is forgotten." in done.output
    assert not journal.exists()


def test_reset_with_yes_does_not_ask(course, journal):
    assert "Forget all progress?" not in lab(course, "--reset", "--yes").output
    assert not journal.exists()


def test_reset_without_a_journal_says_so(course):
    assert "no progress" in lab(course, "--reset").output


def test_a_journal_that_cannot_be_removed_is_told_without_a_stack(course, journal):
    journal.unlink()
    journal.mkdir()
    done = lab(course, "--reset", "--yes")
    assert done.exit_code == 1
    assert "→" in done.output
