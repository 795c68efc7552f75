"""The peers' environments, made once in a cache folder, and their workers, each run in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import gettempdir
from typing import Any

HERE = Path(__file__).parent
CACHE = Path(os.environ.get("BIAS_PEERS_CACHE") or Path(gettempdir()) / "bias-peers")
# The package brings NLTK's stop words and tokenizer, which NLTK itself fetches from a place that may be out of reach.
NLTK_PACKAGE, NLTK_FOLDER = "llama-index-core", "llama_index/core/_static/nltk_cache"


@dataclass(frozen=True)
class Worker:
    """A script and where it runs. alone: packages installed without what they ask for."""

    script: str
    python: str = ""
    alone: tuple[str, ...] = ()
    packages: tuple[str, ...] = ()


# LangFair asks for torch (1.8 GB), which only the measures that need a hub's models use. NumPy 1 as it demands.
LANGFAIR = Worker(
    "langfair_worker.py",
    "3.11",
    alone=("langfair==0.8.0",),
    packages=(
        "langchain-core",
        "nltk>=3.9",
        "numpy>=1.26,<2",
        "rich==13.8.0",
        "rouge-score",
        "sacremoses",
        "scipy>=1.15",
        "tiktoken<0.12",
        "vaderSentiment>=3.3.2",
    ),
)
GENDERBENCH = Worker("genderbench_worker.py", "3.12", packages=("genderbench==1.1.0",))
OURS = Worker("our_worker.py")


@dataclass(frozen=True)
class Outcome:
    """What a worker gave. cpu_s: of the measure alone; process_cpu_s: of the whole process, its imports included."""

    value: Any
    cpu_s: float
    process_cpu_s: float
    versions: dict[str, str]


def run(worker: Worker, *arguments: str | Path) -> Outcome:
    """Run a worker to its end on one thread, and count what it used, user and system. Raises if it fails."""
    environment = os.environ | {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    python = Path(sys.executable)
    if worker.python:
        python = _python_of(worker)
        library = next(python.parent.parent.glob("lib/python*/site-packages"))
        environment |= {"NLTK_DATA": str(library / NLTK_FOLDER), "GENDER_BENCH_LOG_DIR": str(CACHE)}
    command = [str(python), str(HERE / worker.script), *map(str, arguments)]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        said = process.stdout.read()
        _pid, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command, said)
    # A peer may print before its line of JSON.
    answer = json.loads(said.strip().splitlines()[-1])
    return Outcome(answer["value"], answer["cpu_s"], used.ru_utime + used.ru_stime, answer.get("versions", {}))


def _python_of(worker: Worker) -> Path:
    """The Python of a worker's environment, which is made if it is not there."""
    folder = CACHE / worker.script.removesuffix("_worker.py")
    python, finished = folder / "bin" / "python", folder / "finished"
    if not finished.exists():
        print(f"making {folder} ...", file=sys.stderr, flush=True)
        _uv("venv", "--quiet", "--clear", "--python", worker.python, str(folder))
        install = ("pip", "install", "--quiet", "--python", str(python))
        if worker.packages:
            _uv(*install, *worker.packages)
        for package in worker.alone:
            _uv(*install, "--no-deps", package)
        # NLTK refuses data that are hard links, which is how uv would install them.
        _uv(*install, "--no-deps", "--link-mode", "copy", NLTK_PACKAGE)
        finished.touch()
    return python


def _uv(*arguments: str) -> None:
    command: Sequence[str] = ("uv", *arguments)
    subprocess.run(command, check=True, env={k: v for k, v in os.environ.items() if k != "VIRTUAL_ENV"})
