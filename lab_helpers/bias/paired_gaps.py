"""Two classifiers judged on the same texts: did the gap in true-positive rate change, and the accuracy?"""

from __future__ import annotations

from dataclasses import dataclass
from math import nan

import numpy as np
import pandas as pd

from lab_helpers.bias.intervals import CONFIDENCE, Interval

N_RESAMPLES = 4_000


@dataclass(frozen=True)
class PairedChange:
    """after - before, on the same texts: of the gap's size and of the accuracy, with intervals and a p-value."""

    gap: float
    gap_interval: Interval
    gap_p: float
    accuracy: float
    accuracy_interval: Interval


def paired_change(
    test: pd.DataFrame,
    before: pd.Series,
    after: pd.Series,
    asked: list[str],
    *,
    confidence: float = CONFIDENCE,
    seed: int = 0,
) -> PairedChange:
    """What changed from the predictions `before` to `after`, both of the rows of `test`.

    test: columns `label` and `gender` ("female", "male"); every label of `asked` has texts of both. The gap's size is
    the root mean square over `asked` of TPR of women - TPR of men, for one label its absolute value.
    Paired bootstrap: the texts of a label and gender are drawn anew together with both predictions, so that what is
    hard for both classifiers cancels out; percentile intervals, and twice the smaller tail as the p-value of "no
    change" (Efron & Tibshirani 1993, chapters 13 and 16). Noise makes a small gap look larger than it is, and more so
    after a mitigation than before: an improvement is rather under- than overstated.
    """
    outcomes = _outcomes(test, before, after)
    sizes = outcomes.to_numpy().sum(axis=1)
    shares = outcomes.to_numpy() / sizes[:, None]
    random = np.random.default_rng(seed)
    drawn = np.stack(
        [random.multinomial(n, share, N_RESAMPLES) for n, share in zip(sizes, shares, strict=True)], axis=1
    )
    cells = list(outcomes.index)
    women, men = ([cells.index((label, gender)) for label in asked] for gender in ("female", "male"))
    observed, changes = (_changes(table, sizes, women, men) for table in (outcomes.to_numpy()[None], drawn))
    gap_interval, accuracy_interval = (_percentiles(values, confidence) for values in changes)
    return PairedChange(
        gap=float(observed[0][0]),
        gap_interval=gap_interval,
        gap_p=_bootstrap_p(changes[0]),
        accuracy=float(observed[1][0]),
        accuracy_interval=accuracy_interval,
    )


def accuracy_unskewed(test: pd.DataFrame, predicted: pd.Series) -> float:
    """The accuracy on `test` if label and gender were independent: its texts weighed as `reweigh` does.

    NaN if a label has no text of one gender.
    """
    hits = test["label"].to_numpy() == predicted.to_numpy()
    rates = pd.Series(hits, index=test.index).groupby([test["label"], test["gender"]]).mean().unstack()
    labels, genders = (test[column].value_counts(normalize=True) for column in ("label", "gender"))
    if rates.isna().to_numpy().any():
        return nan
    return float(labels.reindex(rates.index) @ rates.to_numpy() @ genders.reindex(rates.columns))


def _outcomes(test: pd.DataFrame, before: pd.Series, after: pd.Series) -> pd.DataFrame:
    label = test["label"].to_numpy()
    hits = 2 * (label == before.to_numpy()).astype(int) + (label == after.to_numpy()).astype(int)
    counted = pd.crosstab([label, test["gender"].to_numpy()], hits)
    return counted.reindex(columns=range(4), fill_value=0)


def _changes(
    outcomes: np.ndarray, sizes: np.ndarray, women: list[int], men: list[int]
) -> tuple[np.ndarray, np.ndarray]:
    # The columns of an outcome: neither is right, after alone, before alone, both.
    before, after = outcomes[..., 2] + outcomes[..., 3], outcomes[..., 1] + outcomes[..., 3]
    gap_before, gap_after = (_rms((hits / sizes)[:, women] - (hits / sizes)[:, men]) for hits in (before, after))
    return gap_after - gap_before, (after - before).sum(axis=1) / sizes.sum()


def _rms(gaps: np.ndarray) -> np.ndarray:
    return np.sqrt(np.mean(gaps**2, axis=1))


def _percentiles(values: np.ndarray, confidence: float) -> Interval:
    low, high = np.quantile(values, [(1 - confidence) / 2, (1 + confidence) / 2])
    return float(low), float(high)


def _bootstrap_p(changes: np.ndarray) -> float:
    smaller = min(int(np.sum(changes <= 0)), int(np.sum(changes >= 0)))
    return min(1.0, 2 * (1 + smaller) / (1 + len(changes)))
