"""The intervals and tests of statsmodels and scipy that the estimates stand on, in plain numbers."""

from __future__ import annotations

from collections.abc import Iterable
from math import inf, isnan, nan, sqrt
from typing import NamedTuple

import numpy as np
import pandas as pd

CONFIDENCE = 0.95
POWER = 0.8
# scipy calls the generator rng since 1.15 and takes the old name, random_state, too; before, only that one.
# 9,999 resamples put the Monte Carlo error of a p-value of 0.05 at 0.002. The seed makes a notebook's run repeatable.
_RESAMPLES = 9_999
_SEED = 20_240_411
# What resampling holds in memory at once: this many resamples of all units.
_BATCH = 500

Interval = tuple[float, float]


class Count(NamedTuple):
    """How many of `n` answers were as asked about."""

    yes: int
    n: int

    @property
    def share(self) -> float:
        """yes / n; NaN for n = 0."""
        return self.yes / self.n if self.n else nan


def count(flags: pd.Series) -> Count:
    """How many of the yes/no `flags` are 1, among those that are not missing."""
    return Count(int(flags.sum()), int(flags.notna().sum()))


def inner_confidence(confidence: float) -> float:
    """The confidence of the interval that belongs to two one-sided tests: 0.90 for 0.95."""
    return 1 - 2 * (1 - confidence)


def wilson(of: Count, confidence: float = CONFIDENCE) -> Interval:
    """The score interval of a share (Wilson 1927); NaN for n = 0."""
    from statsmodels.stats.proportion import proportion_confint

    if not of.n:
        return nan, nan
    low, high = np.asarray(proportion_confint(of.yes, of.n, alpha=1 - confidence, method="wilson"))
    return float(low), float(high)


def newcombe(after: Count, before: Count, confidence: float = CONFIDENCE) -> Interval:
    """The interval of after.share - before.share, two independent shares (Newcombe 1998, method 10)."""
    from statsmodels.stats.proportion import confint_proportions_2indep

    if not after.n or not before.n:
        return nan, nan
    low, high = confint_proportions_2indep(*after, *before, compare="diff", method="newcomb", alpha=1 - confidence)
    return float(low), float(high)


def student(differences: pd.Series, confidence: float = CONFIDENCE) -> Interval:
    """The t interval of the mean of `differences`; NaN for fewer than two."""
    from scipy.stats import t

    n = len(differences)
    if n < 2:
        return nan, nan
    half = float(t.ppf((1 + confidence) / 2, n - 1)) * float(differences.std()) / sqrt(n)
    mean = float(differences.mean())
    return mean - half, mean + half


def detectable(standard_error: float, df: float = inf, confidence: float = CONFIDENCE) -> float:
    """The smallest true gap that a two-sided test finds four times in five: (t_(1-alpha/2) + t_0.8) * standard_error.

    Bloom 1995, doi:10.1177/0193841X9501900504; normal quantiles for infinite `df`. NaN for df < 1.
    """
    from scipy.stats import norm, t

    if df < 1:
        return nan
    known = norm if df == inf else t(df)
    return float(known.ppf((1 + confidence) / 2) + known.ppf(POWER)) * standard_error


def hedges_g(differences: pd.Series) -> float:
    """The mean of `differences` in units of their standard deviation, corrected for few of them.

    Hedges' g_z = J * mean / sd, J = 1 - 3 / (4 (n - 1) - 1) (Lakens 2013, doi:10.3389/fpsyg.2013.00863).
    NaN for fewer than two, or without spread.
    """
    n = len(differences)
    if n < 2 or differences.nunique() < 2:
        return nan
    return (1 - 3 / (4 * (n - 1) - 1)) * float(differences.mean()) / float(differences.std())


def sign_flip_p(differences: pd.Series) -> float:
    """The two-sided p-value of "each difference could as well have had the other sign" (Fisher 1935).

    Exact up to 13 differences, else from 9,999 flips drawn with a fixed seed. It asks for no normal distribution.
    """
    from scipy.stats import permutation_test

    result = permutation_test(
        (differences.to_numpy(),),
        np.mean,
        permutation_type="samples",
        vectorized=True,
        n_resamples=_RESAMPLES,
        batch=_BATCH,
        random_state=np.random.default_rng(_SEED),  # pyright: ignore[reportCallIssue]
    )
    return float(result.pvalue)


def bootstrapped(differences: pd.Series, confidence: float = CONFIDENCE) -> Interval:
    """The bias-corrected and accelerated bootstrap interval of the mean (Efron 1987); NaN without spread."""
    from scipy.stats import bootstrap

    if differences.nunique() < 2:
        return nan, nan
    low, high = bootstrap(
        (differences.to_numpy(),),
        np.mean,
        vectorized=True,
        confidence_level=confidence,
        n_resamples=_RESAMPLES,
        batch=_BATCH,
        method="BCa",
        random_state=np.random.default_rng(_SEED),  # pyright: ignore[reportCallIssue]
    ).confidence_interval
    return float(low), float(high)


def binomial_p(of: Count, expected: float) -> float:
    """The exact two-sided p-value of "the share is `expected`"."""
    from scipy.stats import binomtest

    return float(binomtest(of.yes, of.n, expected).pvalue)


def fisher_p(after: Count, before: Count) -> float:
    """Fisher's exact two-sided p-value of "the two shares are the same"."""
    from scipy.stats import fisher_exact

    _odds, p_value = np.asarray(fisher_exact([[yes, n - yes] for yes, n in (after, before)]))
    return float(p_value)


def student_p(differences: pd.Series) -> float:
    """The two-sided p-value of "the mean difference is 0"; NaN where they are all alike and have no spread."""
    from scipy.stats import ttest_1samp

    if differences.nunique() < 2:
        return nan
    _statistic, p_value = np.asarray(ttest_1samp(differences, 0.0))
    return float(p_value)


def holm(p_values: Iterable[float]) -> list[float]:
    """`p_values` adjusted for their number (Holm 1979); those that are NaN are no tests and stay so."""
    return _adjusted(p_values, "holm")


def benjamini_hochberg(p_values: Iterable[float]) -> list[float]:
    """`p_values` adjusted so that a given share of those found is false (Benjamini & Hochberg 1995); NaN stays."""
    return _adjusted(p_values, "fdr_bh")


def _adjusted(p_values: Iterable[float], method: str) -> list[float]:
    from statsmodels.stats.multitest import multipletests

    values = list(p_values)
    tested = [p for p in values if not isnan(p)]
    adjusted = iter(np.asarray(multipletests(tested, method=method)[1]) if tested else [])
    return [nan if isnan(p) else float(next(adjusted)) for p in values]
