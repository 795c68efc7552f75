"""A lock between processes: one of them at a time writes to a folder."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

LOCK_FILE = ".lock"

if sys.platform == "win32":
    import msvcrt

    @contextmanager
    def locked(folder: Path) -> Iterator[None]:
        """Wait until no other process holds `folder`, and hold it to the end of the block or of the process."""
        path = folder / LOCK_FILE
        with path.open("wb") as file:
            while True:
                # Gives up after ten seconds of its own accord.
                with suppress(OSError):
                    msvcrt.locking(file.fileno(), msvcrt.LK_LOCK, 1)
                    break
            try:
                yield
            finally:
                msvcrt.locking(file.fileno(), msvcrt.LK_UNLCK, 1)
        # Windows lets go of a file only when no other process has it open: who waits keeps it.
        with suppress(OSError):
            path.unlink()

else:
    import fcntl

    @contextmanager
    def locked(folder: Path) -> Iterator[None]:
        """Wait until no other process holds `folder`, and hold it to the end of the block or of the process."""
        # The folder itself, so that no file of ours lies among the recordings.
        handle = os.open(folder, os.O_RDONLY)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)
