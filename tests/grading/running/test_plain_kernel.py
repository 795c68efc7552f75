"""The sandbox against a plain Jupyter kernel that runs the whole notebook: the same values come out of both."""

import json
import os
from pathlib import Path

import pytest
from nbformat.v4 import new_code_cell, new_notebook

from lab_helpers import services
from lab_helpers.authoring import execute_notebook, read_lessons, student_source
from lab_helpers.exercises import EXERCISES
from lab_helpers.grading.plan import plan
from lab_helpers.grading.private import public_inputs
from lab_helpers.grading.running import Job, Limits, Runner
from lab_helpers.grading.steps import Probe

LESSONS = {lesson.name[:2]: lesson for lesson in read_lessons(Path(__file__).parents[3])}
TELL = """
import json
from lab_helpers.exercises import EXERCISES, probed
print("VALUES" + json.dumps([{key!r}, probed(EXERCISES[{key!r}], ({names}), {inputs!r})]))
"""


def in_a_plain_kernel(lesson, answers, steps):
    """The values of each exercise, brought out at its check in the whole notebook."""
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
    with services.practice("plain", with_local_model=False) as environ:
        executed = execute_notebook(new_notebook(cells=cells), {**os.environ, **environ})
    printed = [output.get("text", "") for cell in executed.cells for output in cell.outputs]
    return dict(json.loads(text.removeprefix("VALUES")) for text in printed if text.startswith("VALUES"))


def altered(source):
    """A plausible slip: the first number of the solution is another one."""
    return source.replace("30", "20", 1).replace("male", "old", 1)


@pytest.mark.parametrize(
    ("number", "kind"), [("04", "right"), ("04", "altered"), ("04", "untouched"), ("07", "altered")]
)
def test_an_honest_notebook_gives_the_same_values(number, kind):
    lesson = LESSONS[number]
    exercises = [exercise for exercise in EXERCISES.values() if exercise.lesson == number]
    sources = {cell.key: cell.source for cell in lesson.cells if cell.key in {e.cell for e in exercises}}
    answers = {
        "right": sources,
        "altered": {key: altered(source) for key, source in sources.items()},
        "untouched": {},
    }[kind]
    steps = plan(lesson, answers, exercises, public_inputs(exercises))
    with Runner(Limits(cell_s=60)) as runner:
        run = runner.run(Job("plain", steps))
    assert run.values == in_a_plain_kernel(lesson, answers, steps)
    assert len(run.values) == len(exercises)
