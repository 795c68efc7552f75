"""Scoring: from what a run brought out to a record, by the exercises' judges, where no submission runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from lab_helpers.exercises import Evidence, Exercise, Outcome, Status, judged
from lab_helpers.exercises.values import Json
from lab_helpers.grading.matching import Answers
from lab_helpers.grading.records import LONGEST_ANSWER, ExerciseRecord, Mark, Record, State
from lab_helpers.grading.running import Run
from lab_helpers.grading.submissions import Submission
from lab_helpers.i18n import Message, message

_RUN_NOTES = {
    "spark_died": message("It ended Spark for everyone; the others were run again."),
    "requests_capped": message("It asked the model more often than allowed; later questions were refused."),
    "global_views_dropped": message("It left a global temporary view in Spark, which was removed."),
}


def unreadable(submission: Submission, key: str) -> Record:
    """The record of a submission that cannot be graded."""
    return _record(submission, key, State.UNREADABLE, problem=submission.problem)


def failed(submission: Submission, error: Exception) -> Record:
    """The record of a submission at which the grader itself failed. It has no key: the next run tries it again."""
    reason = f"{type(error).__name__}: {error}"[:200]
    return _record(
        submission,
        "",
        State.UNREADABLE,
        problem=message("The grader failed at it ({reason}); look at it yourself.", reason=reason),
    )


def superseded(submission: Submission, key: str) -> Record:
    """The record of a submission in whose place a later attempt of the same student was graded."""
    return _record(submission, key, State.SUPERSEDED, problem=message("A later attempt was graded in its place."))


def scored(
    submission: Submission,
    answers: Answers,
    run: Run,
    exercises: Sequence[Exercise],
    inputs: Mapping[str, Json],
    key: str,
) -> Record:
    """The record of a submission that was run.

    exercises: those of its lesson. inputs: what the learner's functions were tried on, by the exercise's key.
    An exercise whose cell timed out or died has no points; one whose cell raised is judged by what it left behind.
    """
    records = tuple(
        replace(
            _exercise_record(exercise, answers, run, inputs.get(exercise.key)),
            answer=answers.sources.get(exercise.cell, "")[:LONGEST_ANSWER],
        )
        for exercise in exercises
    )
    return _record(
        submission,
        key,
        _state([record.mark for record in records]),
        isolation=run.isolation,
        exercises=records,
        notes=(*submission.notes, *answers.notes, *(_RUN_NOTES[note] for note in run.notes)),
    )


def _record(submission: Submission, key: str, state: State, **parts: object) -> Record:
    notes = parts.pop("notes", submission.notes)
    return Record(
        key=key,
        student=submission.student,
        number=submission.origin.number,
        layout=submission.origin.layout,
        path=submission.path.as_posix(),
        lesson=submission.lesson,
        locale=submission.locale,
        digest=submission.digest,
        state=state,
        late=submission.origin.late,
        notes=notes,  # pyright: ignore[reportArgumentType]
        **parts,  # pyright: ignore[reportArgumentType]
    )


def _exercise_record(exercise: Exercise, answers: Answers, run: Run, inputs: Json) -> ExerciseRecord:
    end = run.ends.get(exercise.cell)
    if exercise.cell not in answers.sources:
        return _marked(exercise, Mark.NOT_ATTEMPTED, message("The cell is not in the notebook."))
    if end and end.how == "timed_out":
        return _marked(exercise, Mark.TIMED_OUT, message("It did not end within its time: look for a loop."))
    if end and end.how == "died":
        return _marked(exercise, Mark.DIED, message("It ended the whole Python process, or took too much memory."))
    values = run.values.get(exercise.key)
    if values is None:
        return _marked(exercise, Mark.ERROR, message("No value could be brought out of it."))
    outcome = judged(exercise, values, inputs, Evidence(run.served))
    if outcome.status != Status.CORRECT and end and end.raised and end.raised.get("type") != "NotImplementedError":
        # The cell's own error explains more than the values that are missing because of it.
        outcome = judged(exercise, {"raised": dict(end.raised)}, inputs)
    return _judged_record(exercise, outcome)


def _marked(exercise: Exercise, mark: Mark, because: Message) -> ExerciseRecord:
    return ExerciseRecord(exercise.key, mark, 0, exercise.points, exercise.title, because=because)


def _judged_record(exercise: Exercise, outcome: Outcome) -> ExerciseRecord:
    return ExerciseRecord(
        key=exercise.key,
        mark=Mark(outcome.status),
        points=outcome.points,
        out_of=exercise.points,
        title=exercise.title,
        findings=outcome.findings,
        because=outcome.because,
        next_step=outcome.next_step,
    )


def _state(marks: Sequence[Mark]) -> State:
    lost = [mark for mark in marks if mark in (Mark.TIMED_OUT, Mark.DIED)]
    if not lost:
        return State.GRADED
    if len(lost) < len(marks):
        return State.PARTIAL
    return State.TIMED_OUT if Mark.TIMED_OUT in lost else State.DIED
