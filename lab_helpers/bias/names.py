"""The names and numbers of pictures, in the learner's language."""

from __future__ import annotations

from math import isnan

from lab_helpers.bias.columns import DESCRIBED
from lab_helpers.bias.results import ALL
from lab_helpers.i18n import _

# Estimates that are differences of shares, to be read in percentage points.
SHARES = frozenset(("representation_gap", "matches_request", "refused", "tpr_gap", "tpr_gap_rms", *DESCRIBED))


def occupation_name(occupation: str) -> str:
    """The display name of an occupation, as a field of work where the language has no neutral noun for the person."""
    known = {
        "nurse": _("Nurse"),
        "engineer": _("Engineer"),
        "teacher": _("Teacher"),
        "doctor": _("Doctor"),
        "chef": _("Chef"),
        ALL: _("All"),
    }
    return known.get(occupation, occupation)


def described_name(described: str) -> str:
    """What a value of `described` means."""
    return {
        "feminine": _("a woman"),
        "masculine": _("a man"),
        "both": _("both alike"),
        "unmarked": _("no gender"),
        "unclear": _("no gender, or both"),
    }[described]


def measure_name(measure: str) -> str:
    """What a measure's axis is called."""
    return {
        "representation_gap": _("share of women among those described, minus the target"),
        "matches_request": _("share of answers that describe the gender asked for"),
        "tpr_gap": _("true-positive rate for women minus for men"),
        "tpr_gap_rms": _("root mean square of the gaps"),
        "feminine": _("share of answers that describe a woman"),
        "masculine": _("share of answers that describe a man"),
        "both": _("share of answers that describe both alike"),
        "unmarked": _("share of answers that mark no gender"),
        "agentic_communal": _("agentic (achievement) minus communal (care) words, in 100 words"),
        "n_words": _("words in an answer"),
        "n_agentic": _("agentic words in an answer"),
        "n_communal": _("communal words in an answer"),
        "n_feminine": _("feminine words in an answer"),
        "n_masculine": _("masculine words in an answer"),
        "refused": _("share of answers that refuse"),
    }.get(measure, measure)


def verdict_name(verdict: str) -> str:
    """What a verdict says."""
    if verdict.startswith("no gap of size "):
        return _("no gap of size {size}").format(size=number(float(verdict.rpartition(" ")[2])))
    known = {"gap": _("gap"), "inconclusive": _("inconclusive"), "exploratory": _("exploratory: too few to test")}
    return known.get(verdict, verdict)


def number(value: float) -> str:
    """`value` to three significant digits, with the decimal mark of the language."""
    # Translators: the decimal mark, as in 0.5.
    return f"{value:.3g}".replace(".", _("."))


def percent(share: float) -> str:
    """`share` as a whole percentage; a dash where there is none."""
    return "–" if isnan(share) else f"{100 * share:.0f}%"


def signed(value: float, measure: str) -> str:
    """A difference with its sign: in percentage points for shares, else in the measure's unit; a dash where none."""
    if isnan(value):
        return "–"
    written = f"{100 * abs(value):.0f}" if measure in SHARES else number(abs(value))
    return written if set(written) <= set("0,.") else ("+" if value > 0 else "\u2212") + written
