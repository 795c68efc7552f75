"""Exercises in which the learner writes a function: what it gives for each input, beside what it should."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from lab_helpers.exercises.catalog.shown import case_found
from lab_helpers.exercises.exercise import Finding, Values
from lab_helpers.exercises.values import Json, attempt
from lab_helpers.i18n import Message, message


@dataclass(frozen=True)
class Tried:
    """One input of the learner's function, and what came of it; `ended` says whether it gave a value at all."""

    arguments: Json
    value: Json
    ended: bool


def results(function: object, cases: Json, arguments: Callable[[Any], tuple[object, ...]]) -> Values:
    """What `function` does with each of `cases`, whose arguments `arguments` makes; `values` of the probe."""
    if not callable(function):
        return {"results": [], "instead": {"type": type(function).__name__}}
    return {"results": [attempt(function, *arguments(case)) for case in as_list(cases)]}


def tried(values: Values, cases: Json) -> list[Tried]:
    """Each of `cases` with its result; one that was never tried counts as not ended."""
    found = as_list(values.get("results"))
    found += [None] * (len(as_list(cases)) - len(found))
    return [
        Tried(case, result.get("value"), "value" in result) if isinstance(result, dict) else Tried(case, None, False)
        for case, result in zip(as_list(cases), found, strict=False)
    ]


def finding(
    points: int,
    expected: Message,
    cases: Iterable[Tried],
    is_right: Callable[[Tried], bool],
    explain: Callable[[Tried], Message | None] = lambda case: None,
) -> Finding:
    """Whether the function is right on all of `cases`, at least one. explain: what a known mistake looks like."""
    listed = list(cases)
    wrong = next((case for case in listed if not case.ended or not is_right(case)), None)
    if wrong is None:
        return Finding(bool(listed), points, expected)
    if not wrong.ended:
        return Finding(False, points, expected, message("the function did not come to a value"))
    return Finding(False, points, expected, explain(wrong) or case_found(wrong.arguments, wrong.value))


def as_list(value: Json) -> list[Json]:
    """`value` if it is a list, else an empty one."""
    return list(value) if isinstance(value, list) else []


def as_number(value: Json) -> float | None:
    """`value` if it is a number, else None; yes and no are none."""
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


def is_near(value: Json, wanted: float, by: float = 1e-6) -> bool:
    """Whether `value` is a number at most `by` away from `wanted`."""
    number = as_number(value)
    return number is not None and abs(number - wanted) <= by
