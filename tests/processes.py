"""The processes of one test alone, whatever else runs on the machine."""

import ctypes
import os
import sys
from collections.abc import Iterator, Set
from contextlib import suppress

import psutil

_PR_SET_CHILD_SUBREAPER = 36


def adopt() -> None:
    """Let what a child leaves behind become this process's own child, so that `offspring` still finds it."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


Processes = Set[tuple[int, str]]


def offspring(apart_from: Processes = frozenset()) -> Processes:
    """The number and the command line of every process that was started from this one and still runs.

    apart_from: left out, and so is what they started meanwhile: a browser starts processes whenever it likes.
    """
    adopt()
    return set(_started(psutil.Process(os.getpid()), {number for number, _command in apart_from}))


def _started(parent: psutil.Process, known: Set[int]) -> Iterator[tuple[int, str]]:
    with suppress(psutil.Error):
        for process in parent.children():
            if process.pid not in known:
                yield from _running(process)
                yield from _started(process, known)


def _running(process: psutil.Process) -> Iterator[tuple[int, str]]:
    with suppress(psutil.Error):
        if process.status() != psutil.STATUS_ZOMBIE:
            yield process.pid, " ".join(process.cmdline())
