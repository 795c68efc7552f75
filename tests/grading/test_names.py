"""Names in a piece of code, read by several threads at once."""

import ast
import gc
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from lab_helpers.grading.names import statements


@pytest.fixture
def crowded_collector():
    """A garbage collector that runs often and lets other threads run meanwhile."""
    before, give_way = gc.get_threshold(), lambda *_told: time.sleep(0)
    gc.callbacks.append(give_way)
    gc.set_threshold(50)
    yield
    gc.callbacks.remove(give_way)
    gc.set_threshold(*before)


def test_threads_that_parse_at_once_do_not_disturb_each_other(crowded_collector):
    source = Path(ast.__file__).read_text("utf-8")
    with ThreadPoolExecutor(3) as pool:
        found = list(pool.map(statements, [source] * 24))
    assert len({len(each) for each in found}) == 1
