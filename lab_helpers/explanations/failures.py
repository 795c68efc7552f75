"""Failures and explanations: an error as plain values, and what a person says about it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from lab_helpers.i18n import Message

_MOST_CAUSES = 10


@dataclass(frozen=True)
class Failure:
    """What is known of an error, as plain values.

    kinds: the names of its type and of the types that it descends from, the nearest first. says: its text. line: the
    learner's own line that failed. status, code: those of an HTTP reply. address: what was asked. causes: the texts of
    the errors behind it. known: the names that the kernel knows. columns: those of the tables named in the line.
    exercise: the key of the exercise that the cell is, where that is known.
    """

    kinds: tuple[str, ...]
    says: str = ""
    line: str = ""
    status: int | None = None
    code: str = ""
    address: str = ""
    causes: tuple[str, ...] = ()
    known: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    exercise: str = ""

    def is_a(self, *kinds: str) -> bool:
        """Whether it is of one of these types, or of one that descends from them."""
        return any(kind in self.kinds for kind in kinds)

    def mentions(self, *words: str) -> bool:
        """Whether its text or that of an error behind it has one of these words."""
        return any(word in text for word in words for text in (self.says, *self.causes))


@dataclass(frozen=True)
class Explanation:
    """What happened, and the one thing to do about it."""

    happened: Message
    next_step: Message


Rule = Callable[[Failure], Explanation | None]


def failure_of(
    error: BaseException, line: str = "", names: Mapping[str, Any] | None = None, exercise: str = ""
) -> Failure:
    """What `error` says of itself, by its attributes alone: no library is imported to know its errors.

    line: the learner's own line that failed. names: what the kernel knows there.
    """
    names = names or {}
    status = getattr(error, "status_code", None)
    return Failure(
        kinds=tuple(kind.__name__ for kind in type(error).__mro__),
        says=str(error),
        line=line,
        status=status if isinstance(status, int) else None,
        code=str(getattr(error, "code", None) or ""),
        address=str(getattr(getattr(error, "request", None), "url", "")).partition("?")[0],
        causes=tuple(_causes(error)),
        known=tuple(name for name in names if not name.startswith("_")),
        columns=_columns_of_the_tables_in(line, names),
        exercise=exercise,
    )


def _causes(error: BaseException) -> list[str]:
    texts: list[str] = []
    cause = error.__cause__ or error.__context__
    while cause is not None and len(texts) < _MOST_CAUSES:
        texts.append(f"{type(cause).__name__}: {cause}")
        cause = cause.__cause__ or cause.__context__
    return texts


def _columns_of_the_tables_in(line: str, names: Mapping[str, Any]) -> tuple[str, ...]:
    tables: list[Any] = [names.get(name) for name in dict.fromkeys(re.findall(r"[A-Za-z_]\w*", line))]
    return tuple(str(column) for table in filter(_is_pandas, tables) for column in table.columns)


def _is_pandas(value: Any) -> bool:
    # A Spark table would be asked for its columns over the network.
    return type(value).__name__ == "DataFrame" and type(value).__module__.startswith("pandas")
