"""Reports: gradebook, feedback and class page, written anew from the records after every run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from lab_helpers.authoring import student_source
from lab_helpers.grading.batch import Assignment
from lab_helpers.grading.gradebook import Format
from lab_helpers.grading.matching import match_answers
from lab_helpers.grading.records import whose
from lab_helpers.grading.renewal import Made, graded, write
from lab_helpers.grading.similarity import Pair, similar_pairs
from lab_helpers.grading.store import Store
from lab_helpers.grading.submissions import Submission


def write_reports(
    store: Store, asked: Mapping[str, Assignment], submissions: Sequence[Submission], form: Format, locale: str
) -> None:
    """Write gradebook.csv, feedback/ and class.html into the folder of `store`.

    submissions: compared for similar answers, and not run. locale: the instructor's. Raises GradingError for damaged
    decisions or rules, before anything is written.
    """
    made_of = store.digest()
    counted = graded(store)
    paths = {grade.record.path for grade in counted if not grade.record.problem}
    compared = [one for one in submissions if one.path.as_posix() in paths]
    pairs = [pair for name, one in asked.items() for pair in _pairs(one, [s for s in compared if s.lesson == name])]
    write(store, counted, Made(form, made_of, pairs), locale)


def _pairs(assignment: Assignment, submissions: Sequence[Submission]) -> list[Pair]:
    lesson = assignment.lesson
    handed_out = {cell.key: student_source(cell.source) for cell in lesson.cells if cell.kind == "code"}
    answers = {whose(one.student, one.origin.number): match_answers(lesson, one).sources for one in submissions}
    return similar_pairs(answers, handed_out)
