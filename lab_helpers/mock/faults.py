"""Scripted failures: which call fails, how, and whether the client coped. Never by chance, so that a lesson repeats."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

from lab_helpers.errors import LabError
from lab_helpers.i18n import _
from lab_helpers.mock import refusals
from lab_helpers.mock.recordings import Variant
from lab_helpers.mock.replies import reply_with
from lab_helpers.mock.requests import Asked
from lab_helpers.mock.wire import Frame, Hangup, Json, Pause, Reply

# What each kind does, and whether a client that sends the request again can succeed.
KINDS = {
    "unauthorized": False,
    "deployment_not_found": False,
    "prompt_filtered": False,
    "answer_filtered": False,
    "rate_limited": True,
    "server_error": True,
    "unavailable": True,
    "slow_first_byte": False,
    "stall": False,
    "truncated_body": True,
    "dropped_connection": True,
    "malformed_json": False,
}


LONGEST_WAIT_S = 600
LONGEST_PATTERN = 200
# What a script remembers of the questions that met a fault; a class asks a few hundred.
MOST_CASES = 10_000
_NESTED_REPETITION = re.compile(r"[+*}][^()]*\)[+*{]")


@dataclass(frozen=True)
class Fault:
    """One rule. A request that matches all that is given fails in the way of `kind`.

    kind: a name of KINDS. calls: which matching calls fail, counted from 1 (None: all of them). prompt: a regular
    expression found in the last message. deployment: its name. seconds: how long to wait, for the slow kinds, and
    what a rate limit asks the client to wait.
    """

    kind: str
    calls: tuple[int, ...] | None = (1,)
    prompt: str | None = None
    deployment: str | None = None
    seconds: float = 1.0

    def matches(self, request: Json) -> bool:
        """Whether the rule is about this canonical request."""
        last = (request.get("messages") or [{}])[-1]
        text = str(last.get("content") or "")
        return (self.deployment is None or request.get("deployment") == self.deployment) and (
            self.prompt is None or re.search(self.prompt, text) is not None
        )


def read_faults(rules: Any) -> tuple[Fault, ...]:
    """Faults out of JSON: a list of objects with the fields of `Fault`. Raises FaultError for a rule that is none."""
    if not isinstance(rules, list):
        raise FaultError(_("Faults are a list of rules."), _('For example: [{"kind": "rate_limited", "calls": [1]}]'))
    return tuple(_read_fault(rule) for rule in rules)


def _read_fault(rule: Any) -> Fault:
    try:
        fault = Fault(**{**rule, "calls": _calls(rule.get("calls", [1]))})
        if fault.kind not in KINDS or not _is_wait(fault.seconds) or not _is_pattern(fault.prompt):
            raise ValueError(fault.kind)
    except (AttributeError, TypeError, ValueError, OverflowError, RecursionError, re.error) as error:
        raise FaultError(
            _("This is not a rule: {rule}").format(rule=rule),
            _("Its kind is one of: {kinds}.").format(kinds=", ".join(KINDS)),
        ) from error
    return fault


def _calls(value: Any) -> tuple[int, ...] | None:
    if value is not None and not all(isinstance(call, int) and not isinstance(call, bool) for call in value):
        raise ValueError(value)
    return None if value is None else tuple(value)


def _is_pattern(prompt: object) -> bool:
    if prompt is None:
        return True
    if not isinstance(prompt, str) or len(prompt) > LONGEST_PATTERN:
        return False
    re.compile(prompt)
    # A repetition of a repetition can take longer than the universe has: it would hold up every session.
    return not _NESTED_REPETITION.search(prompt)


def _is_wait(seconds: object) -> bool:
    return isinstance(seconds, int | float) and not isinstance(seconds, bool) and 0 <= seconds <= LONGEST_WAIT_S


class FaultError(LabError):
    """A rule of faults that cannot be understood."""


@dataclass
class _Case:
    """What became of one faulted question: how often it came, and whether it was answered in the end."""

    kind: str
    attempts: int = 0
    answered: bool = False


@dataclass(frozen=True)
class Verdict:
    """How the client coped with one kind of fault: the questions hit, the calls made for them, those answered."""

    kind: str
    questions: int
    attempts: int
    answered: int
    coped: bool


@dataclass
class FaultScript:
    """The rules of one session, and the record of what the client made of them."""

    faults: Sequence[Fault] = ()
    _seen: defaultdict[int, int] = field(default_factory=lambda: defaultdict(int))
    _cases: dict[tuple[str, int | None], _Case] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def next_fault(self, key: str, seed: int | None, request: Json) -> Fault | None:
        """The fault that this call meets, if any; every call of a question that met one is counted."""
        with self._lock:
            case = self._cases.get((key, seed))
            if case:
                case.attempts += 1
            for index, fault in enumerate(self.faults):
                if fault.matches(request):
                    self._seen[index] += 1
                    if fault.calls is None or self._seen[index] in fault.calls:
                        if case is None and len(self._cases) < MOST_CASES:
                            self._cases[key, seed] = _Case(fault.kind, 1)
                        return fault
            if case:
                case.answered = True
            return None

    def verdicts(self) -> list[Verdict]:
        """One verdict per kind of fault: retried until answered where that helps, asked once where it does not."""
        by_kind: defaultdict[str, list[_Case]] = defaultdict(list)
        with self._lock:
            for case in self._cases.values():
                by_kind[case.kind].append(case)
        return [_verdict(kind, cases) for kind, cases in sorted(by_kind.items())]


def _verdict(kind: str, cases: list[_Case]) -> Verdict:
    answered = sum(case.answered for case in cases)
    attempts = sum(case.attempts for case in cases)
    coped = answered == len(cases) if KINDS[kind] else attempts == len(cases)
    return Verdict(kind, len(cases), attempts, answered, coped)


def replacement(fault: Fault, deployment: str) -> Reply | None:
    """The refusal that comes in place of an answer; None for a fault that damages the answer itself."""
    refuse = _REPLACING.get(fault.kind)
    return refuse(fault, deployment) if refuse else None


_REPLACING: dict[str, Callable[[Fault, str], Reply]] = {
    "unauthorized": lambda fault, deployment: refusals.access_denied(),
    "deployment_not_found": lambda fault, deployment: refusals.deployment_not_found(),
    "prompt_filtered": lambda fault, deployment: refusals.prompt_filtered(),
    "rate_limited": lambda fault, deployment: refusals.rate_limited(deployment, "call", int(fault.seconds * 1000)),
    "server_error": lambda fault, deployment: refusals.server_error(),
    "unavailable": lambda fault, deployment: refusals.service_unavailable(),
}


def damaged(fault: Fault, reply: Reply, asked: Asked) -> Reply:
    """A reply, spoiled on its way."""
    if fault.kind == "answer_filtered":
        return reply_with(asked, [Variant(None, 200, _FILTERED)] * asked.n, {"x-replay-source": "fault"})
    body = tuple(frame for frame in reply.frames if isinstance(frame, bytes))
    whole = b"".join(body)
    frames: tuple[Frame, ...] = {
        "slow_first_byte": (Pause(fault.seconds), *body),
        "stall": (whole[: len(whole) // 2], Pause(fault.seconds), whole[len(whole) // 2 :]),
        "truncated_body": (whole[: len(whole) // 2], Hangup()),
        "dropped_connection": (Hangup(),),
        "malformed_json": (whole[: len(whole) // 2],),
    }[fault.kind]
    return Reply(reply.status, frames, reply.headers)


_FILTERED: Json = {
    "choices": [
        {
            "content_filter_results": {"violence": {"filtered": True, "severity": "medium"}},
            "finish_reason": "content_filter",
            "message": {"content": None},
        }
    ],
    "created": 0,
    "id": "chatcmpl-filtered",
    "model": "practice",
    "system_fingerprint": None,
    "usage": {"completion_tokens": 0, "prompt_tokens": 0, "total_tokens": 0},
}
