"""What a record counts for: the instructor's decisions and the rule for late work, applied to a copy of it."""

from dataclasses import replace

from lab_helpers.grading.grades import grades
from lab_helpers.grading.records import ExerciseRecord, Mark, Record, State
from lab_helpers.grading.store import Decision
from lab_helpers.i18n import message

QUESTIONS = tuple(ExerciseRecord(f"05.{name}", Mark.NOT_YET, 2, 5, message("x")) for name in "ab")
ON_TIME = Record("k", "Ana", "7", "moodle", "p", "05_x", "en", "d", State.GRADED, exercises=QUESTIONS)
LATE = replace(ON_TIME, late=True)


def test_without_decisions_the_record_counts_as_it_is():
    assert [(one.points, one.record, one.comments) for one in grades([ON_TIME], {})] == [(4, ON_TIME, {})]


def test_the_instructors_points_stand_in_place_of_the_graders():
    (grade,) = grades([ON_TIME], {"Ana (7)": {"05.a": Decision(5, "well argued"), "05.b": Decision(comment="see me")}})
    assert grade.points == 7
    assert grade.comments == {"05.a": "well argued", "05.b": "see me"}
    assert ON_TIME.points == 4


def test_a_decision_is_one_students_and_not_their_namesakes():
    decisions = {"Ana (7)": {"05.a": Decision(5)}}
    assert [one.points for one in grades([ON_TIME, replace(ON_TIME, number="8")], decisions)] == [7, 4]


def test_late_work_loses_its_share_and_other_work_nothing():
    assert [one.points for one in grades([ON_TIME, LATE], {}, late_percent=25)] == [4, 3]


def test_zero_points_are_a_decision_too():
    assert grades([ON_TIME], {"Ana (7)": {"05.a": Decision(0)}})[0].points == 2


def test_earlier_attempts_do_not_count():
    assert grades([replace(ON_TIME, state=State.SUPERSEDED)], {}) == []
