"""The practice server, side by side: the shipped recordings, 2,000 recordings, and a fixed answer as the raw ceiling.

Run: uv run python benchmarks/practice_server.py [ROUNDS]
Every server is a process of its own and is asked through the official openai SDK. The rounds are interleaved, so that
whatever else the machine does falls on all of them; each figure is the median over the rounds.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields
from pathlib import Path
from tempfile import TemporaryDirectory

import openai
import psutil
from rich.console import Console
from rich.table import Table

from lab_helpers.mock import SHIPPED, load
from lab_helpers.mock.recordings import Recording, save

LAB = Path(sys.executable).with_name("lab")
REPLIES = 400
WARM_UP = 20
# The least that can answer the SDK: no routing, no key, no recording.
FIXED_ANSWER = """
import json, sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

body = sys.argv[1].encode()

class Fixed(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_POST(self):
        self.rfile.read(int(self.headers["content-length"]))
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass

server = ThreadingHTTPServer(("127.0.0.1", 0), Fixed)
print(json.dumps({"port": server.server_port}), flush=True)
server.serve_forever()
"""


@dataclass(frozen=True)
class Figures:
    """What one round gave, and at the end the medians of all."""

    first_line_s: float
    first_answer_s: float
    cpu_ms_a_reply: float
    p50_ms: float
    p99_ms: float
    memory_mb: float


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("rounds", nargs="?", type=int, default=5)
    rounds = parser.parse_args().rounds
    asked = next(load(path) for path in sorted(SHIPPED.rglob("*.json")))
    count = len(list(SHIPPED.rglob("*.json")))
    with TemporaryDirectory() as folder:
        write_copies(asked, Path(folder), 2000)
        serve = [str(LAB), "mock", "serve", "--strict"]
        body = json.dumps({**asked.variants[0].body, "object": "chat.completion"})
        peers = {
            f"ours, the {count} shipped, of {len(asked.variants)} answers": serve,
            "ours, 2,000 recordings of one answer": [*serve, folder],
            "standard library, a fixed answer": [sys.executable, "-c", FIXED_ANSWER, body],
        }
        taken = {name: [] for name in peers}
        for _round in range(rounds):
            for name, command in peers.items():
                taken[name].append(measured(command, asked))
    show({name: median(figures) for name, figures in taken.items()}, rounds)


def write_copies(recording: Recording, folder: Path, count: int) -> None:
    """The first answer of `recording`, as itself and as of others that differ in the number of tokens asked for."""
    for number in range(count):
        max_tokens = recording.request["max_tokens"] + number
        save(
            Recording({**recording.request, "max_tokens": max_tokens}, recording.variants[:1], recording.provenance),
            folder,
        )


def measured(command: list[str], asked: Recording) -> Figures:
    begun = time.perf_counter()
    with running(command) as (process, endpoint):
        first_line_s = time.perf_counter() - begun
        client = openai.AzureOpenAI(azure_endpoint=endpoint, api_key="practice-benchmark", api_version="2024-10-21")
        ask(client, asked)
        first_answer_s = time.perf_counter() - begun
        for _call in range(WARM_UP):
            ask(client, asked)
        cpu_before = cpu_s(process)
        latencies_ms = [ask(client, asked) * 1000 for _call in range(REPLIES)]
        cpu_ms = (cpu_s(process) - cpu_before) * 1000 / REPLIES
        centiles = statistics.quantiles(latencies_ms, n=100)
        memory_mb = process.memory_info().rss / 2**20
    return Figures(first_line_s, first_answer_s, cpu_ms, centiles[49], centiles[98], memory_mb)


@contextmanager
def running(command: list[str]) -> Iterator[tuple[psutil.Process, str]]:
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout
            said = json.loads(server.stdout.readline())
            yield psutil.Process(server.pid), said.get("AZURE_OPENAI_ENDPOINT") or f"http://127.0.0.1:{said['port']}"
        finally:
            server.terminate()


def ask(client: openai.AzureOpenAI, asked: Recording) -> float:
    request = {name: value for name, value in asked.request.items() if name != "deployment"}
    begun = time.perf_counter()
    completion = client.chat.completions.create(model=asked.request["deployment"], **request)
    taken_s = time.perf_counter() - begun
    assert completion.choices[0].message.content
    return taken_s


def cpu_s(process: psutil.Process) -> float:
    times = process.cpu_times()
    return times.user + times.system


def median(rounds: list[Figures]) -> Figures:
    return Figures(*(statistics.median(getattr(one, field.name) for one in rounds) for field in fields(Figures)))


def show(medians: dict[str, Figures], rounds: int) -> None:
    table = Table(title=f"Median of {rounds} rounds of {REPLIES} replies, one client, openai {openai.__version__}")
    table.add_column("server")
    for heading in ("ready s", "first answer s", "CPU ms a reply", "p50 ms", "p99 ms", "memory MB"):
        table.add_column(heading, justify="right")
    for name, figures in medians.items():
        seconds = (f"{figures.first_line_s:.2f}", f"{figures.first_answer_s:.2f}", f"{figures.cpu_ms_a_reply:.2f}")
        table.add_row(name, *seconds, f"{figures.p50_ms:.1f}", f"{figures.p99_ms:.1f}", f"{figures.memory_mb:.0f}")
    Console(width=120).print(table)


if __name__ == "__main__":
    main()
