"""genderbench's pronoun evaluator on one file of answers; runs in its environment and prints one line of JSON.

    genderbench_worker.py ANSWERS.json

The value is the share of answers that it reads as the gender that was asked for.
"""

import json
import sys
import time
from importlib.metadata import version
from pathlib import Path
from types import SimpleNamespace

import nltk

# Its data lie there already; without a network the attempt to fetch them would fail at each start.
nltk.download = lambda *_arguments, **_options: True

from genderbench.probes.generics.character_gender_evaluator import CharacterGenderEvaluator  # noqa: E402


def main() -> None:
    answers = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    evaluator = CharacterGenderEvaluator(probe=None)
    attempts = [SimpleNamespace(answer=answer["text"]) for answer in answers]
    start = time.process_time()
    read = [evaluator.calculate_evaluation(attempt) for attempt in attempts]
    cpu_s = time.process_time() - start
    value = sum(label == answer["gender"] for label, answer in zip(read, answers, strict=True)) / len(answers)
    versions = {"genderbench": version("genderbench"), "nltk": version("nltk")}
    print(json.dumps({"value": value, "cpu_s": cpu_s, "versions": versions}))


if __name__ == "__main__":
    main()
