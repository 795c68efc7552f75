"""The processes of one test alone, whatever else runs on the machine."""

import ctypes
import os
import sys
from collections.abc import Set
from contextlib import suppress

import psutil

_PR_SET_CHILD_SUBREAPER = 36


def adopt() -> None:
    """Let what a child leaves behind become this process's own child, so that `offspring` still finds it."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def offspring() -> Set[tuple[int, str]]:
    """The number and the command line of every process that was started from this one and still runs."""
    adopt()
    found = set()
    for process in psutil.Process(os.getpid()).children(recursive=True):
        with suppress(psutil.Error):
            if process.status() != psutil.STATUS_ZOMBIE:
                found.add((process.pid, " ".join(process.cmdline())))
    return found
