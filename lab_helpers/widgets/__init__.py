"""What a notebook shows that one can work with: built of ipywidgets, with a plain page where none can run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lab_helpers.doors import opened_when_used

if TYPE_CHECKING:
    from lab_helpers.widgets.check_list import CheckOff, check_off
    from lab_helpers.widgets.connecting import ConnectionForm, connection_form
    from lab_helpers.widgets.reader import Reader, read_side_by_side

__all__ = ["CheckOff", "ConnectionForm", "Reader", "check_off", "connection_form", "read_side_by_side"]

# The portal's lessons need no tables: they do not wait for pandas, which the reader loads.
_HOMES = {
    "CheckOff": "check_list",
    "ConnectionForm": "connecting",
    "Reader": "reader",
    "check_off": "check_list",
    "connection_form": "connecting",
    "read_side_by_side": "reader",
}

__getattr__ = opened_when_used(__name__, _HOMES)
