"""The journal: what a learner did, as lines in a file of their own folder. Nothing is sent anywhere."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from lab_helpers.i18n import _

VARIABLE = "LAB_PROGRESS"
# Set in tests and builds, where a check that fails raises, and nothing is a learner's progress.
STRICT = "LAB_STRICT"
# Set by nbgrader's autograder and validator, which give points where a cell does not raise:
# https://nbgrader.readthedocs.io/en/stable/user_guide/faq.html
_NBGRADER = "NBGRADER_EXECUTION"
FILE_NAME = ".lab-progress.jsonl"
_warned: set[Path] = set()


def is_strict() -> bool:
    """Whether this is a test, a build or nbgrader's own run."""
    return os.environ.get(STRICT) == "1" or _NBGRADER in os.environ


def progress_file() -> Path:
    """LAB_PROGRESS, else a file beside the notebooks."""
    return Path(os.environ.get(VARIABLE) or FILE_NAME).absolute()


def note(event: str, key: str, what: str) -> None:
    """Append one line; where `is_strict()` none. A disk that takes none costs the note alone; that is told once."""
    if is_strict():
        return
    line = {"event": event, "key": key, "what": str(what), "at": datetime.now(UTC).isoformat(timespec="seconds")}
    path = progress_file()
    try:
        with path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")
    except OSError as error:
        if path not in _warned:
            _warned.add(path)
            warning = _("Your progress is not kept: {file} cannot be written ({reason}). The check itself counts.")
            print(warning.format(file=path.name, reason=error.strerror), file=sys.stderr)


def noted(path: Path) -> Iterator[dict[str, str]]:
    """The lines of the journal `path`: event, key, what, at. Damaged lines are passed over: the rest is not lost."""
    try:
        text = path.read_text("utf-8", errors="replace")
    except OSError:
        return
    for line in text.splitlines():
        try:
            found = json.loads(line)
        except ValueError:
            continue
        if isinstance(found, dict):
            yield {str(name): str(value) for name, value in found.items()}


def reset_progress(path: Path) -> bool:
    """Forget what is noted in `path`; whether there was anything."""
    there = path.exists()
    path.unlink(missing_ok=True)
    return there
