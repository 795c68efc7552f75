"""Equal opportunity after training: for each gender a threshold of its own on the scores of one classifier."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from lab_helpers.bias.columns import require_columns
from lab_helpers.errors import DataError, NotInstalled
from lab_helpers.i18n import _

if TYPE_CHECKING:
    from fairlearn.postprocessing import ThresholdOptimizer


def equalize_opportunity(judged: pd.DataFrame, new: pd.DataFrame, *, seed: int = 0) -> pd.Series:
    """Yes or no for each row of `new`, by thresholds that give every gender of `judged` the same true-positive rate.

    judged: columns `score` (of a classifier that has not seen the row), `label` (the true answer), `gender`.
    new: columns `score`, `gender`. Returns booleans with the index of `new`. Between two thresholds fairlearn's
    ThresholdOptimizer tosses a coin, with `seed` (Hardt et al. 2016, arXiv:1610.02413). Of the thresholds with equal
    rates it takes those of the highest balanced accuracy: judged by plain accuracy, where few rows are positive,
    equality is reached by refusing everyone.
    The classifier stays as it is, but whom a row describes must be known and used at each decision; where the law
    forbids decisions by gender, this is one.
    Raises DataError for a missing column or value, a gender with one kind of label only, or a gender in `new` that
    `judged` does not have; NotInstalled without fairlearn.
    """
    require_columns(judged, ["score", "label", "gender"])
    require_columns(new, ["score", "gender"])
    _require_judgeable(judged, new)
    optimizer = new_threshold_optimizer()
    optimizer.fit(_scores(judged), judged["label"].astype(int), sensitive_features=judged["gender"])
    if new.empty:
        return pd.Series(index=new.index, dtype=bool, name="predicted")
    decided = optimizer.predict(_scores(new), sensitive_features=new["gender"], random_state=seed)
    return pd.Series(np.asarray(decided).astype(bool), index=new.index, name="predicted")


def new_threshold_optimizer() -> ThresholdOptimizer:
    """An optimizer for scores that are there already. Raises NotInstalled without fairlearn."""
    try:
        from fairlearn.postprocessing import ThresholdOptimizer
        from sklearn.base import BaseEstimator
    except ImportError as error:
        raise NotInstalled(
            _("fairlearn is not installed, and the thresholds need it."),
            _("Run: {command}").format(command="pip install fairlearn"),
        ) from error

    class Scores(BaseEstimator):
        # fairlearn takes no sparse text, only what a classifier made of it: the prediction is the input.
        def fit(self, _features: np.ndarray, _labels: np.ndarray) -> Scores:
            return self

        def predict(self, features: np.ndarray) -> np.ndarray:
            return np.asarray(features)[:, 0]

        def __sklearn_is_fitted__(self) -> bool:
            return True

    return ThresholdOptimizer(
        estimator=Scores(),
        constraints="true_positive_rate_parity",
        objective="balanced_accuracy_score",
        prefit=True,
        predict_method="predict",
    )


def _scores(table: pd.DataFrame) -> np.ndarray:
    return table["score"].to_numpy(dtype=float).reshape(-1, 1)


def _require_judgeable(judged: pd.DataFrame, new: pd.DataFrame) -> None:
    needed = (judged[["score", "label", "gender"]], new[["score", "gender"]])
    if missing := sum(int(table.isna().any(axis=1).sum()) for table in needed):
        raise DataError(
            _("{n} rows lack a score, a label or a gender.").format(n=missing),
            _("Leave out the rows that lack one of them, and count them."),
        )
    if not judged["label"].isin([0, 1]).all():
        raise DataError(
            _("The column {column} holds more than yes and no.").format(column="label"),
            _("Ask about one label: {example}").format(example="table['occupation'] == 'nurse'"),
        )
    labels = judged.groupby("gender")["label"].nunique()
    genders = set(judged["gender"]) | set(new["gender"])
    lacking = sorted(str(gender) for gender in genders if labels.get(gender, 0) < 2)
    if lacking or not genders:
        raise DataError(
            _("A threshold needs rows of both labels, yes and no, for: {genders}.").format(
                genders=", ".join(lacking) or "-"
            ),
            _("Get more rows that were judged, of both labels and each gender."),
        )
