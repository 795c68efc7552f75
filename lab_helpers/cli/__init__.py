"""The command `lab`. `lab --help` is its manual."""

from __future__ import annotations

import click

from lab_helpers.cli.course import build, doctor, progress, run, start
from lab_helpers.cli.grade import grade
from lab_helpers.cli.mock import mock
from lab_helpers.cli.model import model
from lab_helpers.cli.terminal import LabGroup

__all__ = ["main"]


@click.group(cls=LabGroup, context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Responsible AI lab: check a language model for gender bias, mitigate it and measure again."""


for command in (build, doctor, grade, mock, model, progress, run, start):
    main.add_command(command)
