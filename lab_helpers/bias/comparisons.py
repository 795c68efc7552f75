"""Two sets of answers side by side: before and after a mitigation, or asked for women and for men."""

from __future__ import annotations

from math import nan
from typing import Any

import pandas as pd

from lab_helpers.bias.columns import require_columns, require_one_condition
from lab_helpers.bias.intervals import (
    CONFIDENCE,
    Count,
    Interval,
    count,
    detectable,
    fisher_p,
    inner_confidence,
    newcombe,
    wilson,
)
from lab_helpers.bias.measures import indicator
from lab_helpers.bias.results import FEWEST_UNITS, MARGIN, Key, judged, ledger, named, result_table, scopes
from lab_helpers.errors import DataError
from lab_helpers.i18n import _

_EXTRA = ["before", "before_low", "before_high", "n_before", "after", "after_low", "after_high", "n_after", "mde_80"]


def compare_runs(
    before: pd.DataFrame,
    after: pd.DataFrame,
    measure: str = "matches_request",
    by: str = "occupation",
    *,
    margin: float = MARGIN,
    confidence: float = CONFIDENCE,
) -> pd.DataFrame:
    """The difference (after - before) of the share of answers with `measure`, per value of `by` and for all.

    before, after: two independent sets of answers as `score_answers` returns them; `after` must be answers that were
    drawn afresh, not the ones that the mitigation was chosen by. measure: a yes/no column, or a value of `described`.
    Newcombe's interval (Newcombe 1998, method 10) and Fisher's exact test, Holm over the values of `by`. Besides the
    result columns: `before`, `after` (the shares, with `_low`, `_high` by Wilson), `n_before`, `n_after`.
    `mde_80`: the smallest difference that so many answers show four times in five, from the standard error that the
    interval implies (half its width over the normal quantile), which is never 0; missing where nothing is tested.
    A value of `by` with fewer than six answers on one side is exploratory. As every interval made of answers, it
    speaks of these prompts. Raises DataError for a missing column, mixed models or system prompts, or a measure that
    is not yes/no.
    """
    runs = [_run(table, measure, by).assign(_run=run) for run, table in (("before", before), ("after", after))]
    both = pd.concat(runs, ignore_index=True)
    rows = [_difference_row(key, by, group, measure, confidence) for key, group in scopes(both, by)]
    return result_table(judged(rows, margin, confidence), [by], _EXTRA)


def _run(table: pd.DataFrame, measure: str, by: str) -> pd.DataFrame:
    require_columns(table, ["prompt_id", "described", by])
    require_one_condition(table, [by])
    flags = indicator(table, measure)
    if not flags.dropna().isin([0, 1]).all():
        raise DataError(
            _("The column {column} holds more than yes and no.").format(column=measure),
            _("Compare shares: matches_request, or a value of described such as feminine."),
        )
    return table.assign(_flag=flags)


def _difference_row(key: Key, by: str, group: pd.DataFrame, measure: str, confidence: float) -> dict[str, Any]:
    before, after = (count(group.loc[group["_run"] == run, "_flag"]) for run in ("before", "after"))
    low, high = newcombe(after, before, confidence)
    enough = min(before.n, after.n) >= FEWEST_UNITS
    return {
        **named(key, [by]),
        "measure": measure,
        **ledger(group),
        **_side("before", before, confidence),
        **_side("after", after, confidence),
        "mde_80": detectable(_standard_error((low, high), confidence), confidence=confidence) if enough else nan,
        "estimate": after.share - before.share,
        "ci_low": low,
        "ci_high": high,
        "p_value": fisher_p(after, before) if enough else nan,
        "method": "newcombe, fisher exact, holm",
        "_inner": newcombe(after, before, inner_confidence(confidence)),
        "_enough": enough,
    }


def _standard_error(interval: Interval, confidence: float) -> float:
    from scipy.stats import norm

    return (interval[1] - interval[0]) / (2 * float(norm.ppf((1 + confidence) / 2)))


def _side(run: str, of: Count, confidence: float) -> dict[str, float]:
    low, high = wilson(of, confidence)
    return {run: of.share, f"{run}_low": low, f"{run}_high": high, f"n_{run}": of.n}
