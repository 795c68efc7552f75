"""A student's notebook, run from top to bottom before anything is written into it: each check says so, kindly."""

import os
from tempfile import TemporaryDirectory

import pytest
from nbclient import NotebookClient

from lab_helpers import services
from lab_helpers.authoring.lessons import read_lessons
from lab_helpers.authoring.notebooks import code_cells, course_notebook
from lab_helpers.exercises import EXERCISES
from tests.exercises.cells import ROOT

LESSONS = [lesson for lesson in read_lessons(ROOT) if any(lesson.name.startswith(e.lesson) for e in EXERCISES.values())]


@pytest.fixture(scope="module")
def surroundings():
    with services.practice("students", with_local_model=False) as practice, services.spark() as spark:
        yield {**os.environ, **practice, **spark, "TQDM_DISABLE": "1", "LAB_STATIC": "1", "LAB_LOCALE": "en"}


@pytest.fixture(scope="module", params=LESSONS, ids=lambda lesson: lesson.name)
def executed(request, surroundings):
    notebook = course_notebook(request.param, "en")
    notebook.cells = [cell for cell in notebook.cells if is_on_the_way(cell)]
    with TemporaryDirectory() as folder:
        environ = {**surroundings, "LAB_PROGRESS": f"{folder}/progress.jsonl", "IPYTHONDIR": folder}
        environ.pop("LAB_STRICT", None)
        client = NotebookClient(notebook, allow_errors=True, timeout=300, resources={"metadata": {"path": folder}})
        client.execute(env=environ, cleanup_kc=True)
    return request.param, code_cells(notebook)


def test_each_check_of_an_untouched_notebook_says_not_attempted(executed):
    lesson, cells = executed
    expected = [exercise.key for exercise in EXERCISES.values() if lesson.name.startswith(exercise.lesson)]
    said = {cell.source.split('"')[1]: shown(cell) for cell in cells if cell.source.startswith("check(")}
    assert sorted(said) == sorted(expected)
    assert {key: text for key, text in said.items() if not text.startswith("– Not attempted")} == {}


def is_on_the_way(cell):
    """Whether an exercise may need the cell: what goes further is long, and the exercises in it stand alone."""
    return "going-further" not in cell.metadata.get("tags", []) or "nbgrader" in cell.metadata


def shown(cell):
    return "".join(output.get("data", {}).get("text/plain", output.get("evalue", "")) for output in cell.outputs)
