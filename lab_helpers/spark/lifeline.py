"""Runs one command for as long as its parent lives, then removes the folder it worked in.

`python lifeline.py FOLDER HEIRLOOM COMMAND...`, with a pipe as standard input. The operating system closes the pipe
when the parent ends, however it ends (kill -9 and a kernel's restart too), on every platform; the parent stops the
command by closing it. A file FOLDER/heirloom that the command leaves behind moves to HEIRLOOM, whose elders go.

The script imports nothing of lab_helpers: it must start fast and outlive its parent.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

# A younger command has nothing worth leaving and is stopped at once; an older one may need a while to leave it.
SETTLED_S = 20.0
GRACE_S = 30.0


def main(folder: Path, heirloom: Path, command: list[str]) -> int:
    """Run `command` in `folder` until it ends or standard input does; its exit code. `folder` is gone afterwards."""
    try:
        child = subprocess.Popen(command, cwd=folder, stdin=subprocess.DEVNULL)
        signal.signal(signal.SIGTERM, lambda *_: child.terminate())
        threading.Thread(target=_end_with_parent, args=(child, time.monotonic()), daemon=True).start()
        code = child.wait()
        _hand_down(folder / "heirloom", heirloom)
        return code
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _end_with_parent(child: subprocess.Popen[bytes], started: float) -> None:
    # Raw reads: a thread blocked in the buffered reader would abort the interpreter's own end.
    while os.read(0, 1024):
        pass
    if time.monotonic() - started < SETTLED_S:
        child.kill()
        return
    child.terminate()
    try:
        child.wait(GRACE_S)
    except subprocess.TimeoutExpired:
        child.kill()


def _hand_down(left: Path, heirloom: Path) -> None:
    with contextlib.suppress(OSError):
        if left.is_file():
            heirloom.parent.mkdir(parents=True, exist_ok=True)
            for elder in heirloom.parent.iterdir():
                if elder.stem != heirloom.stem:
                    elder.unlink()
            shutil.move(left, heirloom)


if __name__ == "__main__":
    raise SystemExit(main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3:]))
