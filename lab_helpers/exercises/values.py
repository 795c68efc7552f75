"""Values: what a probe brings out of a learner's kernel, as plain JSON that carries no behaviour with it."""

from __future__ import annotations

import math
import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from copy import deepcopy
from itertools import islice
from typing import Any, TypeAlias, TypeVar

T = TypeVar("T")
Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"

DEEPEST = 6
MOST_ITEMS = 20_000
LONGEST_TEXT = 20_000
# In all, however they are nested: a list that holds itself grows with each level.
MOST_VALUES = 200_000
# A whole number that every reader of JSON keeps exactly.
LARGEST = 2**53

_LIBRARIES = ("pandas", "numpy", "pyspark")


class NotAttempted(Exception):
    """The learner has not touched this exercise."""


def plain(value: object) -> Json:
    """`value` as JSON: numbers, texts, lists and dictionaries of exactly these types, anything else as its type's name.

    Subclasses, which may lie about their equality, are taken by what they hold. pandas' and NumPy's scalars become
    Python's, a pandas or Spark table `{"columns": [...], "rows": [[...], ...]}`, NaN and infinities None. What is too
    deep, too long or too large is cut, so that a probe always ends: nothing legitimate comes near.
    """
    return _plain(value, 0, iter(range(MOST_VALUES)))


def _plain(value: object, depth: int, left: Iterator[int]) -> Json:
    if value is None or isinstance(value, bool | int | float | str):
        return _scalar(value)
    if depth >= DEEPEST:
        return {"type": type(value).__name__}
    if isinstance(value, Mapping):
        pairs = dict.items(value) if isinstance(value, dict) else value.items()
        return {_name(name): _plain(item, depth + 1, left) for name, item in _some(pairs, left)}
    if isinstance(value, list | tuple):
        return [_plain(item, depth + 1, left) for item in _some(_held(value), left)]
    if type(value).__module__.partition(".")[0] in _LIBRARIES:
        return _from_library(value, depth, left)
    if isinstance(value, Sequence | set | frozenset) and not isinstance(value, bytes | bytearray | memoryview):
        return [_plain(item, depth + 1, left) for item in _some(value, left)]
    return {"type": type(value).__name__}


def _held(value: list[object] | tuple[object, ...]) -> Iterator[object]:
    return list.__iter__(value) if isinstance(value, list) else tuple.__iter__(value)


def _some(items: Iterable[T], left: Iterator[int]) -> Iterator[T]:
    return (item for item, _place in zip(islice(items, MOST_ITEMS), left, strict=False))


def _name(name: object) -> str:
    return str.__str__(str(name))[:LONGEST_TEXT]


def table_rows(value: Json) -> list[dict[str, Json]] | None:
    """The rows of a table that `plain` brought out, as dictionaries by column; None where it is no table."""
    names = value.get("columns") if isinstance(value, dict) else None
    if not isinstance(value, dict) or not isinstance(names, list):
        return None
    columns = [str(name) for name in names]
    rows = value.get("rows")
    return (
        [dict(zip(columns, row, strict=False)) for row in rows if isinstance(row, list)]
        if isinstance(rows, list)
        else []
    )


def attempt(function: Callable[..., Any], *arguments: object) -> dict[str, Json]:
    """What a learner's function does with `arguments`: `{"value": ...}`, or `{"raised": ...}` as `raised` tells it.

    It gets copies: what it does to them is its own affair. Raises NotAttempted where the function is still the stub.
    """
    try:
        return {"value": plain(function(*deepcopy(arguments)))}
    except NotImplementedError:
        raise NotAttempted from None
    except (Exception, SystemExit) as error:
        return {"raised": raised(error)}


def raised(error: BaseException) -> dict[str, Json]:
    """An error as plain values: `type`, `says`, and the learner's own `line` (its text) with its `number` in the cell.

    The learner's line is the last one of the stack that stands in a notebook's cell.
    """
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if _is_cell(frame.filename)]
    where = {"line": (frames[-1].line or "")[:200], "number": frames[-1].lineno or 0} if frames else {}
    return {"type": type(error).__name__, "says": _said(error), **where}


def _said(error: BaseException) -> str:
    try:
        return _name(error)[:500]
    except Exception:
        return ""


def _scalar(value: Any) -> Json:
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return str.__str__(value)[:LONGEST_TEXT]
    if isinstance(value, float):
        number = float.__add__(value, 0.0)
        return number if math.isfinite(number) else None
    whole = int.__add__(value, 0)
    return whole if -LARGEST <= whole <= LARGEST else {"type": "int"}


def _from_library(value: Any, depth: int, left: Iterator[int]) -> Json:
    if hasattr(value, "toPandas"):
        value = value.limit(MOST_ITEMS).toPandas()
    if hasattr(value, "to_dict") and hasattr(value, "columns"):
        rows = value.head(MOST_ITEMS).astype(object).to_numpy().tolist()
        return {
            "columns": [_name(name) for name in value.columns],
            "rows": [[_plain(item, depth + 2, left) for item in row] for row in _some(rows, left)],
        }
    if hasattr(value, "tolist"):
        return _plain(value.tolist(), depth + 1, left)
    return None if str(value) in ("<NA>", "NaT") else {"type": type(value).__name__}


def _is_cell(filename: str) -> bool:
    return filename.startswith("<ipython-input") or "ipykernel_" in filename
