"""The command `lab`. `lab --help` is its manual."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from lab_helpers.errors import LabError
from lab_helpers.i18n import LOCALES, _, current_locale, use_locale

if TYPE_CHECKING:
    from rich.console import Console

    from lab_helpers.settings import Settings

DESK = "my-course"
SHIPPED_FOLDER = "lab_helpers/mock/cassettes"

course_folder = click.option(
    "--course",
    "root",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default=Path(),
    help="The folder that holds course/, solutions/ and lessons/.",
)


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


@click.group(cls=LabGroup, context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Responsible AI lab: check a language model for gender bias, mitigate it and measure again."""


@main.command()
@locale_option
@click.option("--browser/--no-browser", default=True, help="Open a browser, or print the address.")
@course_folder
def start(locale: str, browser: bool, root: Path) -> None:
    """Open the course in JupyterLab, on recorded answers or on Azure, with one Spark for all notebooks.

    You work on your own copy, in the folder my-course. Ctrl-C stops JupyterLab and everything this command started.
    """
    from lab_helpers import jupyter

    jupyter.stop_on_signals()
    first = jupyter.own_copy(root / "course" / locale, root / DESK / locale)
    settings = root / DESK / ".jupyter"
    jupyter.write_settings(settings, locale)
    with ExitStack() as services:
        environ = _start_services(services, "learner", with_local_model=True)
        environ |= {"LAB_LOCALE": locale, "JUPYTERLAB_SETTINGS_DIR": str(settings.resolve())}
        console().print(_("Opening {notebook}. Stop with Ctrl-C.").format(notebook=first.name))
        code = jupyter.run_jupyterlab(first.resolve(), environ, browser=browser)
    console().print(_("Stopped. Your notebooks are in {folder}.").format(folder=f"{DESK}/{locale}"))
    sys.exit(code)


def _start_services(services: ExitStack, session: str, *, with_local_model: bool) -> dict[str, str]:
    from lab_helpers import services as shared
    from lab_helpers.settings import read_settings

    environ: dict[str, str] = {}
    live = read_settings()
    if live is None:
        environ |= services.enter_context(shared.practice(session, with_local_model=with_local_model))
        console().print(_("✓ Practice server: recorded answers, nothing leaves this computer."))
    else:
        console().print(_("✓ Live: {endpoint}").format(endpoint=live.endpoint))
    if not os.environ.get("SPARK_REMOTE"):
        with console().status(_("Starting Spark …")):
            environ |= services.enter_context(shared.spark())
        console().print(_("✓ Spark: one server for all notebooks."))
    return environ


@main.command()
@locale_option
@click.option("--out", type=click.Path(path_type=Path), default=Path("executed"), help="Where executed notebooks go.")
@course_folder
def run(locale: str, out: Path, root: Path) -> None:
    """Execute every solution notebook without a browser, and print what the course finds."""
    from lab_helpers import headless, jupyter

    jupyter.stop_on_signals()
    with ExitStack() as services:
        environ = _start_services(services, "run", with_local_model=True)
        headless.run_solutions(root / "solutions" / locale, out / locale, environ, console())
        headless.print_bias_table(environ, console())


@main.command()
@locale_option
def doctor(locale: str) -> None:
    """Say what is there, what is missing, and the one command that mends it."""
    from lab_helpers.doctor import diagnose

    findings = diagnose(os.environ, Path())
    for finding in findings:
        mark, style = ("✓", "green") if finding.ok else ("✗", "red")
        console().print(f"{mark} {finding.topic}: {finding.found}", style=style, markup=False, soft_wrap=True)
        if not finding.ok:
            console().print(f"  → {finding.mend}", markup=False, soft_wrap=True)
    sys.exit(0 if all(finding.ok or finding.severity != "error" for finding in findings) else 1)


@main.command()
@click.option("--check", "only_check", is_flag=True, help="Change nothing; exit with 1 if anything is not as built.")
@click.option("--force", is_flag=True, help="Execute solutions again whose lesson did not change.")
@course_folder
def build(only_check: bool, force: bool, root: Path) -> None:
    """Build course/ and solutions/ from lessons/, bring the catalogs up to date, execute the solutions."""
    from lab_helpers import authoring, services

    if not only_check:
        authoring.sync_catalogs(root)
        with ExitStack() as running:
            environ = {**os.environ, **running.enter_context(services.practice("build", with_local_model=False))}
            environ |= running.enter_context(services.spark())
            authoring.build(root, environ, force=force)
    problems = authoring.check(root)
    for problem in problems:
        console().print(f"✗ {problem}", style="red", markup=False, soft_wrap=True)
    if not problems:
        console().print(_("✓ Every notebook and catalog is as its lesson says."))
    sys.exit(1 if problems else 0)


@main.group(cls=LabGroup)
def mock() -> None:
    """The practice server: serve, record, check and show recordings."""


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
@click.argument("command", nargs=-1, required=True, type=click.UNPROCESSED)
def mock_record(out: Path, azure: bool, command: tuple[str, ...]) -> None:
    """Run COMMAND against a recording server and keep every answer that is not recorded yet.

    For example: lab mock record -- python lessons/recording/ask_everything.py
    """
    from lab_helpers import mock

    upstream = mock.AzureUpstream(_live_settings()) if azure else mock.LocalModel()
    with mock.serving(mock.RecordingServer(out, upstream)) as endpoint:
        environ = {**os.environ, **mock.practice_environment(endpoint, "record")}
        if azure:
            environ["AZURE_OPENAI_DEPLOYMENT"] = next(iter(upstream.deployments))
        done = subprocess.run(command, env=environ, check=False)
    sys.exit(done.returncode)


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
