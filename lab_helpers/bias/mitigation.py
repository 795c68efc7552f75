"""Ways to act on a measured bias in data: choose among answers, weigh rows (on Spark, too), draw them anew.

None of them is a proof of itself: what was chosen by a measure must be judged by another one, or on fresh answers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from lab_helpers.bias.columns import require_columns, require_named
from lab_helpers.bias.results import groups
from lab_helpers.errors import DataError
from lab_helpers.i18n import _

if TYPE_CHECKING:
    from pyspark.sql import DataFrame


def resample_to_match(scored: pd.DataFrame, k: int = 5) -> pd.DataFrame:
    """Best of k: of each k answers to a prompt, the first that describes whom the prompt asked for.

    scored: as `score_answers` returns it, with `prompt_id` and `sample`. A prompt that asks for a man or a woman is
    matched by an answer that describes one; a neutral prompt by an answer that takes no side (unmarked, or both).
    Where none of the k fits, the first answer stays (a row without answer only if all of them are). The last group
    of a prompt may be smaller.
    Returns one row per group of k, with `fits` (whether one of them did) and `n_candidates` (what that answer cost).
    A further judgement by the same words would be circular: look also at what was not chosen by, such as n_words.
    Raises DataError for a missing column or k < 1.
    """
    require_columns(scored, ["prompt_id", "sample", "gender", "described", "matches_request"])
    if k < 1:
        raise DataError(
            _("It takes at least one answer to choose from, not {k}.").format(k=k),
            _("Choose k = 5, for instance: one answer of each five is kept."),
        )
    by = [column for column in ("prompt_id", "system_prompt", "model") if column in scored.columns]
    chosen = [
        _first_that_fits(group.iloc[start : start + k])
        for _key, group in groups(scored.sort_values("sample", kind="stable"), by)
        for start in range(0, len(group), k)
    ]
    return pd.concat(chosen) if chosen else scored.assign(fits=False, n_candidates=0)


def reweigh(labels: pd.Series, groups: pd.Series) -> pd.Series:
    """A weight per row, under which `labels` and `groups` are independent: w = P(y) P(g) / P(y, g).

    labels: what is to be predicted (occupation). groups: whom the row describes (gender). Kamiran & Calders 2012,
    doi:10.1007/s10115-011-0463-8. Returns floats with the index of `labels`; they add up to the number of rows if
    every label occurs with every group. Pass them on as sample_weight, or as Spark ML's weightCol.
    Raises DataError if the two differ in length, or one of them lacks a value.
    """
    table = _labelled(labels, groups)
    of_label = table.groupby("label")["group"].transform("size")
    of_group = table.groupby("group")["label"].transform("size")
    of_both = table.groupby(["label", "group"])["label"].transform("size")
    weights = of_label * of_group / (of_both * len(table))
    return pd.Series(weights.to_numpy(dtype=float), index=labels.index, name="weight")


def reweigh_on_spark(train: DataFrame, label: str, group: str) -> DataFrame:
    """`train` with the column `weight` that `reweigh` gives the same rows: for the weightCol of a Spark ML estimator.

    One job counts the combinations of `label` and `group`, whose weights are then joined to the rows; a column
    `weight` of before is replaced. Works with Spark classic, Spark Connect and Databricks alike.
    Raises DataError for a table of another kind, a missing column, or rows that lack one of the two values.
    """
    if not hasattr(train, "sparkSession"):
        raise DataError(
            _("A Spark DataFrame is needed here, not a {kind}.").format(kind=type(train).__name__),
            _("Make one with spark.createDataFrame(table), or use reweigh, which takes pandas columns."),
        )
    require_named(train.columns, [label, group])
    rows = train.groupBy(label, group).count().collect()
    counts = pd.DataFrame([tuple(row) for row in rows], columns=["label", "group", "n"])
    if lacking := counts.loc[counts[["label", "group"]].isna().any(axis=1), "n"].sum():
        raise DataError(
            _("{n} rows lack a value in {label} or {group}.").format(n=lacking, label=label, group=group),
            _("Leave out the rows that lack one of them, and count them."),
        )
    of_label, of_group = (counts.groupby(by)["n"].transform("sum") for by in ("label", "group"))
    weights = (of_label * of_group / (counts["n"] * counts["n"].sum())).astype(float)
    types = [train.schema[name].dataType.simpleString() for name in (label, group)]
    weighted = train.sparkSession.createDataFrame(
        [(row[0], row[1], weight) for row, weight in zip(rows, weights.tolist(), strict=True)],
        f"`{label}` {types[0]}, `{group}` {types[1]}, weight double",
    )
    unweighted = train.drop("weight")
    return unweighted.join(weighted, [label, group]).select(*unweighted.columns, "weight")


def resample_balanced(table: pd.DataFrame, label: str, group: str, *, seed: int = 0) -> pd.DataFrame:
    """`table` with each combination of `label` and `group` drawn up to the size of the largest one.

    Every row stays, in its place; the smaller combinations get copies of their own rows at the end, drawn with `seed`.
    Raises DataError for a missing column or value, or a combination without any row: there is nothing to draw from.
    """
    sizes = _sizes(table, label, group)
    largest = max(sizes, default=0)
    cells = [cell for _key, cell in groups(table, [label, group])]
    copies = [cell.sample(largest - len(cell), replace=True, random_state=seed) for cell in cells]
    return pd.concat([table, *copies], ignore_index=True)


def downsample_balanced(table: pd.DataFrame, label: str, group: str, *, seed: int = 0) -> pd.DataFrame:
    """`table` with each combination of `label` and `group` cut down to the size of the smallest one.

    The rows that stay, drawn with `seed`, keep their order and index. No row counts twice, but most are lost.
    Raises DataError for a missing column or value, or a combination without any row: nothing would be left.
    """
    smallest = min(_sizes(table, label, group), default=0)
    cells = _labelled(table[label], table[group]).groupby(["label", "group"])
    return table.iloc[sorted(cells.sample(smallest, random_state=seed).index)]


def _first_that_fits(candidates: pd.DataFrame) -> pd.DataFrame:
    takes_no_side = (candidates["gender"] == "neutral") & candidates["described"].isin(["unmarked", "both"])
    fits = candidates["matches_request"].fillna(False).astype(bool) | takes_no_side
    eligible = [fits, candidates["described"].notna(), fits | True]
    place = next(int(mask.to_numpy().argmax()) for mask in eligible if mask.any())
    return candidates.iloc[[place]].assign(fits=bool(fits.any()), n_candidates=len(candidates))


def _sizes(table: pd.DataFrame, label: str, group: str) -> list[int]:
    require_columns(table, [label, group])
    sizes = _labelled(table[label], table[group]).value_counts().unstack()
    empty = [f"{row}, {column}" for row, column in sizes.isna().stack().loc[lambda missing: missing].index]
    if empty:
        raise DataError(
            _("There is no row at all for: {combinations}.").format(combinations="; ".join(empty)),
            _("Get answers for it first, or leave its occupation out of all groups."),
        )
    return sizes.to_numpy(dtype=int).ravel().tolist()


def _labelled(labels: pd.Series, groups: pd.Series) -> pd.DataFrame:
    if len(labels) != len(groups) or labels.isna().any() or groups.isna().any():
        raise DataError(
            _("Labels and groups must have one value for each row; here are {labels} and {groups}.").format(
                labels=labels.notna().sum(), groups=groups.notna().sum()
            ),
            _("Leave out the rows that lack one of them, and count them."),
        )
    return pd.DataFrame({"label": labels.to_numpy(), "group": groups.to_numpy()})
