"""A batch: everything handed in, graded by several workers, each result on the disk before the next begins."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from lab_helpers.authoring import Lesson, read_lessons
from lab_helpers.errors import GradingError
from lab_helpers.exercises import EXERCISES, Exercise
from lab_helpers.exercises.values import Json
from lab_helpers.grading.audit import AuditLog
from lab_helpers.grading.fingerprint import lesson_fingerprint, submission_key
from lab_helpers.grading.foreign import foreign_exercises, grade_foreign
from lab_helpers.grading.foreign_assignment import ForeignAssignment, foreign_text, read_foreign
from lab_helpers.grading.intake import take_in
from lab_helpers.grading.matching import match_answers
from lab_helpers.grading.plan import plan
from lab_helpers.grading.private import PrivateSet, public_inputs
from lab_helpers.grading.records import Record
from lab_helpers.grading.running import Job, Limits, Runner
from lab_helpers.grading.scoring import failed, scored, superseded, unreadable
from lab_helpers.grading.store import Store
from lab_helpers.grading.submissions import Submission
from lab_helpers.i18n import _

AUDIT = "audit.jsonl"
# Told after each submission: how many are done, of how many, and which it was.
Progress = Callable[[int, int, str], None]


@dataclass(frozen=True)
class Assignment:
    """One lesson as it is graded: our own copy of it, its exercises, what to try functions on, and its fingerprint.

    foreign: where it was imported from another grader's.
    """

    lesson: Lesson
    exercises: tuple[Exercise, ...]
    inputs: Mapping[str, Json]
    fingerprint: str
    foreign: ForeignAssignment | None = None


def assignments(root: Path, private: PrivateSet | None = None) -> dict[str, Assignment]:
    """The lessons under `root` that have exercises, by name. private: the instructor's own inputs and answers."""
    found = {}
    for lesson in read_lessons(root):
        exercises = tuple(one for one in EXERCISES.values() if one.lesson == lesson.name.partition("_")[0])
        if exercises:
            inputs = private.inputs(exercises) if private else public_inputs(exercises)
            key = lesson_fingerprint(lesson, exercises, inputs, private.digest if private else "")
            found[lesson.name] = Assignment(lesson, exercises, inputs, key)
    if not found:
        raise GradingError(
            _("There are no lessons with exercises in {folder}.").format(folder=root),
            _("Run the command in the folder of the course, or name it with --course."),
        )
    return found


def imported_assignment(folder: Path) -> dict[str, Assignment]:
    """The assignment that was imported into `folder`, by its name. Raises GradingError where there is none."""
    foreign = read_foreign(folder)
    lesson, exercises = foreign.lesson, foreign_exercises(foreign)
    # The whole of it decides what a submission is worth: its hidden tests, too.
    key = lesson_fingerprint(lesson, exercises, {}, foreign_text(foreign))
    return {foreign.name: Assignment(lesson, exercises, {}, key, foreign)}


def take_in_class(handed_in: Path, asked: Mapping[str, Assignment]) -> list[Submission]:
    """Everything handed in, read and not run. Raises GradingError where there is nothing to take in."""
    return take_in(handed_in, {name: [cell.key for cell in one.lesson.cells] for name, one in asked.items()})


def grade_batch(
    submissions: Sequence[Submission],
    store: Store,
    asked: Mapping[str, Assignment],
    *,
    private: PrivateSet | None = None,
    workers: int = 2,
    limits: Limits | None = None,
    force_unisolated: bool = False,
    on_progress: Progress = lambda done, total, path: None,
) -> int:
    """Grade the submissions; returns how many of them had to be run. Their records are in `store`.

    A submission whose record depends on nothing that changed is not run again, so an interrupted batch continues.
    Raises GradingError where submissions would run beside each other and the instructor's own files (isolation "none"),
    unless `force_unisolated`. At a KeyboardInterrupt, which passes through, what is done is kept.
    """
    log = AuditLog(store.folder / AUDIT)
    latest = _latest(submissions)
    todo = []
    for submission in submissions:
        key = submission_key(submission, asked[submission.lesson].fingerprint if submission.lesson else "")
        record = store.record(submission.path.as_posix())
        if submission.path in latest:
            if record is None or record.key != key:
                todo.append((submission, key))
            continue
        made = unreadable(submission, key) if submission.problem else superseded(submission, key)
        if made != record:
            _keep(store, log, made)
    store.forget_others(submission.path.as_posix() for submission in submissions)
    if todo:
        cassettes = (private.cassettes,) if private else None
        with Runner(limits or Limits(), cassettes) as runner:
            require_isolation(runner, force_unisolated)
            _run_all(todo, asked, runner, workers, lambda record: _keep(store, log, record), on_progress)
    return len(todo)


def _run_all(
    todo: Sequence[tuple[Submission, str]],
    asked: Mapping[str, Assignment],
    runner: Runner,
    workers: int,
    keep: Callable[[Record], None],
    on_progress: Progress,
) -> None:
    pool = ThreadPoolExecutor(workers)
    running: dict[Future[Record], Submission] = {
        pool.submit(_graded, submission, key, asked[submission.lesson], runner): submission for submission, key in todo
    }
    pending, done_before = set(running), 0
    try:
        while pending:
            done, pending = wait(pending, return_when=FIRST_COMPLETED)
            for future in done:
                keep(future.result())
                done_before += 1
                on_progress(done_before, len(todo), running[future].path.as_posix())
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _graded(submission: Submission, key: str, assignment: Assignment, runner: Runner) -> Record:
    try:
        if assignment.foreign:
            return grade_foreign(submission, key, assignment.foreign, assignment.exercises, runner)
        answers = match_answers(assignment.lesson, submission)
        steps = plan(assignment.lesson, answers.sources, assignment.exercises, assignment.inputs, submission.locale)
        # The session is the submission's own: the answers it gets depend on neither order nor neighbours.
        run = runner.run(Job(key[:24], steps))
        return scored(submission, answers, run, assignment.exercises, assignment.inputs, key)
    except GradingError:
        raise
    except Exception as error:
        # One submission that nobody thought of must not keep a class from its grades.
        return failed(submission, error)


def _latest(submissions: Sequence[Submission]) -> set[PurePosixPath]:
    """The submissions that count: of several attempts of one student at one lesson, the last. Without problems."""
    latest: dict[tuple[str, str, str], Submission] = {}
    for submission in submissions:
        who = (submission.student, submission.origin.number, submission.lesson)
        if submission.problem is None and (
            who not in latest or latest[who].origin.attempt <= submission.origin.attempt
        ):
            latest[who] = submission
    return {submission.path for submission in latest.values()}


def _keep(store: Store, log: AuditLog, record: Record) -> None:
    store.keep(record)
    log.note(
        "graded",
        path=record.path,
        student=record.student,
        lesson=record.lesson,
        state=str(record.state),
        points=record.points,
        isolation=record.isolation,
        key=record.key,
    )


def require_isolation(runner: Runner, force_unisolated: bool) -> None:
    """Raises GradingError where nothing keeps what is run from this machine, unless `force_unisolated`."""
    if runner.isolation == "none" and not force_unisolated:
        raise GradingError(
            _("On this machine submissions cannot be kept from your files and from each other."),
            _("See `lab doctor` for what is missing; --force-unisolated grades all the same, for classes you trust."),
        )
