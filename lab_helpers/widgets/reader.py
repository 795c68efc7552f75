"""`read_side_by_side(...)`: answers to two ways of asking beside each other, to go through one pair at a time."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import pandas as pd

from lab_helpers.bias import SideBySide, load_lexicon, pair_answers
from lab_helpers.errors import DataError
from lab_helpers.i18n import _
from lab_helpers.live import widget_bundle
from lab_helpers.widgets.pages import Sides, to_closed_html, to_page_html, to_page_text

if TYPE_CHECKING:
    from lab_helpers.widgets.controls import Controls


@dataclass(frozen=True)
class Reader:
    """Pairs of answers that a notebook shows with buttons to go on; elsewhere a page of the first ones, or text."""

    found: SideBySide = field(repr=False)
    sides: Sides = field(repr=False)

    @cached_property
    def controls(self) -> Controls:
        """The buttons and the page they turn. Raises ImportError without ipywidgets."""
        from lab_helpers.widgets.controls import Controls

        return Controls(self.found, self.sides)

    def __repr__(self) -> str:
        return to_page_text(self.found, self.sides)

    def _repr_html_(self) -> str:
        return to_page_html(self.found, self.sides)

    def _ipython_display_(self) -> None:
        from IPython.display import display

        for output in self.outputs():
            display(output, raw=True)

    def outputs(self) -> list[dict[str, Any]]:
        """What stands below a notebook's cell, as MIME bundles: the widget and, closed, the page; or the page alone.

        The page comes as an output of its own: JupyterLab prefers a widget to all else in a bundle, also where it has
        none to show because the kernel that made it is gone.
        """
        page = {"text/plain": repr(self), "text/html": self._repr_html_()}
        if not (widget := widget_bundle(lambda: self.controls.box)):
            return [page]
        return [
            {**widget, "text/plain": _("A reader to go through the pairs, where widgets run.")},
            {**page, "text/html": to_closed_html(page["text/html"])},
        ]


def read_side_by_side(
    scored: pd.DataFrame,
    left: str = "neutral",
    right: str = "male",
    by: str = "occupation",
    *,
    language: str | None = None,
) -> Reader:
    """Two answers beside each other, with the words marked that were counted, for each occupation and sample.

    scored: as `score_answers` returns it, of one model and one system prompt. left, right: two ways of asking, values
    of `gender` ("neutral", "male", "female") or, where the table has it, of `condition` ("masculine_generic").
    by: the column to choose pairs by. language: of the answers; None: the table's column `language`, else English.
    The words are those of the language's lexicon, also where the table was scored with another one.
    In a notebook the last expression of a cell shows the reader: buttons, a list of occupations and the number of the
    pair, all to be used with the keyboard alone. Where no widget can run it is a page of the first pairs.
    Raises DataError as `pair_answers` does, and for a language without a lexicon.
    """
    found = pair_answers(scored, left, right, by)
    return Reader(found, Sides(left, right, by, load_lexicon(language or _language_of(scored))))


def _language_of(scored: pd.DataFrame) -> str:
    languages = sorted(map(str, scored["language"].unique())) if "language" in scored.columns else ["en"]
    if len(languages) > 1:
        raise DataError(
            _("The table holds answers in several languages: {languages}.").format(languages=", ".join(languages)),
            _("Read those of one: scored[scored.language == {first!r}]").format(first=languages[0]),
        )
    return languages[0]
