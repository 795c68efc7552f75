"""The sandbox against a plain Jupyter kernel that runs the whole notebook: the same values come out of both."""

import json
import os

import pytest
from nbformat.v4 import new_code_cell, new_notebook

from lab_helpers import services
from lab_helpers.authoring import execute_notebook, student_source
from lab_helpers.authoring.execution import STEADY
from lab_helpers.exercises import EXERCISES
from lab_helpers.grading.plan import plan
from lab_helpers.grading.private import public_inputs
from lab_helpers.grading.running import Job, Limits, Runner
from lab_helpers.grading.steps import Probe
from tests.exercises.cells import ANSWERS, cell_of, filled, lesson_of

TELL = """
import json
from lab_helpers.exercises import EXERCISES, probed
try:
    print("VALUES" + json.dumps([{key!r}, probed(EXERCISES[{key!r}], ({names}), {inputs!r})]))
except NameError:
    print("VALUES" + json.dumps([{key!r}, {{"untouched": True}}]))
"""


@pytest.fixture(scope="module")
def environ():
    with services.spark() as spark:
        yield {**os.environ, **spark, **STEADY}


@pytest.fixture(scope="module")
def runner():
    with Runner(Limits(cell_s=60)) as runner:
        yield runner


def in_a_plain_kernel(lesson, answers, steps, environ):
    """The values of each exercise, brought out at its check in the whole notebook, and the error of its cell if any."""
    probes = {step.cell: step for step in steps if isinstance(step, Probe)}
    cells = []
    for cell in lesson.cells:
        if cell.kind == "code":
            source = answers.get(cell.key, student_source(cell.source))
            cells.append(new_code_cell(source, id=cell.key, metadata={"tags": ["raises-exception"]}))
        for probe in [probe for probe in probes.values() if f'check("{probe.exercise}"' in cell.source]:
            names = "".join(f"{name}, " for name in probe.arguments)
            tell = TELL.format(key=probe.exercise, names=names, inputs=probe.inputs)
            cells.append(new_code_cell(tell, metadata={"tags": ["raises-exception"]}))
    with services.practice("plain", with_local_model=False) as practice:
        executed = execute_notebook(new_notebook(cells=cells), {**environ, **practice})
    printed = [output.get("text", "") for cell in executed.cells for output in cell.outputs]
    lines = [line for text in printed for line in text.splitlines() if line.startswith("VALUES")]
    errors = {
        cell.id: {"type": output.ename, "says": output.evalue}
        for cell in executed.cells
        for output in cell.outputs
        if output.output_type == "error"
    }
    told = dict(json.loads(line.removeprefix("VALUES")) for line in lines)
    return {key: (values, errors.get(EXERCISES[key].cell)) for key, values in told.items()}


def agree(ran, plain):
    """The same values; or, where the cell gave none, the same error."""
    values, error = plain
    if values != {"untouched": True} or "raised" not in ran:
        return ran == values
    return {name: ran["raised"][name] for name in ("type", "says")} == error


def wrong(exercise):
    """The first of the mistakes that the exercise's tests know."""
    mistakes = ANSWERS[exercise.key].wrong
    return filled(cell_of(exercise).source, mistakes[min(mistakes)])


def altered(exercise):
    """A plausible slip: the first number of the solution is another one."""
    return cell_of(exercise).source.replace("30", "20", 1).replace("male", "old", 1)


KINDS = {"right": lambda exercise: cell_of(exercise).source, "wrong": wrong, "altered": altered}


@pytest.mark.parametrize("number", ["04", "05", "06", "07", "08"])
@pytest.mark.parametrize("kind", [*KINDS, "untouched"])
def test_an_honest_notebook_gives_the_same_values(number, kind, runner, environ):
    lesson = lesson_of(number)
    exercises = [exercise for exercise in EXERCISES.values() if exercise.lesson == number]
    answers = {exercise.cell: KINDS[kind](exercise) for exercise in exercises if kind in KINDS}
    steps = plan(lesson, answers, exercises, public_inputs(exercises))
    run = runner.run(Job("plain", steps))
    plain = in_a_plain_kernel(lesson, answers, steps, environ)
    differ = {key: (run.values[key], plain[key]) for key in plain if not agree(run.values[key], plain[key])}
    assert (differ, len(plain)) == ({}, len(exercises))
