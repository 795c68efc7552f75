"""A record is text that reads back as the same record, in words of any language."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lab_helpers.errors import GradingError
from lab_helpers.exercises import Finding
from lab_helpers.grading.records import ExerciseRecord, Mark, Record, State, parse_record, record_text
from lab_helpers.i18n import Message, message

EXERCISE = ExerciseRecord(
    "05.generate",
    Mark.NOT_YET,
    2,
    5,
    message("One answer to each loaded prompt"),
    (Finding(True, 2, message("five answers, each a text")), Finding(False, 3, message("x"), message("{n}", n=4))),
    message("outer {inner}", inner=message("inner {n}", n=1)),
)
RECORD = Record(
    "k", "Ana", "12", "moodle", "a/b.ipynb", "05_x", "pt-BR", "abc", State.GRADED, False, "full", (EXERCISE,)
)


def test_a_record_reads_back_as_it_was_written():
    assert parse_record(record_text(RECORD)) == RECORD


def test_its_points_are_those_of_its_exercises():
    assert (RECORD.points, RECORD.out_of) == (2, 5)


def test_its_messages_speak_the_readers_language():
    told = parse_record(record_text(RECORD)).exercises[0].findings[0].expected
    assert told.in_locale("en") == "five answers, each a text"
    assert told.in_locale("pt-BR") != "five answers, each a text"


@given(st.text(), st.dictionaries(st.text(min_size=1), st.integers() | st.text() | st.none()))
def test_any_message_reads_back(text, values):
    record = Record("k", text, "", "file", text, "", "en", "", State.UNREADABLE, problem=Message(text, values))
    assert parse_record(record_text(record)) == record


@pytest.mark.parametrize("text", ["", "{}", "[]", "null", '{"state": "graded"}', record_text(RECORD)[:-20]])
def test_a_damaged_record_says_what_to_do(text):
    with pytest.raises(GradingError, match="Delete the file"):
        parse_record(text)
