"""From a probe's values to an outcome, on exercises made for this."""

from dataclasses import replace

import pytest

from lab_helpers.exercises import Evidence, Exercise, Finding, Served, Status, judged, probed
from lab_helpers.exercises.values import NotAttempted, attempt
from lab_helpers.i18n import message


def judge(values, inputs, evidence):
    number = values.get("number")
    return [
        Finding(isinstance(number, int), 1, message("a whole number"), message("{found}", found=number)),
        Finding(number == 42, 2, message("the answer to everything"), message("{found}", found=number)),
    ]


NUMBER = Exercise(
    key="05.number",
    cell="number",
    kind="complete",
    points=3,
    title=message("A number"),
    arguments=("number",),
    probe=lambda number, inputs: {"number": number},
    judge=judge,
    hints=(message("It is even."), message("It is below fifty.")),
)


def outcome_of(value, exercise=NUMBER, **evidence):
    return judged(exercise, probed(exercise, (value,), None), None, **evidence)


@pytest.mark.parametrize(
    ("value", "status", "points"),
    [(42, Status.CORRECT, 3), (41, Status.NOT_YET, 1), ("42", Status.NOT_YET, 0), (..., Status.NOT_ATTEMPTED, 0)],
)
def test_each_criterion_gives_its_points_and_all_of_them_are_correct(value, status, points):
    outcome = outcome_of(value)
    assert (outcome.status, outcome.points, outcome.out_of) == (status, points, 3)


@pytest.mark.parametrize("error", [NotAttempted, NotImplementedError])
def test_a_probe_may_say_that_nothing_was_attempted(error):
    def probe(number, inputs):
        raise error

    assert outcome_of(0, replace(NUMBER, probe=probe)).status == Status.NOT_ATTEMPTED


def test_a_probe_that_fails_is_an_error_with_an_explanation_and_no_points():
    outcome = outcome_of(0, replace(NUMBER, probe=lambda number, inputs: {"number": 1 / number}))
    assert (outcome.status, outcome.points) == (Status.ERROR, 0)
    assert "ZeroDivisionError: division by zero" in str(outcome.because)
    assert "divides by zero" in str(outcome.next_step)


def test_a_function_that_fails_on_one_input_keeps_the_points_of_the_others():
    halves = replace(NUMBER, probe=lambda f, inputs: {"number": 41, "last": attempt(f, 0)})
    outcome = outcome_of(lambda n: 1 / n, halves)
    assert (outcome.status, outcome.points) == (Status.ERROR, 1)


def test_an_error_is_told_with_the_learners_own_line():
    failure = {"type": "KeyError", "says": "'gender'", "line": 'table["gender"]', "number": 3}
    assert str(judged(NUMBER, {"raised": failure}, None).because) == "Line 3, 'table[\"gender\"]': KeyError: 'gender'"


def test_a_judge_that_cannot_read_what_it_is_given_gives_no_points():
    def judge(values, inputs, evidence):
        return [Finding(values["number"] + 1 > 0, 3, message("a number"))]

    outcome = judged(replace(NUMBER, judge=judge), {"number": "one"}, None)
    assert (outcome.status, outcome.points) == (Status.NOT_YET, 0)
    assert "not of the kind asked for" in repr(outcome)


def test_no_finding_at_all_is_not_correct():
    assert outcome_of(42, replace(NUMBER, judge=lambda values, inputs, evidence: [])).status == Status.NOT_YET


def test_the_graders_evidence_reaches_the_judge_and_the_learners_kernel_has_none():
    def judge(values, inputs, evidence):
        return [Finding(evidence.served is None or bool(evidence.served), 3, message("asked"))]

    asked = replace(NUMBER, judge=judge)
    assert outcome_of(1, asked).is_correct
    assert not outcome_of(1, asked, evidence=Evidence(served=())).is_correct
    assert outcome_of(1, asked, evidence=Evidence(served=(Served(None, "Hello", "Hi"),))).is_correct


def test_what_a_probe_brings_out_is_plain_however_it_lies():
    class Right(str):
        def __eq__(self, other):
            return True

        __hash__ = str.__hash__

    assert outcome_of(Right("41")).status == Status.NOT_YET
