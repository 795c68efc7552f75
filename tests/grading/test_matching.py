"""Which cell answers which exercise, in notebooks that were rearranged."""

import json
from pathlib import PurePosixPath

import pytest

from lab_helpers.authoring.lessons import parse_lesson
from lab_helpers.authoring.student import student_source
from lab_helpers.grading.matching import match_answers
from lab_helpers.grading.submissions import read_submission

LESSON = parse_lesson(
    "05_x",
    '''# %% [markdown] key="title"
# # Title

# %% key="parameters" tags=["parameters"]
LOCALE = "en"

# %% key="set-up"
prompts = ["a", "b"]

# %% key="generate"
answers = ...
### BEGIN SOLUTION
answers = [prompt.upper() for prompt in prompts]
### END SOLUTION

# %% key="share"
def share(k, n):
    """The share."""
    ### BEGIN SOLUTION
    return k / n
    ### END SOLUTION
''',
)
CODE = [(cell.key, student_source(cell.source)) for cell in LESSON.cells if cell.kind == "code"]


def matched(*cells):
    rows = [{"cell_type": "code", "id": name, "metadata": {}, "source": text} for name, text in cells]
    content = {"nbformat": 4, "metadata": {"lab": {"lesson": "05_x"}}, "cells": rows}
    found = read_submission(PurePosixPath("ana.ipynb"), json.dumps(content).encode(), {"05_x": []})
    return match_answers(LESSON, found)


def filled(**answers):
    return [(key, answers.get(key.replace("-", "_"), text)) for key, text in CODE]


def test_an_answer_is_found_by_its_id():
    found = matched(*filled(generate="answers = [1]"))
    assert found.sources["generate"] == "answers = [1]"
    assert found.sources["share"] == dict(CODE)["share"]
    assert found.notes == ()


def test_another_locale_is_no_edit():
    assert matched(*filled(parameters='LOCALE = "pt-BR"')).notes == ()


def test_without_ids_an_answer_is_found_by_the_names_it_defines():
    cells = [
        (f"random-{place}", text) for place, (_, text) in enumerate(filled(share="def share(k, n):\n    return 1"))
    ]
    found = matched(*cells)
    assert found.sources["share"] == "def share(k, n):\n    return 1"
    assert any("share" in str(note) for note in found.notes)


def test_of_duplicates_the_last_filled_one_counts():
    found = matched(
        *filled(generate="answers = [1]"), ("generate", "answers = [2]"), ("generate", dict(CODE)["generate"])
    )
    assert found.sources["generate"] == "answers = [2]"
    assert "3 times" in str(found.notes[-1])


def test_a_missing_answer_is_a_note():
    found = matched(*[cell for cell in CODE if cell[0] != "share"])
    assert "share" not in found.sources
    assert "share" in str(found.notes[-1])


def test_missing_given_cells_are_a_note():
    assert "set-up" in str(matched(*[cell for cell in CODE if cell[0] != "set-up"]).notes[0])


def test_an_edited_given_cell_is_a_note():
    assert "set-up" in str(matched(*filled(set_up="prompts = []")).notes[0])


def test_another_order_is_a_note():
    assert "order" in str(matched(*reversed(CODE)).notes[0])


def test_own_cells_go_with_the_answer_that_uses_them():
    helper = "def up(x): return math.floor(x)"
    own = [("mine", "import math"), ("unused", "raise ValueError"), ("helper", helper)]
    found = matched(*CODE[:2], *own, ("generate", "answers = [up(1.5)]"), CODE[3])
    assert found.sources["generate"] == f"import math\n\n{helper}\n\nanswers = [up(1.5)]"


@pytest.mark.parametrize("source", ["answers = [", "answers = (" * 500, "\0", "%%bash\nrm x", "", "answers: int"])
def test_what_is_no_python_is_taken_as_it_is(source):
    assert matched(*filled(generate=source)).sources["generate"] == source
