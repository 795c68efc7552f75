"""Exercises in which the learner chooses among statements of the lesson, by their letters."""

from __future__ import annotations

from collections.abc import Mapping

from lab_helpers.exercises.catalog.shown import value_found
from lab_helpers.exercises.exercise import Evidence, Exercise, Finding, Kind, Values
from lab_helpers.exercises.values import Json, NotAttempted, plain
from lab_helpers.i18n import Message, message


def choice_exercise(
    *,
    key: str,
    cell: str,
    kind: Kind,
    points: int,
    title: Message,
    argument: str,
    right: str,
    expected: Message,
    mistaken: Mapping[str, Message],
    hints: tuple[Message, ...],
) -> Exercise:
    """An exercise answered with one letter.

    right: the letter that holds. expected: what the right statement is like. mistaken: why each of the others fails.
    """
    letters = ", ".join(sorted([right, *mistaken]))

    def judge(values: Values, inputs: Json, evidence: Evidence) -> list[Finding]:
        chosen = _letter(values.get("chosen"))
        if chosen == right:
            return [Finding(True, points, expected)]
        if chosen in mistaken:
            return [Finding(False, points, expected, mistaken[chosen])]
        one_of = message("one of the letters {letters}", letters=letters)
        return [Finding(False, points, one_of, value_found(values.get("chosen")))]

    return Exercise(
        key=key,
        cell=cell,
        kind=kind,
        points=points,
        title=title,
        arguments=(argument,),
        probe=_probe,
        judge=judge,
        hints=hints,
    )


def _probe(chosen: object, inputs: Json) -> Values:
    if chosen is None or (isinstance(chosen, str) and not chosen.strip()):
        raise NotAttempted
    return {"chosen": plain(chosen)}


def _letter(chosen: Json) -> str:
    return chosen.strip().rstrip(").").lower() if isinstance(chosen, str) else ""
