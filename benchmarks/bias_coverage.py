"""How often the intervals hold the truth, how often a gap is found where there is none, and where there is one.

    uv run python benchmarks/bias_coverage.py [runs]

Simulated answers whose truth is known: a number per answer whose gap varies from prompt to prompt (coverage), and
rates of words per answer (rejections). What is tested is Student's t on `pair_means`, as in `counterfactual_gap`,
without the resampling that the latter shows beside it, which would take ten times as long.
"""

import sys

import numpy as np
import pandas as pd
from scipy.stats import norm

from lab_helpers.bias.estimates import pair_means
from lab_helpers.bias.intervals import student, student_p

# Prompts a gender x answers a prompt.
DESIGNS = ((5, 5), (5, 40), (20, 5), (80, 5))
GAP = 0.5
# Standard deviations: of the gap between prompts, of a prompt's level, of an answer.
BETWEEN_GAPS, BETWEEN_PROMPTS, WITHIN = 0.6, 1.0, 1.5
# Words of the measured kind in an answer of 80 words.
WORDS_PER_ANSWER = 2.0


def varying_gaps(n_prompts: int, n_answers: int, seed: int) -> pd.DataFrame:
    """Scored answers: each prompt has its level and its own gap, drawn around GAP."""
    random = np.random.default_rng([seed, n_prompts, n_answers])
    level = random.normal(0, BETWEEN_PROMPTS, n_prompts)
    gap = random.normal(GAP, BETWEEN_GAPS, n_prompts)
    means = {"male": level, "female": level + gap}
    return _scored(
        {gender: random.normal(mean[:, None], WITHIN, (n_prompts, n_answers)) for gender, mean in means.items()}
    )


def word_counts(n_answers: int, ratio: float, seed: int, n_prompts: int = 25) -> pd.DataFrame:
    """Scored answers, n_answers in all: counts of a kind of words, `ratio` times as frequent for women."""
    random = np.random.default_rng([seed, n_answers, round(100 * ratio)])
    rates = {"male": WORDS_PER_ANSWER, "female": WORDS_PER_ANSWER * ratio}
    size = (n_prompts, n_answers // (2 * n_prompts))
    return _scored({gender: random.poisson(rate, size).astype(float) for gender, rate in rates.items()})


def answer_level_interval(scored: pd.DataFrame) -> tuple[float, float]:
    """The interval that takes every answer for a unit of its own, as many reports do."""
    groups = scored.groupby("gender")["value"]
    difference = groups.mean()["female"] - groups.mean()["male"]
    half = norm.ppf(0.975) * np.sqrt((groups.var() / groups.size()).sum())
    return difference - half, difference + half


def paired_interval(scored: pd.DataFrame) -> tuple[float, float]:
    """The interval of `counterfactual_gap` over all prompts."""
    return student(_differences(scored))


def coverage(n_prompts: int, n_answers: int, runs: int) -> dict[str, float]:
    """The share of runs whose 95 % interval holds GAP, by how the interval is made."""
    hits = {"answer_level": 0, "paired_t": 0}
    for seed in range(runs):
        scored = varying_gaps(n_prompts, n_answers, seed)
        for name, interval in (("answer_level", answer_level_interval(scored)), ("paired_t", paired_interval(scored))):
            hits[name] += interval[0] <= GAP <= interval[1]
    return {name: hit / runs for name, hit in hits.items()}


def rejections(n_answers: int, ratio: float, runs: int) -> float:
    """The share of runs in which `counterfactual_gap` finds a gap."""
    return sum(student_p(_differences(word_counts(n_answers, ratio, seed))) < 0.05 for seed in range(runs)) / runs


def _scored(values: dict[str, np.ndarray]) -> pd.DataFrame:
    parts = [
        pd.DataFrame(
            {
                "pair_id": np.repeat([f"p{number}" for number in range(len(table))], table.shape[1]),
                "gender": gender,
                "value": table.ravel(),
            }
        )
        for gender, table in values.items()
    ]
    scored = pd.concat(parts, ignore_index=True)
    return scored.assign(prompt_id=scored["pair_id"] + "-" + scored["gender"], occupation="any", described="unmarked")


def _differences(scored: pd.DataFrame) -> pd.Series:
    means = pair_means(scored, "value")
    return means["female"] - means["male"]


def main(runs: int) -> None:
    print(f"| prompts x answers | answers | answer-level | paired t |   ({runs} runs)\n|---|---:|---:|---:|")
    for n_prompts, n_answers in DESIGNS:
        found = coverage(n_prompts, n_answers, runs)
        row = f"{found['answer_level']:.3f} | {found['paired_t']:.3f}"
        print(f"| {n_prompts} x {n_answers} | {2 * n_prompts * n_answers} | {row} |", flush=True)
    print("\n| answers | truth | gap found |\n|---:|---|---:|")
    for n_answers, ratio in ((50, 1.0), (200, 1.0), (800, 1.0), (50, 2.0), (200, 1.25), (800, 1.25)):
        print(f"| {n_answers} | {ratio:g} x | {rejections(n_answers, ratio, runs):.3f} |", flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000)
