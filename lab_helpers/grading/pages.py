"""Pages: the templates, in the reader's language, with everything that a submission said escaped."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from lab_helpers.exercises.outcomes import VERDICTS
from lab_helpers.grading.readable import readable
from lab_helpers.grading.records import Mark, State
from lab_helpers.i18n import Message, message, ngettext_in

if TYPE_CHECKING:
    from jinja2 import Environment

_VERDICTS = {
    **{Mark(status): verdict for status, verdict in VERDICTS.items()},
    Mark.TIMED_OUT: message("✗ Out of time"),
    Mark.DIED: message("✗ Ended early"),
}
_STATES = {
    State.GRADED: message("graded"),
    State.PARTIAL: message("graded in part"),
    State.TIMED_OUT: message("out of time"),
    State.DIED: message("ended early"),
    State.UNREADABLE: message("not readable"),
    State.SUPERSEDED: message("an earlier attempt"),
}


def page(template: str, locale: str, **values: Any) -> str:
    """The page that `template` makes of `values`, in the words of `locale`; everything in it is escaped."""
    return _templates(locale).get_template(template).render(locale=locale, **values)


def state_name(state: State, locale: str) -> str:
    """How a submission ended, in words."""
    return _STATES[state].in_locale(locale)


def _shown(value: object) -> object:
    # Only what comes from outside is a plain text here; what a template made is Markup.
    return readable(value) if type(value) is str else value


@cache
def _templates(locale: str) -> Environment:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("lab_helpers.grading"),
        autoescape=True,
        finalize=_shown,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "told": lambda said: said.in_locale(locale),
        "verdict": lambda mark: _VERDICTS[Mark(mark)].in_locale(locale),
        "state": lambda state: state_name(State(state), locale),
        "number": lambda value: f"{value:.4g}".replace(".", message(".").in_locale(locale)),
    }
    environment.globals |= {
        "_": lambda text, **values: Message(text, values).in_locale(locale),
        "ngettext": lambda one, more, n: ngettext_in(locale, one, more, n),
    }
    return environment
