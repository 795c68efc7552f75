"""The instructor's private set: inputs for functions and recordings' answers that no learner has seen there."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random
from typing import TypeVar

from lab_helpers.errors import GradingError
from lab_helpers.exercises import Exercise
from lab_helpers.exercises.values import Json
from lab_helpers.i18n import _
from lab_helpers.mock import SHIPPED, keep, load

FORMAT = 1
_FILE, _CASSETTES = "private.json", "cassettes"
# With fewer answers than these, one that comes twice would be seen.
_ENOUGH_TO_REPEAT = 10
_T = TypeVar("_T")


@dataclass(frozen=True)
class PrivateSet:
    """One set. cassettes: the folder of its recordings. digest: changes with anything in the set."""

    cassettes: Path
    seed: str
    digest: str

    def inputs(self, exercises: Sequence[Exercise]) -> dict[str, Json]:
        """What to try each exercise's functions on, by its key; the same set gives the same inputs."""
        return {exercise.key: exercise.inputs(Random(f"{self.seed}/{exercise.key}")) for exercise in exercises}


def public_inputs(exercises: Sequence[Exercise]) -> dict[str, Json]:
    """The inputs that everyone sees, by exercise: what grading uses without a private set."""
    return {exercise.key: exercise.examples() for exercise in exercises}


def new_private(folder: Path, recordings: Path = SHIPPED) -> PrivateSet:
    """Make a set in `folder`: a fresh seed, and each of `recordings` with its answers dealt anew.

    The answers are those that the model really gave, but none stands where it was recorded, so that a text or a figure
    copied from somewhere is another than the one that is asked for. Raises GradingError where anything is in `folder`.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise GradingError(
            _("{folder} holds something already.").format(folder=folder.name),
            _("Name a folder that is empty or does not exist yet."),
        )
    seed = secrets.token_hex(16)
    for path in sorted(recordings.rglob("*.json")):
        recording = load(path)
        answers = dealt(recording.variants, Random(f"{seed}/{recording.key}"))
        variants = [replace(answer, seed=place.seed) for place, answer in zip(recording.variants, answers, strict=True)]
        provenance = {**recording.provenance, "dealt": "anew, for grading: not in the order of the recording"}
        keep(replace(recording, variants=tuple(variants), provenance=provenance), folder / _CASSETTES)
    digest = _digest(seed, folder / _CASSETTES)
    content = {"format": FORMAT, "seed": seed, "digest": digest}
    (folder / _FILE).write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
    return PrivateSet(folder / _CASSETTES, seed, digest)


def read_private(folder: Path) -> PrivateSet:
    """The set in `folder`. Raises GradingError where there is none, or where it is not as it was made."""
    try:
        content = json.loads((folder / _FILE).read_text("utf-8"))
        said = content["format"], str(content["seed"]), str(content["digest"])
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise GradingError(
            _("There is no private set in {folder}.").format(folder=folder.name),
            _("Make one with: lab grade new-private FOLDER"),
        ) from error
    form, seed, digest = said
    if form != FORMAT or digest != _digest(seed, folder / _CASSETTES):
        raise GradingError(
            _("The private set in {folder} is not as it was made.").format(folder=folder.name),
            _("Bring it back from where you keep it, or make a new one; scores of the two cannot be compared."),
        )
    return PrivateSet(folder / _CASSETTES, seed, digest)


def dealt(answers: Sequence[_T], random: Random) -> list[_T]:
    """As many of `answers`, none in its own place; where there are many, some come twice and others not at all.

    Otherwise a figure over all answers would stay what it was.
    """
    if len(answers) < _ENOUGH_TO_REPEAT:
        # Sattolo's algorithm: a permutation that is one cycle leaves nothing in its place.
        order = list(answers)
        for last in range(len(order) - 1, 0, -1):
            other = random.randrange(last)
            order[last], order[other] = order[other], order[last]
        return order
    places = range(len(answers))
    return [answers[random.choice([other for other in places if other != place])] for place in places]


def _digest(seed: str, cassettes: Path) -> str:
    digest = hashlib.sha256(seed.encode())
    for path in sorted(cassettes.glob("*.json")):
        digest.update(path.name.encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()
