"""The class on one page: how it did, what was hard, whom to look at; in the instructor's language."""

import re
from dataclasses import replace

import pytest

from lab_helpers.exercises import Finding
from lab_helpers.grading.class_page import class_page
from lab_helpers.grading.grades import grades
from lab_helpers.grading.records import ExerciseRecord, Mark, Record, State
from lab_helpers.grading.similarity import Pair
from lab_helpers.i18n import message
from tests.grading.test_feedback import EVIL, Tags, words

MISSING = Finding(False, 3, message("five answers, each a text"))


def record(student, points, *, mark=Mark.NOT_YET, findings=(MISSING,), **parts):
    question = ExerciseRecord("05.generate", mark, points, 5, message("One answer to each loaded prompt"), findings)
    return Record(
        "k", student, "", "file", f"{student}.ipynb", "05_x", "en", "d", State.GRADED, exercises=(question,), **parts
    )


CLASS = [record("ana", 5, mark=Mark.CORRECT, findings=()), record("bia", 2), record("caio", 2), record("davi", 0)]
UNREAD = replace(record("eva", 0), lesson="", state=State.UNREADABLE, exercises=(), problem=message("x"))


def page(records=CLASS, pages=None, pairs=(), locale="en"):
    return class_page(grades(records, {}), pages or {}, pairs, locale)


def bars(html):
    label = re.search(r'role="img" aria-label="[^".]*\. ([^"]*)"', html)
    return {} if label is None else dict(bar.split(": ") for bar in label[1].split("; "))


def test_the_bars_count_students_by_their_share():
    found = {label: count for label, count in bars(page()).items() if count != "0"}
    assert found == {"90–100 %": "1", "40–50 %": "2", "0–10 %": "1"}


def test_points_above_and_below_the_scale_are_in_the_outer_bars():
    found = bars(page([record("ana", 7), record("bia", -1)]))
    assert (found["90–100 %"], found["0–10 %"]) == ("1", "1")


def test_each_exercise_says_who_solved_it_and_what_was_missing():
    said = words(page())
    assert "1 / 4" in said
    assert "2.25 / 5" in said
    assert "five answers, each a text (3)" in said


def test_what_ended_an_answer_counts_among_what_was_missing():
    ended = ExerciseRecord("05.generate", Mark.TIMED_OUT, 0, 5, message("x"), because=message("too slow"))
    assert "too slow (1)" in words(page([replace(CLASS[0], exercises=(ended,))]))


def test_every_submission_has_its_row_and_a_link_to_its_page():
    html = page([*CLASS, UNREAD], {"ana": "feedback/ana-1.html"})
    assert Tags(html).links == ["feedback/ana-1.html"]
    assert "eva.ipynb" in html
    assert "not readable: 1" in words(html)


def test_answers_that_are_alike_are_a_reason_to_look():
    html = page(pairs=[Pair("ana", "bia", "05.generate", 0.875)])
    assert "88 %" in words(html)
    assert "never a verdict" in words(html)
    assert "never a verdict" not in words(page())


@pytest.mark.parametrize(
    "evil",
    [
        {"records": [record(EVIL, 1)]},
        {"records": [replace(UNREAD, path=EVIL)]},
        {"records": [replace(CLASS[0], lesson=EVIL)]},
        {"records": [replace(CLASS[0], notes=(message("Cell {cell} is missing.", cell=EVIL),))]},
        {"pairs": [Pair(EVIL, "bia", EVIL, 1.0)]},
        {"pages": {"ana": f"feedback/{EVIL}"}},
    ],
)
def test_nothing_of_a_submission_reaches_the_browser_as_more_than_text(evil):
    assert not {"script", "img"} & Tags(page(**evil)).tags


def test_it_speaks_the_instructors_language():
    html = page([*CLASS, UNREAD], pairs=[Pair("ana", "bia", "05.generate", 1.0)], locale="pt-BR")
    assert '<html lang="pt-BR">' in html
    for english in ("The class", "Success by exercise", "Every submission", "submissions", "Answers that are alike"):
        assert english not in html


def test_a_class_of_nothing_readable_has_a_page():
    assert "eva.ipynb" in page([UNREAD])
