"""LangFair's own measures on one file of answers; runs in LangFair's environment and prints one line of JSON.

    langfair_worker.py ANSWERS.json MEASURE [--scores FILE]

MEASURE: cobs, stereotypical_association, sentiment, wasserstein, or lists (the words that LangFair looks for).
"""

import argparse
import json
import sys
import time
import types
from importlib.metadata import version
from pathlib import Path

# They load models that a hub would have to give, for measures that are not run here; nothing else of them is used.
for name, needed in (("sentence_transformers", "SentenceTransformer"), ("transformers", "pipeline")):
    module = types.ModuleType(name)
    setattr(module, needed, None)
    sys.modules[name] = module

from langfair.constants.word_lists import ADJECTIVE_LIST, GENDER_TO_WORD_LISTS  # noqa: E402
from langfair.metrics.counterfactual.metrics import SentimentBias  # noqa: E402
from langfair.metrics.stereotype.metrics import CooccurrenceBiasMetric, StereotypicalAssociations  # noqa: E402
from langfair.metrics.stereotype.metrics.cooccurrence import stop_words  # noqa: E402


def value_of(measure: str, answers: list[dict[str, str]], scores: list[float]) -> object:
    texts = [answer["text"] for answer in answers]
    sides = {gender: [a["text"] for a in answers if a["gender"] == gender] for gender in ("male", "female")}
    if measure == "lists":
        return {
            "feminine": GENDER_TO_WORD_LISTS["female"],
            "masculine": GENDER_TO_WORD_LISTS["male"],
            "target_words": ADJECTIVE_LIST,
            "stop_words": sorted(stop_words),
        }
    if measure == "cobs":
        return CooccurrenceBiasMetric().evaluate(texts, show_progress_bars=False)
    if measure == "stereotypical_association":
        return StereotypicalAssociations().evaluate(texts, show_progress_bars=False)
    if measure == "sentiment":
        return SentimentBias().evaluate(sides["male"], sides["female"], show_progress_bars=False)
    # The distance alone, of scores that lie ready: what is left of it when sentiment is somebody else's.
    given = {gender: [s for s, a in zip(scores, answers, strict=True) if a["gender"] == gender] for gender in sides}
    return SentimentBias._wasserstein_1_dist(given["male"], given["female"])


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("answers", type=Path)
    parser.add_argument("measure")
    parser.add_argument("--scores", type=Path, help="VADER's score of each answer: read, or written if not there")
    options = parser.parse_args()
    answers = json.loads(options.answers.read_text(encoding="utf-8"))
    scores = []
    if options.scores:
        if not options.scores.exists():
            vader = SentimentBias().classifier_instance
            scores = [vader.polarity_scores(answer["text"])["neg"] for answer in answers]
            options.scores.write_text(json.dumps(scores), encoding="utf-8")
        scores = json.loads(options.scores.read_text(encoding="utf-8"))
    start = time.process_time()
    value = value_of(options.measure, answers, scores)
    cpu_s = time.process_time() - start
    as_json = value if isinstance(value, dict) or value is None else float(value)
    versions = {"langfair": version("langfair"), "nltk": version("nltk"), "vaderSentiment": version("vaderSentiment")}
    print(json.dumps({"value": as_json, "cpu_s": cpu_s, "versions": versions}))


if __name__ == "__main__":
    main()
