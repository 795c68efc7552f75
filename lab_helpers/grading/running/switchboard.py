"""The switchboard: one process that answers on every job's listeners, each job apart from all others.

A job hands its listener in at the desk, before anything of a submission runs: who connects there is that job, whatever
key it sends. Over the control socket the controller asks to end a job, and is told that it ended; by then it has been
told all that was said before.
"""

from __future__ import annotations

import asyncio
import resource
import socket
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping

from lab_helpers.grading.running.channel import receive, send

_DESK_BYTES = 1024


class Switchboard(ABC):
    """What answers on the listeners of jobs, by their names."""

    def __init__(self, control: socket.socket, desk: socket.socket) -> None:
        self.control = control
        self._desk = desk
        self._opening: dict[str, asyncio.Task[asyncio.Server]] = {}
        self._ending: set[asyncio.Task[None]] = set()
        self._over = asyncio.Event()

    @abstractmethod
    def answering(self, job: str) -> Callable[[], asyncio.Protocol]:
        """What makes the protocol of each connection of a job."""

    async def last_words(self, jobs_left: int) -> dict[str, object]:
        """What to tell of a job that has ended; jobs_left: how many others are open."""
        return {}

    async def serve(self, greeting: Mapping[str, object]) -> None:
        """Greet the controller and answer until it hangs up."""
        _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
        loop = asyncio.get_running_loop()
        self._desk.setblocking(False)
        loop.add_reader(self._desk, self._take_in)
        loop.add_reader(self.control, self._heed)
        send(self.control, {"ready": True, **greeting})
        await self._over.wait()

    def stop(self) -> None:
        """Let `serve` return."""
        self._over.set()

    def _take_in(self) -> None:
        while True:
            try:
                name, (number, *_more), _flags, _address = socket.recv_fds(self._desk, _DESK_BYTES, 1)
            except (BlockingIOError, ValueError):
                return
            opening = asyncio.get_running_loop().create_task(self._open(name.decode(), socket.socket(fileno=number)))
            self._opening[name.decode()] = opening

    async def _open(self, job: str, listener: socket.socket) -> asyncio.Server:
        # Whoever connected meanwhile waits in the listener's queue.
        return await asyncio.get_running_loop().create_server(self.answering(job), sock=listener)

    def _heed(self) -> None:
        try:
            asked = receive(self.control)
        except (EOFError, OSError):
            self.stop()
            return
        # The job's listener may have arrived in the same moment as the word that it ended.
        self._take_in()
        ending = asyncio.get_running_loop().create_task(self._end(asked["end"]))
        self._ending.add(ending)
        ending.add_done_callback(self._ending.discard)

    async def _end(self, job: str) -> None:
        if opening := self._opening.pop(job, None):
            (await opening).close()
        send(self.control, {"job": job, "ended": True, **await self.last_words(len(self._opening))})
