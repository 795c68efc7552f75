"""A drawn figure with the sentence that says what it shows."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass, field
from functools import cached_property
from html import escape
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from lab_helpers.errors import DataError
from lab_helpers.i18n import _

if TYPE_CHECKING:
    from matplotlib.figure import Figure

DPI = 110
FORMATS = (".png", ".svg", ".pdf")


@dataclass(frozen=True)
class Picture:
    """A figure and its text alternative, made of the same numbers. A notebook shows it as one image with that text."""

    figure: Figure = field(repr=False)
    alt: str

    @cached_property
    def png(self) -> bytes:
        """The figure as PNG; the same figure gives the same bytes."""
        buffer = BytesIO()
        self.figure.savefig(buffer, format="png", dpi=DPI, metadata={"Software": None})
        return buffer.getvalue()

    def _repr_html_(self) -> str:
        source = f"data:image/png;base64,{b64encode(self.png).decode('ascii')}"
        image = f'<img alt="{escape(self.alt)}" src="{source}" style="max-width:100%;background:white">'
        return f'<figure style="margin:0">{image}</figure>'

    def save(self, path: str | Path) -> Path:
        """Write the figure to `path` as PNG, SVG or PDF, by its ending. Raises DataError for any other."""
        path = Path(path)
        if path.suffix.lower() not in FORMATS:
            raise DataError(
                _("A picture cannot be saved as {name}.").format(name=path.name),
                _("Use a file name that ends in one of: {formats}.").format(formats=", ".join(FORMATS)),
            )
        if path.suffix.lower() == ".png":
            path.write_bytes(self.png)
        else:
            self.figure.savefig(path)
        return path
