"""Intake: a folder or an archive of files handed in, read one by one; nothing is executed, unpacked or followed."""

from __future__ import annotations

import stat
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import IO

from lab_helpers.errors import GradingError
from lab_helpers.grading.layouts import origin
from lab_helpers.grading.submissions import MAX_NOTEBOOK_BYTES, Submission, read_submission
from lab_helpers.i18n import Message, _, message

MOST_FILES = 20_000


def take_in(handed_in: Path, lessons: Mapping[str, Iterable[str]]) -> list[Submission]:
    """Every file under the folder, or in the zip archive, `handed_in`, in the order of their paths.

    lessons: the cells' keys of each lesson, by its name. Hidden files and checkpoints are no submissions; any other
    file comes back, with its `problem` where it cannot be graded: links are not followed, and paths that lead outside,
    entries too large and archives in archives are not opened.
    Raises GradingError if `handed_in` is neither a folder nor a readable archive, or holds no file at all.
    """
    if handed_in.is_dir():
        submissions = list(_from_folder(handed_in, lessons))
    elif zipfile.is_zipfile(handed_in):
        submissions = list(_from_archive(handed_in, lessons))
    else:
        raise GradingError(
            _("{path} is neither a folder nor a zip archive.").format(path=handed_in),
            _("Give the folder or the .zip that your learning platform downloaded."),
        )
    if not submissions:
        raise GradingError(
            _("There are no submissions in {path}.").format(path=handed_in),
            _("Check that the notebooks (.ipynb) are in this folder or in folders below it."),
        )
    return sorted(submissions, key=lambda submission: submission.path)


def _from_folder(folder: Path, lessons: Mapping[str, Iterable[str]]) -> Iterator[Submission]:
    for path in sorted(folder.rglob("*"))[:MOST_FILES]:
        # A name in bytes that are no UTF-8 is told by its escapes.
        name = PurePosixPath(path.relative_to(folder).as_posix().encode("utf-8", "backslashreplace").decode())
        if _is_ignored(name):
            continue
        if path.is_symlink() or any(parent.is_symlink() for parent in path.parents if parent.is_relative_to(folder)):
            yield _refused(name, message("The file is a link to another place; links are not followed."))
        elif path.is_file():
            yield _read(name, lambda path=path: path.open("rb"), lessons)


def _from_archive(archive: Path, lessons: Mapping[str, Iterable[str]]) -> Iterator[Submission]:
    with zipfile.ZipFile(archive) as opened:
        for entry in opened.infolist()[:MOST_FILES]:
            name = PurePosixPath(entry.filename.replace("\\", "/"))
            if entry.is_dir() or _is_ignored(name):
                continue
            if name.is_absolute() or ".." in name.parts or ":" in name.parts[0]:
                yield _refused(PurePosixPath(name.name), message("Its path in the archive leads out of the archive."))
            elif stat.S_ISLNK(entry.external_attr >> 16):
                yield _refused(name, message("The file is a link to another place; links are not followed."))
            else:
                yield _read(name, lambda entry=entry: opened.open(entry), lessons)


def _read(name: PurePosixPath, opening: Callable[[], IO[bytes]], lessons: Mapping[str, Iterable[str]]) -> Submission:
    try:
        with opening() as file:
            # What an archive says of an entry's size may be a lie: what counts is what comes out.
            content = file.read(MAX_NOTEBOOK_BYTES + 1)
    except (OSError, zipfile.BadZipFile, RuntimeError, NotImplementedError, ValueError, EOFError):
        return _refused(name, message("The file cannot be opened: it is damaged, encrypted or not readable."))
    return read_submission(name, content, lessons)


def _refused(name: PurePosixPath, problem: Message) -> Submission:
    return Submission(name, origin(name), digest="", problem=problem)


def _is_ignored(name: PurePosixPath) -> bool:
    return any((part.startswith(".") and part != "..") or part == "__MACOSX" for part in name.parts)
