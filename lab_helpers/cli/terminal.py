"""What the commands share: the terminal, the language, and errors told as a person would."""

from __future__ import annotations

import sys
from functools import cache
from typing import TYPE_CHECKING, Any, NoReturn

import click

from lab_helpers.errors import LabError
from lab_helpers.i18n import LOCALES, current_locale, use_locale

if TYPE_CHECKING:
    from rich.console import Console


@cache
def console() -> Console:
    """The terminal. Rich loads here and not above: it would double the time the practice server needs to start."""
    from rich.console import Console

    return Console(highlight=False)


class LabGroup(click.Group):
    """A group whose commands report a LabError as a person would, in place of a stack."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; exit with 1 where it cannot be done."""
        try:
            return super().invoke(ctx)
        except LabError as error:
            fail(error)


def fail(error: LabError) -> NoReturn:
    """Say what happened and what to do, and exit with 1."""
    click.secho(error.problem, fg="red", bold=True, err=True)
    click.echo(f"→ {error.next_step}", err=True)
    sys.exit(1)


def _choose_locale(_ctx: click.Context, _param: click.Parameter, value: str | None) -> str:
    if value:
        use_locale(value)
    return current_locale()


locale_option = click.option(
    "--locale",
    type=click.Choice(LOCALES, case_sensitive=False),
    callback=_choose_locale,
    help="The language; without it, the system's.",
)
