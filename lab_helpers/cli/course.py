"""The commands around the course: start, run, build and doctor."""

from __future__ import annotations

import os
import sys
from contextlib import ExitStack
from pathlib import Path

import click

from lab_helpers.cli.terminal import console, locale_option
from lab_helpers.i18n import _

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
