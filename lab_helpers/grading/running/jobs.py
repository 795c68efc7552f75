"""Jobs: one submission's steps to run, the limits it must keep, and what the run brought out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from lab_helpers.exercises import Served, Values
from lab_helpers.exercises.values import Json
from lab_helpers.grading.steps import Step

Isolation = Literal["full", "partial", "none"]
Exceeded = Literal["memory", "processes"]
Note = Literal["requests_capped", "global_views_dropped", "spark_died"]
How = Literal["ran", "raised", "timed_out", "died"]


@dataclass(frozen=True)
class Limits:
    """What one submission may use.

    cell_s, probe_s: seconds for each of the submission's cells and each probe; slow_s instead for the lesson's own
    cells, and for all where Spark is used. Seconds in which the machine was busy with others do not count. job_s: for
    everything, after which a failed step is not left out and the rest tried again. memory_mb: of one process; all
    its processes together may use twice as much. processes: at once, threads included. output_bytes: kept of what one
    cell prints. files_mb: of all files it writes. requests: to the practice server.
    """

    cell_s: float = 10.0
    probe_s: float = 10.0
    slow_s: float = 60.0
    job_s: float = 300.0
    memory_mb: int = 1536
    processes: int = 128
    output_bytes: int = 20_000
    files_mb: int = 64
    requests: int = 5_000


@dataclass(frozen=True)
class Job:
    """One submission to run.

    session: names its session at the practice server; the answers it is given depend on nothing else.
    """

    session: str
    steps: tuple[Step, ...]


@dataclass(frozen=True)
class End:
    """How a step ended.

    raised: the error as `exercises.values.raised` tells it, where how is "raised". exceeded: what of it was too much,
    where that is why it died.
    """

    how: How
    raised: Mapping[str, Json] | None = None
    exceeded: Exceeded | None = None


@dataclass(frozen=True)
class Run:
    """What a run brought out; every text and value in it is the submission's own word, to be judged and never trusted.

    values: by exercise; none for an exercise whose cell or probe timed out or died. ends: by the cell's key; a probe
    that timed out or died counts as its exercise's cell. outputs: what each cell printed, by its key, without control
    characters. served: what the practice server answered, in order; it is the server's word and can be trusted.
    isolation: of this run. notes: what the instructor should know. seconds: of the whole run; never compared.
    """

    values: Mapping[str, Values]
    ends: Mapping[str, End]
    outputs: Mapping[str, str]
    served: tuple[Served, ...]
    isolation: Isolation
    notes: tuple[Note, ...] = ()
    seconds: float = field(default=0.0, compare=False)
