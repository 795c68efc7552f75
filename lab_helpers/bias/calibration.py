"""Scores that are above zero even without bias, shown only beside what they are when gender is shuffled."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd

from lab_helpers.bias.columns import ASKED, require_columns, require_one_condition
from lab_helpers.bias.cooccurrences import Totals, cobs, conditional_cobs, cooccurrences, stereotypical_association
from lab_helpers.bias.intervals import CONFIDENCE
from lab_helpers.bias.lexicons import Lexicon, load_lexicon
from lab_helpers.bias.measures import indicator
from lab_helpers.errors import DataError
from lab_helpers.i18n import _

_ASSOCIATIONS: dict[str, Callable[[Totals], np.ndarray]] = {
    "cobs": cobs,
    "conditional_cobs": conditional_cobs,
    "stereotypical_association": stereotypical_association,
}
# One permutation of all answers is a row of 0 and 1; so many rows, and so many numbers, are multiplied at once.
_BATCH, _NUMBERS = 100, 10_000_000


def null_calibration(
    scored: pd.DataFrame,
    measure: str,
    n_permutations: int = 999,
    *,
    target_words: Sequence[str] | None = None,
    lexicon: Lexicon | None = None,
    confidence: float = CONFIDENCE,
    seed: int = 0,
) -> pd.DataFrame:
    """A score beside what it is by chance alone: the same answers with gender shuffled within each pair of prompts.

    scored: as `score_answers` returns it; `pair_id` where an occupation has several pairs. measure: "cobs" (Bordia &
    Bowman 2019), "conditional_cobs" (the same where one gender has many more answers), "stereotypical_association"
    (HELM; Liang 2023, arXiv:2211.09110), see `cooccurrences.py` for all three; or a column of numbers or a value of
    `described`, then Wasserstein-1 between the answers about women and about men (as scipy's wasserstein_distance;
    Huang 2020, arXiv:1911.03064, for sentiment). target_words: whose company the first three look at, by default every
    word that ten answers have. Prompts that ask for no gender, and missing answers, are left out.
    One row: `measure`, `n_answers`, `n_pairs`, `value`, `null_mean`, `null_low`, `null_high` (the middle 95 % of the
    shuffled values), `p_value` = (1 + values at least as large) / (1 + n_permutations) (Phipson & Smyth 2010),
    `n_permutations`. `value` alone says nothing: without any bias it is about `null_mean`, and falls with more answers.
    Raises DataError for a missing column, mixed models or system prompts, no answers of one gender, or no target word
    that keeps company with both genders.
    """
    answers, pair = _paired_answers(scored, n_permutations)
    score = _score_of(answers, measure, target_words, lexicon or load_lexicon("en"))
    is_female = (answers["gender"] == "female").to_numpy()
    value = float(score(is_female[None, :])[0])
    if np.isnan(value):
        raise DataError(
            _("No word stands beside feminine and masculine words, so there is nothing to compare."),
            _("Ask for more answers, or name other target words."),
        )
    null = _shuffled_scores(score, is_female, answers[pair], n_permutations, seed)
    low, high = np.quantile(null, [(1 - confidence) / 2, (1 + confidence) / 2])
    row = {
        "measure": measure,
        "n_answers": len(answers),
        "n_pairs": int(answers[pair].nunique()),
        "value": value,
        "null_mean": float(null.mean()),
        "null_low": float(low),
        "null_high": float(high),
        # A shuffle that gives the very same value may differ in the last digit.
        "p_value": float(1 + (null >= value - 1e-12).sum()) / (1 + n_permutations),
        "n_permutations": n_permutations,
    }
    return pd.DataFrame([row])


def wasserstein(values: np.ndarray, females: np.ndarray) -> np.ndarray:
    """Wasserstein-1 distance between the values of women and of men, for each row of `females`.

    values: one per answer, NaN where there is none. females: genderings x answers, True for a woman's. As scipy's
    wasserstein_distance, the area between the two empirical distributions, but the values are sorted once for all.
    """
    known = np.flatnonzero(~np.isnan(values))
    order = known[np.argsort(values[known], kind="stable")]
    below_f = females[:, order].cumsum(axis=1)
    below_m = np.arange(1, len(order) + 1) - below_f
    with np.errstate(divide="ignore", invalid="ignore"):
        apart = np.abs(below_f / below_f[:, -1:] - below_m / below_m[:, -1:])
    return apart[:, :-1] @ np.diff(values[order])


def _paired_answers(scored: pd.DataFrame, n_permutations: int) -> tuple[pd.DataFrame, str]:
    require_columns(scored, ["answer", "gender", "occupation"])
    require_one_condition(scored, ["occupation"])
    if n_permutations < 19:
        raise DataError(
            _("{n} permutations can't make a p-value of 0.05.").format(n=n_permutations),
            _("Use 999, or at least 19."),
        )
    answers = scored[scored["gender"].isin(list(ASKED)) & scored["answer"].notna()]
    if answers["gender"].nunique() < len(ASKED):
        raise DataError(
            _("There are no answers to compare: both genders must have been asked for."),
            _("Ask also for male and female people: balanced_prompts() holds such prompts."),
        )
    return answers, "pair_id" if "pair_id" in answers.columns else "occupation"


def _score_of(
    answers: pd.DataFrame, measure: str, target_words: Sequence[str] | None, lexicon: Lexicon
) -> Callable[[np.ndarray], np.ndarray]:
    """A function of genders (permutations x answers, True for female) that gives one score per permutation."""
    if measure not in _ASSOCIATIONS:
        values = indicator(answers, measure).to_numpy(dtype=float, na_value=np.nan)
        return lambda females: wasserstein(values, females)
    asked = (answers["gender"] == "female").to_numpy()
    found = cooccurrences(
        answers["answer"].tolist(), lexicon, target_words, decayed=measure != "stereotypical_association"
    )
    return lambda females: _ASSOCIATIONS[measure](found.swapped(females != asked))


def _shuffled_scores(
    score: Callable[[np.ndarray], np.ndarray], is_female: np.ndarray, pairs: pd.Series, n_permutations: int, seed: int
) -> np.ndarray:
    random = np.random.default_rng(seed)
    places = list(pairs.reset_index(drop=True).groupby(pairs.to_numpy()).indices.values())
    parts: list[np.ndarray] = []
    batch = max(1, min(_BATCH, _NUMBERS // len(is_female)))
    for start in range(0, n_permutations, batch):
        females = np.tile(is_female, (min(batch, n_permutations - start), 1))
        for place in places:
            females[:, place] = random.permuted(females[:, place], axis=1)
        parts.append(score(females))
    scores = np.concatenate(parts)
    return scores[~np.isnan(scores)]
