"""The reader's buttons, list and number, and the page that they turn: ipywidgets 7.7 or 8."""

from __future__ import annotations

from typing import Any

import ipywidgets as widgets

from lab_helpers.bias import AnswerPair, SideBySide
from lab_helpers.i18n import _
from lab_helpers.widgets.marks import legend
from lab_helpers.widgets.pages import Sides, framed, group_name, to_pair_html, unpaired


class Controls:
    """The widgets of one reader, and which pair they show."""

    def __init__(self, found: SideBySide, sides: Sides) -> None:
        self._found, self._sides = found, sides
        self._pairs = found.pairs
        # By their place: a value of None would leave the list without a choice.
        names = [_("All"), *(group_name(group, sides.by) for group in found.groups)]
        label = _("Occupation") if sides.by == "occupation" else sides.by
        self.choice = widgets.Dropdown(options=[(name, place) for place, name in enumerate(names)], description=label)
        self.previous = _button(_("← Previous"), _("The pair before"))
        self.next = _button(_("Next →"), _("The pair after"))
        # A native field: its arrow keys count up and down, and a screen reader says its label.
        self.number = widgets.BoundedIntText(value=1, min=1, description=_("Pair"))
        self.number.layout.width = "11em"
        self.position = widgets.Label()
        self.page = widgets.HTML()
        key = widgets.HTML(framed(legend()))
        row = widgets.HBox([self.choice, self.previous, self.next, self.number, self.position])
        row.layout.flex_flow = "row wrap"
        self.box = widgets.VBox([row, key, self.page])
        self.choice.observe(self._choose, names="value")
        self.number.observe(self._show, names="value")
        self.previous.on_click(lambda _button: self._turn(-1))
        self.next.on_click(lambda _button: self._turn(1))
        self._choose()

    @property
    def shown(self) -> AnswerPair:
        """The pair on the page."""
        return self._pairs[self.number.value - 1]

    def _choose(self, _change: Any = None) -> None:
        place = int(self.choice.value or 0)
        self._pairs = self._found.of(self._found.groups[place - 1] if place else None)
        self.number.max = len(self._pairs)
        if self.number.value == 1:
            self._show()
        else:
            self.number.value = 1

    def _turn(self, step: int) -> None:
        # Round and round: a button that switched itself off would lose the keyboard's focus.
        self.number.value = (self.number.value - 1 + step) % len(self._pairs) + 1

    def _show(self, _change: Any = None) -> None:
        place = _("{place} of {total}").format(place=self.number.value, total=len(self._pairs))
        self.position.value = " ".join([place, *unpaired(self._found)])
        self.page.value = framed(to_pair_html(self.shown, self._sides))


def _button(text: str, tooltip: str) -> widgets.Button:
    button = widgets.Button(description=text, tooltip=tooltip)
    button.layout.width = "auto"
    return button
