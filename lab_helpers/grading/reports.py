"""Reports: gradebook, feedback and class page, written anew from the records after every run and every review."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass
from typing import Any

from lab_helpers.authoring import student_source
from lab_helpers.errors import GradingError
from lab_helpers.grading.batch import Assignment
from lab_helpers.grading.class_page import class_page
from lab_helpers.grading.feedback import write_feedback
from lab_helpers.grading.gradebook import Format, gradebook_csv
from lab_helpers.grading.grades import Grade, grades
from lab_helpers.grading.matching import match_answers
from lab_helpers.grading.records import whose
from lab_helpers.grading.similarity import Pair, similar_pairs
from lab_helpers.grading.store import Store, write_whole
from lab_helpers.grading.submissions import Submission
from lab_helpers.i18n import _

CLASS_PAGE = "class.html"
GRADEBOOK = "gradebook.csv"
REPORTS = "reports.json"


@dataclass(frozen=True)
class _Made:
    """How the reports were last made. made_of: the store's digest; pairs: what only submissions can tell."""

    form: Format
    made_of: str
    pairs: list[Pair]


def write_reports(
    store: Store, asked: Mapping[str, Assignment], submissions: Sequence[Submission], form: Format, locale: str
) -> None:
    """Write gradebook.csv, feedback/ and class.html into the folder of `store`.

    submissions: compared for similar answers, and not run. locale: the instructor's. Raises GradingError for damaged
    decisions or rules, before anything is written.
    """
    made_of = store.digest()
    graded = _graded(store)
    counted = {grade.record.path for grade in graded if not grade.record.problem}
    compared = [one for one in submissions if one.path.as_posix() in counted]
    pairs = [pair for name, one in asked.items() for pair in _pairs(one, [s for s in compared if s.lesson == name])]
    _write(store, graded, _Made(form, made_of, pairs), locale)


def rewrite_reports(store: Store, locale: str) -> None:
    """Write them anew without the submissions: with the gradebook's columns and the similar answers of the last run.

    Raises GradingError for damaged decisions, rules or records, and where no run came to its end.
    """
    last, made_of = _last(store), store.digest()
    _write(store, _graded(store), _Made(last.form, made_of, last.pairs), locale)


def reports_are_current(store: Store) -> bool:
    """Whether no record, decision or rule changed since the reports were written. Raises as `rewrite_reports` does."""
    return _last(store).made_of == store.digest()


def _graded(store: Store) -> list[Grade]:
    return grades(store.records(), store.decisions(), store.late_percent())


def _write(store: Store, graded: Sequence[Grade], made: _Made, locale: str) -> None:
    pages = write_feedback(graded, store.folder)
    write_whole(store.folder / GRADEBOOK, gradebook_csv(graded, made.form))
    write_whole(store.folder / CLASS_PAGE, class_page(graded, pages, made.pairs, locale))
    # Last: until it is there, what it would say is not true.
    plain = {"form": made.form, "made_of": made.made_of, "pairs": [astuple(pair) for pair in made.pairs]}
    write_whole(store.folder / REPORTS, json.dumps(plain, ensure_ascii=False) + "\n")


def _last(store: Store) -> _Made:
    try:
        found: dict[str, Any] = json.loads((store.folder / REPORTS).read_text("utf-8"))
        return _Made(found["form"], found["made_of"], [Pair(*pair) for pair in found["pairs"]])
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise GradingError(
            _("No run of the grader has come to its end in {folder}.").format(folder=store.folder),
            _("Grade the class first: lab grade SUBMISSIONS --out {folder}").format(folder=store.folder),
        ) from error


def _pairs(assignment: Assignment, submissions: Sequence[Submission]) -> list[Pair]:
    lesson = assignment.lesson
    handed_out = {cell.key: student_source(cell.source) for cell in lesson.cells if cell.kind == "code"}
    answers = {whose(one.student, one.origin.number): match_answers(lesson, one).sources for one in submissions}
    return similar_pairs(answers, handed_out)
