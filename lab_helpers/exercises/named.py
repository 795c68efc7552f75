"""Things by their names: an exercise or a quiz, or the nearest names where there is none."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from typing import TypeVar

from lab_helpers.errors import ExerciseError
from lab_helpers.i18n import Message, _

T = TypeVar("T")


def named(key: object, known: Mapping[str, T], unknown: Message) -> T:
    """What `known` holds under `key`. Raises ExerciseError where that is nothing: `unknown`, its {key!r} filled in."""
    # A learner who forgets the key passes a table, which cannot be looked up.
    name = key if isinstance(key, str) else type(key).__name__
    if name in known:
        return known[name]
    near = get_close_matches(name, known, n=3, cutoff=0.3) or list(known)
    problem = str(Message(unknown.text, {"key": name}))
    raise ExerciseError(problem, _("Did you mean: {keys}?").format(keys=", ".join(near)))
