"""The audit log: what was graded, overridden or changed, in lines that each carry the hash of the line before."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock
from typing import Any

from lab_helpers.errors import GradingError
from lab_helpers.i18n import _

_BEGINNING = "0" * 64


class AuditLog:
    """An append-only file of JSON lines: `at`, `event`, what happened, `before` (the line before's hash), `hash`."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._writing = Lock()
        self._last = _last_hash(path)

    def note(self, event: str, **what: Any) -> None:
        """Append a line, on the disk before this returns."""
        with self._writing:
            at = datetime.now(UTC).isoformat(timespec="seconds")
            line = {"at": at, "event": event, **what, "before": self._last}
            line["hash"] = _hash(line)
            with self._path.open("a", encoding="utf-8") as file:
                file.write(json.dumps(line, ensure_ascii=False, sort_keys=True) + "\n")
            self._last = line["hash"]


def verify_audit(path: Path) -> int:
    """How many lines the log has. Raises GradingError, naming the line, where one was changed, removed or put in."""
    before, count = _BEGINNING, 0
    for number, line in _lines(path):
        if line is None or line.get("before") != before or line.get("hash") != _hash(line):
            raise GradingError(
                _("Line {number} of {file} is not what was written there.").format(number=number, file=path.name),
                _("Compare it with a copy of the folder; the records themselves are kept in their own files."),
            )
        before, count = line["hash"], number
    return count


def _last_hash(path: Path) -> str:
    _mend(path)
    last = _BEGINNING
    for _number, line in _lines(path):
        last = str(line["hash"]) if line and "hash" in line else last
    return last


def _mend(path: Path) -> None:
    # A line that a crash cut off was never acknowledged: it is taken away, so that the next one has a line to itself.
    if path.exists() and (content := path.read_bytes()) and not content.endswith(b"\n"):
        path.write_bytes(content[: content.rfind(b"\n") + 1])


def _lines(path: Path) -> Iterator[tuple[int, dict[str, Any] | None]]:
    if not path.exists():
        return
    # Not splitlines(): a name may hold what Unicode takes for the end of a line.
    for number, line in enumerate(path.read_text("utf-8", errors="replace").split("\n")[:-1], start=1):
        try:
            found = json.loads(line)
        except ValueError:
            found = None
        yield number, found if isinstance(found, dict) else None


def _hash(line: dict[str, Any]) -> str:
    hashed = {name: value for name, value in line.items() if name != "hash"}
    return hashlib.sha256(json.dumps(hashed, ensure_ascii=False, sort_keys=True).encode()).hexdigest()
