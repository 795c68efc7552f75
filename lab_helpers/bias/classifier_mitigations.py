"""One classifier, mitigated in every way this room knows: what each does to the gap, and what to the accuracy."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import product
from math import nan
from typing import Any

import numpy as np
import pandas as pd

from lab_helpers.bias.classifier import fit_classifier, mask_occupations, tpr_gap
from lab_helpers.bias.columns import ASKED, require_columns
from lab_helpers.bias.counterfactuals import counterfactual_augment, require_texts, scrub_gender
from lab_helpers.bias.intervals import CONFIDENCE, holm
from lab_helpers.bias.mitigation import downsample_balanced, resample_balanced, reweigh
from lab_helpers.bias.paired_gaps import PairedChange, accuracy_unskewed, paired_change
from lab_helpers.bias.thresholds import equalize_opportunity, new_threshold_optimizer
from lab_helpers.errors import DataError
from lab_helpers.i18n import _

BASELINE = "baseline"
COLUMNS = (
    "method",
    "measure",
    "scope",
    "n_train",
    "n_test",
    "accuracy",
    "accuracy_change",
    "accuracy_change_low",
    "accuracy_change_high",
    "accuracy_unskewed",
    "estimate",
    "ci_low",
    "ci_high",
    "verdict",
    "change",
    "change_low",
    "change_high",
    "p_adj",
    "change_verdict",
)
_FOLDS = 5
_OTHER = "another"


@dataclass(frozen=True)
class Judgement:
    """What one way of training and deciding made of the test texts: `predicted`, a label for each."""

    method: str
    n_train: int
    predicted: pd.Series


def compare_mitigations(biographies: pd.DataFrame, *, positive: str = "nurse", seed: int = 0) -> pd.DataFrame:
    """Train the same classifier in six ways, and decide about one occupation in two; judge all on the same test texts.

    biographies: columns `text`, `occupation`, `gender` in {"female", "male"}, `split` in {"train", "test"}, as
    `synthetic_biographies` makes them; each occupation with both genders in both splits. One row per method:
    - scope "all" (measure "tpr_gap_rms", five occupations told apart): "baseline"; "scrub" (gendered words masked, in
      the test too); "augment" (each training text a second time about the other gender); "reweigh" (Kamiran & Calders
      2012); "resample up" and "resample down" to equal combinations of occupation and gender.
    - scope `positive` (measure "tpr_gap", this occupation or another): "baseline"; "thresholds", fitted on the scores
      of training texts by classifiers that had not seen them (see `equalize_opportunity`).
    Columns: `estimate`, `ci_low`, `ci_high` and `verdict` are those of `tpr_gap` and speak of the gap that is left.
    `change` is its size minus the baseline's, with a paired bootstrap interval; `p_adj` and `change_verdict`
    ("narrower", "wider", "inconclusive", "exploratory") speak of the change, Holm over the methods of one scope.
    `accuracy` is measured on test texts with the skew of the training texts: who guesses from the gender is right more
    often there, so it rewards the bias, and some of what a mitigation costs (`accuracy_change`) is that reward.
    `accuracy_unskewed` is what remains of it where occupation and gender are independent.
    A second's fit for each method; the same input gives the same table.
    Raises DataError for a table of another kind, a text, gender or split that is missing or unknown, or an occupation
    without texts of both genders in both splits; NotInstalled without scikit-learn or fairlearn.
    """
    train, test = _splits(biographies, positive)
    new_threshold_optimizer()  # What is not installed is said before the work, not after it.
    several, one = _judged(train, test, positive, seed)
    labels = sorted(set(test["occupation"]))
    rows = _rows(several, test.assign(label=test["occupation"]), labels, seed)
    rows += _rows(one, test.assign(label=_against_rest(test, positive)), [positive], seed)
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _judged(
    train: pd.DataFrame, test: pd.DataFrame, positive: str, seed: int
) -> tuple[list[Judgement], list[Judgement]]:
    from threadpoolctl import threadpool_limits
    from tqdm.auto import tqdm

    hidden = bool(os.environ.get("TQDM_DISABLE"))
    # So small a model is fitted faster by one thread than by many that wait for each other.
    with (
        threadpool_limits(1),
        tqdm(total=len(_TRAININGS) + 2, desc=_("Classifiers"), delay=1, leave=False, disable=hidden) as progress,
    ):
        several: list[Judgement] = []
        for method in _TRAININGS:
            several.append(_trained(method, train, test, seed))
            progress.update()
        one = _of_one(positive, train, test, seed)
        progress.update(2)
    return several, one


def _original(train: pd.DataFrame, _seed: int) -> pd.DataFrame:
    return train


def _scrubbed(train: pd.DataFrame, _seed: int = 0) -> pd.DataFrame:
    return train.assign(text=scrub_gender(train["text"]))


def _with_twins(train: pd.DataFrame, _seed: int) -> pd.DataFrame:
    return pd.concat([train, train.assign(text=train["text"].map(counterfactual_augment))])


def _reweighed(train: pd.DataFrame, _seed: int) -> pd.DataFrame:
    return train.assign(weight=reweigh(train["occupation"], train["gender"]))


def _drawn_up(train: pd.DataFrame, seed: int) -> pd.DataFrame:
    return resample_balanced(train, "occupation", "gender", seed=seed)


def _cut_down(train: pd.DataFrame, seed: int) -> pd.DataFrame:
    return downsample_balanced(train, "occupation", "gender", seed=seed)


_TRAININGS: dict[str, Callable[[pd.DataFrame, int], pd.DataFrame]] = {
    BASELINE: _original,
    "scrub": _scrubbed,
    "augment": _with_twins,
    "reweigh": _reweighed,
    "resample up": _drawn_up,
    "resample down": _cut_down,
}


def _trained(method: str, train: pd.DataFrame, test: pd.DataFrame, seed: int) -> Judgement:
    learned = _TRAININGS[method](train, seed)
    model = fit_classifier(learned["text"], learned["occupation"], learned.get("weight"))
    read = _scrubbed(test) if method == "scrub" else test
    return Judgement(method, len(learned), pd.Series(model.predict(list(read["text"])), index=test.index))


def _of_one(positive: str, train: pd.DataFrame, test: pd.DataFrame, seed: int) -> list[Judgement]:
    from sklearn.model_selection import StratifiedKFold, cross_val_predict

    labels = _against_rest(train, positive)
    model = fit_classifier(train["text"], labels)
    column = list(model.classes_).index(positive)
    folds = StratifiedKFold(_FOLDS, shuffle=True, random_state=seed)
    learned = cross_val_predict(model, list(train["text"]), labels, cv=folds, method="predict_proba")
    given = model.predict_proba(list(test["text"]))
    unseen, new = (
        pd.DataFrame({"score": np.asarray(shares)[:, column], "gender": table["gender"]})
        for shares, table in ((learned, train), (given, test))
    )
    equal = equalize_opportunity(unseen.assign(label=labels == positive), new, seed=seed)
    decided = {BASELINE: new["score"] > 0.5, "thresholds": equal}
    return [Judgement(method, len(train), yes.map({True: positive, False: _OTHER})) for method, yes in decided.items()]


def _against_rest(table: pd.DataFrame, positive: str) -> pd.Series:
    return table["occupation"].where(table["occupation"] == positive, _OTHER)


def _rows(judgements: Sequence[Judgement], test: pd.DataFrame, asked: list[str], seed: int) -> list[dict[str, Any]]:
    before, *mitigated = judgements
    changes = [paired_change(test, before.predicted, after.predicted, asked, seed=seed) for after in mitigated]
    adjusted = holm(change.gap_p for change in changes)
    measured = [_measured(judgement, test, asked, seed) for judgement in judgements]
    changed = [_no_change(), *map(_changed, changes, adjusted)]
    rows = [{**row, **change} for row, change in zip(measured, changed, strict=True)]
    return [_too_few(row) if row["verdict"] == "exploratory" else row for row in rows]


def _measured(judgement: Judgement, test: pd.DataFrame, asked: list[str], seed: int) -> dict[str, Any]:
    compared = test["label"].isin(asked)
    gaps = tpr_gap(
        test.loc[compared, "label"],
        judgement.predicted[compared],
        test.loc[compared, "gender"].map(ASKED),
        seed=seed,
    )
    gap = gaps.iloc[-1 if len(asked) > 1 else 0]
    return {
        "method": judgement.method,
        **{column: gap[column] for column in ("measure", "scope", "estimate", "ci_low", "ci_high", "verdict")},
        "n_train": judgement.n_train,
        "n_test": len(test),
        "accuracy": float((judgement.predicted == test["label"]).mean()),
        "accuracy_unskewed": accuracy_unskewed(test, judgement.predicted),
    }


def _no_change() -> dict[str, Any]:
    kinds = ("change", "accuracy_change")
    nothing = {f"{kind}{end}": nan for kind in kinds for end in ("", "_low", "_high")}
    return {**nothing, "p_adj": nan, "change_verdict": BASELINE}


def _changed(change: PairedChange, p_adj: float) -> dict[str, Any]:
    verdict = "inconclusive" if p_adj >= 1 - CONFIDENCE else "narrower" if change.gap < 0 else "wider"
    (low, high), (accuracy_low, accuracy_high) = change.gap_interval, change.accuracy_interval
    return {
        "change": change.gap,
        "change_low": low,
        "change_high": high,
        "accuracy_change": change.accuracy,
        "accuracy_change_low": accuracy_low,
        "accuracy_change_high": accuracy_high,
        "p_adj": p_adj,
        "change_verdict": verdict,
    }


def _too_few(row: dict[str, Any]) -> dict[str, Any]:
    verdict = row["change_verdict"] if row["change_verdict"] == BASELINE else "exploratory"
    return {**row, "p_adj": nan, "change_verdict": verdict}


def _splits(biographies: pd.DataFrame, positive: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    require_columns(biographies, ["text", "occupation", "gender", "split"])
    texts = require_texts(biographies["text"])
    _require_values(biographies, "gender", ("female", "male"))
    _require_values(biographies, "split", ("train", "test"))
    _require_occupations(biographies, positive)
    masked = biographies.assign(text=mask_occupations(texts, biographies["occupation"])).reset_index(drop=True)
    train, test = (masked[masked["split"] == split].reset_index(drop=True) for split in ("train", "test"))
    return train, test


def _require_values(table: pd.DataFrame, column: str, known: Sequence[str]) -> None:
    found = sorted({str(value) for value in table[column].unique()})
    if found != sorted(known):
        raise DataError(
            _("The column {column} must hold {known}, and holds: {found}.").format(
                column=column, known=", ".join(known), found=", ".join(found) or "-"
            ),
            _("Pass on biographies of women and men, some to train with and some to test on."),
        )


def _require_occupations(table: pd.DataFrame, positive: str) -> None:
    occupations = set(table["occupation"].dropna())
    if table["occupation"].isna().any() or positive not in occupations or len(occupations) < 2:
        raise DataError(
            _("Each text needs its occupation, {positive} or one of the others; here are: {found}.").format(
                positive=positive, found=", ".join(sorted(map(str, occupations))) or "-"
            ),
            _("Pass on biographies of two or more occupations, and one of them as positive."),
        )
    there = set(zip(table["split"], table["occupation"], table["gender"], strict=True))
    cells = product(sorted(set(table["split"])), sorted(occupations), sorted(set(table["gender"])))
    if empty := [", ".join(cell) for cell in cells if cell not in there]:
        raise DataError(
            _("There is no row at all for: {combinations}.").format(combinations="; ".join(empty)),
            _("Make more biographies, or leave the occupation out of both splits."),
        )
