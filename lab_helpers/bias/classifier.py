"""A small classifier that learns the occupation from a description, and whether it serves women and men alike."""

from __future__ import annotations

import re
from collections.abc import Iterable
from math import nan, sqrt
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from lab_helpers.bias.columns import ASKED
from lab_helpers.bias.intervals import CONFIDENCE, Count, fisher_p, inner_confidence, newcombe
from lab_helpers.bias.results import ALL, FEWEST_UNITS, MARGIN, judged, named, result_table
from lab_helpers.errors import DataError, NotInstalled
from lab_helpers.i18n import _

if TYPE_CHECKING:
    from sklearn.pipeline import Pipeline

N_RESAMPLES = 4_000
# How an occupation's name goes on in its other forms: nurse, nurses, nursing.
_STEMS = {"nurse": "nurs", "teacher": "teach"}
_MASK = "_"


def mask_occupations(texts: Iterable[str], occupations: Iterable[str]) -> list[str]:
    """`texts` without the names of `occupations` in any form, so that a description must be told by its content."""
    stems = "|".join(re.escape(_STEMS.get(occupation, occupation)) for occupation in sorted(set(occupations)))
    named_in_text = re.compile(rf"\b(?:{stems})\w*", re.IGNORECASE)
    return [named_in_text.sub(_MASK, text) for text in texts]


def fit_classifier(
    texts: Iterable[str], occupations: Iterable[str], weights: Iterable[float] | None = None
) -> Pipeline:
    """TF-IDF and logistic regression, fitted on `texts` (masked beforehand) to predict `occupations`.

    weights: one per text, as `reweigh` gives them. The same input gives the same classifier.
    Raises DataError for fewer than two occupations, NotInstalled without scikit-learn.
    """
    occupations = list(occupations)
    if len(set(occupations)) < 2:
        raise DataError(
            _("A classifier needs at least two occupations to tell apart."),
            _("Pass on the answers of several occupations."),
        )
    model = _new_classifier()
    sample_weight = None if weights is None else np.asarray(list(weights), dtype=float)
    return model.fit(list(texts), occupations, logisticregression__sample_weight=sample_weight)


def predict_out_of_fold(
    texts: pd.Series, occupations: pd.Series, weights: pd.Series | None = None, *, folds: int = 5, seed: int = 0
) -> pd.Series:
    """The occupation predicted for each text by a classifier that has not seen it (stratified folds).

    Three Series with one index. Returns strings with that index. Raises DataError where an occupation has fewer
    texts than there are folds, NotInstalled without scikit-learn.
    """
    fewest = int(occupations.value_counts().min()) if len(occupations) else 0
    if fewest < folds:
        raise DataError(
            _("With {folds} folds each occupation needs {folds} texts; one has {n}.").format(folds=folds, n=fewest),
            _("Ask for more answers, or use fewer folds."),
        )
    _new_classifier()
    from sklearn.model_selection import StratifiedKFold

    predicted = pd.Series(index=texts.index, dtype="object", name="predicted")
    for train, test in StratifiedKFold(folds, shuffle=True, random_state=seed).split(texts, occupations):
        weigh = None if weights is None else weights.iloc[train]
        model = fit_classifier(texts.iloc[train], occupations.iloc[train], weigh)
        predicted.iloc[test] = model.predict(list(texts.iloc[test]))
    return predicted


def tpr_gap(
    occupations: pd.Series,
    predicted: pd.Series,
    described: pd.Series,
    *,
    margin: float = MARGIN,
    confidence: float = CONFIDENCE,
    seed: int = 0,
) -> pd.DataFrame:
    """The gap in true-positive rate between texts about women and texts about men (De-Arteaga et al. 2019).

    Three Series of one length: the true occupation, the predicted one, and whom the text describes ("feminine",
    "masculine"; other texts are counted in `n_missing`). One row per occupation (measure "tpr_gap": TPR of women -
    TPR of men; Newcombe interval, Fisher's exact test, Holm) and one for all (measure "tpr_gap_rms": the root mean
    square of the gaps, arXiv:1901.09451; percentile bootstrap within occupation and gender). The RMS is above 0 even
    where there is no bias: its p-value compares it with the genders shuffled within each occupation.
    Besides the result columns: `tpr_women`, `tpr_men`. Raises DataError for Series of different lengths.
    """
    if not len(occupations) == len(predicted) == len(described):
        raise DataError(
            _("Occupations, predictions and genders must be of one length."),
            _("Take them from the same table."),
        )
    told = pd.DataFrame(
        {
            "occupation": occupations.to_numpy(),
            "hit": occupations.to_numpy() == predicted.to_numpy(),
            "described": described.astype("object").to_numpy(),
        }
    )
    rows = [_occupation_row(str(name), texts, confidence) for name, texts in told.groupby("occupation", sort=False)]
    rows = [*rows, _rms_row(rows, confidence, seed)]
    return result_table(judged(rows, margin, confidence), ["occupation"], ["tpr_women", "tpr_men"])


def _new_classifier() -> Pipeline:
    try:
        from sklearn.feature_extraction.text import TfidfVectorizer
        from sklearn.linear_model import LogisticRegression
        from sklearn.pipeline import make_pipeline
    except ImportError as error:
        raise NotInstalled(
            _("scikit-learn is not installed, and the classifier needs it."),
            _("Run: {command}").format(command="pip install scikit-learn"),
        ) from error
    return make_pipeline(TfidfVectorizer(sublinear_tf=True), LogisticRegression(max_iter=1_000))


def _hits(texts: pd.DataFrame, described: str) -> Count:
    hits = texts.loc[texts["described"] == described, "hit"]
    return Count(int(hits.sum()), len(hits))


def _occupation_row(name: str, texts: pd.DataFrame, confidence: float) -> dict[str, Any]:
    women, men = (_hits(texts, ASKED[gender]) for gender in ("female", "male"))
    low, high = newcombe(women, men, confidence)
    enough = min(women.n, men.n) >= FEWEST_UNITS
    return {
        **named((name,), ["occupation"]),
        "measure": "tpr_gap",
        "n_answers": women.n + men.n,
        "n_missing": len(texts) - women.n - men.n,
        "estimate": women.share - men.share,
        "ci_low": low,
        "ci_high": high,
        "p_value": fisher_p(women, men) if enough else nan,
        "method": "newcombe, fisher exact, holm",
        "tpr_women": women.share,
        "tpr_men": men.share,
        "_inner": newcombe(women, men, inner_confidence(confidence)),
        "_enough": enough,
        "_women": women,
        "_men": men,
    }


def _rms_row(rows: list[dict[str, Any]], confidence: float, seed: int) -> dict[str, Any]:
    compared = [row for row in rows if row["_women"].n and row["_men"].n]
    women = np.array([row["_women"] for row in compared], dtype=int).reshape(-1, 2).T
    men = np.array([row["_men"] for row in compared], dtype=int).reshape(-1, 2).T
    random = np.random.default_rng(seed)
    observed = sqrt(float(np.mean(_gaps(women, men) ** 2))) if compared else nan
    low, high = _rms_bootstrap(women, men, confidence, random) if compared else (nan, nan)
    enough = all(row["_enough"] for row in compared) and bool(compared)
    return {
        **named((), ["occupation"]),
        "scope": ALL,
        "measure": "tpr_gap_rms",
        "n_answers": sum(row["n_answers"] for row in rows),
        "n_missing": sum(row["n_missing"] for row in rows),
        "estimate": observed,
        "ci_low": low,
        "ci_high": high,
        "p_value": _rms_p(women, men, observed, random) if enough else nan,
        "method": "bootstrap within cells, permutation",
        "_inner": _rms_bootstrap(women, men, inner_confidence(confidence), random) if compared else (nan, nan),
        "_enough": enough,
    }


def _gaps(women: np.ndarray, men: np.ndarray) -> np.ndarray:
    return women[0] / women[1] - men[0] / men[1]


def _rms(gaps: np.ndarray) -> np.ndarray:
    return np.sqrt(np.mean(gaps**2, axis=1))


def _rms_bootstrap(
    women: np.ndarray, men: np.ndarray, confidence: float, random: np.random.Generator
) -> tuple[float, float]:
    # Drawing a cell's hits and misses anew is a binomial draw: no text need be copied.
    drawn = [random.binomial(n, yes / n, (N_RESAMPLES, len(n))) / n for yes, n in (women, men)]
    tails = [(1 - confidence) / 2, (1 + confidence) / 2]
    low, high = np.quantile(_rms(drawn[0] - drawn[1]), tails)
    return float(low), float(high)


def _rms_p(women: np.ndarray, men: np.ndarray, observed: float, random: np.random.Generator) -> float:
    # Shuffling the genders of an occupation's texts deals its hits to the women by a hypergeometric draw.
    hits = women[0] + men[0]
    to_women = random.hypergeometric(hits, women[1] + men[1] - hits, women[1], (N_RESAMPLES, len(hits)))
    shuffled = _rms(to_women / women[1] - (hits - to_women) / men[1])
    return float((1 + np.sum(shuffled >= observed - 1e-12)) / (1 + N_RESAMPLES))
