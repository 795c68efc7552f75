"""The foreign probe: evaluates in a student's process what a foreign test asks for, and gives it to the test elsewhere.

It runs beside a student's code, so it knows no expected value; and beside a test, where no student's code is.
"""

from __future__ import annotations

import builtins
import json
from collections.abc import Callable, Iterable, Mapping
from copy import deepcopy
from typing import Any

from lab_helpers.exercises.values import Json, raised
from lab_helpers.grading.foreign_values import packed, unpacked

# The function under which a program and a test find a value that was brought out, by its number.
VALUE = "_lab"


def evaluated(names: Mapping[str, Any], program: Iterable[tuple[int | None, str, bool]], wanted: Iterable[str]) -> Json:
    """What the lines of a program give, by number, packed; `{"raised": ...}` for one that fails.

    program: the number of a line that is an expression, None for a statement; its source; whether its value is to be
    brought out. wanted: those of `names` that the lines may use; any other name is Python's own, whatever a student
    called by it.
    """
    found: dict[int, tuple[bool, Any]] = {}
    scratch = {name: names[name] for name in wanted if name in names} | {VALUE: _reader(found)}
    told: dict[str, Json] = {}
    for number, source, is_brought_out in program:
        try:
            if number is None:
                exec(source, scratch)
                continue
            found[number] = True, eval(source, scratch)
            if is_brought_out:
                told[str(number)] = list(packed(found[number][1]))
        except (Exception, SystemExit) as error:
            if number is not None:
                found[number] = False, error
                told[str(number)] = {"raised": raised(error)}
    return told


def copies(names: Mapping[str, Any], wanted: Iterable[str]) -> dict[str, Any]:
    """Those of `names` that are wanted, copied where that is possible, so that no later cell changes them."""
    return {name: _copied(names[name]) for name in wanted if name in names}


def _copied(value: Any) -> Any:
    if type(value) not in (list, dict, set, bytearray) and type(value).__module__.partition(".")[0] not in _COPIED:
        return value
    try:
        return deepcopy(value)
    except Exception:
        return value


_COPIED = ("pandas", "numpy", "collections")


def values_for_test(text: str) -> Callable[[int], Any]:
    """What a test calls to get a value by its number: it gives the value, or raises what the student's code raised.

    text: JSON, by number: the pieces that `packed` made, or the error.
    """
    found: dict[int, tuple[bool, Any]] = {}
    for number, told in json.loads(text).items():
        is_error = isinstance(told, dict)
        found[int(number)] = not is_error, _error(told["raised"]) if is_error else unpacked(told)
    return _reader(found)


def _reader(found: Mapping[int, tuple[bool, Any]]) -> Callable[[int], Any]:
    def value(number: int) -> Any:
        is_value, it = found[number]
        if is_value:
            return it
        raise it

    return value


def _error(told: Mapping[str, Any]) -> Exception:
    name, says = str(told.get("type")), str(told.get("says"))
    known = getattr(builtins, name, None)
    if isinstance(known, type) and issubclass(known, Exception):
        try:
            return known(says)
        except TypeError:
            # UnicodeDecodeError and its like are not made of one text.
            return ValueError(says) if issubclass(known, ValueError) else Exception(says)
    return type(name if name.isidentifier() else "Error", (Exception,), {})(says)
