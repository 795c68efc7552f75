"""Pictures of women's answers against men's: pair by pair, and word by word."""

from __future__ import annotations

from collections.abc import Sequence
from math import isnan
from typing import TYPE_CHECKING, Any

import pandas as pd

from lab_helpers.bias.captions import Row, pair_sentence, word_sentence
from lab_helpers.bias.drawing import axis_label, new_figure, row_axes, rows_of
from lab_helpers.bias.estimates import pair_means
from lab_helpers.bias.names import SHARES, measure_name, occupation_name
from lab_helpers.bias.pictures import Picture
from lab_helpers.i18n import _

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# Okabe and Ito's colours; the marker and the hatch say the same without colour.
_WOMEN = ("#E69F00", "D")
_MEN = ("#0072B2", "o")
_BARS = {"n_feminine": ("#E69F00", "///"), "n_masculine": ("#0072B2", "")}
# Twins of the same mean would hide each other on one line.
_APART = 0.12


def plot_paired(scored: pd.DataFrame, measure: str) -> Picture:
    """The mean of `measure` for the man and the woman of each pair of prompts, joined by a line.

    scored, measure: as for `counterfactual_gap`, whose estimate is the mean length of these lines.
    Raises as `counterfactual_gap` does.
    """
    rows = rows_of(pair_means(scored, measure), ["pair", "male", "female"])
    figure = new_figure(len(rows), width=7.5)
    axes = figure.subplots()
    row_axes(axes, [occupation_name(str(row["pair"])) for row in rows])
    scale = 100 if measure in SHARES else 1
    for place, row in enumerate(rows):
        ends = [place - _APART, place + _APART]
        axes.plot([row["male"] * scale, row["female"] * scale], ends, color="#999999", linewidth=1, zorder=1)
    for column, label, offset, (color, marker) in (
        ("male", _("asked for a man"), -_APART, _MEN),
        ("female", _("asked for a woman"), _APART, _WOMEN),
    ):
        style = {"linestyle": "none", "marker": marker, "color": color, "markersize": 8, "clip_on": False}
        places = [place + offset for place in range(len(rows))]
        axes.plot([row[column] * scale for row in rows], places, label=label, **style)
    axes.set_xlabel(
        _("{measure} (percent)").format(measure=measure_name(measure)) if measure in SHARES else axis_label(measure)
    )
    figure.legend(loc="outside lower center", ncols=2, frameon=False)
    alt = [_("Paired points, for a man and for a woman: {measure}.").format(measure=measure_name(measure))]
    return Picture(figure, " ".join([*alt, *(pair_sentence(row, measure) for row in rows)]))


def plot_words(words: pd.DataFrame, n: int = 10) -> Picture:
    """The `n` words that tell women's and men's answers apart most on either side, as bars of their z.

    words: as `word_log_odds` returns it; `words.query("not gendered")` looks past she and he. Hollow bars are words
    whose difference may be chance. The text alternative quotes a sentence with each word.
    Raises DataError for another table or an empty one.
    """
    rows = rows_of(words, ["word", "z", "n_feminine", "n_masculine", "verdict", "example"])
    rows = sorted(rows, key=lambda row: -row["z"])
    feminine, masculine = [row for row in rows if row["z"] > 0][:n], [row for row in rows if row["z"] < 0][-n:]
    shown = [*feminine, *masculine] or rows[:n]
    figure = new_figure(len(shown), width=7.5, row_height=0.32)
    axes = figure.subplots()
    row_axes(axes, [str(row["word"]) for row in shown])
    axes.axvline(0, color="black", linewidth=1)
    for place, row in enumerate(shown):
        _word_bar(axes, place, row["z"], found=row["verdict"] == "gap")
    axes.set_xlabel(_("z: in men's answers (left) or women's (right)"))
    _legend_of_bars(figure, shown)
    alt = [_("Bars: words that are more frequent in one gender's answers."), *map(word_sentence, shown)]
    return Picture(figure, " ".join(alt))


def _legend_of_bars(figure: Figure, shown: Sequence[Row]) -> None:
    from matplotlib.patches import Patch

    handles = [
        Patch(**_bar_style(column, found=found), label=label)
        for column, is_side, texts in (
            ("n_masculine", lambda z: z < 0, (_("men's answers"), _("men's answers, may be chance"))),
            ("n_feminine", lambda z: z > 0, (_("women's answers"), _("women's answers, may be chance"))),
        )
        for found, label in zip((True, False), texts, strict=True)
        if any(is_side(row["z"]) and (row["verdict"] == "gap") == found for row in shown)
    ]
    if handles:
        figure.legend(handles=handles, loc="outside lower center", ncols=2, frameon=False)


def _bar_style(column: str, *, found: bool) -> dict[str, Any]:
    color, hatch = _BARS[column]
    if found:
        return {"facecolor": color, "hatch": hatch, "edgecolor": "white"}
    return {"facecolor": "white", "edgecolor": color}


def _word_bar(axes: Axes, place: int, z: float, *, found: bool) -> None:
    if isnan(z):
        return
    axes.barh(place, z, height=0.7, **_bar_style("n_feminine" if z > 0 else "n_masculine", found=found))
