"""The course without a browser: every solution executed, and its finding as a table in the terminal."""

from __future__ import annotations

import os
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from lab_helpers import authoring
from lab_helpers.errors import NotInstalled
from lab_helpers.i18n import _

# A notebook keeps one core busy, and a laptop has two; each more would take memory for another kernel.
NOTEBOOKS_AT_ONCE = 2


def run_solutions(solutions: Path, out: Path, environ: Mapping[str, str], console: Console) -> None:
    """Execute the notebooks of `solutions`, two at a time, and write them to `out`, showing the progress cell by cell.

    Raises NotInstalled if there are none, AuthoringError naming the cell that fails.
    """
    notebooks = sorted(solutions.glob("*.ipynb"))
    if not notebooks:
        raise NotInstalled(
            _("There are no notebooks in {folder}.").format(folder=str(solutions)),
            _("Run the command in the folder of the course, or build the notebooks with: uv run lab build"),
        )
    columns = (TextColumn("{task.description:34}"), BarColumn(), TextColumn("{task.completed}/{task.total}"))
    pool = ThreadPoolExecutor(NOTEBOOKS_AT_ONCE)
    with Progress(*columns, TimeElapsedColumn(), console=console) as progress:

        def run(path: Path) -> None:
            task = progress.add_task(path.stem, total=None)
            executed = authoring.execute_notebook(
                authoring.read_notebook(path),
                {**os.environ, **environ},
                on_cell=lambda done, total: progress.update(task, completed=done, total=total),
            )
            authoring.write_notebook(executed, out / path.name)

        try:
            for running in [pool.submit(run, path) for path in notebooks]:
                running.result()
        finally:
            pool.shutdown(cancel_futures=True)
    console.print(_("Executed notebooks: {folder}").format(folder=str(out)))


def print_bias_table(environ: Mapping[str, str], console: Console) -> None:
    """Print how often the answer described the gender that was asked for, with its interval, by occupation."""
    os.environ.update(environ)
    from lab_helpers import bias
    from lab_helpers.answers import ask_all
    from lab_helpers.client import connect

    with redirect_stdout(StringIO()):
        connection = connect()
    asked = bias.balanced_prompts().query("gender != 'neutral'")
    answers = ask_all(connection, asked, samples=30, system_prompt=bias.LAB_SYSTEM_PROMPT)
    matches = bias.request_match(bias.score_answers(answers))
    table = Table(title=_("How often the answer describes the gender that was asked for"))
    for heading in (_("asked for"), _("answers"), _("share"), _("95 % interval")):
        table.add_column(heading)
    for row in matches.to_dict("records"):
        interval = f"{row['ci_low']:.0%} – {row['ci_high']:.0%}"
        table.add_row(str(row["scope"]), str(row["n_answers"]), f"{row['estimate']:.0%}", interval)
    console.print(table)
