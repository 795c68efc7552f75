"""What a submission said, made fit to be shown: nothing in it moves a cursor, colours a terminal or rings a bell."""

from __future__ import annotations

import re

# Escape sequences (ECMA-48), and what else is no text; a line's end and a tab may stay.
_CONTROL = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|.)?|[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def readable(text: str) -> str:
    """`text` without control characters; Windows' line ends become plain ones."""
    return _CONTROL.sub("", text.replace("\r\n", "\n"))
