"""Layouts: whose submission a file is, told by where Moodle, Canvas, nbgrader or a teacher put it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Literal

Layout = Literal["moodle", "canvas", "nbgrader", "folder", "file"]

# https://docs.moodle.org/en/Assignment_settings: one folder a participant in the archive of all submissions.
_MOODLE = re.compile(r"^(?P<name>.+)_(?P<number>\d+)_assignsubmission_(?:file|onlinetext)(?:_(?P<rest>.*))?$")
# Canvas, "Download submissions": lastfirst[_LATE]_<user>_<file>_<name of the file>[-<attempt>].
_CANVAS = re.compile(r"^(?P<name>[^\W\d_]+(?:_anon)?)(?P<late>_LATE)?_(?P<number>\d+)_\d+_(?P<rest>.+)$")
_ATTEMPT = re.compile(r"(?:-(?P<canvas>\d{1,3})| ?\((?P<browser>\d{1,3})\))$")
_LESSON = re.compile(r"(?:^|[\s_.-]+)\d{2}_[a-z][a-z_]*$", re.IGNORECASE)


@dataclass(frozen=True)
class Origin:
    """Whose file it is.

    student: "" where the path does not tell. number: the learning platform's own, "" for none. attempt: from 0. late:
    whether the platform marked it so.
    """

    student: str
    number: str = ""
    attempt: int = 0
    layout: Layout = "file"
    late: bool = False


def origin(path: PurePosixPath) -> Origin:
    """The origin of the file at `path`, relative to what was handed in.

    Moodle: `Full Name_123_assignsubmission_file_/any.ipynb`, or the same in front of the file's own name. Canvas:
    `lastfirst_12_345_any-1.ipynb`. nbgrader: `submitted/<student>/<assignment>/any.ipynb`. Else the first folder names
    the student, else the file does, without a lesson's name at its end (`ana_05_responsible_ai.ipynb` is Ana's).
    """
    stem, attempt = _without_attempt(path.stem)
    for part in (*path.parts[:-1], stem):
        if found := _MOODLE.match(part):
            return Origin(found["name"].strip(), found["number"], attempt, "moodle")
    if found := _CANVAS.match(stem):
        return Origin(found["name"], found["number"], attempt, "canvas", late=bool(found["late"]))
    folders = path.parts[:-1]
    if "submitted" in folders[:-2]:
        return Origin(folders[folders.index("submitted") + 1], "", attempt, "nbgrader")
    if folders:
        return Origin(folders[0], "", attempt, "folder")
    return Origin(_LESSON.sub("", stem).strip(" _.-"), "", attempt, "file")


def _without_attempt(stem: str) -> tuple[str, int]:
    found = _ATTEMPT.search(stem)
    if not found:
        return stem, 0
    return stem[: found.start()], int(found["canvas"] or found["browser"])
