"""One job's process: cells and probes on request, in the sandbox. It knows no right answer and decides nothing."""

from __future__ import annotations

import builtins
import contextlib
import os
import random
import socket
import sys
from typing import TYPE_CHECKING, Any

from lab_helpers.exercises import EXERCISES, probed
from lab_helpers.exercises.values import Json, raised
from lab_helpers.grading.foreign_probe import copies, evaluated
from lab_helpers.grading.running.channel import receive, send

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell


def make_shell() -> InteractiveShell:
    """An IPython like a kernel's, without its history and its coloured stacks. Made once, before anything forks."""
    from IPython.core.interactiveshell import InteractiveShell
    from traitlets.config import Config

    config = Config()
    config.HistoryManager.enabled = False
    config.InteractiveShell.colors = "nocolor"
    shell: Any = InteractiveShell.instance(config=config)
    # What failed is told as values; to render a stack takes longer than most cells.
    shell.showtraceback = shell.showsyntaxerror = lambda *args, **kwargs: None
    # The lesson's own explanation of an error, which renders one, leaves a handler that is there alone.
    shell.set_custom_exc((Exception,), lambda *args, **kwargs: None)
    return shell


def serve_steps(shell: InteractiveShell, channel: socket.socket) -> None:
    """Run what the controller asks for until it hangs up."""
    intact, output, own, process_id = dict(vars(builtins)), os.dup(1), os.getpid(), os.getpid
    _seed()
    kept: dict[str, Any] = {}
    while True:
        try:
            asked = receive(channel)
        except (EOFError, OSError):
            os._exit(0)
        if "cell" in asked:
            reply = _run(shell, asked["cell"])
            kept |= copies(shell.user_ns, asked["keeps"])
        elif "program" in asked:
            reply = _evaluate(shell.user_ns, kept, asked)
        else:
            reply = _probe(shell.user_ns, asked)
        if process_id() != own:
            # A cell forked and did not end its other half: only one may answer.
            os._exit(0)
        # A cell may have taken them away; what comes after it should still run.
        builtins.__dict__.update(intact)
        with contextlib.suppress(OSError):
            os.dup2(output, 1)
            os.dup2(output, 2)
        for stream in (sys.stdout, sys.stderr):
            _flush(stream)
        send(channel, {**reply, "turn": asked["turn"]})


def _run(shell: InteractiveShell, source: str) -> dict[str, Json]:
    try:
        result = shell.run_cell(source, store_history=False)
        error = result.error_before_exec or result.error_in_exec
    except BaseException as failure:
        error = failure
    return {"raised": _told(error)} if error else {}


def _probe(names: dict[str, Any], asked: dict[str, Any]) -> dict[str, Json]:
    for name in asked["arguments"]:
        if name not in names:
            return {"missing": name}
    values = tuple(names[name] for name in asked["arguments"])
    try:
        return {"values": probed(EXERCISES[asked["probe"]], values, asked["inputs"])}
    except BaseException as error:
        return {"values": {"raised": _told(error)}}


def _evaluate(names: dict[str, Any], kept: dict[str, Any], asked: dict[str, Any]) -> dict[str, Json]:
    try:
        names.update(copies(kept, kept))
        return {"values": evaluated(names, asked["program"], asked["names"])}
    except BaseException as error:
        return {"values": {"raised": _told(error)}}


def _told(error: BaseException) -> dict[str, Json]:
    try:
        return raised(error)
    except BaseException:
        # An error of the learner's own may fail when it is asked what it says.
        return {"type": type(error).__name__, "says": ""}


def _flush(stream: Any) -> None:
    try:
        stream.flush()
    except BaseException:
        return


def _seed() -> None:
    random.seed(0)
    if numpy := sys.modules.get("numpy"):
        numpy.random.seed(0)
