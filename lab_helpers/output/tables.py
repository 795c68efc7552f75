"""Tables to look at: at most 10,000 rows or 2 MB, as plain HTML that is complete without any script, or as text."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from html import escape
from numbers import Real
from typing import Any

from lab_helpers.i18n import _, ngettext

# Databricks' limits of display(): docs.databricks.com/notebooks/notebook-limitations.
MAX_ROWS = 10_000
MAX_BYTES = 2 * 1024 * 1024
_TEXT_ROWS = 5
_TEXT_WIDTH = 60

# An untrusted notebook drops the style sheet, not a cell's own style; Jupyter's is to align texts like figures.
_LEFT = ' style="text-align:left"'
_FIGURE = ' class="n"'
# MathJax must leave the cells alone: "$5 and $6" in an answer is no formula.
CLASSES = "lab-table tex2jax_ignore mathjax_ignore"
STYLE = """<style>
.lab-table{max-height:40em;overflow:auto}
.lab-table:has(.dt-container){max-height:none}
.lab-table table{border-collapse:collapse;width:auto;caption-side:top;margin:0}
.lab-table caption{white-space:nowrap;padding:.3em 0;font-style:italic}
.lab-table th,.lab-table td{vertical-align:top;padding:.3em .6em;border:1px solid #9994}
.lab-table td{white-space:pre-wrap;overflow-wrap:anywhere;min-width:3em;max-width:48em;line-height:1.4}
.lab-table th.n,.lab-table td.n{text-align:right;white-space:nowrap;font-variant-numeric:tabular-nums}
.lab-table td.null::before{content:"null";opacity:.6}
</style>"""


@dataclass(frozen=True)
class Table:
    """Rows as they are shown.

    columns: one name per column. rows: one tuple of Python values per row, None where there is none. total: how many
    rows there are in all; None if there are more than shown and nobody counted them.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]
    total: int | None

    @property
    def is_cut(self) -> bool:
        """Whether there are rows that are not shown."""
        return self.total != len(self.rows)

    @property
    def caption(self) -> str:
        """How many rows are shown, of how many, and why not all."""
        shown = with_thousands(len(self.rows))
        if not self.is_cut:
            return ngettext("{n} row", "{n} rows", len(self.rows)).format(n=shown)
        if self.total is None:
            return _("{shown} of more rows shown: a table stops at 10,000 rows or 2 MB.").format(shown=shown)
        return _("{shown} of {total} rows shown: a table stops at 10,000 rows or 2 MB.").format(
            shown=shown, total=with_thousands(self.total)
        )


def cut(columns: Iterable[Any], rows: Iterable[tuple[Any, ...]], total: int | None = None) -> Table:
    """The first of `rows` that are at most 10,000 and 2 MB of text; no more are taken from the iterable than one.

    total: how many rows there are, if known. A single row above 2 MB is shown with its texts shortened.
    """
    names = tuple(str(column) for column in columns)
    kept: list[tuple[Any, ...]] = []
    room = MAX_BYTES
    for row in rows:
        room -= sum(_bytes_of(value) for value in row)
        if room < 0 and not kept:
            kept.append(_shortened(row))
            continue
        if room < 0 or len(kept) == MAX_ROWS:
            return Table(names, tuple(kept), total)
        kept.append(row)
    return Table(names, tuple(kept), len(kept))


def _bytes_of(value: Any) -> int:
    return len(cell_text(value).encode("utf-8"))


def _shortened(row: tuple[Any, ...]) -> tuple[Any, ...]:
    room = MAX_BYTES // (4 * len(row))  # a character takes at most four bytes
    return tuple(f"{text[:room]}…" if len(text := cell_text(value)) > room else value for value in row)


def cell_text(value: Any) -> str:
    """`value` as a cell shows it: empty for what is missing, six decimals for a fraction."""
    if is_missing(value):
        return ""
    if isinstance(value, float) and math.isfinite(value) and (value == 0 or 1e-4 <= abs(value) < 1e15):
        return f"{value:.6f}".rstrip("0").rstrip(".")
    # An answer may hold half a surrogate pair, which no browser and no file takes.
    return str(value).encode("utf-8", "replace").decode("utf-8")


def is_missing(value: Any) -> bool:
    """Whether `value` is None, NaN, NaT or pandas.NA."""
    if value is None or type(value).__name__ in ("NAType", "NaTType"):
        return True
    return isinstance(value, float) and math.isnan(value)


def to_html(table: Table) -> str:
    """The whole table as an accessible HTML table: caption, column headings, every value escaped, no script, no id."""
    return f'<div class="{CLASSES}">{STYLE}\n{table_element(table)}\n</div>'


def table_element(table: Table, table_id: str = "") -> str:
    """The element `<table>` alone."""
    numeric = [_is_numeric(column) for column in zip(*table.rows, strict=True)] or [False] * len(table.columns)
    head = "".join(
        f'<th scope="col"{_FIGURE if number else _LEFT}>{escape(cell_text(name))}</th>'
        for name, number in zip(table.columns, numeric, strict=True)
    )
    body = "\n".join(
        "<tr>" + "".join(_cell(value, number) for value, number in zip(row, numeric, strict=True)) + "</tr>"
        for row in table.rows
    )
    identity = f' id="{escape(table_id)}"' if table_id else ""
    return (
        f"<table{identity}>\n<caption{_LEFT}>{escape(table.caption)}</caption>\n"
        f"<thead><tr>{head}</tr></thead>\n<tbody>\n{body}\n</tbody></table>"
    )


def _is_numeric(column: tuple[Any, ...]) -> bool:
    values = [value for value in column if not is_missing(value)]
    return bool(values) and all(isinstance(value, Real) and not isinstance(value, bool) for value in values)


def _cell(value: Any, number: bool) -> str:
    missing = is_missing(value)
    kind = f' class="{" ".join(["n"] * number + ["null"] * missing)}"' if number or missing else ""
    # What a script sorts by and downloads: the figure unrounded.
    exact = f' data-order="{"" if missing else _unrounded(value)}"' if number else ""
    return f"<td{kind}{exact or _LEFT}>{escape(cell_text(value))}</td>"


def _unrounded(value: Any) -> str:
    return repr(float(value)) if isinstance(value, float) else str(value)


def to_text(table: Table) -> str:
    """The first five rows as text, and the caption."""
    rows = [[_one_line(value) for value in row] for row in table.rows[:_TEXT_ROWS]]
    lines = [[_one_line(name) for name in table.columns], *rows]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    text = ["  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in lines]
    return "\n".join([*text, *["…"] * (len(table.rows) > _TEXT_ROWS), f"[{table.caption}]"])


def _one_line(value: Any) -> str:
    text = "null" if is_missing(value) else " ".join(cell_text(value).split())
    return text if len(text) <= _TEXT_WIDTH else f"{text[: _TEXT_WIDTH - 1]}…"


def with_thousands(number: int) -> str:
    """`number` with the separator of the learner's language."""
    # Translators: the separator of thousands, as in 10,000.
    return f"{number:,}".replace(",", _(","))
