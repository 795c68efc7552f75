"""Foreign values: what a foreign test asks a student's process for, as text that carries data and no behaviour.

Other than `exercises.values.plain` it keeps what a test may compare: tuples, sets, any keys, arrays and tables.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from lab_helpers.exercises.values import LONGEST_TEXT

DEEPEST = 30
MOST_VALUES = 200_000
LONGEST_PACKED = 2_000_000
_SMALL = 2**63
# Kinds of NumPy's types that hold data alone: an object's array is packed item by item.
_ARRAY_KINDS = "biufcMmUSO"


class _TooLarge(Exception):
    """A value that no test can need in whole."""


class Row(tuple):
    """A row of a table, or a named tuple: a tuple whose items also have names."""

    __fields__: tuple[str, ...]

    def __new__(cls, names: Iterable[str], values: Iterable[object]) -> Row:
        """The row of `values`, by `names`."""
        row = super().__new__(cls, values)
        row.__fields__ = tuple(names)
        return row

    def __getitem__(self, item: Any) -> Any:
        return super().__getitem__(self._place(item, KeyError) if isinstance(item, str) else item)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return super().__getitem__(self._place(name, AttributeError))

    def asDict(self) -> dict[str, object]:  # noqa: N802
        """The row as a dictionary, under the name that Spark gives this."""
        return dict(zip(self.__fields__, self, strict=False))

    def _place(self, name: str, error: type[Exception]) -> int:
        if name not in self.__fields__:
            raise error(name)
        return self.__fields__.index(name)


class Opaque:
    """In place of a value that cannot be brought out. It equals nothing, and is neither true nor false."""

    def __init__(self, kind: str) -> None:
        self.kind = kind

    def __bool__(self) -> bool:
        raise TypeError(f"a value of type {self.kind} cannot be brought out")

    def __repr__(self) -> str:
        return f"<{self.kind}>"


def packed(value: object) -> list[str]:
    """`value` as pieces of one JSON text. What holds behaviour, or is too large, becomes its type's name."""
    try:
        text = json.dumps(_packed(value, 0, iter(range(MOST_VALUES))))
    except (_TooLarge, RecursionError):
        text = ""
    if not text or len(text) > LONGEST_PACKED:
        text = json.dumps(_opaque(value))
    return [text[place : place + LONGEST_TEXT] for place in range(0, len(text), LONGEST_TEXT)]


def unpacked(pieces: Sequence[str]) -> object:
    """The value that `packed` packed; an Opaque where it packed none, or someone else wrote the text."""
    try:
        return _unpacked(json.loads("".join(pieces)))
    except Exception:
        # A submission that speaks in the probe's place may send anything.
        return Opaque("unreadable")


def opaque_type(pieces: Sequence[str]) -> tuple[str, str] | None:
    """The name and module of the first type that could not be brought out, None where all of the value was."""
    stack = [json.loads("".join(pieces))]
    while stack:
        found = stack.pop()
        if isinstance(found, list):
            if found[:1] == ["opaque"]:
                return str(found[1]), str(found[2])
            stack += reversed(found)
    return None


def _packed(value: Any, depth: int, left: Iterator[int]) -> Any:
    if depth > DEEPEST or next(left, None) is None:
        raise _TooLarge
    if value is None or value is True or value is False:
        return value
    kind = type(value)
    if sys.modules.get("numpy") and kind.__module__ == "numpy":
        return _packed_numpy(value, depth, left)
    if issubclass(kind, str):
        return str.__str__(value)
    if issubclass(kind, int):
        whole = int.__add__(value, 0)
        return whole if -_SMALL < whole < _SMALL else ["int", hex(whole)]
    if issubclass(kind, float):
        number = float.__add__(value, 0.0)
        return number if number - number == 0 else ["float", repr(number)]
    if issubclass(kind, Mapping) and not issubclass(kind, dict):
        return _opaque(value)
    if issubclass(kind, dict):
        return ["dict", *([_packed(part, depth + 1, left) for part in pair] for pair in dict.items(value))]
    if issubclass(kind, tuple) and isinstance(names := _field_names(value), tuple):
        return ["row", list(names), *_all(tuple.__iter__(value), depth, left)]
    for base in (list, tuple, set, frozenset):
        if issubclass(kind, base):
            return [base.__name__, *_all(base.__iter__(value), depth, left)]
    if kind.__module__.partition(".")[0] == "pandas":
        return _packed_pandas(value, depth, left)
    return _packed_scalar(value, kind)


def _all(values: Iterable[object], depth: int, left: Iterator[int]) -> list[Any]:
    return [_packed(value, depth + 1, left) for value in values]


def _field_names(value: Any) -> tuple[str, ...] | None:
    names = getattr(value, "_fields", None) or getattr(value, "__fields__", None)
    if isinstance(names, list | tuple) and len(names) == len(value) and all(type(name) is str for name in names):
        return tuple(names)
    return None


def _packed_scalar(value: Any, kind: type) -> Any:
    if kind is bytes:
        return ["bytes", value.hex()]
    if kind is complex:
        return ["complex", repr(value.real), repr(value.imag)]
    if kind in (datetime, date):
        return [kind.__name__, value.isoformat()]
    if kind is timedelta:
        return ["timedelta", value.days, value.seconds, value.microseconds]
    if kind is Decimal:
        return ["Decimal", str(value)]
    return _opaque(value)


def _opaque(value: object) -> list[str]:
    return ["opaque", type(value).__name__[:200], str(type(value).__module__)[:200]]


def _packed_numpy(value: Any, depth: int, left: Iterator[int]) -> Any:
    numpy = sys.modules["numpy"]
    if isinstance(value, numpy.generic) and value.dtype.kind in _ARRAY_KINDS and value.dtype.kind != "O":
        return ["scalar", value.dtype.str, _packed(_item(value), depth + 1, left)]
    if type(value) is numpy.ndarray and value.dtype.kind in _ARRAY_KINDS:
        flat = value.astype("i8") if value.dtype.kind in "mM" else value
        return ["array", value.dtype.str, list(value.shape), *_all(flat.ravel().tolist(), depth, left)]
    return _opaque(value)


def _item(value: Any) -> Any:
    return int(value.astype("i8")) if value.dtype.kind in "mM" else value.item()


def _packed_pandas(value: Any, depth: int, left: Iterator[int]) -> Any:
    pandas = sys.modules["pandas"]
    if value is pandas.NA or value is pandas.NaT:
        return ["NA" if value is pandas.NA else "NaT"]
    if type(value) is pandas.Timestamp:
        return ["Timestamp", value.isoformat()]
    if isinstance(value, pandas.Series):
        return [
            "Series",
            _packed(value.name, depth + 1, left),
            *_column(value, depth, left),
            _index(value, depth, left),
        ]
    if isinstance(value, pandas.DataFrame):
        columns = [_column(value.iloc[:, place], depth, left) for place in range(value.shape[1])]
        names = _all(value.columns.tolist(), depth, left)
        return ["DataFrame", names, _index(value, depth, left), *columns]
    if isinstance(value, pandas.Index):
        return ["Index", _packed(value.name, depth + 1, left), *_column(value, depth, left)]
    return _opaque(value)


def _column(value: Any, depth: int, left: Iterator[int]) -> list[Any]:
    return [str(value.dtype), _all(value.tolist(), depth, left)]


def _index(value: Any, depth: int, left: Iterator[int]) -> list[Any]:
    names = _all(value.index.names, depth, left)
    return [names, str(value.index.dtype), _all(value.index.tolist(), depth, left)]


def _unpacked(found: Any) -> Any:
    if not isinstance(found, list):
        return found
    return _READERS[found[0]](*found[1:])


def _each(found: Iterable[Any]) -> list[Any]:
    return [_unpacked(item) for item in found]


def _read_scalar(dtype: str, value: Any) -> Any:
    return _read_array(dtype, [1], value)[0]


def _read_array(dtype: str, shape: list[int], *values: Any) -> Any:
    import numpy

    kind = numpy.dtype(dtype)
    if kind.kind == "O":
        array = numpy.empty(len(values), dtype=object)
        array[:] = _each(values)
        return array.reshape(shape)
    whole = numpy.array(_each(values), dtype="i8").astype(kind) if kind.kind in "mM" else None
    return (numpy.array(_each(values), dtype=kind) if whole is None else whole).reshape(shape)


def _read_index(names: list[Any], dtype: str, values: list[Any]) -> Any:
    import pandas

    read = _each(values)
    if len(names) > 1:
        return pandas.MultiIndex.from_tuples(read, names=_each(names))
    return _typed(pandas.Index(read, name=_unpacked(names[0]), dtype=object), dtype)


def _typed(column: Any, dtype: str) -> Any:
    try:
        return column.astype(dtype)
    except (TypeError, ValueError):
        return column


def _read_series(name: Any, dtype: str, values: list[Any], index: list[Any]) -> Any:
    import pandas

    return _typed(pandas.Series(_each(values), index=_read_index(*index), dtype=object, name=_unpacked(name)), dtype)


def _read_frame(names: list[Any], index: list[Any], *columns: list[Any]) -> Any:
    import pandas

    rows = _read_index(*index)
    series = [_typed(pandas.Series(_each(values), index=rows, dtype=object), dtype) for dtype, values in columns]
    frame = pandas.concat(series, axis=1) if series else pandas.DataFrame(index=rows)
    frame.columns = _each(names)
    return frame


def _read_pandas(name: str, *values: Any) -> Any:
    import pandas

    return getattr(pandas, name)(*values) if values else getattr(pandas, name)


_READERS: dict[str, Callable[..., Any]] = {
    "int": lambda text: int(text, 16),
    "float": lambda text: float(text),
    "bytes": bytes.fromhex,
    "complex": lambda real, imaginary: complex(float(real), float(imaginary)),
    "datetime": datetime.fromisoformat,
    "date": date.fromisoformat,
    "timedelta": lambda days, seconds, microseconds: timedelta(days, seconds, microseconds),
    "Decimal": Decimal,
    "list": lambda *items: _each(items),
    "tuple": lambda *items: tuple(_each(items)),
    "set": lambda *items: set(_each(items)),
    "frozenset": lambda *items: frozenset(_each(items)),
    "dict": lambda *pairs: {_unpacked(name): _unpacked(item) for name, item in pairs},
    "row": lambda names, *items: Row(names, _each(items)),
    "opaque": lambda kind, module: Opaque(str(kind)),
    "scalar": _read_scalar,
    "array": _read_array,
    "Series": _read_series,
    "DataFrame": _read_frame,
    "Index": lambda name, dtype, values: _read_index([name], dtype, values),
    "NA": lambda: _read_pandas("NA"),
    "NaT": lambda: _read_pandas("NaT"),
    "Timestamp": lambda text: _read_pandas("Timestamp", text),
}
