"""Pictures of the estimates: told apart without colour, and each with the sentence that says what it shows.

Colours are Okabe and Ito's, for every kind of colour vision; hatches, markers and labels say the same without colour.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import isnan, nan
from typing import TYPE_CHECKING

import pandas as pd

from lab_helpers.bias.captions import Row, change_sentence, gap_sentence, match_sentence, shares_sentence
from lab_helpers.bias.columns import ASKED, DESCRIBED, require_columns
from lab_helpers.bias.drawing import axis_label, draw_interval, new_figure, one_measure, percent_axis, row_axes, rows_of
from lab_helpers.bias.names import SHARES, described_name, measure_name, occupation_name, percent, signed, verdict_name
from lab_helpers.bias.pictures import Picture
from lab_helpers.i18n import _

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_FILLS = {
    "feminine": {"facecolor": "#E69F00", "hatch": "///"},
    "masculine": {"facecolor": "#0072B2", "hatch": ""},
    "both": {"facecolor": "#CC79A7", "hatch": "xx"},
    "unmarked": {"facecolor": "#DDDDDD", "hatch": ".."},
    "unclear": {"facecolor": "#DDDDDD", "hatch": ".."},
}
_MARKERS = {"gap": ("D", "#D55E00"), "inconclusive": ("o", "#0072B2"), "exploratory": ("x", "#555555")}
_NO_GAP = ("s", "#009E73")
# A narrower piece of a bar has no room for its own figure.
_LABELLED_FROM = 0.12


def plot_request_match(result: pd.DataFrame) -> Picture:
    """Who was asked for and who is described: one bar per occupation, a panel for men and one for women.

    result: as `request_match` returns it, by occupation and gender. The line under each bar is the interval of the
    share that is as asked. Raises DataError for another table or an empty one.
    """
    columns = ["occupation", "gender", "n_answers", "ci_low", "ci_high", "n_as_asked", "n_other", "n_unclear"]
    rows = rows_of(result, columns)
    occupations = list(dict.fromkeys(str(row["occupation"]) for row in rows))
    figure = new_figure(len(occupations), width=9.0)
    panels = figure.subplots(1, 2, sharey=True)
    titles = {"male": _("Asked for a man"), "female": _("Asked for a woman")}
    for axes, (gender, title) in zip(panels, titles.items(), strict=True):
        _share_axes(axes, occupations)
        axes.set_title(title)
        for row in (row for row in rows if row["gender"] == gender):
            _match_bar(axes, occupations.index(str(row["occupation"])), row)
    _legend_of_fills(figure, _("the answer describes"), ("feminine", "masculine", "unclear"))
    alt = [_("Bars: whom the answers describe, by whom the prompt asked for."), *map(match_sentence, rows)]
    return Picture(figure, " ".join(alt))


def plot_shares(shares: pd.DataFrame) -> Picture:
    """Whom the answers to neutral prompts describe: one bar per occupation, with its n.

    shares: as `gender_shares` returns it, by occupation; if also by gender, the neutral rows are drawn.
    Raises DataError for another table, or if no row is neutral.
    """
    require_columns(shares, ["occupation", "measure", "estimate", "n_answers"])
    neutral = shares[shares["gender"] == "neutral"] if "gender" in shares.columns else shares
    rows = rows_of(neutral, ["occupation", "measure", "estimate", "n_answers"])
    by_occupation: dict[str, dict[str, Row]] = {}
    for row in rows:
        by_occupation.setdefault(str(row["occupation"]), {})[str(row["measure"])] = row
    figure = new_figure(len(by_occupation), width=7.5)
    axes = figure.subplots()
    _share_axes(axes, list(by_occupation))
    for place, parts in enumerate(by_occupation.values()):
        _stacked_bar(axes, place, {described: parts[described]["estimate"] for described in DESCRIBED})
        _n_label(axes, place, parts[DESCRIBED[0]]["n_answers"])
    _legend_of_fills(figure, _("the answer describes"), DESCRIBED)
    sentences = [shares_sentence(occupation, parts) for occupation, parts in by_occupation.items()]
    return Picture(figure, " ".join([_("Bars: whom the answers to neutral prompts describe."), *sentences]))


def plot_forest(estimates: pd.DataFrame) -> Picture:
    """Every estimate as a point with its interval, beside the line of no gap; the marker tells the verdict.

    estimates: a result table with one measure, such as `representation_gap`. An estimate without interval is a point.
    Where the table has `mde_80`, the gaps that so few answers often miss are shaded around the line. The label's n is
    the number of answers, after those that mark a gender where the table has `n_marked`.
    Raises DataError for another table, an empty one, or one with several measures.
    """
    rows = rows_of(estimates, ["measure", "scope", "estimate", "ci_low", "ci_high", "n_answers", "verdict"])
    measure = one_measure(rows)
    figure = new_figure(len(rows), width=7.5)
    axes = figure.subplots()
    row_axes(axes, [f"{occupation_name(str(row['scope']))} ({_n_of(row)})" for row in rows])
    axes.axvline(0, color="black", linewidth=1)
    scale = 100 if measure in SHARES else 1
    for place, row in enumerate(rows):
        marker, color = _MARKERS.get(str(row["verdict"]), _NO_GAP)
        _shade_undetectable(axes, place, row, scale)
        draw_interval(axes, place, row["ci_low"] * scale, row["ci_high"] * scale, color)
        axes.plot(row["estimate"] * scale, place, marker, color=color, markersize=8, markeredgewidth=2)
    axes.set_xlabel(axis_label(measure))
    _legend_of_verdicts(figure, rows)
    alt = [_("Points with intervals: {measure}.").format(measure=measure_name(measure)), *map(gap_sentence, rows)]
    return Picture(figure, " ".join(alt))


def plot_before_after(comparison: pd.DataFrame) -> Picture:
    """A share before and after, each with its interval, joined by a line; the difference stands at the right.

    comparison: as `compare_runs` returns it. Raises DataError for another table, or an empty one.
    """
    sides = ["before", "before_low", "before_high", "n_before", "after", "after_low", "after_high", "n_after"]
    rows = rows_of(comparison, ["measure", "scope", "estimate", "ci_low", "ci_high", "verdict", *sides])
    measure = one_measure(rows)
    figure = new_figure(len(rows), width=8.5, row_height=0.6)
    axes = figure.subplots()
    row_axes(axes, [occupation_name(str(row["scope"])) for row in rows])
    percent_axis(axes)
    for place, row in enumerate(rows):
        axes.plot([row["before"], row["after"]], [place - 0.14, place + 0.14], color="#999999", linewidth=1, zorder=1)
        for run, offset, marker, face, color in (
            ("before", -0.14, "o", "white", "#D55E00"),
            ("after", 0.14, "s", "#0072B2", "#0072B2"),
        ):
            draw_interval(axes, place + offset, row[f"{run}_low"], row[f"{run}_high"], color)
            style = {"color": color, "markerfacecolor": face, "markersize": 8, "linestyle": "none", "clip_on": False}
            label = {"before": _("before"), "after": _("after")}[run] if place == 0 else None
            axes.plot(row[run], place + offset, marker=marker, label=label, **style)
        axes.text(1.03, place, signed(row["estimate"], measure), va="center", transform=axes.get_yaxis_transform())
    axes.set_xlabel(measure_name(measure))
    axes.set_title(_("difference, points"), loc="right", fontsize="medium")
    figure.legend(loc="outside lower center", ncols=2, frameon=False)
    alt = [_("Points with intervals, before and after: {measure}.").format(measure=measure_name(measure))]
    return Picture(figure, " ".join([*alt, *(change_sentence(row) for row in rows)]))


def _share_axes(axes: Axes, occupations: Sequence[str]) -> None:
    row_axes(axes, [occupation_name(occupation) for occupation in occupations])
    percent_axis(axes)
    axes.set_xlabel(_("share of answers"))


def _shade_undetectable(axes: Axes, place: int, row: Row, scale: float) -> None:
    detectable = float(row.get("mde_80", nan)) * scale
    if not isnan(detectable):
        axes.barh(place, 2 * detectable, left=-detectable, height=0.8, color="#EEEEEE", zorder=0)


def _stacked_bar(axes: Axes, place: int, shares: dict[str, float]) -> None:
    left = 0.0
    for described, share in shares.items():
        if not share > 0:
            continue
        fill = _FILLS[described]
        axes.barh(
            place,
            share,
            left=left,
            height=0.7,
            color=fill["facecolor"],
            hatch=fill["hatch"],
            edgecolor="white",
            linewidth=0.8,
        )
        if share >= _LABELLED_FROM:
            ink = "white" if described == "masculine" else "black"
            backing = {"facecolor": fill["facecolor"], "edgecolor": "none", "pad": 1.5}
            axes.text(left + share / 2, place, percent(share), ha="center", va="center", color=ink, bbox=backing)
        left += share


def _match_bar(axes: Axes, place: int, row: Row) -> None:
    asked = ASKED[row["gender"]]
    other = next(described for described in ASKED.values() if described != asked)
    counts = {asked: row["n_as_asked"], other: row["n_other"], "unclear": row["n_unclear"]}
    n = row["n_answers"]
    _stacked_bar(axes, place, {described: count / n if n else 0.0 for described, count in counts.items()})
    draw_interval(axes, place + 0.4, row["ci_low"], row["ci_high"], "black")
    _n_label(axes, place, n)


def _n_of(row: Row) -> str:
    # What a gap of representation is made of are the answers that mark a gender.
    return f"n={row['n_marked']}/{row['n_answers']}" if "n_marked" in row else f"n={row['n_answers']}"


def _n_label(axes: Axes, place: int, n: int) -> None:
    axes.text(1.02, place, f"n={n}", va="center", fontsize="small", transform=axes.get_yaxis_transform())


def _legend_of_fills(figure: Figure, title: str, described: Sequence[str]) -> None:
    from matplotlib.patches import Patch

    fills = [(_FILLS[value], described_name(value)) for value in described]
    handles = [
        Patch(facecolor=fill["facecolor"], hatch=fill["hatch"], edgecolor="white", label=name) for fill, name in fills
    ]
    figure.legend(handles=handles, title=title, loc="outside lower center", ncols=len(handles), frameon=False)


def _legend_of_verdicts(figure: Figure, rows: Sequence[Row]) -> None:
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    handles: list[Line2D | Patch] = []
    for verdict in dict.fromkeys(str(row["verdict"]) for row in rows):
        marker, color = _MARKERS.get(verdict, _NO_GAP)
        name = verdict_name(verdict)
        handles.append(Line2D([], [], linestyle="none", marker=marker, color=color, markeredgewidth=2, label=name))
    if any(not isnan(float(row.get("mde_80", nan))) for row in rows):
        handles.append(Patch(color="#EEEEEE", label=_("gaps that so few answers often miss")))
    figure.legend(handles=handles, loc="outside lower center", ncols=2, frameon=False)
