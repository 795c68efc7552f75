"""The exercise of lesson 8: which signs prove that a deployment is gone."""

from __future__ import annotations

from random import Random

from lab_helpers.exercises.catalog.functions import Tried, finding, results, tried
from lab_helpers.exercises.exercise import Evidence, Exercise, Finding, Values
from lab_helpers.exercises.values import Json
from lab_helpers.i18n import message

_PROOFS = ("DeploymentNotFound", "no such address")
_ALIVE = ("answered", "RateLimitReached", "content_filter")
_SILENT = ("timeout", "connection refused")
_REFUSED = ("401", "403")
# A wrong path or API version gives this one; the deployment may be there.
_AMBIGUOUS = ("404",)
_UNHEARD_OF = ("500", "503", "408", "InternalServerError", "certificate expired", "429", "OperationNotSupported")


def _signs(random: Random) -> Json:
    """The lesson's signs, and some of which it does not speak."""
    return [*_PROOFS, *_ALIVE, *_SILENT, *_REFUSED, *_AMBIGUOUS, *random.sample(_UNHEARD_OF, 3)]


def _probe_gone(is_gone: object, inputs: Json) -> Values:
    return results(is_gone, inputs, lambda sign: (sign,))


def _judge_gone(values: Values, inputs: Json, evidence: Evidence) -> list[Finding]:
    cases = tried(values, inputs)

    def of(*groups: tuple[str, ...]) -> list[Tried]:
        return [case for case in cases if any(case.arguments in group for group in groups)]

    return [
        finding(1, message("True for each sign that proves it"), of(_PROOFS), lambda case: case.value is True),
        finding(
            2,
            message("False where the deployment still answers, if only with a refusal of this one call"),
            of(_ALIVE, _REFUSED),
            lambda case: case.value is False,
        ),
        finding(
            1,
            message("False where silence or a mistyped address explains it as well"),
            of(_SILENT, _AMBIGUOUS),
            lambda case: case.value is False,
        ),
        finding(
            1,
            message("False for every sign of which the lesson does not speak"),
            of(_UNHEARD_OF),
            lambda case: case.value is False,
        ),
    ]


EXERCISES = [
    Exercise(
        key="08.gone",
        cell="is-gone",
        kind="complete",
        points=5,
        title=message("What proves that it is gone"),
        arguments=("is_gone",),
        probe=_probe_gone,
        judge=_judge_gone,
        hints=(
            message("Make a list of what proves it, not of what does not: there is always one more way to fail."),
            message("`sign in (...)` is True or False by itself: return it."),
        ),
        inputs=_signs,
    ),
]
