"""A processor that many share: the time that neighbours take is nobody's own."""

import os
import subprocess
import sys

import pytest

from lab_helpers.grading.running import End, Job, Runner
from lab_helpers.grading.steps import Cell
from tests.grading.running.conftest import LIMITS

pytestmark = pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="needs to keep processes on one processor")
# Each takes less than a second where it is alone, of the two that it may.
PATIENT = {
    "works": "n = 0\nfor each in range(4_000_000): n += each",
    "prints": "for n in range(200_000): print(n)",
    "prints long lines": "for n in range(1500): print('x' * 100_000)",
}


@pytest.fixture(scope="module")
def crowded():
    """A pod, its controller and four busy neighbours, all on one processor."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(before)})
    # Each in a session of its own: a session's processes may share one turn.
    spin = [sys.executable, "-c", "while True: pass"]
    busy = [subprocess.Popen(spin, start_new_session=True) for _each in range(4)]
    with Runner(LIMITS) as runner:
        yield runner
    for process in busy:
        process.kill()
        process.wait()
    os.sched_setaffinity(0, before)


@pytest.mark.parametrize("source", PATIENT.values(), ids=PATIENT)
def test_it_costs_no_answer_its_time(crowded, source):
    assert crowded.run(Job("patient", (Cell("it", source, "05.generate"),))).ends["it"] == End("ran")


@pytest.mark.parametrize("source", ["while True: pass", "while True: print('again')"])
def test_what_never_ends_is_ended_all_the_same(crowded, source):
    assert crowded.run(Job("endless", (Cell("it", source, "05.generate"),))).ends["it"] == End("timed_out")
