"""The columns that the tables of this room carry, and the check that they are there."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from lab_helpers.errors import DataError
from lab_helpers.i18n import _

GENDERS = ("neutral", "male", "female")
# How a prompt asks. A masculine generic ("um enfermeiro") asks for no gender, and yet is not neutral.
CONDITIONS = ("neutral", "masculine", "feminine", "masculine_generic")
DESCRIBED = ("feminine", "masculine", "both", "unmarked")
# What a prompt that asks for a gender should be answered with.
ASKED = {"female": "feminine", "male": "masculine"}

# Every estimate, after the columns it is grouped by.
RESULT_COLUMNS = (
    "measure",
    "scope",
    "n_answers",
    "n_missing",
    "n_prompts",
    "estimate",
    "ci_low",
    "ci_high",
    "p_value",
    "p_adj",
    "method",
    "verdict",
)


def require_columns(table: pd.DataFrame, columns: Iterable[str]) -> None:
    """Raise DataError unless `table` is a pandas DataFrame with all of `columns`."""
    if not isinstance(table, pd.DataFrame):
        raise DataError(
            _("A pandas DataFrame is needed here, not a {kind}.").format(kind=type(table).__name__),
            _("Convert it first; a Spark DataFrame has toPandas()."),
        )
    require_named(table.columns, columns)


def require_named(there: Iterable[object], needed: Iterable[str]) -> None:
    """Raise DataError unless all of `needed` are among the columns that are `there`, in whatever kind of table."""
    names = list(map(str, there))
    if missing := [column for column in needed if column not in names]:
        raise DataError(
            _("The table lacks these columns: {columns}.").format(columns=", ".join(missing)),
            _("Pass on the table as the step before returned it; it has the columns {columns}.").format(
                columns=", ".join(names) or "-"
            ),
        )


def require_genders(table: pd.DataFrame) -> None:
    """Raise DataError if a row asks for no gender, or for one that is not in GENDERS."""
    unknown = table.loc[~table["gender"].isin(GENDERS), "gender"]
    if len(unknown):
        raise DataError(
            _("{n} rows have a gender that is not one of {known}: {found}.").format(
                n=len(unknown), known=", ".join(GENDERS), found=", ".join(sorted({str(value) for value in unknown}))
            ),
            _("Write what each prompt asked for in the column gender; a prompt that asks for none is neutral."),
        )


def require_one_condition(table: pd.DataFrame, by: Iterable[str]) -> None:
    """Raise DataError if `table` mixes models, system prompts or languages that `by` does not keep apart."""
    for column in ("model", "system_prompt", "language"):
        if column in table.columns and column not in by and table[column].nunique(dropna=False) > 1:
            raise DataError(
                _("The table mixes answers of more than one {column}.").format(column=column),
                _("Keep the rows of one, or compare two of them with compare_runs."),
            )


def require_one_wording(table: pd.DataFrame, by: Iterable[str]) -> None:
    """Raise DataError if the rows that ask for no gender ask in several ways (`condition`) and `by` mixes them."""
    if "condition" not in table.columns or "condition" in by:
        return
    found = table.loc[table["gender"] == "neutral", "condition"].drop_duplicates()
    if len(found) > 1:
        raise DataError(
            _("The rows that ask for no gender mix several wordings: {conditions}.").format(
                conditions=", ".join(sorted(map(str, found)))
            ),
            _('Keep the rows of one, as scored[scored["condition"] == "neutral"], or group by condition.'),
        )
