"""`lab grade`: a class graded, its gradebook and pages written, and the instructor's private set."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from lab_helpers.cli.course import course_folder
from lab_helpers.cli.terminal import LabGroup, console, locale_option
from lab_helpers.i18n import _

if TYPE_CHECKING:
    from rich.table import Table

    from lab_helpers.grading import ForeignAssignment, Format, Progress

# What a shell expects of a command that was ended by Ctrl-C: 128 and the number of the signal.
_INTERRUPTED = 130


class _PathOrCommand(LabGroup):
    """A group whose default command takes a path: `lab grade SUBMISSIONS` is `lab grade class SUBMISSIONS`."""

    def resolve_command(self, ctx: click.Context, args: list[str]) -> Any:
        if args and args[0] not in self.commands and not args[0].startswith("-"):
            args = ["class", *args]
        return super().resolve_command(ctx, args)


@click.group(cls=_PathOrCommand, name="grade")
def grade() -> None:
    """Grade what a class handed in: lab grade SUBMISSIONS --out GRADES."""


@grade.command("class")
@click.argument("submissions", type=click.Path(exists=True, path_type=Path))
@click.option(
    "--out", type=click.Path(file_okay=False, path_type=Path), required=True, help="The folder of the grades."
)
@click.option(
    "--private",
    "private_folder",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Your own inputs and answers, made with: lab grade new-private FOLDER.",
)
@click.option(
    "--assignment",
    "assignment_folder",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Grade this imported assignment, not the course: lab grade import-nbgrader SOURCE FOLDER.",
)
@click.option("--workers", type=click.IntRange(1, 64), default=2, show_default=True, help="Submissions at a time.")
@click.option(
    "--lms",
    type=click.Choice(["plain", "canvas", "moodle"]),
    default="plain",
    show_default=True,
    help="Whose columns the gradebook has.",
)
@click.option("--late-percent", type=click.FloatRange(0, 100), help="What late work loses; kept for later runs.")
@click.option("--force-unisolated", is_flag=True, help="Grade even where submissions cannot be kept apart.")
@locale_option
@course_folder
def class_(
    submissions: Path,
    out: Path,
    private_folder: Path | None,
    assignment_folder: Path | None,
    workers: int,
    lms: Format,
    late_percent: float | None,
    force_unisolated: bool,
    locale: str,
    root: Path,
) -> None:
    """Grade a folder or a zip archive of notebooks.

    Writes a record for each, gradebook.csv, a page of feedback for each student and class.html. Stop it at any time:
    run again, it continues. What did not change is not run again.
    """
    from lab_helpers import grading

    private = grading.read_private(private_folder) if private_folder else None
    store = grading.Store(out)
    if late_percent is not None:
        store.set_late_percent(late_percent)
    imported = grading.imported_assignment(assignment_folder) if assignment_folder else None
    asked = imported or grading.assignments(root, private)
    taken_in = grading.take_in_class(submissions, asked)
    try:
        with _progress() as on_progress:
            run = grading.grade_batch(
                taken_in,
                store,
                asked,
                private=private,
                workers=workers,
                force_unisolated=force_unisolated,
                on_progress=on_progress,
            )
    except KeyboardInterrupt:
        console().print(_("Stopped. What is graded is kept: run the same command again, and it continues."))
        raise SystemExit(_INTERRUPTED) from None
    grading.write_reports(store, asked, taken_in, lms, locale)
    console().print(_("✓ {n} run, {total} in all.").format(n=run, total=len(store.records())))
    console().print(_("The class: {page}").format(page=out / grading.CLASS_PAGE), soft_wrap=True, markup=False)


@grade.command("new-private")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@locale_option
def new_private(folder: Path, locale: str) -> None:
    """Make inputs and recorded answers that no student has seen; keep the folder to yourself."""
    from lab_helpers import grading

    grading.new_private(folder)
    console().print(
        _("✓ A private set is in {folder}. Grade with: lab grade SUBMISSIONS --out GRADES --private {folder}").format(
            folder=folder
        ),
        soft_wrap=True,
        markup=False,
    )


@grade.command("import-nbgrader")
@click.argument("source", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option("--force-unisolated", is_flag=True, help="Run your solution even where it cannot be sandboxed.")
@locale_option
def import_nbgrader(source: Path, folder: Path, force_unisolated: bool, locale: str) -> None:
    """Import an nbgrader assignment: SOURCE is its notebook with solutions and tests.

    Runs your solution and writes FOLDER/assignment.json, hidden tests and all: keep it to yourself. Feedback is in the
    language of this command (--locale). Then grade: lab grade SUBMISSIONS --out GRADES --assignment FOLDER.
    """
    from lab_helpers import grading
    from lab_helpers.i18n import ngettext

    assignment = grading.import_nbgrader(source, folder, force_unisolated=force_unisolated)
    by_hand = [test for test in assignment.tests if test.why]
    console().print(_imported(assignment))
    n = len(assignment.tests) - len(by_hand)
    told = ngettext("✓ {n} question is graded automatically.", "✓ {n} questions are graded automatically.", n)
    console().print(told.format(n=n))
    if by_hand:
        told = ngettext(
            "{n} is left to you: lab grade review GRADES", "{n} are left to you: lab grade review GRADES", len(by_hand)
        )
        console().print(told.format(n=len(by_hand)))
    console().print(
        _("Grade with: lab grade SUBMISSIONS --out GRADES --assignment {folder}").format(folder=folder),
        soft_wrap=True,
        markup=False,
    )


def _imported(assignment: ForeignAssignment) -> Table:
    from rich.markup import escape
    from rich.table import Table

    table = Table()
    for heading in (_("Cell"), _("Question"), _("Points"), _("How it is graded")):
        table.add_column(heading)
    for test in assignment.tests:
        how = _("by hand: {why}").format(why=test.why) if test.why else _("automatically")
        table.add_row(escape(test.cell), escape(test.title), f"{test.points:g}", escape(how))
    return table


@grade.command()
@click.argument("out", type=click.Path(exists=True, file_okay=False, path_type=Path))
@locale_option
def audit(out: Path, locale: str) -> None:
    """Verify that the log of a folder of grades is as it was written."""
    from lab_helpers import grading

    count = grading.verify_audit(out / grading.AUDIT)
    console().print(_("✓ {n} lines, each as it was written.").format(n=count))


@grade.command()
@click.argument("grades", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="The port; 0 takes a free one.")
@click.option("--browser/--no-browser", default=True, help="Open a browser, or print the address only.")
@locale_option
def review(grades: Path, port: int, browser: bool, locale: str) -> None:
    """Give points and comments by hand, answer by answer, on a page in your browser.

    GRADES is the folder that `lab grade class` wrote. Ctrl-C ends the page and brings gradebook and feedback up to
    date. Who has the address can use the page: where others use this computer, take --no-browser, and paste it.
    """
    import threading
    import webbrowser

    from lab_helpers import grading, jupyter

    def announce(address: str) -> None:
        console().print(_("Review: {address}").format(address=address), soft_wrap=True, markup=False)
        console().print(_("Stop with Ctrl-C: gradebook and pages are then brought up to date."))
        if browser:
            # A browser of the terminal's own would not return before the page is there.
            threading.Thread(target=webbrowser.open, args=(address,), daemon=True).start()

    jupyter.stop_on_signals()
    grading.serve_review(grading.Store(grades), port, announce)
    console().print(
        _("✓ Gradebook and pages are up to date: {folder}").format(folder=grades), soft_wrap=True, markup=False
    )


@contextmanager
def _progress() -> Iterator[Progress]:
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    columns = (BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(), TextColumn("{task.description}"))
    with Bar(*columns, console=console()) as bar:
        task = bar.add_task(_("Grading …"), total=None)

        def report(done: int, total: int, path: str) -> None:
            bar.update(task, completed=done, total=total, description=path[-40:])

        yield report
