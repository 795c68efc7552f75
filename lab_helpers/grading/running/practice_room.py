"""The practice room: a practice server for each job, out of the same recordings, and a log that no job can reach.

`python -m lab_helpers.grading.running.practice_room CONTROL DESK REQUESTS FOLDER...`: the file descriptors of a
switchboard, how many requests a job may make, and the folders of recordings.
"""

from __future__ import annotations

import asyncio
import socket
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from lab_helpers.grading.running import sandbox
from lab_helpers.grading.running.channel import send
from lab_helpers.grading.running.switchboard import Switchboard
from lab_helpers.mock import Cassettes, PracticeServer, connections
from lab_helpers.mock.core import Deferred
from lab_helpers.mock.recordings import Variant
from lab_helpers.mock.refusals import rate_limited
from lab_helpers.mock.requests import Asked, Request
from lab_helpers.mock.wire import Reply

_LONGEST_WAIT_MS = 60_000


class PracticeRoom(Switchboard):
    """Answers as Azure would. requests: how many each job may make; those after it are refused unread."""

    def __init__(self, control: socket.socket, desk: socket.socket, requests: int, folders: list[Path]) -> None:
        super().__init__(control, desk)
        self._cassettes = Cassettes.read(*folders)
        self._requests = requests

    def answering(self, job: str) -> Callable[[], asyncio.Protocol]:
        """Of a practice server that only this job reaches: its sessions, limits and faults are its own."""

        def note(asked: Asked, variants: list[Variant]) -> None:
            for variant in variants:
                send(self.control, {"job": job, "served": _served(asked, variant)})

        practice = PracticeServer(self._cassettes, on_reply=note)
        return connections(_Counted(practice, self._requests, lambda: send(self.control, {"job": job, "capped": True})))


class _Counted:
    """A practice server that answers so many requests and no more."""

    def __init__(self, practice: PracticeServer, requests: int, tell: Callable[[], None]) -> None:
        self._practice = practice
        self._left = requests
        self._tell = tell

    def handle(self, request: Request) -> Reply | Deferred:
        self._left -= 1
        if self._left == -1:
            self._tell()
        return self._practice.handle(request) if self._left >= 0 else rate_limited("any", "call", _LONGEST_WAIT_MS)


def _served(asked: Asked, variant: Variant) -> dict[str, Any]:
    messages = [message for message in asked.request.get("messages", []) if isinstance(message, dict)]
    system = next((message.get("content") for message in messages if message.get("role") == "system"), None)
    choices = variant.body.get("choices") or [{}]
    return {
        "system_prompt": system,
        "prompt": messages[-1].get("content") if messages else "",
        "answer": (choices[0].get("message") or {}).get("content"),
        "temperature": asked.request.get("temperature", 1),
        "max_tokens": asked.request.get("max_tokens"),
    }


async def _serve(control: str, desk: str, requests: str, *folders: str) -> None:
    sockets = socket.socket(fileno=int(control)), socket.socket(fileno=int(desk))
    await PracticeRoom(*sockets, int(requests), [Path(folder) for folder in folders]).serve({})


if __name__ == "__main__":
    sandbox.become_nobody()
    sandbox.die_with_parent()
    asyncio.run(_serve(*sys.argv[1:]))
