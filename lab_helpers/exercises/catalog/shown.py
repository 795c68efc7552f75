"""What was found, as a learner reads it: short, whatever it is."""

from __future__ import annotations

from lab_helpers.exercises.values import Json
from lab_helpers.i18n import Message, message

_LONGEST = 80


def as_found(text: str) -> Message:
    """`text` as it is: there is nothing to translate in what a learner wrote. Where it is blank, that it is nothing."""
    return Message("{found}", {"found": _cut(text)}) if text.strip() else message("nothing")


def value_found(value: Json) -> Message:
    """A value that the probe brought out; of an object that is no plain value, the name of its type."""
    if isinstance(value, dict) and set(value) == {"type"}:
        return message("a value of the type {type}", type=_cut(str(value["type"])))
    return as_found(repr(value))


def case_found(arguments: Json, value: Json) -> Message:
    """What a learner's function gave for an input."""
    case = _cut(repr(arguments))
    return message("for {case} the function gives: {value}", case=case, value=value_found(value))


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
