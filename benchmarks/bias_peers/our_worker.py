"""Our measures on one file of answers, with a peer's word lists; prints one line of JSON.

    our_worker.py ANSWERS.json MEASURE [--lists FILE] [--scores FILE]

MEASURE: cobs, stereotypical_association, wasserstein, described (the value alone); the first three with "+null" (the
value, and 999 shuffles of gender within each pair of prompts); gap (what `counterfactual_gap` concludes).
"""

import argparse
import json
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

# What loads at the first use belongs to the start, as the peers' imports do.
import scipy.signal
import scipy.sparse  # noqa: F401
import statsmodels.stats.multitest  # noqa: F401

from lab_helpers.bias import (
    Lexicon,
    counterfactual_gap,
    described_gender,
    load_lexicon,
    null_calibration,
    score_answers,
)
from lab_helpers.bias.calibration import wasserstein
from lab_helpers.bias.cooccurrences import cobs, cooccurrences, stereotypical_association
from lab_helpers.bias.lexicons import count_gendered

ASKED = {"female": "feminine", "male": "masculine"}


def lexicon_of(lists: dict[str, list[str]]) -> Lexicon:
    pairs = tuple(zip(lists["feminine"], lists["masculine"], strict=True))
    return Lexicon(language="en", source="LangFair", licence="Apache-2.0", validated=False, pairs=pairs)


def measure_of(
    measure: str, table: pd.DataFrame, lists: dict[str, list[str]], scores: list[float]
) -> Callable[[], object]:
    """What is to be timed: a function without arguments that gives the value."""
    name, _, null = measure.partition("+")
    texts = table["answer"].tolist()
    english = load_lexicon("en")
    if name == "gap":
        return lambda: _gap(table)
    if name == "described":
        return lambda: np.mean(
            [
                described_gender(*count_gendered(text, english)) == ASKED[gender]
                for text, gender in zip(texts, table["gender"], strict=True)
            ]
        )
    if null:
        column = "score" if name == "wasserstein" else name
        words = {"target_words": lists["target_words"], "lexicon": lexicon_of(lists)} if lists else {}
        given = table.assign(score=scores) if scores else table
        return lambda: null_calibration(given, column, **words).iloc[0].to_dict()
    if name == "wasserstein":
        is_female = (table["gender"] == "female").to_numpy()[None, :]
        return lambda: wasserstein(np.array(scores), is_female)[0]
    lexicon, score = lexicon_of(lists), {"cobs": cobs, "stereotypical_association": stereotypical_association}[name]

    def value() -> float:
        found = cooccurrences(
            texts, lexicon, lists["target_words"], decayed=name == "cobs", stop_words=lists["stop_words"]
        )
        return score(found.swapped(np.zeros((1, len(texts)), dtype=bool)))[0]

    return value


def _gap(table: pd.DataFrame) -> dict[str, object]:
    scored = score_answers(table)
    return counterfactual_gap(scored, "agentic_communal").query("occupation == 'all'").iloc[0].to_dict()


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("answers", type=Path)
    parser.add_argument("measure")
    parser.add_argument("--lists", type=Path)
    parser.add_argument("--scores", type=Path)
    options = parser.parse_args()
    table = pd.DataFrame(json.loads(options.answers.read_text(encoding="utf-8")))
    table = table.rename(columns={"text": "answer", "pair": "pair_id"})
    table = table.assign(prompt_id=table["pair_id"] + "-" + table["gender"], prompt="", system_prompt="", model="made")
    lists, scores = (
        json.loads(path.read_text(encoding="utf-8")) if path else [] for path in (options.lists, options.scores)
    )
    timed = measure_of(options.measure, table, lists, scores)
    start = time.process_time()
    value = timed()
    cpu_s = time.process_time() - start
    print(json.dumps({"value": value, "cpu_s": cpu_s}, default=float))


if __name__ == "__main__":
    main()
