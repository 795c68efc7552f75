"""The class page: how the points are spread, which exercises were hard, what was missing, which answers are alike."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from lab_helpers.grading.grades import Grade
from lab_helpers.grading.pages import page, state_name
from lab_helpers.grading.records import ExerciseRecord, Mark
from lab_helpers.grading.similarity import Pair
from lab_helpers.i18n import message

_TENTHS = 10
_WIDEST = 480
_MISSING_SHOWN = 3
_PAIRS_SHOWN = 50


def class_page(grades: Sequence[Grade], pages: Mapping[str, str], pairs: Sequence[Pair], locale: str) -> str:
    """The class as one page for the instructor, in the words of `locale`.

    pages: each student's feedback, by `Record.whose`, as a link from this page. pairs: answers that are
    alike, the most alike first.
    """
    counts = Counter(grade.record.state for grade in grades)
    return page(
        "class.html",
        locale,
        n=len(grades),
        states=[(state_name(state, locale), count) for state, count in sorted(counts.items())],
        lessons=[_lesson(name, grades, locale) for name in sorted({grade.record.lesson for grade in grades} - {""})],
        students=[{"grade": grade, "page": pages.get(grade.record.whose, "")} for grade in grades],
        pairs=pairs[:_PAIRS_SHOWN],
    )


def _lesson(name: str, grades: Sequence[Grade], locale: str) -> dict[str, Any]:
    own = [grade for grade in grades if grade.record.lesson == name and grade.record.out_of]
    bars = _bars(own)
    told = message("Students by their share of the points").in_locale(locale)
    listed = "; ".join(f"{bar['label']}: {bar['count']}" for bar in bars)
    exercises: dict[str, list[ExerciseRecord]] = {}
    for grade in own:
        for exercise in grade.record.exercises:
            exercises.setdefault(exercise.key, []).append(exercise)
    return {
        "name": name,
        "bars": bars,
        "bars_told": f"{told}. {listed}",
        "exercises": [_exercise(key, records, locale) for key, records in exercises.items()],
    }


def _bars(grades: Sequence[Grade]) -> list[dict[str, Any]]:
    # The last bar holds those with all the points: "90-100 %".
    tenths = [max(0, min(int(_TENTHS * grade.points / grade.record.out_of), _TENTHS - 1)) for grade in grades]
    counts = Counter(tenths)
    most = max(counts.values(), default=1)
    return [
        {
            "label": f"{10 * tenth}–{10 * tenth + 10} %",
            "count": counts[tenth],
            "width": round(_WIDEST * counts[tenth] / most),
        }
        for tenth in reversed(range(_TENTHS))
    ]


def _exercise(key: str, records: Sequence[ExerciseRecord], locale: str) -> dict[str, Any]:
    missing = Counter(
        finding.expected.in_locale(locale) for record in records for finding in record.findings if not finding.met
    )
    missing.update(record.because.in_locale(locale) for record in records if record.because and not record.findings)
    return {
        "key": key,
        "title": records[0].title,
        "n": len(records),
        "correct": sum(record.mark == Mark.CORRECT for record in records),
        "mean": sum(record.points for record in records) / len(records),
        "out_of": records[0].out_of,
        "missing": missing.most_common(_MISSING_SHOWN),
    }
