"""The commands of the practice server: `lab mock`."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from lab_helpers.cli.terminal import LabGroup, console
from lab_helpers.i18n import _
from lab_helpers.settings import PRACTICE_DEPLOYMENT

if TYPE_CHECKING:
    from lab_helpers.mock.recorder import RecordedUpstream
    from lab_helpers.mock.recordings import Recording
    from lab_helpers.settings import Settings

SHIPPED_FOLDER = "lab_helpers/mock/cassettes"


@click.group(cls=LabGroup)
def mock() -> None:
    """The practice server and its recordings."""


def _folders(folders: Sequence[Path]) -> list[Path]:
    from lab_helpers.mock import SHIPPED

    return list(folders) or [SHIPPED]


cassette_folders = click.argument("folders", nargs=-1, type=click.Path(exists=True, path_type=Path))


@mock.command("serve")
@cassette_folders
@click.option("--port", default=0, help="The port; 0 takes a free one.")
@click.option("--host", default="127.0.0.1", help="Another address: then whoever reaches it can use the server.")
@click.option("--strict", is_flag=True, help="Refuse what was never recorded, even where a local model could answer.")
@click.option("--tokens-per-minute", type=click.IntRange(1), help="A limit for each session, such as the lab's 5000.")
def mock_serve(folders: tuple[Path, ...], port: int, host: str, strict: bool, tokens_per_minute: int | None) -> None:
    """Serve the recordings of FOLDERS (else the course's) on this machine, until Ctrl-C.

    The first line printed is JSON with the variables that lead a client here.
    """
    from lab_helpers import mock

    cassettes = mock.Cassettes.read(*_folders(folders))
    for error in cassettes.broken:
        click.echo(str(error), err=True)
    listener = mock.bound_socket(port, host)
    endpoint = f"http://{host}:{listener.getsockname()[1]}"
    click.echo(json.dumps(mock.practice_environment(endpoint, "cli")))
    live = None if strict else mock.LocalModel()
    mock.serve(mock.PracticeServer(cassettes, live, tokens_per_minute), listener)


@mock.command("record", context_settings={"ignore_unknown_options": True})
@click.option("--out", type=click.Path(path_type=Path), default=Path(SHIPPED_FOLDER), help="Where recordings go.")
@click.option("--azure", is_flag=True, help="Record the deployment of your environment in place of the local model.")
@click.option(
    "--openai", metavar="MODEL", help="Record this model of OpenAI, or at OPENAI_BASE_URL, with OPENAI_API_KEY."
)
@click.option("--samples", type=click.IntRange(1), default=1, help="Answers to record to each request without a seed.")
@click.argument("command", nargs=-1, required=True, type=click.UNPROCESSED)
def mock_record(out: Path, azure: bool, openai: str | None, samples: int, command: tuple[str, ...]) -> None:
    """Run COMMAND against a recording server and keep every answer that is not recorded yet.

    For example: lab mock record -- python lessons/recording/ask_everything.py
    """
    from lab_helpers import mock

    if azure and openai:
        raise click.UsageError(_("Choose one of --azure and --openai."))
    upstream = _upstream(azure, openai)
    deployment = next(iter(upstream.deployments), PRACTICE_DEPLOYMENT)
    progress = _Progress()
    with mock.serving(mock.RecordingServer(out, upstream, samples, progress.heard)) as endpoint:
        environ = {**os.environ, **mock.practice_environment(endpoint, "record", deployment)}
        done = subprocess.run(command, env=environ, check=False)
    click.echo(_("✓ Answers recorded: {count}, in {folder}").format(count=progress.answers, folder=out), err=True)
    sys.exit(done.returncode)


class _Progress:
    """Counts the answers that were recorded, and says so where somebody watches."""

    def __init__(self) -> None:
        self.answers = 0

    def heard(self, recording: Recording) -> None:
        """One answer more."""
        self.answers += 1
        if sys.stderr.isatty():
            click.echo(f"\r{self.answers} · {recording.filename[:60]:60}", nl=False, err=True)


def _upstream(azure: bool, openai: str | None) -> RecordedUpstream:
    from lab_helpers import mock

    if azure:
        return mock.AzureUpstream(_live_settings())
    return mock.OpenAIUpstream(openai, os.environ) if openai else mock.LocalModel()


def _required_settings() -> Settings:
    from lab_helpers.errors import SettingsError
    from lab_helpers.settings import read_settings

    settings = read_settings()
    if settings is None:
        raise SettingsError(
            _("The variable {name} is not set.").format(name="AZURE_OPENAI_ENDPOINT"),
            _("Set the variables that `lab mock serve` printed, and run again."),
        )
    return settings


def _live_settings() -> Settings:
    from lab_helpers.errors import SettingsError
    from lab_helpers.settings import read_settings

    settings = read_settings()
    if settings is None or settings.is_practice:
        raise SettingsError(
            _("Nothing says which deployment to record."),
            _("Set AZURE_OPENAI_ENDPOINT, AZURE_OPENAI_API_KEY and AZURE_OPENAI_DEPLOYMENT, and run again."),
        )
    return settings


@mock.command("faults")
@click.argument("rules", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path))
def mock_faults(rules: Path | None) -> None:
    """Let the session of your environment fail as RULES, a JSON file, says. Without RULES, end that: how did it go?

    The session is the one of AZURE_OPENAI_ENDPOINT and AZURE_OPENAI_API_KEY.
    """
    from lab_helpers import practice

    if rules:
        practice.set_faults(_required_settings(), json.loads(rules.read_text("utf-8")))
        console().print(_("✓ The faults are set."))
        return
    verdicts = practice.end_faults(_required_settings())
    console().print(verdicts.to_string(index=False) if len(verdicts) else _("No fault was met."), markup=False)
    sys.exit(0 if verdicts["coped"].all() else 1)


@mock.command("check")
@cassette_folders
def mock_check(folders: tuple[Path, ...]) -> None:
    """Check schema, keys, names and provenance of recordings, and that no secret is in them."""
    from lab_helpers import mock

    files = [file for folder in _folders(folders) for file in sorted(folder.rglob("*.json"))]
    problems = [problem for file in files for problem in mock.check_file(file)]
    for problem in problems:
        console().print(f"✗ {problem}", style="red", markup=False, soft_wrap=True)
    if not files:
        problems = [_("No recordings were found.")]
        console().print(f"✗ {problems[0]}", style="red", markup=False)
    if not problems:
        console().print(_("✓ {count} recordings are sound.").format(count=len(files)))
    sys.exit(1 if problems else 0)


@mock.command("show")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def mock_show(file: Path) -> None:
    """Print one recording: what was asked, where the answers come from, and the answers."""
    from lab_helpers import mock

    recording = mock.load(file)
    for message in recording.request["messages"]:
        console().print(f"{message['role']}: {message['content']}", style="bold", markup=False, soft_wrap=True)
    origin = ", ".join(f"{name}: {value}" for name, value in recording.provenance.items())
    console().print(origin, style="dim", markup=False, soft_wrap=True)
    for variant in recording.variants:
        text = variant.body["choices"][0]["message"]["content"] if variant.status == 200 else variant.body
        console().print(f"\n[{variant.seed}] {text}", markup=False, soft_wrap=True)


@mock.command("diff")
@click.argument("one", type=click.Path(exists=True, path_type=Path))
@click.argument("other", type=click.Path(exists=True, path_type=Path))
def mock_diff(one: Path, other: Path) -> None:
    """Print what differs between two recordings, or between two folders of them; exit with 1 if anything does.

    A line begins with + for what only OTHER has, - for what only ONE has, and ~ for what is not the same in both.
    """
    from lab_helpers import mock

    differences = mock.compare(one, other)
    for found in differences:
        line = f"{found.sign} {found.name}: {found.what}"
        console().print(f"{line}: {found.detail}" if found.detail else line, markup=False, soft_wrap=True)
    if not differences:
        console().print(_("✓ Nothing differs."))
    sys.exit(1 if differences else 0)


@mock.command("convert")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--out", type=click.Path(path_type=Path), required=True, help="The folder where recordings go.")
@click.option("--model", required=True, help="The model that answered.")
@click.option("--licence", required=True, help="The licence of the answers, as its SPDX identifier.")
@click.option("--source", required=True, help="Where the cassette comes from, such as its address.")
def mock_convert(file: Path, out: Path, model: str, licence: str, source: str) -> None:
    """Turn FILE, a cassette of vcrpy, into recordings.

    Only chat completions are taken over, without the headers of their requests. A secret among them is refused.
    """
    from lab_helpers import mock

    converted = mock.convert_cassette(file, {"source": source, "model": model, "licence": licence})
    for recording in converted.recordings:
        mock.keep(recording, out)
    console().print(
        _("✓ Recordings written: {count}, to {folder}. Left out: {left_out}.").format(
            count=len(converted.recordings), folder=out, left_out=converted.left_out
        ),
        markup=False,
        soft_wrap=True,
    )
    sys.exit(0 if converted.recordings else 1)
