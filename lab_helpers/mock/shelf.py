"""The files of recordings below some folders, found by their names alone and looked for anew while the server runs."""

from __future__ import annotations

import math
import os
import re
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

LOOK_EVERY_S = 0.5
# A folder that changed this lately may change again without a new time: some file systems count in steps of 2 s.
_SETTLED_NS = 2 * 10**9
# What `Recording.filename` ends with.
_KEYED = re.compile(r"--([0-9a-f]{12})\.json$")

Stamp = tuple[int, int, int]


def stamp_of(path: Path) -> Stamp | None:
    """What changes with a file or folder: its time, size and identity; None if it is not there."""
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size, status.st_ino


def key_in_name(name: str) -> str | None:
    """The first digits of the key that a file is named for; None if it has another name."""
    named = _KEYED.search(name)
    return named[1] if named else None


class Shelf:
    """The recordings' files in `folders`. clock: seconds, for tests."""

    def __init__(self, folders: Iterable[Path] = (), clock: Callable[[], float] = time.monotonic) -> None:
        self._folders = tuple(folders)
        self._clock = clock
        self._looked_at = -math.inf
        self._stamps: dict[Path, Stamp | None] = {}
        # Plain text: ten thousand Path objects take longer to make than the folder to read.
        self._keyed: dict[str, str] = {}
        self.oddly_named: tuple[Path, ...] = ()

    def look(self) -> bool:
        """Notice the files that came and went, at most every half second; says whether there may be any."""
        now = self._clock()
        if not self._folders or now - self._looked_at < LOOK_EVERY_S:
            return False
        self._looked_at = now
        if self._stamps and all(stamp_of(path) == stamp for path, stamp in self._stamps.items()):
            return False
        self._scan()
        return True

    def find(self, key: str) -> Path | None:
        """The file that is named for a key."""
        file = self._keyed.get(key[:12])
        return Path(file) if file else None

    def add(self, path: Path) -> None:
        """Know a file at once that was written just now."""
        if key := key_in_name(path.name):
            self._keyed[key] = str(path)

    def __iter__(self) -> Iterator[Path]:
        yield from map(Path, tuple(self._keyed.values()))
        yield from self.oddly_named

    def _scan(self) -> None:
        stamps: dict[Path, Stamp | None] = {}
        files = sorted(file for folder in self._folders for file in _files(folder, stamps))
        keyed, odd = {}, []
        for file in files:
            if key := key_in_name(file):
                keyed[key] = file
            else:
                odd.append(Path(file))
        # An oddly named file has to be opened to know what it answers, so its own changes count, too.
        self._stamps = {**stamps, **{path: stamp_of(path) for path in odd}}
        self._keyed, self.oddly_named = keyed, tuple(odd)


def _files(folder: Path, stamps: dict[Path, Stamp | None]) -> Iterator[str]:
    stamp = stamp_of(folder)
    settled = stamp is None or time.time_ns() - stamp[0] > _SETTLED_NS
    stamps[folder] = stamp if settled else (0, 0, 0)
    try:
        entries = list(os.scandir(folder))
    except OSError:
        return
    for entry in entries:
        if entry.is_dir():
            yield from _files(Path(entry.path), stamps)
        elif entry.name.endswith(".json"):
            yield entry.path
