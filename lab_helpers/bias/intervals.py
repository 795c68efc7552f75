"""The intervals and tests of statsmodels and scipy that the estimates stand on, in plain numbers."""

from __future__ import annotations

from collections.abc import Iterable
from math import isnan, nan, sqrt
from typing import NamedTuple

import numpy as np
import pandas as pd

CONFIDENCE = 0.95

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
    from statsmodels.stats.multitest import multipletests

    values = list(p_values)
    tested = [p for p in values if not isnan(p)]
    adjusted = iter(np.asarray(multipletests(tested, method="holm")[1]) if tested else [])
    return [nan if isnan(p) else float(next(adjusted)) for p in values]
