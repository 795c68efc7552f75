"""A pod for all tests of this folder: starting one costs more than running a hundred jobs in it."""

import pytest

from lab_helpers.grading.running import Job, Limits, Runner
from lab_helpers.grading.steps import Cell

LIMITS = Limits(cell_s=2, probe_s=2, slow_s=40, job_s=120, memory_mb=800, processes=40, files_mb=8, requests=40)


@pytest.fixture(scope="session")
def pod():
    with Runner(LIMITS) as runner:
        yield runner


@pytest.fixture
def run(pod):
    """Run cells, given by their keys, as patiently as the lesson's own; gives the Run."""

    def running(session="a student", **cells):
        steps = tuple(Cell(key, source) for key, source in cells.items())
        return pod.run(Job(session, steps))

    return running
