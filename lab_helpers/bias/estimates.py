"""What a set of answers says: shares and gaps, each with its n, its interval and a careful verdict.

Answers to one prompt are independent draws from that prompt. An interval made of them speaks of the model's answers
to that very prompt, not of all the ways to ask about the occupation: for that, the unit is the prompt.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import nan, sqrt
from typing import Any

import pandas as pd

from lab_helpers.bias.columns import ASKED, DESCRIBED, require_columns, require_one_condition, require_one_wording
from lab_helpers.bias.intervals import (
    CONFIDENCE,
    Count,
    binomial_p,
    bootstrapped,
    count,
    detectable,
    hedges_g,
    inner_confidence,
    sign_flip_p,
    student,
    student_p,
    wilson,
)
from lab_helpers.bias.measures import indicator
from lab_helpers.bias.results import (
    FEWEST_UNITS,
    MARGIN,
    Key,
    columns_of,
    groups,
    judged,
    ledger,
    named,
    result_table,
    scopes,
)
from lab_helpers.errors import DataError
from lab_helpers.i18n import _

# Below, the bootstrap's intervals are too short: with five prompts they cover 8 times in 10, not 19 in 20.
FEWEST_FOR_BOOTSTRAP = 20

_SCORED = ["prompt_id", "occupation", "gender", "described"]
_PAIRED_COLUMNS = ["n_pairs", "hedges_g", "mde_80", "p_permutation", "bootstrap_low", "bootstrap_high"]


class NotPaired(DataError):
    """A prompt that asks for a man has no twin that asks for a woman, or the other way round."""


def gender_shares(
    scored: pd.DataFrame, by: str | Sequence[str] = ("occupation", "gender"), *, confidence: float = CONFIDENCE
) -> pd.DataFrame:
    """Which share of the answers describes a woman, a man, both or neither, per group.

    scored: as `score_answers` returns it. One row per group and value of `described` (column `measure`), so four rows
    per group, whose estimates add up to 1. Wilson intervals; nothing is tested, so p_value and verdict are missing.
    Raises DataError for a missing column, or where models, system prompts, or the neutral wording and the masculine
    generic are mixed; `by` may hold "condition" to keep those apart.
    """
    by = columns_of(by)
    _check(scored, by)
    require_one_wording(scored, by)
    rows = [
        _share_row(key, by, group, described, indicator(group, described), confidence)
        for key, group in groups(scored, by)
        for described in DESCRIBED
    ]
    return result_table(rows, by)


def request_match(
    scored: pd.DataFrame, by: str | Sequence[str] = ("occupation", "gender"), *, confidence: float = CONFIDENCE
) -> pd.DataFrame:
    """Whether the answers describe the gender that was asked for, per group; neutral prompts are not looked at.

    One row per group: the share of answers that describe that gender, with its Wilson interval; nothing is tested, so
    p_value and verdict are missing. Besides the result columns: `n_as_asked`, `n_other` (the other gender) and
    `n_unclear` (unmarked, or both alike), which add up to n_answers.
    Raises DataError for a missing column, where models or system prompts are mixed, or if no prompt asks for a gender.
    """
    by = columns_of(by)
    rows = [_match_row(key, by, group, confidence) for key, group in groups(_asking(scored, by), by)]
    return result_table(rows, by, ["n_as_asked", "n_other", "n_unclear"])


def representation_gap(
    scored: pd.DataFrame,
    target: float = 0.5,
    by: str = "occupation",
    *,
    margin: float = MARGIN,
    confidence: float = CONFIDENCE,
) -> pd.DataFrame:
    """How far the share of women among the people described to neutral prompts is from `target`.

    Estimate: feminine / (feminine + masculine) - target, over the answers that mark one gender (`n_marked`); positive
    means more women than the target. One row per value of `by`, one for "all". Wilson interval shifted by the target;
    exact binomial test, Holm over the values of `by` (Lum 2025, arXiv:2402.12649, for the measure).
    Fewer than six marked answers are exploratory. The row "all" speaks of these prompts taken together.
    `mde_80`: the smallest gap that this many marked answers show four times in five, from the standard error that the
    test assumes, sqrt(target (1 - target) / n_marked); missing where nothing is tested.
    Prompts in the masculine generic ask for no gender either, but are no neutral ones: with by="condition" each has a
    row of its own and none is for "all"; else the table must hold one of the two.
    Raises DataError for a missing column, mixed models, system prompts or wordings, no neutral prompt, or a target not
    in (0, 1).
    """
    _check(scored, [by])
    require_one_wording(scored, [by])
    if not 0 < target < 1:
        raise DataError(
            _("The target {target} is not a share between 0 and 1.").format(target=target),
            _("Use 0.5 for as many women as men, or the share of women in a workforce."),
        )
    neutral = scored[scored["gender"] == "neutral"]
    if neutral.empty:
        raise DataError(
            _("No row of the table comes from a neutral prompt."),
            _("Ask also for the occupations without naming a gender: balanced_prompts() holds them."),
        )
    parts = groups(neutral, [by]) if by == "condition" else scopes(neutral, by)
    rows = [_representation_row(key, by, group, target, confidence) for key, group in parts]
    return result_table(judged(rows, margin, confidence), [by], ["n_marked", "mde_80"])


def counterfactual_gap(
    scored: pd.DataFrame,
    measure: str,
    by: str = "occupation",
    *,
    margin: float | None = None,
    confidence: float = CONFIDENCE,
) -> pd.DataFrame:
    """Mean difference (female - male) of `measure` between paired prompts, with its interval.

    scored: also a column `pair_id` where an occupation has several pairs of prompts; else the occupation is the pair.
    measure: a column of numbers, or a value of `described`. One row per value of `by`, one for "all".
    The unit is the prompt, not the answer (Miller 2024, arXiv:2411.00640): answers to one prompt are averaged first,
    then Student's t on the paired differences, Holm over the values of `by`. A pair with a prompt that has no answer
    is left out of the estimate and counted in `n_missing`. Fewer than six pairs: exploratory, no p-value; one pair: no
    interval. Besides the result columns and `n_pairs`: `hedges_g`, the gap in standard deviations of the paired
    differences; `mde_80`, the smallest gap that so many pairs with this spread show four times in five (Bloom 1995) and
    `p_permutation`, a sign-flip test beside Student's, not adjusted, both from six pairs on; `bootstrap_low`,
    `bootstrap_high` (BCa) from twenty pairs on.
    margin: the difference, in units of `measure`, that "no gap of size d" excludes; None claims none.
    Raises NotPaired if a pair lacks one of its prompts, DataError for a missing column, mixed models or system prompts.
    """
    asking, pair = _paired(scored, measure, [by])
    rows = [_paired_row(key, by, group, pair, measure, confidence) for key, group in scopes(asking, by)]
    return result_table(judged(rows, margin, confidence), [by], _PAIRED_COLUMNS)


def pair_means(scored: pd.DataFrame, measure: str) -> pd.DataFrame:
    """The mean of `measure` for the man and for the woman of each pair of prompts: what `counterfactual_gap` tests.

    One row per pair (`pair_id`, else `occupation`), columns `pair`, `male`, `female`; NaN for a prompt without answer.
    Raises as `counterfactual_gap` does.
    """
    asking, pair = _paired(scored, measure, ["occupation"])
    means = _means(asking, pair).reindex(asking[pair].drop_duplicates())
    return means.rename_axis("pair").rename_axis(None, axis=1).reset_index()


def _paired(scored: pd.DataFrame, measure: str, by: Sequence[str]) -> tuple[pd.DataFrame, str]:
    asking = _asking(scored, by)
    pair = "pair_id" if "pair_id" in asking.columns else "occupation"
    _require_pairs(asking, pair)
    return asking.assign(_value=indicator(asking, measure).to_numpy(dtype=float, na_value=nan)), pair


def _check(scored: pd.DataFrame, by: Sequence[str]) -> None:
    require_columns(scored, [*_SCORED, *by])
    require_one_condition(scored, by)


def _asking(scored: pd.DataFrame, by: Sequence[str]) -> pd.DataFrame:
    _check(scored, by)
    asking = scored[scored["gender"].isin(list(ASKED))]
    if asking.empty:
        raise DataError(
            _("No row of the table comes from a prompt that asks for a man or a woman."),
            _("Ask also for male and female people: balanced_prompts() holds such prompts."),
        )
    return asking


def _require_pairs(asking: pd.DataFrame, pair: str) -> None:
    genders = asking.groupby(pair)["gender"].nunique()
    lonely = [str(name) for name in genders.index[genders < len(ASKED)]]
    if lonely:
        raise NotPaired(
            _("These have only a male or only a female prompt: {pairs}.").format(pairs=", ".join(lonely)),
            _("Ask for both genders of each occupation, as balanced_prompts() does; the lab's own list does not."),
        )


def _share_row(
    key: Key, by: Sequence[str], group: pd.DataFrame, measure: str, flags: pd.Series, confidence: float
) -> dict[str, Any]:
    of = count(flags)
    low, high = wilson(of, confidence)
    return {
        **named(key, by),
        "measure": measure,
        **ledger(group),
        "estimate": of.share,
        "ci_low": low,
        "ci_high": high,
        "method": "wilson",
    }


def _match_row(key: Key, by: Sequence[str], group: pd.DataFrame, confidence: float) -> dict[str, Any]:
    as_asked = (group["described"] == group["gender"].map(ASKED)).astype("boolean")
    row = _share_row(key, by, group, "matches_request", as_asked, confidence)
    n_as_asked, n_unclear = int(as_asked.sum()), int(group["described"].isin(["both", "unmarked"]).sum())
    n_other = row["n_answers"] - n_as_asked - n_unclear
    return {**row, "n_as_asked": n_as_asked, "n_other": n_other, "n_unclear": n_unclear}


def _representation_row(key: Key, by: str, group: pd.DataFrame, target: float, confidence: float) -> dict[str, Any]:
    marked = group.loc[group["described"].isin(list(ASKED.values())), "described"]
    of = Count(int((marked == "feminine").sum()), len(marked))
    low, high = wilson(of, confidence)
    inner_low, inner_high = wilson(of, inner_confidence(confidence))
    enough = of.n >= FEWEST_UNITS
    return {
        **named(key, [by]),
        "measure": "representation_gap",
        **ledger(group),
        "n_marked": of.n,
        "mde_80": detectable(sqrt(target * (1 - target) / of.n), confidence=confidence) if enough else nan,
        "estimate": of.share - target,
        "ci_low": low - target,
        "ci_high": high - target,
        "p_value": binomial_p(of, target) if enough else nan,
        "method": "wilson, exact binomial, holm",
        "_inner": (inner_low - target, inner_high - target),
        "_enough": enough,
    }


def _paired_row(key: Key, by: str, group: pd.DataFrame, pair: str, measure: str, confidence: float) -> dict[str, Any]:
    differences = _pair_differences(group, pair)
    n = len(differences)
    low, high = student(differences, confidence)
    enough = n >= FEWEST_UNITS
    bootstrap_low, bootstrap_high = bootstrapped(differences, confidence) if n >= FEWEST_FOR_BOOTSTRAP else (nan, nan)
    return {
        **named(key, [by]),
        "measure": measure,
        **ledger(group),
        "n_pairs": n,
        "hedges_g": hedges_g(differences),
        "mde_80": detectable(float(differences.std()) / sqrt(n), n - 1, confidence) if enough else nan,
        "p_permutation": sign_flip_p(differences) if enough else nan,
        "bootstrap_low": bootstrap_low,
        "bootstrap_high": bootstrap_high,
        "estimate": float(differences.mean()) if n else nan,
        "ci_low": low,
        "ci_high": high,
        "p_value": student_p(differences) if enough else nan,
        "method": "paired t, holm",
        "_inner": student(differences, inner_confidence(confidence)),
        "_enough": enough,
    }


def _pair_differences(group: pd.DataFrame, pair: str) -> pd.Series:
    means = _means(group, pair)
    return (means["female"] - means["male"]).dropna()


def _means(group: pd.DataFrame, pair: str) -> pd.DataFrame:
    prompts = group.groupby([pair, "gender", "prompt_id"], as_index=False)["_value"].mean()
    return prompts.pivot_table(index=pair, columns="gender", values="_value").reindex(columns=["male", "female"])
