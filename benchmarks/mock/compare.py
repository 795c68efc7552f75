"""The practice server beside its peers: how fast each answers, and which questions it takes for another.

Run: uv run python benchmarks/mock/compare.py [--rounds N] [--only NAME ...]
Each peer gets a throwaway environment (uv, npm) and is taught the same questions, by its own recorder where it has one.
The rounds are interleaved and each figure is the median over them; a peer that cannot be installed is reported so.
Everything stays on loopback, each loop is bounded, and what is started is stopped.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass, fields
from pathlib import Path
from tempfile import TemporaryDirectory

import psutil
from peers import HERE, MAKERS, PATHS, NotThere, Peer, running

CALLS_OF_ONE = 300
CLIENTS, PROCESSES = 16, 2
CALLS_OF_MANY = 60
LOOP_TIMEOUT_S = 120.0
NAN = float("nan")


@dataclass(frozen=True)
class Figures:
    """What one round gave, and at the end the medians of all; not a number where a peer has no process of its own."""

    first_answer_s: float
    cpu_ms_a_reply: float
    p50_of_1_ms: float
    p99_of_1_ms: float
    p50_of_16_ms: float
    p99_of_16_ms: float
    memory_mb: float
    errors: int


@dataclass(frozen=True)
class Ready:
    """A peer and the folder that holds all that is its own."""

    peer: Peer
    folder: Path


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", nargs="+", choices=MAKERS, default=list(MAKERS))
    options = parser.parse_args()
    with TemporaryDirectory() as folder:
        ready = list(installed_peers(options.only, Path(folder)))
        measured_peers = [one for one in ready if "speed" in one.peer.takes_part]
        rounds = {one.peer.name: [] for one in measured_peers}
        for number in range(options.rounds):
            for one in measured_peers:
                say(f"round {number + 1}: {one.peer.name}")
                try:
                    rounds[one.peer.name].append(measured(one))
                except NotThere as reason:
                    print(f"{one.peer.name}: a round is missing, {reason}")
        print(speed_table({name: median(figures) for name, figures in rounds.items() if figures}))
        mistakes = {one.peer.name: probed(one) for one in ready if "mistakes" in one.peer.takes_part}
    print(mistakes_table(mistakes))


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def installed_peers(names: Iterable[str], folder: Path) -> Iterable[Ready]:
    for name in names:
        say(f"installing {name}")
        own = folder / name
        own.mkdir()
        try:
            for peer in MAKERS[name](own):
                yield Ready(peer, own)
        except NotThere as reason:
            print(f"{name}: not compared, {reason}")


def measured(ready: Ready) -> Figures:
    peer = ready.peer
    if peer.command is None:
        endpoint = (ready.folder / "endpoint").read_text()
        (alone, crowd), memory_mb = asked_by_one_and_many(peer, endpoint), NAN
        first_answer_s = cpu_ms = NAN
    else:
        begun = time.perf_counter()
        with running(peer, ready.folder) as (process, endpoint):
            first_answer_s = time.perf_counter() - begun
            cpu_before = cpu_s(process)
            alone, crowd = asked_by_one_and_many(peer, endpoint)
            cpu_ms = (cpu_s(process) - cpu_before) * 1000 / (len(alone.latencies_ms) + len(crowd.latencies_ms))
            memory_mb = sum(one.memory_info().rss for one in family(process)) / 2**20
    errors = len(alone.errors) + len(crowd.errors)
    if errors:
        say(f"  {errors} errors, the first: {[*alone.errors, *crowd.errors][0]}")
    return Figures(first_answer_s, cpu_ms, *alone.centiles(), *crowd.centiles(), memory_mb, errors)


@dataclass(frozen=True)
class Heard:
    """What the clients of one level heard."""

    latencies_ms: Sequence[float]
    errors: Sequence[str]

    def centiles(self) -> tuple[float, float]:
        centiles = statistics.quantiles(self.latencies_ms, n=100)
        return centiles[49], centiles[98]


def asked_by_one_and_many(peer: Peer, endpoint: str) -> tuple[Heard, Heard]:
    return asked(peer, endpoint, 1, 1, CALLS_OF_ONE), asked(peer, endpoint, PROCESSES, CLIENTS, CALLS_OF_MANY)


def asked(peer: Peer, endpoint: str, processes: int, clients: int, calls: int) -> Heard:
    wanted = {
        "url": endpoint,
        "api": peer.api,
        "threads": clients // processes,
        "calls": calls,
        "cassette": peer.cassette,
    }
    command = [peer.python, str(HERE / "client_loop.py"), json.dumps(wanted)]
    loops = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(processes)
    ]
    try:
        for loop in loops:
            assert loop.stdout
            if loop.stdout.readline() != "ready\n":
                raise NotThere(f"the clients of {peer.name} could not begin")
        for loop in loops:
            assert loop.stdin
            loop.stdin.write("begin\n")
            loop.stdin.flush()
        heard = [json.loads(loop.communicate(timeout=LOOP_TIMEOUT_S)[0]) for loop in loops]
    finally:
        for loop in loops:
            loop.kill()
            loop.wait()
    return Heard(*([item for one in heard for item in one[name]] for name in ("latencies_ms", "errors")))


def probed(ready: Ready) -> dict[str, str]:
    """What became of each question that a server may mistake for another."""
    peer = ready.peer
    if peer.command is None:
        url = f"{(ready.folder / 'endpoint').read_text()}{PATHS[peer.api]}"
        return heard_by_questions(peer, url, peer.cassette, *(["body"] if peer.match_on_body else []))
    with running(peer, ready.folder) as (_process, endpoint):
        return heard_by_questions(peer, f"{endpoint}{PATHS[peer.api]}")


def heard_by_questions(peer: Peer, url: str, *how: str) -> dict[str, str]:
    command = [peer.python, str(HERE / "questions.py"), "probe", url, *how]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True, timeout=LOOP_TIMEOUT_S)
    return json.loads(done.stdout)


def family(process: psutil.Process) -> list[psutil.Process]:
    return [process, *process.children(recursive=True)]


def cpu_s(process: psutil.Process) -> float:
    return sum(times.user + times.system for times in (one.cpu_times() for one in family(process)))


def median(rounds: list[Figures]) -> Figures:
    return Figures(*(statistics.median(getattr(one, field.name) for one in rounds) for field in fields(Figures)))


def speed_table(figures: dict[str, Figures]) -> str:
    headings = ("first answer s", "CPU ms a reply", "p50 / p99 of 1 ms", "p50 / p99 of 16 ms", "memory MB", "errors")
    return table(["server", *headings], [[name, *cells(one)] for name, one in figures.items()])


def cells(figures: Figures) -> list[str]:
    start, cpu, p50, p99, p50_of_many, p99_of_many, memory, errors = astuple(figures)
    latencies = (f"{p50:.1f} / {p99:.1f}", f"{p50_of_many:.0f} / {p99_of_many:.0f}")
    shown = [f"{start:.2f}", f"{cpu:.2f}", *latencies, f"{memory:.0f}", f"{errors:.0f}"]
    return ["–" if cell == "nan" else cell for cell in shown]


def mistakes_table(mistakes: dict[str, dict[str, str]]) -> str:
    questions = list(next(iter(mistakes.values()), {}))
    rows = [[question, *(heard[question] for heard in mistakes.values())] for question in questions]
    return table(["question", *mistakes], rows)


def table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [headings, ["---", *("---:" for _ in headings[1:])], *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"


if __name__ == "__main__":
    main()
