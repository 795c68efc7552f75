"""Renewal: gradebook, feedback and class page written from the records, and again from what the last run kept."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import astuple, dataclass
from typing import Any

from lab_helpers.errors import GradingError
from lab_helpers.grading.class_page import class_page
from lab_helpers.grading.feedback import write_feedback
from lab_helpers.grading.gradebook import Format, gradebook_csv
from lab_helpers.grading.grades import Grade, grades
from lab_helpers.grading.similarity import Pair
from lab_helpers.grading.store import Store, write_whole
from lab_helpers.i18n import _

CLASS_PAGE = "class.html"
GRADEBOOK = "gradebook.csv"
REPORTS = "reports.json"


@dataclass(frozen=True)
class Made:
    """How reports are made.

    form: the gradebook's columns. made_of: the store's digest. pairs: the answers that are alike, the most alike first.
    """

    form: Format
    made_of: str
    pairs: Sequence[Pair]


def graded(store: Store) -> list[Grade]:
    """What everybody's work counts for by now. Raises GradingError for damaged records, decisions or rules."""
    return grades(store.records(), store.decisions(), store.late_percent())


def write(store: Store, counted: Sequence[Grade], made: Made, locale: str) -> None:
    """Write the reports of `counted`, and keep how they were made."""
    pages = write_feedback(counted, store.folder)
    write_whole(store.folder / GRADEBOOK, gradebook_csv(counted, made.form))
    write_whole(store.folder / CLASS_PAGE, class_page(counted, pages, made.pairs, locale))
    # Last: until it is there, what it would say is not true.
    plain = {"form": made.form, "made_of": made.made_of, "pairs": [astuple(pair) for pair in made.pairs]}
    write_whole(store.folder / REPORTS, json.dumps(plain, ensure_ascii=False) + "\n")


def rewrite_reports(store: Store, locale: str) -> None:
    """Write the reports anew without the submissions: with the columns and the similar answers of the last run.

    Raises GradingError as `graded` does, and where no run came to its end.
    """
    last, made_of = _last(store), store.digest()
    write(store, graded(store), Made(last.form, made_of, last.pairs), locale)


def reports_are_current(store: Store) -> bool:
    """Whether no record, decision or rule changed since the reports were written. Raises as `rewrite_reports` does."""
    return _last(store).made_of == store.digest()


def _last(store: Store) -> Made:
    try:
        found: dict[str, Any] = json.loads((store.folder / REPORTS).read_text("utf-8"))
        return Made(found["form"], found["made_of"], [Pair(*pair) for pair in found["pairs"]])
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise GradingError(
            _("No run of the grader has come to its end in {folder}.").format(folder=store.folder),
            _("Grade the class first: lab grade SUBMISSIONS --out {folder}").format(folder=store.folder),
        ) from error
