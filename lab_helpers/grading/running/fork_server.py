"""The fork server: imports once what lessons import, and forks a sandboxed process for each job.

`python -m lab_helpers.grading.running.fork_server CONTROL PRACTICE SPARK`: the file descriptors of the controller's
socket and of the desks that take a job's listeners. A packet on CONTROL is one job: its name, what to import for it and
for all jobs after it, what it is to reach, and the descriptors of its channel, its output and its lifeline.
This process has one thread and no connection, so that a fork is whole.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import json
import os
import signal
import socket
import sys
import tempfile
import traceback
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from lab_helpers.grading.running import sandbox
from lab_helpers.grading.running.channel import receive, send
from lab_helpers.grading.running.jobs import Limits
from lab_helpers.grading.running.lifeline import watch
from lab_helpers.grading.running.walls import scratch
from lab_helpers.settings import ENDPOINT
from lab_helpers.spark import REMOTE

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

PORTS = {"practice": 8080, "spark": 15002}
_PACKET_BYTES = 4096

Desks = Mapping[str, socket.socket]


def main(arguments: list[str]) -> None:
    """Serve until the controller hangs up."""
    sandbox.become_nobody()
    sandbox.die_with_parent()
    control, *desks = [socket.socket(fileno=int(number)) for number in arguments]
    from lab_helpers.grading.running.child import make_shell

    shell = make_shell()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    control.send(json.dumps({"namespaces": _namespaces_work()}).encode())
    _serve(control, dict(zip(PORTS, desks, strict=True)), shell)


def _serve(control: socket.socket, desks: Desks, shell: InteractiveShell) -> None:
    _freeze()
    while True:
        packet, given, _flags, _address = socket.recv_fds(control, _PACKET_BYTES, 3)
        if not packet:
            return
        asked = json.loads(packet)
        if _import(asked["modules"]):
            _freeze()
        if os.fork() == 0:
            control.close()
            try:
                _job(asked["job"], given, {what: desks[what] for what in asked["reach"]}, shell)
            except BaseException:
                traceback.print_exc()
            finally:
                os._exit(1)
        for number in given:
            os.close(number)


def _import(modules: Iterable[str]) -> bool:
    """Import what is not there yet; whether anything was. What is not installed, a cell that needs it will tell."""
    new = [module for module in modules if module not in sys.modules]
    for module in new:
        with contextlib.suppress(ImportError):
            importlib.import_module(module)
    return bool(new)


def _freeze() -> None:
    # What is there now is there for ever: no collection in a child copies its pages.
    gc.collect()
    gc.freeze()


def _namespaces_work() -> bool:
    """Whether a job can have namespaces of its own here; tried in a child, which is gone afterwards."""
    reading, writing = os.pipe()
    if os.fork() == 0:
        with contextlib.suppress(OSError):
            os.write(writing, b"1" if sandbox.enter_namespaces() else b"0")
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as told:
        return told.read() == b"1"


def _job(name: str, given: list[int], desks: Desks, shell: InteractiveShell) -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.setsid()
    channel, output, lifeline = socket.socket(fileno=given[0]), given[1], socket.socket(fileno=given[2])
    asked = receive(channel)
    limits = Limits(**asked["limits"])
    apart = sandbox.enter_namespaces()
    ports = {what: _handed_in(name, desk, PORTS[what] if apart else 0) for what, desk in desks.items()}
    folder = Path(scratch(), "work") if apart else Path(tempfile.mkdtemp(prefix="lab-job-"))
    if sys.platform == "linux":
        # The inner half covers /proc for both: who stands there already goes on seeing it.
        os.chdir("/proc")
    inner = os.fork()
    if inner:
        channel.close()
        os.close(output)
        watch(inner, lifeline, limits, None if apart else folder)
    lifeline.close()
    sandbox.die_with_parent()
    sandbox.limit(limits)
    _settle(folder, limits, output, apart=apart)
    os.environ.update({**asked["environ"], ENDPOINT: f"http://127.0.0.1:{ports['practice']}"})
    if "spark" in ports:
        os.environ[REMOTE] = f"sc://localhost:{ports['spark']}/;token={asked['spark_token']}"
    sandbox.drop_privileges()
    _close_all_but(channel)
    send(channel, {"ready": True, "turn": asked["turn"]})
    from lab_helpers.grading.running.child import serve_steps

    serve_steps(shell, channel)


def _handed_in(name: str, desk: socket.socket, port: int) -> int:
    """The port of a new listener in this process's network, which is handed to the desk for its part to answer on."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP) as listener:
        listener.bind(("127.0.0.1", port))
        listener.listen(128)
        socket.send_fds(desk, [name.encode()], [listener.fileno()])
        return listener.getsockname()[1]


def _settle(folder: Path, limits: Limits, output: int, *, apart: bool) -> None:
    """An empty folder to work in, nothing to read from, and one place to print to."""
    if apart:
        sandbox.hide(limits.files_mb)
        folder.mkdir()
    os.chdir(folder)
    os.environ.update({"HOME": str(folder), "TMPDIR": str(folder), "LAB_PROGRESS": str(folder / "progress.jsonl")})
    nothing = os.open("/dev/null", os.O_RDONLY)
    for target, source in ((0, nothing), (1, output), (2, output)):
        os.dup2(source, target)


def _close_all_but(channel: socket.socket) -> None:
    first, last = 3, os.sysconf("SC_OPEN_MAX")
    os.closerange(first, channel.fileno())
    os.closerange(channel.fileno() + 1, min(last, 4096))


if __name__ == "__main__":
    main(sys.argv[1:])
