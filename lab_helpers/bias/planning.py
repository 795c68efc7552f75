"""How many answers it takes to find a gap, before any is asked for."""

from __future__ import annotations

from math import ceil, floor, isfinite, nan

import pandas as pd

from lab_helpers.bias.intervals import CONFIDENCE, POWER
from lab_helpers.errors import DataError
from lab_helpers.i18n import _


def plan_sample_size(
    gap: float,
    n_prompts: int,
    icc: float = 0.0,
    *,
    share: float | None = None,
    sd: float | None = None,
    n_tests: int = 1,
    power: float = POWER,
    confidence: float = CONFIDENCE,
) -> pd.DataFrame:
    """How many answers to each prompt find a difference of `gap` between two genders in `power` of the runs.

    gap: the difference to be found. For a yes/no measure it is one of shares, and `share` is the share it starts
    from; for a number per answer it is in the measure's unit, and `sd` the standard deviation of answers. Give one of
    the two. n_prompts: prompts per gender. icc: the share of an answer's variance that lies between prompts (after
    pairing: in the gap between twin prompts), 0 for answers to a single prompt about which alone one wants to speak.
    n_tests: how many gaps will be tested together (Bonferroni).
    One row: `gap`, `n_prompts`, `icc`, `n_independent` (answers per gender if all were independent: Cohen's h and
    the normal test of statsmodels' NormalIndPower), `fewest_prompts` (below it no number of answers is enough),
    `answers_per_prompt` and `n_answers` (both genders; <NA> below fewest_prompts), `design_effect`, `power` (reached).
    Answers to one prompt are worth less: n_prompts * m answers weigh as n_prompts * m / (1 + (m - 1) icc), the
    clustered standard error of Miller 2024 (arXiv:2411.00640, section 2.2) for clusters of equal size.
    Raises DataError for a gap of 0 or out of range, an icc not in [0, 1), or not exactly one of share and sd.
    """
    effect = _effect(gap, share, sd)
    _require_plan(n_prompts, icc, n_tests)
    alpha = (1 - confidence) / n_tests
    n_independent = _independent_answers(effect, alpha, power)
    # m / (1 + (m - 1) icc) grows with m, but never beyond 1 / icc.
    fewest_prompts = floor(n_independent * icc) + 1
    enough = n_prompts >= fewest_prompts
    m = max(1, ceil(round(n_independent * (1 - icc) / (n_prompts - n_independent * icc), 9))) if enough else None
    design_effect = 1 + (m - 1) * icc if m else nan
    row = {
        "gap": gap,
        "n_prompts": n_prompts,
        "icc": icc,
        "n_independent": ceil(n_independent),
        "fewest_prompts": fewest_prompts,
        "answers_per_prompt": m,
        "n_answers": 2 * n_prompts * m if m else None,
        "design_effect": design_effect,
        "power": _power(effect, n_prompts * m / design_effect, alpha) if m else nan,
    }
    return pd.DataFrame([row]).astype({"answers_per_prompt": "Int64", "n_answers": "Int64"})


def _effect(gap: float, share: float | None, sd: float | None) -> float:
    from statsmodels.stats.proportion import proportion_effectsize

    if (share is None) == (sd is None):
        raise DataError(
            _("A plan needs either the share that the gap starts from, or the standard deviation of the measure."),
            _("For shares write share=0.5, for a number per answer sd=2.1, as a first small run gave it."),
        )
    if share is not None and 0 <= share <= 1 and 0 <= share + gap <= 1 and gap:
        return abs(float(proportion_effectsize(share + gap, share)))
    if sd is not None and sd > 0 and gap and isfinite(gap / sd):
        return abs(gap) / sd
    raise DataError(
        _("No sample finds a gap of {gap} here.").format(gap=gap),
        _("The gap must not be 0, shares must stay between 0 and 1, and a standard deviation is above 0."),
    )


def _require_plan(n_prompts: int, icc: float, n_tests: int) -> None:
    if n_prompts < 1 or n_tests < 1 or not 0 <= icc < 1:
        raise DataError(
            _("There is no plan for {n_prompts} prompts, {n_tests} tests and an icc of {icc}.").format(
                n_prompts=n_prompts, n_tests=n_tests, icc=icc
            ),
            _("Use at least one prompt and one test, and an icc from 0 to below 1; 0.2 is a fair first guess."),
        )


def _independent_answers(effect: float, alpha: float, power: float) -> float:
    from statsmodels.stats.power import NormalIndPower

    return float(NormalIndPower().solve_power(effect_size=effect, alpha=alpha, power=power))


def _power(effect: float, n_effective: float, alpha: float) -> float:
    from statsmodels.stats.power import NormalIndPower

    return float(NormalIndPower().power(effect, n_effective, alpha))
