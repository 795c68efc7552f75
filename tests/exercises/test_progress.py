import json

import pytest

from lab_helpers import progress
from lab_helpers.exercises import EXERCISES, read_progress


@pytest.fixture
def journal(tmp_path, monkeypatch):
    path = tmp_path / "progress.jsonl"
    monkeypatch.setenv("LAB_PROGRESS", str(path))
    return path


def write(path, *lines):
    path.write_text(
        "".join(json.dumps(dict(zip(("event", "key", "what"), line, strict=True))) + "\n" for line in lines)
    )


def state_of(progress, key):
    return next(row[3] for row in progress.rows() if row[1] == key)


def test_nothing_is_done_at_first(journal):
    assert progress().summary.startswith("0 of")
    assert {row[3] for row in progress().rows()} == {"– open"}


def test_an_exercise_once_done_stays_done(journal):
    write(journal, ("check", "05.generate", "correct"), ("check", "05.generate", "not_yet"))
    assert state_of(progress(), "05.generate") == "✓ done"


@pytest.mark.parametrize(("what", "state"), [("not_yet", "○ begun"), ("error", "○ begun"), ("not_attempted", "– open")])
def test_what_is_not_done_is_begun_or_open(journal, what, state):
    write(journal, ("check", "05.generate", what))
    assert state_of(progress(), "05.generate") == state


def test_hints_are_counted(journal):
    write(journal, ("hint", "05.generate", "1"), ("hint", "05.generate", "2"))
    assert read_progress(journal).hints == {"05.generate": 2}


@pytest.mark.parametrize(
    "line",
    [
        ("check", "05.gone", "correct"),
        ("check", "05.generate", "perfect"),
        ("check", "", ""),
        ("other", "05.generate", "x"),
    ],
)
def test_a_line_of_another_course_or_version_is_passed_over(journal, line):
    write(journal, line)
    assert progress().best == {}


def test_the_table_has_a_row_for_each_exercise_in_words_and_html(journal):
    text, html = repr(progress()), progress()._repr_html_()
    assert all(key in text and key in html for key in EXERCISES)
    assert html.count("<th scope=") >= 4
