"""A meter for commands that run beside each other: wall time, CPU of all that they start, and peak memory.

CPU comes from a control group of its own where one can be made (as root), so that processes count that nobody waited
for, Java's among them. Elsewhere the processes under the commands are looked at four times a second, and what lived
shorter than that between two looks is missed.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

# To look costs what is looked at: to sum the pages of a process stops it for as long.
_EVERY_S, _EVERY_S_FOR_CPU = 1.0, 0.25
_GROUPS = Path("/sys/fs/cgroup")


@dataclass(frozen=True)
class Command:
    """What to run, where, with which variables besides this process's, and the file for what it says."""

    words: Sequence[str | Path]
    folder: Path
    log: Path
    environ: Mapping[str, str] | None = None


@dataclass(frozen=True)
class Used:
    """wall_s until the last command ended. cpu_s of all processes. peak_mb: the largest sum of their PSS seen."""

    wall_s: float
    cpu_s: float
    peak_mb: float


def run_measured(commands: Sequence[Command]) -> Used:
    """Run the commands beside each other. Raises CalledProcessError, with the end of its log, if one fails."""
    with _group() as group:
        enter = _enter(group)
        started = time.perf_counter()
        running = [_started(command, enter) for command in commands]
        watch = _Watch(group, [process.pid for process in running])
        codes = [process.wait() for process in running]
        wall_s = time.perf_counter() - started
        watch.stop()
        cpu_s = _group_cpu_s(group) if group else watch.cpu_s
    for code, command in zip(codes, commands, strict=True):
        if code:
            said = command.log.read_text(encoding="utf-8", errors="replace")[-2000:]
            raise subprocess.CalledProcessError(code, [str(word) for word in command.words], said)
    return Used(wall_s, cpu_s, watch.peak_mb)


def _started(command: Command, enter: Callable[[], None]) -> subprocess.Popen[bytes]:
    environ = {name: value for name, value in os.environ.items() if name != "VIRTUAL_ENV"} | dict(command.environ or {})
    with command.log.open("wb") as log:
        return subprocess.Popen(
            [str(word) for word in command.words],
            cwd=command.folder,
            env=environ,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            preexec_fn=enter,
        )


@contextlib.contextmanager
def _group() -> Iterator[Path | None]:
    parent = _GROUPS / "cpuacct" if (_GROUPS / "cpuacct").is_dir() else _GROUPS
    group = parent / f"grading-benchmark-{os.getpid()}"
    try:
        group.mkdir()
    except OSError:
        yield None
        return
    try:
        yield group
    finally:
        for _ in range(50):
            # What is still ending is waited for; a group with a process in it stays.
            with contextlib.suppress(OSError):
                group.rmdir()
                break
            time.sleep(0.1)


def _enter(group: Path | None) -> Callable[[], None]:
    return lambda: group and (group / "cgroup.procs").write_text(str(os.getpid()))  # type: ignore[func-returns-value]


def _group_cpu_s(group: Path) -> float:
    if (group / "cpuacct.usage").exists():
        return int((group / "cpuacct.usage").read_text()) / 1e9
    told = dict(line.split() for line in (group / "cpu.stat").read_text().splitlines())
    return int(told["usage_usec"]) / 1e6


class _Watch:
    """Looks at the processes again and again, from a thread of its own."""

    def __init__(self, group: Path | None, roots: Sequence[int]) -> None:
        self.peak_mb = 0.0
        self._group = group
        self._roots = roots
        self._cpu_s: dict[tuple[int, float], float] = {}
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look_again_and_again, daemon=True)
        self._thread.start()

    @property
    def cpu_s(self) -> float:
        return sum(self._cpu_s.values())

    def stop(self) -> None:
        self._over.set()
        self._thread.join()

    def _look_again_and_again(self) -> None:
        while not self._over.wait(_EVERY_S if self._group else _EVERY_S_FOR_CPU):
            processes = list(self._processes())
            self.peak_mb = max(self.peak_mb, sum(map(_pss_mb, processes)))
            if self._group is None:
                for process in processes:
                    with contextlib.suppress(psutil.Error):
                        times = process.cpu_times()
                        self._cpu_s[process.pid, process.create_time()] = times.user + times.system

    def _processes(self) -> Iterator[psutil.Process]:
        if self._group:
            for line in (self._group / "cgroup.procs").read_text().split():
                with contextlib.suppress(psutil.Error):
                    yield psutil.Process(int(line))
            return
        for root in self._roots:
            with contextlib.suppress(psutil.Error):
                process = psutil.Process(root)
                yield from [process, *process.children(recursive=True)]


def _pss_mb(process: psutil.Process) -> float:
    try:
        lines = Path(f"/proc/{process.pid}/smaps_rollup").read_text().splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024
    except (OSError, StopIteration):
        with contextlib.suppress(psutil.Error):
            return process.memory_info().rss / 2**20
        return 0.0
