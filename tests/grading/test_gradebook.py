"""The class as a table for a spreadsheet or a learning platform, and nothing that a spreadsheet would execute."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lab_helpers.grading.gradebook import escaped, gradebook_csv
from lab_helpers.grading.grades import grades
from lab_helpers.grading.records import ExerciseRecord, Mark, Record, State
from lab_helpers.i18n import message


def record(student, lesson="05_x", points=2, number="7"):
    exercise = ExerciseRecord(f"{lesson[:2]}.q", Mark.NOT_YET, points, 5, message("x"))
    return Record(
        "k", student, number, "moodle", f"{student}.ipynb", lesson, "en", "d", State.GRADED, exercises=(exercise,)
    )


def rows(records, form="plain"):
    return list(csv.reader(io.StringIO(gradebook_csv(grades(records, {}), form))))


def test_plain_has_a_row_a_student_and_columns_for_each_lesson():
    assert rows([record("bia"), record("ana", points=5), record("ana", "06_y")]) == [
        ["student", "number", "05_x", "05_x out of", "05_x state", "05.q", "06_y", "06_y out of", "06_y state", "06.q"],
        ["ana", "7", "5", "5", "graded", "5", "2", "5", "graded", "2"],
        ["bia", "7", "2", "5", "graded", "2", "", "", "", ""],
    ]


def test_canvas_has_its_row_of_possible_points():
    assert rows([record("ana")], "canvas") == [
        ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", "05_x"],
        ["    Points Possible", "", "", "", "", "5"],
        ["ana", "7", "", "", "", "2"],
    ]


def test_moodle_names_the_participant():
    assert rows([record("ana")], "moodle") == [["Identifier", "Full name", "05_x"], ["Participant 7", "ana", "2"]]


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\r=1", "  =1", "|calc", "%0A"])
def test_a_name_that_is_a_formula_stays_a_text(name):
    assert escaped(name).startswith("'")


@given(st.text())
def test_no_name_becomes_a_formula_or_breaks_its_row(name):
    first = escaped(name)[:1]
    assert first not in ("=", "+", "-", "@", "|", "%", "\t", "\r")
    table = rows([record(name)])
    assert len(table) == 2
    assert len(table[1]) == len(table[0])


def test_an_empty_class_is_a_heading():
    assert rows([]) == [["student", "number"]]
