"""One attempt at a job: its process asked step by step, its output kept, its end waited for."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import select
import socket
import threading
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from lab_helpers.exercises import Values
from lab_helpers.exercises.values import plain
from lab_helpers.grading.readable import readable
from lab_helpers.grading.running.channel import ChannelBroken, Reader, send
from lab_helpers.grading.running.jobs import End, Limits, Run
from lab_helpers.grading.running.rooms import Room
from lab_helpers.grading.running.warmth import modules_for
from lab_helpers.grading.steps import Cell, Expressions, Probe, Step, uses_spark

START_S = 60.0
END_S = 30.0
_LEAST_CREDIT_S, _MOST_CREDIT_S = 0.2, 600.0
_PIECE_BYTES = 64 * 1024


@dataclass(frozen=True)
class Attempt:
    """What an attempt brought out. failed: which step timed out or died, and how in `end`; None where all were run.

    has_begun: whether the sandbox stood; if not, `words` is what it said of that. is_over: whether every process of the
    job is known to be gone.
    """

    run: Run
    failed: int | None
    end: End
    has_begun: bool
    is_over: bool
    words: str


class _Ended(Exception):
    """The job's process is gone, or speaks nonsense."""


def _waited_s() -> float:
    """For how long this thread stood in the queue for a processor until now; 0 where the system does not tell."""
    try:
        told = Path(f"/proc/self/task/{threading.get_native_id()}/schedstat").read_text()
    except OSError:
        return 0.0
    return int(told.split()[1]) / 1e9


@dataclass
class _Process:
    """The job's process as the controller has it: asked, and read from, by one thread."""

    channel: socket.socket
    output: int
    lifeline: socket.socket
    reader: Reader = field(default_factory=Reader)
    printed: bytearray = field(default_factory=bytearray)
    credited_s: float = 0.0
    reader_waited_s: float = field(default_factory=_waited_s)

    def ask(self, message: dict[str, Any], seconds: float, keep: int) -> dict[str, Any]:
        """Its reply. Raises TimeoutError or _Ended. keep: how much of what it prints meanwhile.

        What else comes over the channel, from a step before or from a process that a cell left behind, is passed over.
        """
        deadline = time.monotonic() + seconds
        turn = secrets.token_hex(8)
        try:
            self.channel.settimeout(seconds)
            send(self.channel, {**message, "turn": turn})
            return self._reply(turn, deadline, keep)
        except TimeoutError:
            raise
        except (OSError, ChannelBroken) as error:
            raise _Ended from error

    def _reply(self, turn: str, deadline: float, keep: int) -> dict[str, Any]:
        waiting = select.poll()
        waiting.register(self.channel, select.POLLIN)
        waiting.register(self.output, select.POLLIN)
        while True:
            left = deadline - time.monotonic()
            ready = waiting.poll(left * 1000) if left > 0 else []
            if not ready:
                credit = self._credit()
                if credit < _LEAST_CREDIT_S:
                    raise TimeoutError
                deadline += credit
            for number, _event in ready:
                if number == self.output and not self.drain(keep):
                    waiting.unregister(self.output)
                if number == self.channel.fileno():
                    piece = self.channel.recv(_PIECE_BYTES)
                    if not piece:
                        raise _Ended
                    self.reader.take(piece)
            while (reply := self.reader.next_message()) is not None:
                if reply.get("turn") == turn:
                    while self.drain(keep) == _PIECE_BYTES:
                        pass
                    return reply

    def _credit(self) -> float:
        """The seconds for which it, or who reads what it prints, was ready to run and the machine had no time for that.

        Each is given back once. Of the two the longer counts: they may have waited for the same neighbour.
        """
        try:
            self.lifeline.settimeout(END_S)
            self.lifeline.send(b"?")
            told = float(json.loads(self.lifeline.recv(1024))["waited_s"])
            waited = min(max(told, _waited_s() - self.reader_waited_s), _MOST_CREDIT_S)
        except (OSError, ValueError, KeyError):
            return 0.0
        credit, self.credited_s = waited - self.credited_s, waited
        return credit

    def drain(self, keep: int) -> int:
        """Read what was printed, once; how much it was, 0 where nothing more will come."""
        try:
            piece = os.read(self.output, _PIECE_BYTES)
        except BlockingIOError:
            return -1
        self.printed += piece[: max(0, keep - len(self.printed))]
        return len(piece)

    def end(self) -> dict[str, Any] | None:
        """Let all of it end; what its outer half tells, None where that does not answer."""
        self.channel.close()
        with contextlib.suppress(OSError):
            self.lifeline.shutdown(socket.SHUT_WR)
        self.lifeline.settimeout(END_S)
        try:
            told = json.loads(self.lifeline.recv(1024) or b"{}")
            self.lifeline.recv(1)
        except (OSError, ValueError):
            return None
        finally:
            self.lifeline.close()
            os.close(self.output)
        return told


def attempted(
    name: str, session: str, steps: Sequence[Step], workroom: Room, limits: Limits, *, spark_token: str
) -> Attempt:
    """Run `steps` in a fresh process, up to the first that times out or dies. Served answers are not in it yet."""
    slow = uses_spark(steps)
    packet = {"job": name, "modules": modules_for(steps), "reach": ["practice", *(["spark"] if slow else [])]}
    process = _start(packet, workroom)
    head = {"limits": asdict(limits), "environ": _environment(session), "spark_token": spark_token}
    results = _Results(limits)
    failed, end = None, End("ran")
    has_begun = False
    try:
        process.ask(head, START_S, limits.output_bytes)
        process.printed.clear()
        has_begun = True
        for number, step in enumerate(steps):
            failed = number
            results.run_step(process, step, limits.slow_s if slow else None)
        failed = None
    except TimeoutError:
        end = End("timed_out")
    except _Ended:
        end = End("died")
    words = "" if has_begun else _shown(process.printed)
    told = process.end()
    if end.how == "died" and told and told.get("exceeded"):
        end = End("died", exceeded=told["exceeded"])
    run = Run(results.values, results.ends, results.outputs, (), "none")
    return Attempt(run, failed, end, has_begun, told is not None, words)


class _Results:
    """What has been brought out so far."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self.values: dict[str, Values] = {}
        self.ends: dict[str, End] = {}
        self.outputs: dict[str, str] = {}

    def run_step(self, process: _Process, step: Step, seconds: float | None) -> None:
        """Run one step and keep what comes of it."""
        keep = self._limits.output_bytes
        if isinstance(step, Cell):
            limit = self._limits.cell_s if step.exercise else self._limits.slow_s
            reply = process.ask({"cell": step.source, "keeps": step.keeps}, seconds or limit, keep)
            raised = reply.get("raised")
            self.ends[step.key] = End("raised", _values(raised)) if isinstance(raised, dict) else End("ran")
            self.outputs[step.key] = _shown(process.printed)
        elif isinstance(step, Expressions):
            program = [(line.number, line.source, line.is_brought_out) for line in step.program]
            reply = process.ask({"program": program, "names": step.names}, seconds or self._limits.probe_s, keep)
            self.values[step.exercise] = _values(reply.get("values"))
        else:
            asked = {"probe": step.exercise, "arguments": step.arguments, "inputs": step.inputs}
            reply = process.ask(asked, seconds or self._limits.probe_s, keep)
            self.values[step.exercise] = self._probed(step, reply)
        process.printed.clear()

    def _probed(self, step: Probe, reply: dict[str, Any]) -> Values:
        values = _values(reply.get("values"))
        raised = self.ends.get(step.cell, End("ran")).raised
        if raised and ("missing" in reply or values.get("untouched")):
            # The cell was handed out so: nothing but its stub was run.
            return {"untouched": True} if raised.get("type") == "NotImplementedError" else {"raised": dict(raised)}
        if "missing" in reply:
            missing = str(plain(reply["missing"]))
            return {"raised": {"type": "NameError", "says": f"name {missing!r} is not defined"}}
        return values


def _values(told: object) -> Values:
    """What was told, as values: once more cut to size, since a submission can send what it likes."""
    return {str(name): plain(value) for name, value in told.items()} if isinstance(told, dict) else {}


def _shown(printed: bytes | bytearray) -> str:
    return readable(printed.decode("utf-8", "replace"))


def _environment(session: str) -> dict[str, str]:
    from lab_helpers.mock import practice_environment

    return practice_environment("", session)


def _start(packet: object, workroom: Room) -> _Process:
    channel, their_channel = socket.socketpair()
    lifeline, their_lifeline = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    output, their_output = os.pipe()
    os.set_blocking(output, False)
    with their_channel, their_lifeline:
        try:
            given = [their_channel.fileno(), their_output, their_lifeline.fileno()]
            socket.send_fds(workroom.control, [json.dumps(packet).encode()], given)
        except OSError as error:
            raise workroom.failed() from error
        finally:
            os.close(their_output)
    return _Process(channel, output, lifeline)
