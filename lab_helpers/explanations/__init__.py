"""Explanations: what a common error means in this lab and what to do next, told by its type and words."""

from __future__ import annotations

from lab_helpers.explanations import python, service, spark
from lab_helpers.explanations.failures import Explanation, Failure, failure_of
from lab_helpers.explanations.vocabulary import VOCABULARY
from lab_helpers.i18n import Message, message

__all__ = ["VOCABULARY", "Explanation", "Failure", "explained_failure", "explanation", "failure_of"]

_RULES = (*service.RULES, *spark.RULES, *python.RULES)
_BY_TYPE = {
    "NameError": message("Python does not know this name yet: check its spelling, and run the cells above."),
    "TypeError": message("A value has another type than the code expects: print it with type(...) and compare."),
    "AttributeError": message("This object has no such attribute: look at its type, and at the spelling."),
    "KeyError": message("There is no such key or column: print the keys, or the table's columns."),
    "IndexError": message("The list is shorter than the code expects: print its length with len(...)."),
    "ZeroDivisionError": message("The code divides by zero: think of a group that has no answers."),
    "ValueError": message("A value is not what the code can work with: print it just before this line."),
}


def explained_failure(failure: Failure) -> Explanation | None:
    """What `failure` means and what to do; None where there is nothing better to say than the error itself."""
    return next((found for rule in _RULES if (found := rule(failure))), None)


def explanation(kind: str, says: str, line: str = "") -> Message | None:
    """What to do about an error of the type `kind` that says `says`, raised in `line`; None where nobody knows."""
    found = explained_failure(Failure((kind,), says, line))
    return found.next_step if found else _BY_TYPE.get(kind)
