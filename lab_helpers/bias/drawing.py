"""What all pictures of estimates share: rows, axes, intervals."""

from __future__ import annotations

from collections.abc import Sequence
from math import isnan
from typing import TYPE_CHECKING

import pandas as pd

from lab_helpers.bias.captions import Row
from lab_helpers.bias.columns import require_columns
from lab_helpers.bias.names import SHARES, measure_name, percent
from lab_helpers.errors import DataError
from lab_helpers.i18n import _

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


def rows_of(table: pd.DataFrame, columns: Sequence[str]) -> list[Row]:
    """The rows of `table` as dictionaries. Raises DataError if a column is missing or there is no row."""
    require_columns(table, columns)
    if table.empty:
        raise DataError(
            _("There is nothing to draw: the table has no fitting row."),
            _("Look at the table first; the step before may have found no answers."),
        )
    return [{str(name): value for name, value in row.items()} for row in table.to_dict("records")]


def one_measure(rows: Sequence[Row]) -> str:
    """The one measure of `rows`. Raises DataError if there are several: they have no axis in common."""
    measures = sorted({str(row["measure"]) for row in rows})
    if len(measures) > 1:
        raise DataError(
            _("The table holds several measures, which have no axis in common: {measures}.").format(
                measures=", ".join(measures)
            ),
            _("Draw one at a time: table[table.measure == {first!r}]").format(first=measures[0]),
        )
    return measures[0]


def new_figure(rows: int, *, width: float, row_height: float = 0.45) -> Figure:
    """An empty figure with room for `rows` rows and the legend below, in inches."""
    from matplotlib.figure import Figure

    return Figure(figsize=(width, row_height * rows + 1.8), layout="constrained")


def row_axes(axes: Axes, labels: Sequence[str]) -> None:
    """One row for each of `labels`, from the top down."""
    axes.set_yticks(range(len(labels)), labels)
    axes.set_ylim(len(labels) - 0.4, -0.6)
    axes.spines[["top", "right"]].set_visible(False)


def percent_axis(axes: Axes) -> None:
    """The horizontal axis from 0 to 100 %."""
    axes.set_xlim(0, 1)
    ticks = [0, 0.25, 0.5, 0.75, 1]
    axes.set_xticks(ticks, [percent(tick) for tick in ticks])


def draw_interval(axes: Axes, place: float, low: float, high: float, color: str) -> None:
    """A line from `low` to `high` with ends; nothing where one of them is missing."""
    if not (isnan(low) or isnan(high)):
        axes.plot([low, high], [place, place], "|-", color=color, linewidth=1.6, markersize=7)


def axis_label(measure: str) -> str:
    """What the axis of `measure` is called, with its unit."""
    name = measure_name(measure)
    return _("{measure} (percentage points)").format(measure=name) if measure in SHARES else name
