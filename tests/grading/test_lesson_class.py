"""Our own lessons in the real sandbox: each notebook has the points it earned, whoever runs beside it and when."""

import os
import subprocess
import sys

import pytest

from lab_helpers.grading import Store, assignments, grade_batch, take_in_class
from lab_helpers.grading.records import record_text
from tests.grading.lesson_class import ROOT, write_lesson_class

ASKED = assignments(ROOT)
# Of this seed's six notebooks two are of each lesson; among them are a right, two wrong, two slow and an edited one.
SEED = 3


@pytest.fixture(scope="module")
def handed_in(tmp_path_factory):
    """The class as it was taken in, with the points that each must get."""
    folder = tmp_path_factory.mktemp("class")
    expected = write_lesson_class(folder, 6, SEED)
    return take_in_class(folder, ASKED), expected


@pytest.fixture(scope="module")
def alone(handed_in, tmp_path_factory):
    """The class graded, one after the other."""
    store = Store(tmp_path_factory.mktemp("alone"))
    grade_batch(handed_in[0], store, ASKED, workers=1)
    return store


@pytest.fixture
def busy():
    """A machine on which everything has to wait."""
    spinning = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _each in range(os.cpu_count() or 1)]
    yield
    for process in spinning:
        process.kill()
        process.wait()


def test_each_has_the_points_it_earned(alone, handed_in):
    assert {record.path: record.points for record in alone.records()} == handed_in[1]


def test_neither_workers_nor_order_nor_load_change_a_record(alone, handed_in, busy, tmp_path):
    beside = Store(tmp_path)
    grade_batch(handed_in[0][::-1], beside, ASKED, workers=3)
    assert [*map(record_text, beside.records())] == [*map(record_text, alone.records())]


def test_at_a_second_run_nothing_is_run_and_nothing_changes(alone, handed_in):
    before = [*map(record_text, alone.records())]
    assert grade_batch(handed_in[0], alone, ASKED) == 0
    assert [*map(record_text, alone.records())] == before
