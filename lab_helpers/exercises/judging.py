"""Judging: from an exercise and a learner's values to an outcome. Nothing here reads or writes anything."""

from __future__ import annotations

from collections import deque

from lab_helpers.exercises.exercise import Evidence, Exercise, Values
from lab_helpers.exercises.outcomes import Outcome, Status
from lab_helpers.exercises.values import Json, NotAttempted, plain, raised
from lab_helpers.explanations import explanation
from lab_helpers.i18n import Message, message


def probed(exercise: Exercise, values: tuple[object, ...], inputs: Json) -> Values:
    """What the probe brings out of the learner's values, as plain JSON.

    `{"untouched": true}` for an exercise that is still as it was handed out (`...` marks such a value),
    `{"raised": {...}}` where the probe itself failed.
    """
    if any(value is Ellipsis for value in values):
        return {"untouched": True}
    try:
        return {str(name): plain(value) for name, value in exercise.probe(*values, inputs).items()}
    except (NotAttempted, NotImplementedError):
        return {"untouched": True}
    except Exception as error:
        return {"raised": raised(error)}


def judged(exercise: Exercise, values: Values, inputs: Json, evidence: Evidence = Evidence()) -> Outcome:  # noqa: B008
    """The outcome of `exercise` for what `probed` brought out; pure: the grader calls it where no submission runs.

    Whatever JSON the values are, it ends with an outcome; a judge that cannot read them gives no points.
    """
    if values.get("untouched") is True:
        return _outcome(exercise, Status.NOT_ATTEMPTED, next_step=message("Fill in the cell above and run it first."))
    failure = _failure(values)
    try:
        findings = () if "raised" in values else tuple(exercise.judge(values, inputs, evidence))
    except Exception:
        # No probe brings out such values; a submission that speaks in its probe's place might.
        return _outcome(exercise, Status.NOT_YET, because=message("These values are not of the kind asked for."))
    if failure:
        advice = explanation(str(failure.get("type")), str(failure.get("says")))
        return _outcome(exercise, Status.ERROR, findings=findings, because=_told(failure), next_step=advice)
    status = Status.CORRECT if findings and all(finding.met for finding in findings) else Status.NOT_YET
    return _outcome(exercise, status, findings=findings)


def _outcome(exercise: Exercise, status: Status, **parts: object) -> Outcome:
    return Outcome(exercise.key, status, exercise.title, exercise.points, **parts)  # pyright: ignore[reportArgumentType]


def _failure(values: Values) -> dict[str, Json] | None:
    """The first error among the values: the probe's own, or that of a learner's function on some input."""
    stack: deque[Json] = deque([values])
    while stack:
        value = stack.popleft()
        if isinstance(value, dict):
            if isinstance(failure := value.get("raised"), dict):
                return failure
            stack.extend(value.values())
        elif isinstance(value, list):
            stack.extend(value)
    return None


def _told(failure: dict[str, Json]) -> Message:
    if failure.get("line"):
        return message(
            "Line {number}, {line!r}: {type}: {says}",
            number=failure.get("number"),
            line=failure["line"],
            type=failure.get("type"),
            says=failure.get("says"),
        )
    return message("{type}: {says}", type=failure.get("type"), says=failure.get("says"))
