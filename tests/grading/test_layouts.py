"""Whose file it is, told by where it lies."""

from pathlib import PurePosixPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lab_helpers.grading.layouts import Origin, origin

CASES = {
    "Ana Lima_1234567_assignsubmission_file_/05_responsible_ai.ipynb": Origin("Ana Lima", "1234567", 0, "moodle"),
    "Ana Lima_1234567_assignsubmission_file_05_responsible_ai.ipynb": Origin("Ana Lima", "1234567", 0, "moodle"),
    "turma/José d'Ávila_7_assignsubmission_file_/x/05.ipynb": Origin("José d'Ávila", "7", 0, "moodle"),
    "limaana_12_345_05_responsible_ai.ipynb": Origin("limaana", "12", 0, "canvas"),
    "limaana_LATE_12_345_05_responsible_ai-2.ipynb": Origin("limaana", "12", 2, "canvas", late=True),
    "submitted/ana/lab-5/05_responsible_ai.ipynb": Origin("ana", "", 0, "nbgrader"),
    "ana/05_responsible_ai.ipynb": Origin("ana", "", 0, "folder"),
    "ana/old/05_responsible_ai (1).ipynb": Origin("ana", "", 1, "folder"),
    "ana_05_responsible_ai.ipynb": Origin("ana", "", 0, "file"),
    "ana-lima 05_responsible_ai.ipynb": Origin("ana-lima", "", 0, "file"),
    "ana.ipynb": Origin("ana", "", 0, "file"),
    "05_responsible_ai.ipynb": Origin("", "", 0, "file"),
}


@pytest.mark.parametrize("path", CASES)
def test_a_path_names_its_student(path):
    assert origin(PurePosixPath(path)) == CASES[path]


@given(st.lists(st.text(min_size=1).filter(lambda part: "/" not in part and part not in (".", "..")), min_size=1))
def test_any_path_has_an_origin(parts):
    found = origin(PurePosixPath(*parts))
    assert found.attempt >= 0
    assert "/" not in found.student
