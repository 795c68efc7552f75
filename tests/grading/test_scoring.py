"""From what a run brought out to a record: the judges decide, and every way to end costs its own exercise only."""

from dataclasses import replace
from pathlib import PurePosixPath

import pytest

from lab_helpers.exercises import EXERCISES
from lab_helpers.grading.layouts import Origin
from lab_helpers.grading.matching import Answers
from lab_helpers.grading.records import Mark, State, parse_record, record_text
from lab_helpers.grading.running import End, Run
from lab_helpers.grading.scoring import failed, scored, superseded, unreadable
from lab_helpers.grading.submissions import Submission
from lab_helpers.i18n import message

MIRRORED, CHUNK = EXERCISES["04.mirrored"], EXERCISES["05.first-chunk"]
BOTH = (MIRRORED, CHUNK)
SUBMISSION = Submission(
    PurePosixPath("Ana_7_assignsubmission_file_/x.ipynb"),
    Origin("Ana", "7", 0, "moodle", late=True),
    "digest",
    "05_responsible_ai",
    "pt-BR",
    notes=(message("The file was not saved as UTF-8."),),
)
THERE = Answers({exercise.cell: "..." for exercise in BOTH}, (message("Cell {cell} is missing.", cell="x"),))
RAN = Run({"04.mirrored": {"prompts": []}, "05.first-chunk": {"choice": "d"}}, {}, {}, (), "full")


def score(run=RAN, answers=THERE):
    return scored(SUBMISSION, answers, run, BOTH, {}, "key")


def marks(run=RAN, answers=THERE):
    return [exercise.mark for exercise in score(run, answers).exercises]


def with_end(end):
    return replace(RAN, values={"04.mirrored": RAN.values["04.mirrored"]}, ends={CHUNK.cell: end})


def test_a_record_says_whose_it_is_and_keeps_all_notes():
    record = score(replace(RAN, notes=("requests_capped",)))
    assert (record.student, record.number, record.whose, record.late) == ("Ana", "7", "Ana (7)", True)
    assert (record.key, record.locale, record.isolation, record.state) == ("key", "pt-BR", "full", State.GRADED)
    assert len(record.notes) == 3


def test_points_come_from_the_judges():
    record = score()
    assert record.exercises[0].mark == Mark.NOT_YET
    assert record.exercises[0].findings
    assert record.points < record.out_of == MIRRORED.points + CHUNK.points


@pytest.mark.parametrize(("how", "mark"), [("timed_out", Mark.TIMED_OUT), ("died", Mark.DIED)])
def test_a_lost_cell_costs_its_own_exercise_and_says_why(how, mark):
    record = score(with_end(End(how)))
    assert (record.exercises[1].mark, record.exercises[1].points) == (mark, 0)
    assert record.exercises[1].because
    assert record.exercises[0].mark == Mark.NOT_YET
    assert record.state == State.PARTIAL


@pytest.mark.parametrize(("how", "state"), [("timed_out", State.TIMED_OUT), ("died", State.DIED)])
def test_where_every_cell_is_lost_the_state_says_so(how, state):
    run = Run({}, {exercise.cell: End(how) for exercise in BOTH}, {}, (), "full")
    assert score(run).state == state


def test_a_cell_that_raised_is_told_by_its_own_error():
    end = End("raised", {"type": "ZeroDivisionError", "says": "division by zero", "line": "1 / 0", "number": 1})
    record = score(replace(with_end(end), values={**RAN.values, CHUNK.key: {}}))
    assert record.exercises[1].mark == Mark.ERROR
    assert "ZeroDivisionError" in str(record.exercises[1].because)


def test_a_missing_cell_is_not_attempted():
    assert marks(answers=Answers({MIRRORED.cell: "..."})) == [Mark.NOT_YET, Mark.NOT_ATTEMPTED]


def test_no_value_at_all_is_an_error_and_not_a_crash():
    assert marks(Run({}, {}, {}, (), "full")) == [Mark.ERROR, Mark.ERROR]


@pytest.mark.parametrize("value", [None, [], {}, "x", {"raised": 3}, {"choice": {"raised": []}}, {"prompts": [[]] * 9}])
def test_whatever_a_submission_brings_out_becomes_a_record(value):
    values = {
        exercise.key: value if isinstance(value, dict) else {"choice": value, "prompts": value} for exercise in BOTH
    }
    record = score(replace(RAN, values=values))
    assert parse_record(record_text(record)) == record
    assert record.points < record.out_of


def test_what_was_not_run_has_no_points_and_a_reason():
    damaged = replace(SUBMISSION, problem=message("The file is not a notebook (.ipynb)."))
    assert (unreadable(damaged, "k").state, unreadable(damaged, "k").out_of) == (State.UNREADABLE, 0)
    assert unreadable(damaged, "k").problem == damaged.problem
    assert superseded(SUBMISSION, "k").state == State.SUPERSEDED


def test_a_failure_of_the_grader_is_tried_again_and_told():
    record = failed(SUBMISSION, RuntimeError("odd"))
    assert (record.key, record.state) == ("", State.UNREADABLE)
    assert "RuntimeError: odd" in str(record.problem)
