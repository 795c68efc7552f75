"""The exercise of paired differences: tables with holes, and the mean difference that a function is to find."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from statistics import fmean
from typing import Any

from lab_helpers.exercises.catalog.functions import Tried, as_list, as_number, finding, is_near, results, tried
from lab_helpers.exercises.exercise import Evidence, Finding, Values
from lab_helpers.exercises.values import Json
from lab_helpers.i18n import Message, message

_GENDERS = ("male", "female")


def tables(random: Random) -> Json:
    """Tables of pair_id, gender and value, as rows: full ones, uneven ones, and ones with holes."""
    even = [_pair(name, random, 3, 3) for name in ("nurse", "engineer", "teacher")]
    uneven = [
        _pair("chef", random, 8, 1, shift=5),
        _pair("doctor", random, 1, 6, shift=-3),
        _pair("nurse", random, 2, 2),
    ]
    tied = [[["chef", gender, 4.0] for gender in _GENDERS], [["nurse", gender, 7.0] for gender in _GENDERS]]
    missing = [_pair("nurse", random, 3, 3), [["chef", "male", None], ["chef", "male", 6.0], ["chef", "female", 11.0]]]
    alone = [_pair("doctor", random, 2, 3), [["judge", "female", 90.0], ["pilot", "male", 1.0]]]
    nothing = [[["judge", "female", 3.0], ["pilot", "male", 1.0]]]
    return [[row for pair in pairs for row in pair] for pairs in (even, uneven, tied, missing, alone, nothing)]


def _pair(name: str, random: Random, n_male: int, n_female: int, shift: int = 0) -> list[list[Json]]:
    rows = [(gender, add) for gender, n, add in (("male", n_male, 0), ("female", n_female, shift)) for _ in range(n)]
    return [[name, gender, float(random.randrange(1, 60) + 10 * add)] for gender, add in rows]


def probe(paired_difference: object, inputs: Json) -> Values:
    """What the function makes of each table of `inputs`, given to it as a pandas DataFrame."""
    import pandas as pd

    def arguments(rows: Any) -> tuple[object, ...]:
        return (pd.DataFrame(rows, columns=["pair_id", "gender", "value"]).astype({"value": "float64"}),)

    return results(paired_difference, inputs, arguments)


def judge(values: Values, inputs: Json, evidence: Evidence) -> list[Finding]:
    """Whether it averages prompts, not answers, and leaves out what is missing; six points."""
    cases = tried(values, inputs)
    means = {id(case): _pair_means(case) for case in cases}

    def is_complete(case: Tried) -> bool:
        return all(None not in pair.values() and len(pair) == len(_GENDERS) for pair in means[id(case)].values())

    full = [case for case in cases if is_complete(case) and not _has_holes(case)]
    holes = [case for case in cases if case not in full and _wanted(case) is not None]
    nothing = [case for case in cases if _wanted(case) is None]
    return [
        finding(
            3,
            message("first the mean of each prompt, then women minus men in each pair, then the mean of the pairs"),
            full,
            _is_wanted,
            _paired_mistake,
        ),
        finding(
            2, message("missing values and pairs with one side only are left out"), holes, _is_wanted, _paired_mistake
        ),
        finding(
            1,
            message("where no pair is complete: no number (None or NaN)"),
            nothing,
            lambda case: case.value is None,
        ),
    ]


def _rows(case: Tried) -> Iterator[tuple[str, str, float | None]]:
    for row in as_list(case.arguments):
        pair, gender, value = as_list(row)
        yield str(pair), str(gender), as_number(value)


def _has_holes(case: Tried) -> bool:
    return any(value is None for _pair_id, _gender, value in _rows(case))


def _pair_means(case: Tried) -> dict[str, dict[str, float | None]]:
    cells: dict[str, dict[str, list[float]]] = {}
    for pair, gender, value in _rows(case):
        held = cells.setdefault(pair, {}).setdefault(gender, [])
        held += [] if value is None else [value]
    return {
        pair: {gender: fmean(held) if held else None for gender, held in sides.items()} for pair, sides in cells.items()
    }


def _wanted(case: Tried) -> float | None:
    sides = [(pair.get("male"), pair.get("female")) for pair in _pair_means(case).values()]
    differences = [female - male for male, female in sides if male is not None and female is not None]
    return fmean(differences) if differences else None


def _is_wanted(case: Tried) -> bool:
    wanted = _wanted(case)
    return wanted is not None and is_near(case.value, wanted)


def _paired_mistake(case: Tried) -> Message | None:
    wanted, sides = _wanted(case), {gender: [] for gender in _GENDERS}
    for _pair_id, gender, value in _rows(case):
        sides.get(gender, []).extend([] if value is None else [value])
    if wanted is not None and wanted != 0 and is_near(case.value, -wanted):
        return message("men minus women")
    if all(sides.values()) and is_near(case.value, fmean(sides["female"]) - fmean(sides["male"])):
        return message("the difference of two overall means: a prompt with more answers than others counts more")
    return None
