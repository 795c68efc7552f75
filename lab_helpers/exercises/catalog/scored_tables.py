"""Tables of scored answers, as a probe brings them out and a judge takes them in again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from lab_helpers.exercises.catalog.functions import is_near
from lab_helpers.exercises.exercise import Evidence
from lab_helpers.exercises.values import Json, plain, table_rows

if TYPE_CHECKING:
    import pandas as pd

Row = dict[str, Json]
# A row of a table of scored answers.
Scored = dict[str, str | None]

# What an estimate is made of, and what tells whether the model said it.
SCORED = ("prompt_id", "occupation", "gender", "system_prompt", "prompt", "answer", "described")
_ASKED = {"female": "feminine", "male": "masculine"}


def columns_of(table: Any, names: Sequence[str] = SCORED) -> Json:
    """Those of the columns `names` that `table`, a pandas DataFrame, has; anything else as it is."""
    if type(table).__module__.startswith("pandas.") and hasattr(table, "columns"):
        return plain(table[[name for name in names if name in table.columns]])
    return plain(table)


def scored_rows(value: Json) -> list[Scored]:
    """The rows of a table that has all the columns SCORED, each a text or None; none of another table."""
    rows = table_rows(value) or []
    if not all(set(SCORED) <= row.keys() for row in rows):
        return []
    return [{name: text if isinstance(text := row[name], str) else None for name in SCORED} for row in rows]


def frame(rows: list[Scored]) -> pd.DataFrame:
    """`rows` as a table of scored answers, `matches_request` recomputed from whom they describe."""
    import pandas as pd

    table = pd.DataFrame(rows, columns=pd.Index(SCORED), dtype=object)
    described = table["described"].astype("string")
    asked = table["gender"].map(_ASKED).astype("string")
    return table.assign(described=described, matches_request=(described == asked).astype("boolean"))


def is_genuine(rows: list[Scored], evidence: Evidence) -> bool:
    """Whether the model gave every answer of `rows`, to that prompt, and each describes whom it is said to describe.

    True where nobody kept a log.
    """
    if evidence.served is None:
        return True
    from lab_helpers.bias import score_answers

    said = {(served.system_prompt, served.prompt, served.answer) for served in evidence.served}
    if not all((row["system_prompt"], row["prompt"], row["answer"]) in said for row in rows):
        return False
    again = score_answers(frame(rows)[["prompt", "gender", "answer"]])["described"]
    return [row["described"] or "" for row in rows] == again.fillna("").tolist()


def column_names(table: Json) -> Json:
    """The names of a table's columns; another value as it is."""
    return table.get("columns", table) if isinstance(table, dict) else table


def by_scope(value: Json) -> dict[str, Row]:
    """The rows of a table of estimates, by their `scope`."""
    return {str(row.get("scope")): row for row in table_rows(value) or []}


def agree(found: Row, wanted: Row, names: Sequence[str]) -> bool:
    """Whether two rows have the same numbers in the columns `names`; what is missing in one is missing in both."""
    return all(_is_same(found.get(name), wanted.get(name)) for name in names)


def _is_same(found: Json, wanted: Json) -> bool:
    if isinstance(wanted, int | float) and not isinstance(wanted, bool):
        return is_near(found, wanted)
    return found == wanted and type(found) is type(wanted)
