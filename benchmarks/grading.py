"""Our grader beside nbgrader and otter on the same class: seconds, CPU, memory, and whether the scores are right.

    uv run python benchmarks/grading.py [--class plain|spark|lessons] [--n N] [--tools ours,nbgrader,otter]
        [--rounds R] [--workers W] [--work FOLDER]

The tools take turns, in every round. Ours is the whole command, its start and the sandbox included, and writes
feedback, gradebook and class page; nbgrader is autograde and generate_feedback, half of the class in each of two
processes; otter is its interface in a pool of two, its fastest way. Generating the assignment and making the
environments (by uv, in FOLDER, once) are not measured. Every score must be the expected one, else nothing is
printed but that.

lessons: n notebooks of our lessons 5 to 7. nbgrader runs six of them, with right answers, on a practice server and a
Spark server that are up beforehand and not counted; otter cannot take them, since its tests stand in its own format.
As root, CPU is counted by a control group; else processes are looked at, which misses the shortest. Linux only.
"""

from __future__ import annotations

import argparse
import os
import sys
from contextlib import ExitStack
from pathlib import Path
from statistics import median
from tempfile import gettempdir
from typing import Any

sys.path.insert(0, str(Path(__file__).parent / "grading"))
# The class of our lessons is the tests' own.
sys.path.insert(0, str(Path(__file__).parents[1]))

from meter import Used, run_measured
from tools import Nbgrader, Otter, Ours


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--class", dest="kind", choices=["plain", "spark", "lessons"], default="plain")
    parser.add_argument("--n", type=int, default=20, help="submissions")
    parser.add_argument("--tools", default="ours,nbgrader,otter")
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--workers", type=int, default=2, help="of ours; the others always run two at a time")
    parser.add_argument("--work", type=Path, default=Path(gettempdir()) / "grading-benchmark")
    options = parser.parse_args()
    names = options.tools.split(",")
    options.work.mkdir(parents=True, exist_ok=True)
    with ExitStack() as services:
        tools = [_tool(name, options, services) for name in names if _takes(name, options.kind)]
        found: dict[str, list[Used]] = {tool.name: [] for tool in tools}
        print(f"load average before: {os.getloadavg()[0]:.1f}", file=sys.stderr)
        for number in range(options.rounds):
            for tool in tools:
                used = run_measured(tool.commands())
                _require_expected(tool)
                found[tool.name].append(used)
                print(f"round {number + 1}, {tool.name}: {used}", file=sys.stderr, flush=True)
        print(f"load average after: {os.getloadavg()[0]:.1f}", file=sys.stderr)
    _print_table(options.kind, {tool.name: (len(tool.expected), found[tool.name]) for tool in tools})


def _takes(name: str, kind: str) -> bool:
    if name == "otter" and kind == "lessons":
        print("otter cannot take our lessons: it runs tests of its own format only", file=sys.stderr)
        return False
    return True


def _tool(name: str, options: argparse.Namespace, services: ExitStack) -> Any:
    work, kind, n = options.work.resolve(), options.kind, options.n
    if name == "ours":
        return Ours(work, kind, n, options.workers)
    if name == "otter":
        return Otter(work, kind, n)
    return Nbgrader(work, kind, n, _up(services) if kind == "lessons" else {})


def _up(services: ExitStack) -> dict[str, str]:
    """The variables of a practice server and a Spark server, started here, and those of a steady notebook."""
    from lab_helpers import services as shared
    from lab_helpers.authoring.execution import STEADY

    practice = services.enter_context(shared.practice("benchmark", with_local_model=False))
    return {**practice, **services.enter_context(shared.spark()), **STEADY}


def _require_expected(tool: Any) -> None:
    scores, expected = tool.scores(), tool.expected
    wrong = {who: (scores.get(who), points) for who, points in expected.items() if scores.get(who) != points}
    if wrong or scores.keys() - expected.keys():
        raise SystemExit(f"{tool.name}: scored, and expected: {wrong or scores.keys() - expected.keys()}")


def _print_table(kind: str, found: dict[str, tuple[int, list[Used]]]) -> None:
    """Medians of the rounds; a ratio is of wall time, and of CPU, for each submission, to ours."""
    print(f"\n| {kind} | submissions | wall s | CPU s | peak MB | s each | CPU s each | wall, ratio | CPU, ratio |")
    print("|---|---:|---:|---:|---:|---:|---:|---:|---:|")
    base: tuple[float, float] | None = None
    for name, (n, rounds) in found.items():
        wall, cpu = median(used.wall_s for used in rounds), median(used.cpu_s for used in rounds)
        peak = max(used.peak_mb for used in rounds)
        base = (wall / n, cpu / n) if name == "ours" else base
        ratios = f"{wall / n / base[0]:.1f} | {cpu / n / base[1]:.1f}" if base else "– | –"
        print(f"| {name} | {n} | {wall:.1f} | {cpu:.1f} | {peak:.0f} | {wall / n:.3f} | {cpu / n:.3f} | {ratios} |")


if __name__ == "__main__":
    main()
