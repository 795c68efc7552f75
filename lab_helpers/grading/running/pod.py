"""The pod: its rooms, started when they are first needed, and again where one has died."""

from __future__ import annotations

import json
import os
import socket
import sys
import tempfile
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from lab_helpers.errors import NotInstalled
from lab_helpers.grading.running.jobs import Isolation, Limits
from lab_helpers.grading.running.rooms import Exchange, Room, greeting, open_room
from lab_helpers.grading.running.walls import find_walls, scratch
from lab_helpers.i18n import _
from lab_helpers.spark.class_archive import cache_folder

_HOSTS = "127.0.0.1 localhost\n"
_NAMES = "root:x:0:0::{home}:/bin/sh\nlearner:x:{user}:{user}::{home}:/bin/sh\n"
_NOBODY = 65534


class Pod:
    """The rooms of one batch. All are started from one thread: they die with the thread that started them."""

    def __init__(self, limits: Limits, cassettes: Sequence[Path]) -> None:
        if sys.platform == "win32":
            raise NotInstalled(
                _("Submissions cannot be run on Windows itself."), _("Grade in WSL 2, or on Linux: see the guide.")
            )
        self._limits = limits
        self._cassettes = cassettes
        self._walls = find_walls()
        self._folder = tempfile.TemporaryDirectory(prefix="lab-pod-")
        self._starter = ThreadPoolExecutor(1, thread_name_prefix="pod")
        self._desks = {what: socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM) for what in ("practice", "spark")}
        self._rooms: dict[str, Room] = {}
        self._exchanges: dict[str, Exchange] = {}
        self._greetings: dict[str, Mapping[str, Any]] = {}
        self._starter.submit(self._open_first).result()

    @property
    def isolation(self) -> Isolation:
        """full: walls around the rooms, and namespaces for each job within them."""
        held = bool(self._walls), bool(self._greetings["workroom"]["namespaces"])
        return "full" if all(held) else "partial" if any(held) else "none"

    def workroom(self) -> Room:
        """The fork server."""
        return self._up("workroom")

    def exchanges(self, *, with_spark: bool) -> dict[str, Exchange]:
        """The switchboards that a job may reach: practice, and Spark where it is needed."""
        names = ("practice", "spark") if with_spark else ("practice",)
        for name in names:
            self._up(name)
        return {name: self._exchanges[name] for name in names}

    def spark_token(self) -> str:
        """What Spark asks for."""
        return str(self._greetings["spark"]["token"])

    def close(self) -> None:
        """End every room."""
        for room in self._rooms.values():
            room.close()
        for pair in self._desks.values():
            for desk in pair:
                desk.close()
        self._starter.shutdown()
        self._folder.cleanup()

    def _up(self, name: str) -> Room:
        # A room is up for others once it has greeted: before that it has neither its switchboard nor its token.
        room = self._rooms.get(name) if name in self._greetings else None
        return room if room and room.is_up else self._starter.submit(self._reopen, name).result()

    def _reopen(self, name: str) -> Room:
        if name not in self._greetings or not self._rooms[name].is_up:
            self._greetings.pop(name, None)
            if name in self._rooms:
                self._rooms.pop(name).close()
            self._open(name)
            self._greet(name)
        return self._rooms[name]

    def _open_first(self) -> None:
        # Both at once: each takes a second, most of it imports.
        try:
            for name in ("workroom", "practice"):
                self._open(name)
            for name in ("workroom", "practice"):
                self._greet(name)
        except BaseException:
            for room in self._rooms.values():
                room.close()
            raise

    def _open(self, name: str) -> None:
        (practice_in, practice_out), (spark_in, spark_out) = self._desks["practice"], self._desks["spark"]
        shown = self._names()
        if name == "practice":
            places = [(folder, f"/recordings/{n}") for n, folder in enumerate(self._cassettes)]
            seen = [place if self._walls else str(folder) for folder, place in places]
            words = [str(self._limits.requests), *seen]
            room = open_room("practice_room", words, self._walls, desks=[practice_in], shown=[*shown, *places])
        elif name == "spark":
            # Under its own path, by which one archive of classes names the other. Without walls it could be spoiled.
            cache = cache_folder()
            classes = [(cache, str(cache))] if self._walls and cache.is_dir() else []
            words = [str(cache.parent)] if classes else []
            room = open_room("spark_room", words, self._walls, desks=[spark_in], shown=[*shown, *classes])
        else:
            desks = [practice_out, spark_out]
            room = open_room("fork_server", [], self._walls, kind=socket.SOCK_SEQPACKET, desks=desks, shown=shown)
        self._rooms[name] = room

    def _greet(self, name: str) -> None:
        room = self._rooms[name]
        if name in self._desks:
            said = greeting(room)
            self._exchanges[name] = Exchange(room)
            self._greetings[name] = said
        else:
            self._greetings[name] = greeting(room, lambda control: json.loads(control.recv(1024)))

    def _names(self) -> list[tuple[Path, str]]:
        """The files that give this machine and its user other names."""
        user = os.getuid() or _NOBODY
        names = _NAMES.format(user=user, home=scratch())
        contents = {"hosts": _HOSTS, "passwd": names, "group": f"root:x:0:\nlearner:x:{user}:\n"}
        folder = Path(self._folder.name)
        for name, content in contents.items():
            (folder / name).write_text(content, encoding="ascii")
            (folder / name).chmod(0o644)
        return [(folder / name, f"/etc/{name}") for name in contents]
