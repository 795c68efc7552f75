"""The runner: one pod for a batch, and jobs run in it from as many threads as there are workers."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from dataclasses import replace
from itertools import count
from pathlib import Path
from types import TracebackType

from lab_helpers.errors import GradingError
from lab_helpers.exercises import Served
from lab_helpers.grading.running.attempts import Attempt, attempted
from lab_helpers.grading.running.jobs import End, Isolation, Job, Limits, Note, Run
from lab_helpers.grading.running.pod import Pod
from lab_helpers.grading.running.rooms import Told
from lab_helpers.grading.running.turns import Turns
from lab_helpers.grading.steps import Cell, Step, uses_spark
from lab_helpers.i18n import _


class Runner:
    """Runs jobs for as long as the context lasts. Safe to use from several threads.

    limits: what each job may use. cassettes: folders of recordings that the practice server answers from; None for
    those that are shipped.
    Entering raises NotInstalled where nothing of the kind can run (Windows without WSL).
    """

    def __init__(self, limits: Limits = Limits(), cassettes: Sequence[Path] | None = None) -> None:  # noqa: B008
        self.limits = limits
        self._cassettes = cassettes
        self._numbers = count()
        self._turns = Turns()
        self._runs: dict[Job, Run] = {}
        self._pod: Pod | None = None

    @property
    def isolation(self) -> Isolation:
        """How far submissions are kept from this machine and from each other; known before any of them runs."""
        return self._open_pod().isolation

    def run(self, job: Job) -> Run:
        """Run the steps of a job. Whatever a submission does ends in a Run.

        A step that times out or dies costs its own exercise: the rest is run again without it, in a fresh process.
        Raises GradingError if the pod itself fails.
        """
        started = time.monotonic()
        steps, skipped = list(job.steps), dict[str, End]()
        attempt = None
        while steps and (attempt := self._attempt(job.session, steps)).failed is not None:
            failed = steps[attempt.failed]
            key = failed.key if isinstance(failed, Cell) else failed.cell
            skipped[key] = attempt.end
            if time.monotonic() - started > self.limits.job_s:
                skipped |= {cell.key: attempt.end for cell in _answers(steps[attempt.failed :])}
                break
            steps = _without(steps, failed)
        run = attempt.run if attempt else Run({}, {}, {}, (), self.isolation)
        return replace(run, ends={**run.ends, **skipped}, seconds=time.monotonic() - started)

    def run_once(self, job: Job) -> Run:
        """Like `run`, but what an equal job brought out before stands. For jobs that hold no submission's code."""
        if job in self._runs:
            return self._runs[job]
        run = self.run(job)
        if all(end.how in ("ran", "raised") for end in run.ends.values()):
            self._runs[job] = run
        return run

    def _attempt(self, session: str, steps: Sequence[Step]) -> Attempt:
        """One attempt in a pod whose every part held out; a submission that takes Spark down with it is left alone."""
        with_spark = uses_spark(steps)
        with self._turns.shared() if with_spark else nullcontext():
            attempt, parts = self._tried(session, steps, with_spark=with_spark)
        if not parts:
            return attempt
        # Perhaps a neighbour took it down: with nobody beside, what happens is the submission's own doing.
        with self._turns.alone():
            attempt, parts = self._tried(session, steps, with_spark=with_spark)
        if parts <= {"spark"}:
            return attempt
        raise GradingError(
            _("The sandbox could not be set up: {reason}").format(reason=attempt.words or ", ".join(sorted(parts))),
            _("Run: lab doctor. Then run the command again: it continues where it stopped."),
        )

    def _tried(self, session: str, steps: Sequence[Step], *, with_spark: bool) -> tuple[Attempt, set[str]]:
        """An attempt, and the parts of the pod that did not hold out."""
        pod = self._open_pod()
        exchanges = pod.exchanges(with_spark=with_spark)
        token = pod.spark_token() if with_spark else ""
        name = str(next(self._numbers))
        attempt = attempted(name, session, steps, pod.workroom(), self.limits, spark_token=token)
        told = {part: exchange.end(name) for part, exchange in exchanges.items()}
        gone = {part for part, exchange in exchanges.items() if not exchange.room.is_up}
        if not attempt.has_begun or not attempt.is_over:
            gone.add("workroom")
        run = replace(attempt.run, served=_served(told), notes=_notes(told, gone), isolation=pod.isolation)
        return replace(attempt, run=run), gone

    def _open_pod(self) -> Pod:
        if self._pod is None:
            raise RuntimeError("a Runner is a context manager: use it in a with statement")
        return self._pod

    def __enter__(self) -> Runner:
        """Start the pod."""
        self._pod = Pod(self.limits, self._folders())
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        """End every process that was started."""
        if self._pod:
            self._pod.close()
            self._pod = None

    def _folders(self) -> Sequence[Path]:
        if self._cassettes is not None:
            return self._cassettes
        from lab_helpers.mock import SHIPPED

        return (SHIPPED,)


def _without(steps: Sequence[Step], failed: Step) -> list[Step]:
    """The steps without one that failed; an exercise whose answer is not run is not probed either."""
    exercise = failed.exercise
    rest = [step for step in steps if step is not failed]
    return [step for step in rest if isinstance(step, Cell) or exercise is None or step.exercise != exercise]


def _answers(steps: Sequence[Step]) -> list[Cell]:
    return [step for step in steps if isinstance(step, Cell) and step.exercise]


def _served(told: Mapping[str, Told]) -> tuple[Served, ...]:
    return tuple(Served(**served) for served in told["practice"].served)


def _notes(told: Mapping[str, Told], gone: set[str]) -> tuple[Note, ...]:
    found: list[Note] = []
    if told["practice"].capped:
        found.append("requests_capped")
    if "spark" in told and told["spark"].global_views:
        found.append("global_views_dropped")
    if "spark" in gone:
        found.append("spark_died")
    return tuple(found)
