"""The one shape of every estimate: a row with its n, interval, test and verdict."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import pandas as pd

from lab_helpers.bias.columns import RESULT_COLUMNS
from lab_helpers.bias.intervals import Interval, holm

# The smallest share difference worth talking about, unless the caller says otherwise: ten percentage points.
MARGIN = 0.1
# Five units can't reach significance: the two-sided sign test of five equal signs has p = 1/16.
FEWEST_UNITS = 6
ALL = "all"

Key = tuple[Any, ...]


def columns_of(by: str | Sequence[str]) -> list[str]:
    """`by` as a list, be it one column or several."""
    return [by] if isinstance(by, str) else list(by)


def groups(table: pd.DataFrame, by: Sequence[str]) -> Iterator[tuple[Key, pd.DataFrame]]:
    """Each combination of `by` with its rows, in order of appearance; a missing value is a group of its own."""
    if not by:
        yield (), table
        return
    numbers = table.groupby(list(by), sort=False, dropna=False, observed=True).ngroup()
    for number in numbers.unique():
        rows = table[numbers == number]
        yield tuple(rows[column].iloc[0] for column in by), rows


def scopes(rows: pd.DataFrame, by: str) -> list[tuple[Key, pd.DataFrame]]:
    """The groups of `rows`, and all of them as one (with an empty key) where there are several."""
    parts = list(groups(rows, [by]))
    return [*parts, ((), rows)] if len(parts) > 1 else parts


def named(key: Key, by: Sequence[str]) -> dict[str, Any]:
    """The columns `by` and `scope` of a row; a group that is not divided is named "all"."""
    values = key or (ALL,) * len(by)
    return {**dict(zip(by, values, strict=True)), "scope": ", ".join(map(str, key)) if key else ALL}


def ledger(rows: pd.DataFrame) -> dict[str, int]:
    """How many answers were given, how many are missing, and to how many prompts: no row is lost silently."""
    answered = int(rows["described"].notna().sum())
    return {
        "n_answers": answered,
        "n_missing": len(rows) - answered,
        "n_prompts": int(rows["prompt_id"].nunique()),
    }


def verdict(p_adj: float, inner: Interval, *, enough: bool, margin: float | None, confidence: float) -> str:
    """What may be said: "gap", "no gap of size d", "inconclusive", or "exploratory" where there is too little data.

    p_adj: the adjusted p-value of "there is no gap". inner: the interval at confidence 1 - 2 alpha; where it lies
    within +-margin, two one-sided tests exclude a gap of that size (TOST, Schuirmann 1987). margin None: never asked.
    The intervals shown are not adjusted: one of many may leave out 0 and its gap still be inconclusive.
    """
    if not enough:
        return "exploratory"
    if p_adj < 1 - confidence:
        return "gap"
    if margin is not None and -margin < inner[0] and inner[1] < margin:
        return f"no gap of size {margin:g}"
    return "inconclusive"


def judged(rows: Sequence[dict[str, Any]], margin: float | None, confidence: float) -> list[dict[str, Any]]:
    """`rows` with p_adj (Holm) and verdict; the row "all" is one question of its own, the others share theirs.

    Each row brings `_inner` (the interval at inner_confidence) and `_enough` (whether there are units enough to test).
    """
    adjusted = iter(holm(row["p_value"] for row in rows if row["scope"] != ALL))
    with_p = [{**row, "p_adj": row["p_value"] if row["scope"] == ALL else next(adjusted)} for row in rows]
    return [
        {
            **row,
            "verdict": verdict(
                row["p_adj"], row["_inner"], enough=row["_enough"], margin=margin, confidence=confidence
            ),
        }
        for row in with_p
    ]


def result_table(rows: Sequence[dict[str, Any]], by: Sequence[str], extra: Sequence[str] = ()) -> pd.DataFrame:
    """`rows` as a table: the columns `by`, then RESULT_COLUMNS, then `extra`."""
    return pd.DataFrame(rows, columns=[*by, *RESULT_COLUMNS, *extra])
