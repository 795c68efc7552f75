"""The picture of a comparison of mitigations: the gap that each leaves, and the accuracy that it has."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from lab_helpers.bias.captions import Row
from lab_helpers.bias.drawing import draw_interval, new_figure, percent_axis, row_axes, rows_of
from lab_helpers.bias.names import occupation_name, percent, signed
from lab_helpers.bias.pictures import Picture
from lab_helpers.bias.results import ALL
from lab_helpers.i18n import _

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# Told apart by shape as well as by colour (Okabe & Ito 2008).
_MARKERS = {
    "baseline": ("o", "#000000"),
    "narrower": ("s", "#009E73"),
    "wider": ("^", "#D55E00"),
    "inconclusive": ("D", "#0072B2"),
    "exploratory": ("x", "#555555"),
}
_TESTED = {"marker": "o", "color": "#0072B2", "markersize": 7, "linestyle": "none"}
_UNSKEWED = {**_TESTED, "marker": "D", "color": "#E69F00", "markerfacecolor": "white", "markeredgewidth": 2}
_COLUMNS = ["method", "measure", "scope", "estimate", "ci_low", "ci_high", "accuracy", "accuracy_unskewed"]
_CHANGE = ["change", "change_low", "change_high", "change_verdict"]


def plot_mitigations(table: pd.DataFrame) -> Picture:
    """Each method's gap with its interval at the left, its accuracy at the right; a heading for each scope.

    table: as `compare_mitigations` returns it. The marker of a gap tells whether it is narrower than the baseline's,
    which is a dotted line. Raises DataError for another table, or an empty one.
    """
    rows = rows_of(table, [*_COLUMNS, *_CHANGE])
    lines = _lines(rows)
    figure = new_figure(len(lines), width=9.5, row_height=0.36)
    gaps, accuracies = figure.subplots(1, 2, sharey=True, width_ratios=[3, 2])
    for axes in (gaps, accuracies):
        row_axes(axes, [line if isinstance(line, str) else method_name(str(line["method"])) for line in lines])
        axes.tick_params(axis="y", length=0)
        axes.grid(axis="x", color="#DDDDDD", linewidth=0.6)
        axes.set_axisbelow(True)
    for place, line in enumerate(lines):
        if isinstance(line, str):
            gaps.get_yticklabels()[place].set_fontweight("bold")
            continue
        _draw_gap(gaps, place, line)
        accuracies.plot(line["accuracy_unskewed"], place, **_UNSKEWED)
        accuracies.plot(line["accuracy"], place, **_TESTED)
    _draw_baselines(gaps, lines)
    gaps.axvline(0, color="black", linewidth=1)
    gaps.set_xlabel(_("gap in true-positive rate (percentage points)"))
    percent_axis(accuracies)
    accuracies.set_xlabel(_("accuracy"))
    _legends(figure, rows)
    alt = _("Points: the gap that each method leaves, with its interval, and its accuracy.")
    return Picture(figure, " ".join([alt, *map(_sentence, rows)]))


def method_name(method: str) -> str:
    """The display name of a method of `compare_mitigations`."""
    return {
        "baseline": _("no mitigation"),
        "scrub": _("gendered words masked"),
        "augment": _("counterfactual texts added"),
        "reweigh": _("reweighed"),
        "resample up": _("rare combinations repeated"),
        "resample down": _("frequent combinations cut"),
        "thresholds": _("a threshold for each gender"),
    }.get(method, method)


def change_name(verdict: str) -> str:
    """What a verdict on a change says."""
    return {
        "baseline": _("baseline"),
        "narrower": _("narrower than the baseline's"),
        "wider": _("wider than the baseline's"),
        "inconclusive": _("change inconclusive"),
        "exploratory": _("exploratory: too few to test"),
    }.get(verdict, verdict)


def _lines(rows: list[Row]) -> list[Row | str]:
    lines: list[Row | str] = []
    for scope in dict.fromkeys(str(row["scope"]) for row in rows):
        lines += [_heading(scope), *(row for row in rows if row["scope"] == scope)]
    return lines


def _heading(scope: str) -> str:
    if scope == ALL:
        return _("All occupations told apart")
    return _("{occupation} or not").format(occupation=occupation_name(scope))


def _draw_gap(axes: Axes, place: int, row: Row) -> None:
    marker, color = _MARKERS.get(str(row["change_verdict"]), _MARKERS["exploratory"])
    draw_interval(axes, place, 100 * row["ci_low"], 100 * row["ci_high"], color)
    face = "white" if row["change_verdict"] == "baseline" else color
    axes.plot(100 * row["estimate"], place, marker, color=color, markerfacecolor=face, markersize=7, markeredgewidth=2)


def _draw_baselines(axes: Axes, lines: list[Row | str]) -> None:
    starts = [place for place, line in enumerate(lines) if isinstance(line, str)]
    for start, end in zip(starts, [*starts[1:], len(lines)], strict=True):
        for line in lines[start + 1 : end]:
            if not isinstance(line, str) and line["change_verdict"] == "baseline":
                at = 100 * line["estimate"]
                axes.plot([at, at], [start + 0.6, end - 0.6], ":", color="black", linewidth=1, zorder=0)


def _legends(figure: Figure, rows: list[Row]) -> None:
    from matplotlib.lines import Line2D

    handles = []
    for verdict in dict.fromkeys(str(row["change_verdict"]) for row in rows):
        marker, color = _MARKERS.get(verdict, _MARKERS["exploratory"])
        face = "white" if verdict == "baseline" else color
        style = {"marker": marker, "color": color, "markerfacecolor": face, "markeredgewidth": 2, "linestyle": "none"}
        handles.append(Line2D([], [], **style, label=_("gap: {verdict}").format(verdict=change_name(verdict))))
    handles.append(Line2D([], [], **_TESTED, label=_("accuracy as tested")))
    handles.append(Line2D([], [], **_UNSKEWED, label=_("accuracy if occupation and gender were independent")))
    figure.legend(handles=handles, loc="outside lower center", ncols=2, frameon=False)


def _sentence(row: Row) -> str:
    measure = str(row["measure"])
    written = {
        "scope": _heading(str(row["scope"])),
        "method": method_name(str(row["method"])),
        "estimate": signed(row["estimate"], measure),
        "low": signed(row["ci_low"], measure),
        "high": signed(row["ci_high"], measure),
        "accuracy": percent(row["accuracy"]),
        "unskewed": percent(row["accuracy_unskewed"]),
        "change": signed(row["change"], measure),
        "change_low": signed(row["change_low"], measure),
        "change_high": signed(row["change_high"], measure),
        "verdict": change_name(str(row["change_verdict"])),
    }
    if row["change_verdict"] == "baseline":
        return _(
            "{scope}, {method}: gap {estimate} points (interval {low} to {high}), accuracy {accuracy}, without the "
            "skew {unskewed}."
        ).format(**written)
    return _(
        "{scope}, {method}: gap {estimate} points (interval {low} to {high}), accuracy {accuracy}, without the skew "
        "{unskewed}; change of the gap {change} (interval {change_low} to {change_high}), {verdict}."
    ).format(**written)
