"""The store: one JSON file a submission, written whole or not at all; the instructor's own decisions beside them."""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from lab_helpers.errors import GradingError
from lab_helpers.grading.records import Record, parse_record, record_text
from lab_helpers.i18n import _

RECORDS = "records"
DECISIONS = "decisions.json"
RULES = "rules.json"
_UNSAFE = re.compile(r"[^\w.-]+")


@dataclass(frozen=True)
class Decision:
    """What the instructor decided about one exercise of one student: points in place of the grader's, and a comment."""

    points: float | None = None
    comment: str = ""


class Store:
    """The folder of a class's grades: records that grading writes, and decisions that it never touches."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / RECORDS).mkdir(parents=True, exist_ok=True)

    def record(self, path: str) -> Record | None:
        """The record of the submission at `path`, None where there is none or a damaged one, which is graded again."""
        file = self._file(path)
        try:
            return parse_record(file.read_text("utf-8")) if file.exists() else None
        except (GradingError, OSError, UnicodeDecodeError):
            return None

    def keep(self, record: Record) -> None:
        """Write a record, in place of an earlier one of the same submission."""
        write_whole(self._file(record.path), record_text(record))

    def forget_others(self, paths: Iterable[str]) -> None:
        """Remove the records of submissions that are none of `paths`: they are no longer handed in."""
        kept = {self._file(path) for path in paths}
        for file in (self.folder / RECORDS).glob("*.json"):
            if file not in kept:
                file.unlink()

    def records(self) -> list[Record]:
        """All records, by student and lesson."""
        found = [parse_record(text.decode()) for text in self._record_files().values()]
        return sorted(found, key=lambda record: (record.student.casefold(), record.lesson, record.path))

    def decisions(self) -> dict[str, dict[str, Decision]]:
        """The instructor's decisions, by `Record.whose` and exercise. Raises GradingError for a damaged file."""
        file = self.folder / DECISIONS
        if not file.exists():
            return {}
        try:
            found: dict[str, Any] = json.loads(file.read_text("utf-8"))
            return {
                student: {key: _decision(**decision) for key, decision in exercises.items()}
                for student, exercises in found.items()
            }
        except (ValueError, TypeError, AttributeError) as error:
            raise GradingError(
                _("{file} cannot be read: {reason}").format(file=DECISIONS, reason=error),
                _("Mend the file, or bring back an earlier copy: it holds your own points and comments."),
            ) from error

    def decide(self, student: str, exercise: str, decision: Decision) -> None:
        """Keep a decision; an empty one takes an earlier one back.

        The file is read and then written whole: of two that decide at the same moment one is lost. Grading never writes
        it, and the review page decides on one request after the other.
        """
        decisions = self.decisions()
        decisions.setdefault(student, {}).pop(exercise, None)
        if decision != Decision():
            decisions[student][exercise] = decision
        plain = {
            name: {key: vars(one) for key, one in sorted(exercises.items())}
            for name, exercises in sorted(decisions.items())
            if exercises
        }
        write_whole(self.folder / DECISIONS, json.dumps(plain, indent=1, ensure_ascii=False) + "\n")

    def digest(self) -> str:
        """What all reports depend on, as one short text: it changes with any record, decision or rule."""
        digest = hashlib.sha256()
        for name, text in sorted(self._record_files().items()):
            digest.update(name.encode() + hashlib.sha256(text).digest())
        for file in (self.folder / DECISIONS, self.folder / RULES):
            digest.update(file.read_bytes() if file.exists() else b"-")
        return digest.hexdigest()

    def late_percent(self) -> float:
        """What late work loses, in per cent. Raises GradingError for a damaged file."""
        file = self.folder / RULES
        try:
            return float(json.loads(file.read_text("utf-8"))["late_percent"]) if file.exists() else 0.0
        except (ValueError, TypeError, KeyError) as error:
            raise GradingError(
                _("{file} cannot be read: {reason}").format(file=RULES, reason=error),
                _("Set the rule again with --late-percent."),
            ) from error

    def set_late_percent(self, percent: float) -> None:
        """Keep what late work loses, for this run and all later ones."""
        write_whole(self.folder / RULES, json.dumps({"late_percent": percent}) + "\n")

    def _record_files(self) -> dict[str, bytes]:
        files = {}
        for file in (self.folder / RECORDS).glob("*.json"):
            # One that a run removes in the meantime is no longer a record.
            with suppress(FileNotFoundError):
                files[file.name] = file.read_bytes()
        return files

    def _file(self, path: str) -> Path:
        # Two submissions whose names differ only in what a file system takes for the same must not share a file.
        name = _UNSAFE.sub("_", path)[-80:].strip("._")
        return self.folder / RECORDS / f"{name}-{hashlib.sha256(path.encode()).hexdigest()[:12]}.json"


def _decision(points: float | None = None, comment: str = "") -> Decision:
    # The file is written by hand, too: a text where points belong would be met only while the gradebook is written.
    if isinstance(points, bool) or not isinstance(points, int | float | None) or not isinstance(comment, str):
        raise TypeError(f"{points!r}, {comment!r}")
    return Decision(points, comment)


def decided(record: Record, decisions: Mapping[str, Decision]) -> Record:
    """`record` with the instructor's points, by exercise, in place of the grader's."""
    exercises = tuple(
        replace(exercise, points=points)
        if exercise.key in decisions and (points := decisions[exercise.key].points) is not None
        else exercise
        for exercise in record.exercises
    )
    return replace(record, exercises=exercises)


def write_whole(path: Path, text: str) -> None:
    """Write `text` to `path` so that a reader, or the next run, finds the old file or the new one, never a part."""
    draft = path.with_name(f".{path.name}.{os.getpid()}.draft")
    # Half a character that a submission brought out is kept as its escape, which JSON reads back.
    draft.write_text(text, "utf-8", errors="backslashreplace")
    draft.replace(path)
