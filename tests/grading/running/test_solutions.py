"""The lessons' own solutions, planned and run as submissions: each exercise gives full points."""

from pathlib import Path

import pytest

from lab_helpers.authoring import read_lessons
from lab_helpers.exercises import EXERCISES, Evidence, judged
from lab_helpers.grading.plan import plan
from lab_helpers.grading.private import new_private, public_inputs
from lab_helpers.grading.running import Job, Limits, Runner

ROOT = Path(__file__).parents[3]
LESSONS = {lesson.name: lesson for lesson in read_lessons(ROOT)}
INPUTS = public_inputs(list(EXERCISES.values()))


@pytest.fixture(scope="module")
def runner():
    with Runner(Limits(cell_s=60, probe_s=60)) as runner:
        yield runner


def exercises_of(lesson):
    cells = {cell.key for cell in lesson.cells}
    return [e for e in EXERCISES.values() if lesson.name.startswith(e.lesson) and e.cell in cells]


GRADED = [lesson for lesson in LESSONS.values() if exercises_of(lesson)]


def outcomes(runner, lesson, answers, locale="en", inputs=INPUTS):
    exercises = exercises_of(lesson)
    run = runner.run(Job("honest", plan(lesson, answers, exercises, inputs, locale)))
    evidence = Evidence(run.served)
    return {e.key: judged(e, run.values[e.key], inputs[e.key], evidence) for e in exercises}


@pytest.mark.parametrize("lesson", GRADED, ids=lambda lesson: lesson.name)
def test_the_solution_of_every_exercise_is_correct_through_plan_and_run(runner, lesson):
    answers = {cell.key: cell.source for cell in lesson.cells}
    found = outcomes(runner, lesson, answers, locale="pt-BR")
    assert {key: outcome.status for key, outcome in found.items()} == dict.fromkeys(found, "correct"), found


@pytest.mark.parametrize("lesson", GRADED, ids=lambda lesson: lesson.name)
def test_what_was_handed_out_counts_as_not_attempted(runner, lesson):
    found = outcomes(runner, lesson, {})
    assert {key: outcome.status for key, outcome in found.items()} == dict.fromkeys(found, "not_attempted"), found


def test_solutions_are_as_right_on_a_private_set(tmp_path):
    private = new_private(tmp_path / "private")
    with Runner(Limits(cell_s=60, probe_s=60), cassettes=(private.cassettes,)) as runner:
        for lesson in (lesson for lesson in GRADED if not lesson.name.startswith("05")):
            inputs = private.inputs(exercises_of(lesson))
            found = outcomes(runner, lesson, {cell.key: cell.source for cell in lesson.cells}, inputs=inputs)
            assert {key: outcome.status for key, outcome in found.items()} == dict.fromkeys(found, "correct"), found
