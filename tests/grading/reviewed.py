"""A graded class to review, for tests: on the disk, as the grader leaves it."""

from dataclasses import replace
from pathlib import Path

from lab_helpers.exercises import Finding
from lab_helpers.grading import Store, write_reports
from lab_helpers.grading.records import ExerciseRecord, Mark, Record, State
from lab_helpers.i18n import message

SENTENCE, PAIRED = "06.sentence", "07.paired"
MISSING = (Finding(False, 3, message("five answers, each a text"), message("{n} different texts", n=4)),)


def answered(
    student: str, answer: str, *, key: str = SENTENCE, mark: Mark = Mark.NOT_YET, points: float = 1, **parts: object
) -> Record:
    """The record of one student with one answer, out of 3 points."""
    findings = () if mark == Mark.CORRECT else MISSING
    exercise = ExerciseRecord(key, mark, points, 3, message("The sentence you may write"), findings, answer=answer)
    lesson = f"{key.partition('.')[0]}_x"
    record = Record("k", student, "", "folder", f"{lesson}/{student}.ipynb", lesson, "en", "d", State.GRADED)
    return replace(record, exercises=(exercise,), **parts)


CLASS = (
    answered("ana", "sentence = 'Men are more often named.'"),
    answered("bia", "sentence = 'The interval is wide.'", mark=Mark.CORRECT, points=3),
    answered("caio", "sentence = 'It is biased.'", points=0),
    answered("ana", "paired = 1", key=PAIRED),
)


def graded_class(folder: Path, records: tuple[Record, ...] = CLASS) -> Store:
    """A store of `records` whose reports are written."""
    store = Store(folder)
    for record in records:
        store.keep(record)
    write_reports(store, {}, [], "plain", "en")
    return store
