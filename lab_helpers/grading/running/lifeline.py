"""The lifeline: the outer half of a job's process, which runs nothing of it and ends all of it.

On Linux its working directory is /proc, and it looks there by relative paths: the job's half has covered /proc's own.
"""

from __future__ import annotations

import contextlib
import json
import os
import resource
import select
import shutil
import signal
import socket
import sys
from pathlib import Path
from typing import NoReturn

from lab_helpers.grading.running.jobs import Limits

_LOOK_EVERY_MS = 200
_PAGE = resource.getpagesize()


def watch(inner: int, lifeline: socket.socket, limits: Limits, folder: Path | None) -> NoReturn:
    """Wait until the process `inner` ends, the controller hangs up, or its processes together use too much; end them.

    Tells the controller which it was: {"status": ...} with the exit status, or {"exceeded": "memory"|"processes"}; and,
    whenever it asks, for how long the process was ready to run and had to wait: {"waited_s": ...}.
    Within namespaces all processes of the job are gone when this one is. folder: where the job worked, to be removed;
    None where it goes with its namespace.
    """
    namespace = _namespace(inner)
    exceeded = None
    waiting = select.poll()
    waiting.register(lifeline, select.POLLIN)
    ended = os.pidfd_open(inner) if hasattr(os, "pidfd_open") else None
    if ended is not None:
        waiting.register(ended, select.POLLIN)
    while not exceeded:
        ready = {number for number, _event in waiting.poll(_LOOK_EVERY_MS)}
        if ended in ready or (ended is None and _is_over(inner)):
            break
        if ready and not _answered(lifeline, inner):
            break
        exceeded = _exceeded(namespace, limits) if namespace else None
    with contextlib.suppress(OSError):
        # Without a namespace the group is what is left to end.
        os.kill(inner, signal.SIGKILL)
    status = _status(inner)
    told = {"exceeded": exceeded} if exceeded else {"status": status}
    with contextlib.suppress(OSError):
        lifeline.send(json.dumps(told).encode())
    if folder:
        shutil.rmtree(folder, ignore_errors=True)
    if not namespace:
        with contextlib.suppress(OSError):
            os.killpg(0, signal.SIGKILL)
    os._exit(0)


def _answered(lifeline: socket.socket, inner: int) -> bool:
    """Answer the controller; False where it has hung up."""
    if not lifeline.recv(16):
        return False
    lifeline.send(json.dumps({"waited_s": _waited_s(inner)}).encode())
    return True


def _waited_s(process: int) -> float:
    """The longest that one of its threads stood in the queue for a processor."""
    longest = 0
    for file in Path(f"{process}/task").glob("*/schedstat"):
        with contextlib.suppress(OSError, ValueError, IndexError):
            longest = max(longest, int(file.read_text().split()[1]))
    return longest / 1e9


def _status(inner: int) -> int:
    try:
        return os.waitstatus_to_exitcode(os.waitpid(inner, 0)[1])
    except ChildProcessError:
        return 0


def _is_over(inner: int) -> bool:
    return os.waitid(os.P_PID, inner, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None


def _namespace(process: int) -> str | None:
    """The pid namespace of a process, None where it is this one's own or there is no telling."""
    if sys.platform != "linux":
        return None
    try:
        of_process, own = (Path(f"{which}/ns/pid").readlink().name for which in (process, "self"))
    except OSError:
        return None
    return of_process if of_process != own else None


def _exceeded(namespace: str, limits: Limits) -> str | None:
    """Which limit the processes of a namespace exceed together."""
    job = [folder for folder in Path().iterdir() if folder.name.isdigit() and _is_in(folder, namespace)]
    if len(job) > limits.processes:
        return "processes"
    bound = 2 * limits.memory_mb * 2**20
    # What they share counts in full in the first sum, once in the second, which takes far longer to read.
    exceeds = sum(map(_resident, job)) > bound and sum(map(_proportional, job)) > bound
    return "memory" if exceeds else None


def _is_in(process: Path, namespace: str) -> bool:
    try:
        return (process / "ns" / "pid").readlink().name == namespace
    except OSError:
        return False


def _resident(process: Path) -> int:
    """Bytes of a process in memory, 0 where it has ended meanwhile."""
    try:
        return int((process / "statm").read_text().split()[1]) * _PAGE
    except (OSError, ValueError, IndexError):
        return 0


def _proportional(process: Path) -> int:
    """Its proportional set size: bytes in memory, each page divided among those that share it (proc(5)).

    All its resident bytes where it keeps that from being read.
    """
    try:
        fields = dict(line.split(":", 1) for line in (process / "smaps_rollup").read_text().splitlines()[1:])
        return int(fields["Pss"].split()[0]) * 1024
    except (OSError, ValueError, KeyError):
        return _resident(process)
