"""The commands around the course: start, progress, run, build and doctor."""

from __future__ import annotations

import os
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import click

from lab_helpers.cli.terminal import console, locale_option
from lab_helpers.errors import LabError
from lab_helpers.i18n import _

if TYPE_CHECKING:
    from lab_helpers.exercises import Progress

DESK = "my-course"

course_folder = click.option(
    "--course",
    "root",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default=Path(),
    help="The folder that holds course/, solutions/ and lessons/.",
)


@click.command()
@locale_option
@click.option("--browser/--no-browser", default=True, help="Open a browser, or print the address.")
@course_folder
def start(locale: str, browser: bool, root: Path) -> None:
    """Open the course in JupyterLab, on recorded answers or on Azure, with one Spark for all notebooks.

    You work on your own copy, in the folder my-course. Ctrl-C stops JupyterLab and everything this command started.
    """
    from lab_helpers import exercises, jupyter

    jupyter.stop_on_signals()
    first = jupyter.own_copy(root / "course" / locale, root / DESK / locale)
    settings = root / DESK / ".jupyter"
    jupyter.write_settings(settings, locale)
    with ExitStack() as services:
        environ = _start_services(services, "learner", with_local_model=True)
        environ |= {"LAB_LOCALE": locale, "JUPYTERLAB_SETTINGS_DIR": str(settings.resolve())}
        environ |= {"JUPYTER_CONFIG_PATH": jupyter.config_path(), exercises.VARIABLE: str(_journal(root).resolve())}
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


@click.command()
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


@click.command()
@locale_option
@click.option("--reset", is_flag=True, help="Forget all progress, after asking.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@course_folder
def progress(locale: str, reset: bool, yes: bool, root: Path) -> None:
    """Show what is done of the course's exercises and quizzes, or forget it.

    It is read from a file of your own folder, my-course, which is sent nowhere.
    """
    from lab_helpers import exercises

    journal = _journal(root)
    if not reset:
        _print_progress(exercises.read_progress(journal))
    elif not journal.exists():
        console().print(_("There is no progress to forget."))
    elif yes or click.confirm(_("Forget all progress? Your notebooks stay as they are.")):
        _forget(journal)
        console().print(_("✓ Progress is forgotten."))


def _forget(journal: Path) -> None:
    from lab_helpers import exercises

    try:
        exercises.reset_progress(journal)
    except OSError as error:
        raise LabError(
            _("{file} cannot be removed: {reason}").format(file=journal.name, reason=error.strerror),
            _("Close what has it open, and see that you may write in {folder}.").format(folder=str(journal.parent)),
        ) from error


def _journal(root: Path) -> Path:
    from lab_helpers import exercises

    # One for all languages; a class may set another.
    return Path(os.environ.get(exercises.VARIABLE) or root / DESK / exercises.FILE_NAME)


def _print_progress(found: Progress) -> None:
    from rich.table import Table

    table = Table(title=found.summary)
    for heading in (_("Lesson"), _("Exercise"), _("State"), _("Hints"), _("What it is")):
        table.add_column(heading)
    for lesson, key, title, state, hints in found.rows():
        table.add_row(lesson, key, state, str(hints or ""), title)
    console().print(table, markup=False)


@click.command()
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


@click.command()
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
