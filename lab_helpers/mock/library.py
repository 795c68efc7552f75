"""The index that finds a recording again by its key, and sees what changes in the folders meanwhile."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from threading import RLock

from lab_helpers.errors import RecordingError
from lab_helpers.mock.keys import differing_fields
from lab_helpers.mock.recordings import Recording, load_named
from lab_helpers.mock.shelf import Shelf, Stamp, key_in_name, stamp_of
from lab_helpers.mock.wire import Json

# Recordings kept in memory once they were asked for; a course has fewer.
MOST_IN_MEMORY = 200


class Cassettes:
    """Recordings, found by their keys: those given, and those of folders.

    A file is opened when its recording is first asked for, and again when it has changed: ten thousand of them cost
    neither time at the start nor memory. What is new or gone in the folders is noticed within half a second.
    """

    def __init__(self, given: Mapping[str, Recording] | None = None, shelf: Shelf | None = None) -> None:
        self._given = dict(given or {})
        self._shelf = shelf or Shelf()
        self._lock = RLock()
        self._in_memory: dict[Path, tuple[Stamp, Recording]] = {}
        self._oddly_named: dict[str, Path] = {}
        self._questions: dict[Path, Recording] = {}
        self._all_questions: tuple[Recording, ...] | None = None
        self._broken: dict[Path, RecordingError] = {}
        self._look()

    @classmethod
    def read(cls, *folders: Path, clock: Callable[[], float] = time.monotonic) -> Cassettes:
        """The recordings below the folders."""
        return cls(shelf=Shelf(folders, clock))

    def current(self, key: str) -> Recording | None:
        """The recording of a key, as its file says now. Raises RecordingError if that cannot be read."""
        with self._lock:
            self._look()
            if key in self._given:
                return self._given[key]
            if path := self.file_of(key):
                recording = self._opened(path)
                return recording if recording and recording.key == key else None
            return None

    @property
    def broken(self) -> list[RecordingError]:
        """Why files cannot be read, of those that were opened: one named for a key is opened when it is asked for."""
        return list(self._broken.values())

    def holds(self, key: str) -> bool:
        """Whether there is a recording of a key, or a file that is named as if."""
        with self._lock:
            self._look()
            return key in self._given or self.file_of(key) is not None

    def file_of(self, key: str) -> Path | None:
        """The file in which the recording of a key lies, or that is named as if."""
        with self._lock:
            return self._shelf.find(key) or self._oddly_named.get(key)

    def add(self, path: Path) -> None:
        """Know a recording at once that was written just now."""
        with self._lock:
            self._shelf.add(path)
            self._all_questions = None

    @property
    def by_key(self) -> dict[str, Recording]:
        """Every recording that can be read."""
        with self._lock:
            self._look()
            found = [self._readable(path) for path in self._shelf]
            return {**{recording.key: recording for recording in found if recording}, **self._given}

    @property
    def deployments(self) -> set[str]:
        """The deployments that were recorded."""
        return {question.request["deployment"] for question in self._every_question()}

    def nearest(self, request: Json) -> Recording | None:
        """The recording that differs from a request in the fewest fields, perhaps without its answers.

        To explain a miss, never to answer it.
        """
        return min(self._every_question(), key=lambda r: len(differing_fields(r.request, request)), default=None)

    def _look(self) -> None:
        if not self._shelf.look():
            return
        self._broken = {}
        odd = {path: self._readable(path) for path in self._shelf.oddly_named}
        self._oddly_named = {recording.key: path for path, recording in odd.items() if recording}
        self._all_questions = None

    def _every_question(self) -> tuple[Recording, ...]:
        with self._lock:
            self._look()
            if self._all_questions is None:
                self._questions = {path: question for path in self._shelf if (question := self._question(path))}
                self._all_questions = (*self._given.values(), *self._questions.values())
            return self._all_questions

    def _question(self, path: Path) -> Recording | None:
        # One file of a key asks the same for ever; one with a name of its own may ask something else by now.
        if key_in_name(path.name) and path in self._questions:
            return self._questions[path]
        recording = self._readable(path)
        return recording and replace(recording, variants=())

    def _readable(self, path: Path) -> Recording | None:
        try:
            return self._opened(path)
        except RecordingError as error:
            self._broken[path] = error
            return None

    def _opened(self, path: Path) -> Recording | None:
        """The recording in a file, None if the file is gone."""
        stamp = stamp_of(path)
        if stamp is None:
            return None
        known, recording = self._in_memory.pop(path, (None, None))
        if recording is None or stamp != known:
            recording = load_named(path)
        self._in_memory[path] = stamp, recording
        if len(self._in_memory) > MOST_IN_MEMORY:
            del self._in_memory[next(iter(self._in_memory))]
        return recording
