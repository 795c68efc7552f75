"""Rooms: the pod's processes as the controller starts, asks and ends them."""

from __future__ import annotations

import contextlib
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

import lab_helpers
from lab_helpers.errors import GradingError
from lab_helpers.grading.running.channel import receive, send
from lab_helpers.grading.running.sandbox import WALLED
from lab_helpers.grading.running.walls import scratch, walled
from lab_helpers.i18n import _

START_TIMEOUT_S = 180.0
ANSWER_TIMEOUT_S = 60.0
END_TIMEOUT_S = 10.0
_PIECE_BYTES = 64 * 1024
_PACKAGE = "lab_helpers.grading.running"
# The same for every job and at every run, and nothing of the instructor's.
_STEADY = {
    "PATH": "/usr/bin:/bin",
    "LANG": "C.UTF-8",
    "HOME": scratch(),
    "USER": "learner",
    "TMPDIR": scratch(),
    "IPYTHONDIR": f"{scratch()}/ipython",
    "MPLCONFIGDIR": f"{scratch()}/matplotlib",
    "MPLBACKEND": "Agg",
    "XDG_CACHE_HOME": "/cache",
    "LAB_LOCALE": "en",
    "LAB_STATIC": "1",
    "TQDM_DISABLE": "1",
    "PYTHONHASHSEED": "0",
    "PYTHONDONTWRITEBYTECODE": "1",
    "PYTHONPATH": str(Path(lab_helpers.__file__).parent.parent),
    # With one thread a fork is whole, and sums come out the same.
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "GRPC_VERBOSITY": "NONE",
}


@dataclass
class Room:
    """A process of the pod. control: this side of the socket over which it is asked."""

    process: subprocess.Popen[bytes]
    control: socket.socket
    log: IO[bytes]

    @property
    def is_up(self) -> bool:
        """Whether its process runs."""
        return self.process.poll() is None

    def close(self) -> None:
        """Hang up, end it and all that it started; returns when it is gone."""
        with contextlib.suppress(OSError):
            self.control.shutdown(socket.SHUT_WR)
        self.process.kill()
        self.process.wait()
        # What was killed are the walls; the process within them is gone when its side of the socket is.
        with contextlib.suppress(OSError):
            self.control.settimeout(END_TIMEOUT_S)
            while self.control.recv(_PIECE_BYTES):
                pass
        self.control.close()
        self.log.close()

    def failed(self) -> GradingError:
        """The error that says how it ended."""
        self.log.seek(0)
        words = self.log.read().decode("utf-8", "replace").splitlines()[-15:]
        return GradingError(
            _("A part of the grader ended unexpectedly. The end of its log:\n{log}").format(log="\n".join(words)),
            _("Run the command again: it continues where it stopped. If it goes on, run: lab doctor"),
        )


def open_room(
    module: str,
    words: Iterable[str],
    walls: tuple[str, ...] | None,
    *,
    kind: socket.SocketKind = socket.SOCK_STREAM,
    desks: Iterable[socket.socket] = (),
    shown: Iterable[tuple[Path, str]] = (),
) -> Room:
    """Start `python -m MODULE CONTROL DESK... WORD...` within walls; it is up when it greets.

    kind: of the control socket. desks: sockets that the process inherits. shown: what it sees besides the program.
    """
    ours, theirs = socket.socketpair(socket.AF_UNIX, kind)
    inherited = [theirs.fileno(), *(desk.fileno() for desk in desks)]
    command = [sys.executable, "-m", f"{_PACKAGE}.{module}", *map(str, inherited), *words]
    environ = (
        {**_STEADY, WALLED: "1"}
        if walls
        else {**_STEADY, "TMPDIR": scratch() if sys.platform == "linux" else tempfile.gettempdir()}
    )
    log = tempfile.TemporaryFile()  # noqa: SIM115 - the room closes it
    with theirs:
        process = subprocess.Popen(
            walled(walls, command, environ, shown=shown),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            env=environ,
            pass_fds=inherited,
            # Ctrl-C is the controller's alone; it ends the rooms in its own order.
            start_new_session=True,
        )
    return Room(process, ours, log)


def greeting(room: Room, receive_one: Any = receive) -> Mapping[str, Any]:
    """What a room says when it is up. Raises GradingError where it ends first or takes too long."""
    room.control.settimeout(START_TIMEOUT_S)
    try:
        said = receive_one(room.control)
    except (OSError, EOFError, ValueError) as error:
        raise room.failed() from error
    room.control.settimeout(None)
    return said


@dataclass
class Told:
    """What a switchboard told of one job."""

    served: list[dict[str, Any]] = field(default_factory=list)
    capped: bool = False
    global_views: int = 0
    ended: threading.Event = field(default_factory=threading.Event)


class Exchange:
    """The controller's side of a switchboard: what it tells of each job, sorted."""

    def __init__(self, room: Room) -> None:
        self.room = room
        self._told: dict[str, Told] = {}
        self._sending = threading.Lock()
        self._sorting = threading.Lock()
        threading.Thread(target=self._sort, daemon=True).start()

    def end(self, job: str) -> Told:
        """End a job that hands in nothing more; all that was told of it, up to then where the room is gone."""
        told = self._of(job)
        with contextlib.suppress(OSError), self._sending:
            send(self.room.control, {"end": job})
        if self.room.is_up and not told.ended.wait(ANSWER_TIMEOUT_S):
            # It neither answers nor ends: what it tells later nobody hears.
            self.room.process.kill()
        with self._sorting:
            return self._told.pop(job)

    def _of(self, job: str) -> Told:
        with self._sorting:
            return self._told.setdefault(job, Told())

    def _sort(self) -> None:
        try:
            while True:
                said = receive(self.room.control)
                told = self._of(said["job"])
                told.capped |= "capped" in said
                told.global_views += said.get("global_views", 0)
                if "served" in said:
                    told.served.append(said["served"])
                if "ended" in said:
                    told.ended.set()
        except (OSError, EOFError, ValueError):
            self.room.process.kill()
            self.room.process.wait()
            with self._sorting:
                for told in self._told.values():
                    told.ended.set()
