"""What Python says of the learner's own line: a name, a column, a value that is not there."""

from __future__ import annotations

import re
from difflib import get_close_matches

from lab_helpers.explanations.failures import Explanation, Failure, Rule
from lab_helpers.explanations.vocabulary import VOCABULARY
from lab_helpers.i18n import message

_RUN_ABOVE = message("Choose Run > Run All Above Selected Cell, then run this cell again.")


_ANSWER = re.compile(r"content|answer|completion|choices|text", re.IGNORECASE)


def _no_content(failure: Failure) -> Explanation | None:
    if not (failure.is_a("TypeError", "AttributeError") and failure.mentions("NoneType")):
        return None
    if _ANSWER.search(failure.line):
        return Explanation(
            message("An answer is None where the code expects a text: the content filter took it away."),
            message("Look at finish_reason, and skip such answers: if answer is not None. Count them, too."),
        )
    return Explanation(
        message("A value is None where the code expects something: perhaps a function returned nothing."),
        message("Print the values of this line one by one to see which is None, and look where it was set."),
    )


def _no_choices(failure: Failure) -> Explanation | None:
    if not (failure.is_a("IndexError") and re.search(r"choices\s*\[", failure.line)):
        return None
    return Explanation(
        message(
            "This piece of the stream has no choices: the first one carries only the filter's verdict on the prompt."
        ),
        message("Ask first whether it has any: if chunk.choices and chunk.choices[0].delta.content:"),
    )


def _stub(failure: Failure) -> Explanation | None:
    if not (failure.is_a("NotImplementedError") and "NotImplementedError" in failure.line):
        return None
    return Explanation(
        message("This exercise waits for you: the cell still holds the stub."),
        message(
            "Write your own lines in place of `raise NotImplementedError()`. For a hint, run in a new cell: {call}",
            call=f'hint("{failure.exercise}")' if failure.exercise else 'hint("...")',
        ),
    )


def _unknown_column(failure: Failure) -> Explanation | None:
    missing = failure.says.strip("'\"")
    if not failure.is_a("KeyError") or not failure.columns:
        return None
    near = get_close_matches(missing, failure.columns, n=1)
    return Explanation(
        message("The table has no column {name!r}.", name=missing),
        message("Did you mean {near!r}? The columns are: {columns}.", near=near[0], columns=_listed(failure.columns))
        if near
        else message("The columns are: {columns}.", columns=_listed(failure.columns)),
    )


def _no_module(failure: Failure) -> Explanation | None:
    if not (failure.is_a("ModuleNotFoundError") and (found := re.search(r"No module named '([\w.]+)'", failure.says))):
        return None
    return Explanation(
        message("The library {name} is not installed where this notebook runs.", name=found[1].partition(".")[0]),
        message("Begin with `uv run lab start` in a terminal, or run `uv run lab doctor` to see what is missing."),
    )


def _unknown_name(failure: Failure) -> Explanation | None:
    found = re.match(r"name '(\w+)' is not defined", failure.says)
    if not (failure.is_a("NameError") and found):
        return None
    name = found[1]
    if where := VOCABULARY.get(name):
        return Explanation(
            message(
                "Python does not know {name} yet: the kernel was restarted, or a cell above was left out.", name=name
            ),
            message(
                "The cell with {statement!r} defines it (lesson {lessons}). {run}",
                statement=where.statement,
                lessons=where.lessons,
                run=_RUN_ABOVE,
            ),
        )
    if near := get_close_matches(name, failure.known, n=1, cutoff=0.75):
        return Explanation(
            message("Python does not know {name}.", name=name),
            message("Did you mean {near}? Correct the spelling, and run this cell again.", near=near[0]),
        )
    return Explanation(
        message("Python does not know {name}: the kernel was restarted, or a cell above was left out.", name=name),
        _RUN_ABOVE,
    )


def _listed(columns: tuple[str, ...]) -> str:
    return ", ".join(columns[:12]) + (", …" if len(columns) > 12 else "")


# The first that knows the error speaks.
RULES: tuple[Rule, ...] = (
    _no_content,
    _no_choices,
    _stub,
    _unknown_column,
    _no_module,
    _unknown_name,
)
