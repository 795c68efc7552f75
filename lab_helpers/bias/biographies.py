"""Invented biographies with a planted bias: what a classifier can be trained on without anyone's life in it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from random import Random

import pandas as pd

from lab_helpers.bias.prompts import OCCUPATIONS
from lab_helpers.errors import DataError
from lab_helpers.i18n import _

PHRASES = Path(__file__).parent / "biographies" / "en.json"
SPLITS = ("train", "test")

Chance = Callable[[], float]


@dataclass(frozen=True)
class Phrases:
    """What a biography is made of, read from PHRASES.

    women: percentage of women by occupation. communal: percentage of communal wording by gender. words: what a slot
    such as {they} says, by gender. sentences: the patterns of each kind of sentence. fillers: the plain slots' phrases.
    traits, habits: by leaning. places: by occupation. tasks: by kind ("own", "shared", "everyday") and occupation.
    percent: how often a task is its occupation's own or shared with another one, and how often a sentence is there.
    """

    women: Mapping[str, int]
    communal: Mapping[str, int]
    words: Mapping[str, Mapping[str, str]]
    sentences: Mapping[str, Sequence[str]]
    years: Sequence[str]
    traits: Mapping[str, Sequence[str]]
    habits: Mapping[str, Sequence[str]]
    places: Mapping[str, Sequence[str]]
    tasks: Mapping[tuple[str, str], Sequence[str]]
    percent: Mapping[str, int]


def synthetic_biographies(n_per_split: int = 6_000, seed: int = 0) -> pd.DataFrame:
    """Invented biographies of four or five English sentences for a classifier to learn from, and others to test it on.

    Columns: biography_id, text, occupation (one of OCCUPATIONS), gender in {"female", "male"}, split in {"train",
    "test"}; `n_per_split` rows of each split. No real person is described, and no text names its occupation.
    Three biases are planted, at the rates written in biographies/en.json: nurses are mostly women and engineers mostly
    men; women are described with communal words more often than men; and occupations share tasks, so that a
    classifier in doubt can use the gender to guess. The shares of women are met exactly, but for rounding.
    The same seed gives the same texts with every version of Python. Raises DataError for n_per_split < 1.
    """
    if n_per_split < 1:
        raise DataError(
            _("{n} biographies a split are too few to make.").format(n=n_per_split),
            _("Ask for some thousands; 1,000 are enough for a first look."),
        )
    phrases, chance = load_phrases(), Random(seed).random
    rows = [
        (f"{split}-{number:05d}", *_biography(number, phrases, chance), split)
        for split in SPLITS
        for number in range(n_per_split)
    ]
    return pd.DataFrame(rows, columns=["biography_id", "text", "occupation", "gender", "split"])


@lru_cache
def load_phrases() -> Phrases:
    """The phrases and planted rates of PHRASES."""
    data = json.loads(PHRASES.read_text(encoding="utf-8"))
    planted = data["planted"]
    tasks: dict[tuple[str, str], list[str]] = {}
    for task in data["tasks"]:
        kind = {1: "own", len(OCCUPATIONS): "everyday"}.get(len(task["occupations"]), "shared")
        for occupation in task["occupations"]:
            tasks.setdefault((kind, occupation), []).append(task["text"])
    places = {name: [p["text"] for p in data["places"] if name in p["occupations"]] for name in OCCUPATIONS}
    kinds = ("openings", "workdays", "further_tasks", "characters", "private_lives")
    return Phrases(
        women=planted["percent_women"],
        communal=planted["percent_communal"],
        words=data["pronouns"],
        sentences={kind: data[kind] for kind in kinds},
        years=data["years"],
        traits=data["traits"],
        habits=data["habits"],
        places=places,
        tasks=tasks,
        percent={name: rate for name, rate in planted.items() if isinstance(rate, int)},
    )


def _biography(number: int, phrases: Phrases, chance: Chance) -> tuple[str, str, str]:
    turn, place = divmod(number, len(OCCUPATIONS))
    occupation = OCCUPATIONS[place]
    gender = _gender(turn, phrases.women[occupation])
    kinds = _sentences(phrases, chance)
    slots = {**phrases.words[gender], **_details(occupation, gender, phrases, chance)}
    sentences = [_pick(phrases.sentences[kind], chance).format_map(slots) for kind in kinds]
    return " ".join(sentence[0].upper() + sentence[1:] for sentence in sentences), occupation, gender


def _gender(turn: int, percent_women: int) -> str:
    # Quotas instead of chance: also a small sample has every combination, and the planted share to the person.
    return "female" if (percent_women * (turn + 1) + 50) // 100 > (percent_women * turn + 50) // 100 else "male"


def _sentences(phrases: Phrases, chance: Chance) -> list[str]:
    third, private = (_happens(phrases.percent[f"percent_{kind}"], chance) for kind in ("third_task", "private_life"))
    further = ["further_tasks"] if third else []
    return ["openings", "workdays", *further, "characters", *(["private_lives"] if private and not third else [])]


def _details(occupation: str, gender: str, phrases: Phrases, chance: Chance) -> dict[str, str]:
    tasks: list[str] = []
    while len(tasks) < 3:
        task = _task(occupation, phrases, chance)
        if task not in tasks:
            tasks.append(task)
    leanings = [_leaning(phrases.communal[gender], chance) for _slot in range(3)]
    trait = _pick(phrases.traits[leanings[0]], chance)
    others = [word for word in phrases.traits[leanings[1]] if word != trait]
    return {
        **dict(zip(("first", "second", "third"), tasks, strict=True)),
        "years": _pick(phrases.years, chance),
        "place": _pick(phrases.places[occupation], chance),
        "trait": trait,
        "other_trait": _pick(others, chance),
        "habit": _pick(phrases.habits[leanings[2]], chance),
    }


def _task(occupation: str, phrases: Phrases, chance: Chance) -> str:
    drawn = 100 * chance()
    own, shared = phrases.percent["percent_own_task"], phrases.percent["percent_shared_task"]
    kind = "own" if drawn < own else "shared" if drawn < own + shared else "everyday"
    return _pick(phrases.tasks[kind, occupation], chance)


def _leaning(percent_communal: int, chance: Chance) -> str:
    return "communal" if _happens(percent_communal, chance) else "agentic"


def _happens(percent: int, chance: Chance) -> bool:
    return 100 * chance() < percent


def _pick(choices: Sequence[str], chance: Chance) -> str:
    # Of the random module only random() is promised to stay the same; choice() has changed between versions.
    return choices[int(len(choices) * chance())]
