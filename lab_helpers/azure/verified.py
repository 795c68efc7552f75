"""What a verification found: a sign and a word, a sentence, and what to do next."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

from lab_helpers.i18n import _


@dataclass(frozen=True, repr=False)
class Verified:
    """The outcome of one verified step, shown as text or HTML in the learner's language.

    ok: whether the step is done. found: what was seen. next_step: what to do about it; "" where nothing is to be done.
    """

    ok: bool
    found: str
    next_step: str = ""

    @property
    def verdict(self) -> str:
        """The sign and the word that a reader sees first; neither needs colour."""
        return _("✓ Verified") if self.ok else _("✗ Not yet")

    def __repr__(self) -> str:
        text = f"{self.verdict}: {self.found}"
        return f"{text}\n→ {self.next_step}" if self.next_step else text

    def _repr_html_(self) -> str:
        text = f"<p><strong>{escape(self.verdict)}:</strong> {escape(self.found)}</p>"
        return f"{text}<p>→ {escape(self.next_step)}</p>" if self.next_step else text
