"""Outcomes: correct, not yet, error or not attempted; with the reasons, in words and signs."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from html import escape

from lab_helpers.exercises.exercise import Finding
from lab_helpers.i18n import Message, _, message


class Status(StrEnum):
    """The four outcomes of a check."""

    CORRECT = "correct"
    NOT_YET = "not_yet"
    ERROR = "error"
    NOT_ATTEMPTED = "not_attempted"


VERDICTS = {
    Status.CORRECT: message("✓ Correct"),
    Status.NOT_YET: message("○ Not yet"),
    Status.ERROR: message("✗ Error"),
    Status.NOT_ATTEMPTED: message("– Not attempted"),
}
_STYLE = (
    "border-left:4px solid var(--lab-verdict);padding:.3em .8em;margin:.3em 0;"
    "color:var(--jp-content-font-color1,inherit)"
)
# Told apart by sign and word; the colours (Okabe & Ito) only help.
_COLOURS = {
    Status.CORRECT: "#009e73",
    Status.NOT_YET: "#e69f00",
    Status.ERROR: "#d55e00",
    Status.NOT_ATTEMPTED: "#888888",
}


@dataclass(frozen=True, repr=False)
class Outcome:
    """What a check found.

    status: one of the four. findings: each criterion, met or not. points: how many of `out_of` the criteria gave.
    because: for an error or an untouched exercise, what happened; next_step: what to do about it.
    """

    key: str
    status: Status
    title: Message
    out_of: int
    findings: tuple[Finding, ...] = ()
    because: Message | None = None
    next_step: Message | None = None

    @property
    def points(self) -> int:
        """The points of the criteria that are met."""
        return sum(finding.points for finding in self.findings if finding.met)

    @property
    def is_correct(self) -> bool:
        """Whether every criterion is met."""
        return self.status == Status.CORRECT

    @property
    def verdict(self) -> str:
        """The sign and the word that a reader sees first."""
        return str(VERDICTS[self.status])

    def lines(self) -> list[str]:
        """What there is to say below the verdict, a sentence each."""
        said = [str(self.because)] if self.because else []
        for finding in self.findings:
            if finding.met:
                said.append(f"✓ {finding.expected}")
                continue
            said.append(f"○ {finding.expected}")
            if finding.found:
                said.append(_("Found: {found}").format(found=finding.found))
        return [*said, f"→ {self.next_step}"] if self.next_step else said

    def __repr__(self) -> str:
        return "\n".join([f"{self.verdict}: {self.title}", *(f"  {line}" for line in self.lines())])

    def _repr_html_(self) -> str:
        style = f"--lab-verdict:{_COLOURS[self.status]};{_STYLE}"
        lines = "".join(f"<div>{escape(line)}</div>" for line in self.lines())
        return (
            f'<div role="status" style="{style}"><strong>{escape(self.verdict)}:</strong> '
            f"{escape(str(self.title))}{lines}</div>"
        )
