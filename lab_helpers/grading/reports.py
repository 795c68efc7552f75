"""Reports: gradebook, feedback and class page, written anew from the records after every run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from lab_helpers.authoring import student_source
from lab_helpers.grading.batch import Assignment
from lab_helpers.grading.class_page import class_page
from lab_helpers.grading.feedback import write_feedback
from lab_helpers.grading.gradebook import Format, gradebook_csv
from lab_helpers.grading.grades import grades
from lab_helpers.grading.matching import match_answers
from lab_helpers.grading.records import whose
from lab_helpers.grading.similarity import Pair, similar_pairs
from lab_helpers.grading.store import Store, write_whole
from lab_helpers.grading.submissions import Submission

CLASS_PAGE = "class.html"
GRADEBOOK = "gradebook.csv"


def write_reports(
    store: Store, asked: Mapping[str, Assignment], submissions: Sequence[Submission], form: Format, locale: str
) -> None:
    """Write gradebook.csv, feedback/ and class.html into the folder of `store`.

    submissions: compared for similar answers, and not run. locale: the instructor's. Raises GradingError for damaged
    decisions or rules, before anything is written.
    """
    graded = grades(store.records(), store.decisions(), store.late_percent())
    pages = write_feedback(graded, store.folder)
    write_whole(store.folder / GRADEBOOK, gradebook_csv(graded, form))
    counted = {grade.record.path for grade in graded if not grade.record.problem}
    compared = [one for one in submissions if one.path.as_posix() in counted]
    pairs = [pair for name, one in asked.items() for pair in _pairs(one, [s for s in compared if s.lesson == name])]
    write_whole(store.folder / CLASS_PAGE, class_page(graded, pages, pairs, locale))


def _pairs(assignment: Assignment, submissions: Sequence[Submission]) -> list[Pair]:
    lesson = assignment.lesson
    handed_out = {cell.key: student_source(cell.source) for cell in lesson.cells if cell.kind == "code"}
    answers = {whose(one.student, one.origin.number): match_answers(lesson, one).sources for one in submissions}
    return similar_pairs(answers, handed_out)
