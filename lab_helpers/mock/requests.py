"""Requests as they arrive, and as the server understands them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from threading import Event

from lab_helpers.mock import refusals
from lab_helpers.mock.keys import canonical_request, request_key
from lab_helpers.mock.wire import Json, Reply

MAX_BODY_BYTES = 10 * 1024 * 1024
# Far more than any schema or conversation needs, far less than Python's stack bears.
MAX_DEPTH = 100


@dataclass(frozen=True)
class Request:
    """An HTTP request, header names in lower case.

    client_left: set as soon as nobody waits for the reply any more, so that who works on it can stop.
    """

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes
    client_left: Event = field(default_factory=Event, compare=False, repr=False)

    @property
    def session(self) -> str:
        """Who asks: the key sent. Each session has its own place among the recorded answers."""
        return self.headers.get("api-key") or self.headers.get("authorization", "").removeprefix("Bearer ").strip()

    @property
    def is_retry(self) -> bool:
        """Whether the SDK says that it has sent this request before."""
        return self.headers.get("x-stainless-retry-count", "0") not in ("", "0")


@dataclass(frozen=True)
class Asked:
    """A chat completion request, understood: `request` is what is asked, canonical; `body` is how it was said."""

    request: Json
    body: Json
    seed: int | None
    n: int
    stream: bool
    include_usage: bool
    client_left: Event = field(default_factory=Event, compare=False, repr=False)

    @cached_property
    def key(self) -> str:
        """The canonical request's key."""
        return request_key(self.request)


def parsed(raw: bytes, *, needs_messages: bool = True) -> Json | Reply:
    """The body of a chat completion request, or the 400 that says what is wrong with it."""
    try:
        body = json.loads(raw)
    except (ValueError, RecursionError):
        return refusals.invalid_request("The request body is not valid JSON.")
    if _is_deep(body):
        return refusals.invalid_request("The request body is nested too deeply.")
    if not isinstance(body, dict):
        return refusals.invalid_request("The request body must be a JSON object.")
    if needs_messages and not _are_messages(body.get("messages")):
        return refusals.invalid_request(
            "'messages' must be a non-empty list of messages, each with a role.", "messages"
        )
    for name, is_valid in _FIELD_RULES.items():
        if body.get(name) is not None and not is_valid(body[name]):
            return refusals.invalid_request(f"Invalid value for '{name}'.", name)
    return body


def _is_deep(body: object) -> bool:
    level = [body]
    for _depth in range(MAX_DEPTH):
        level = [inner for value in level for inner in _inside(value)]
        if not level:
            return False
    return True


def _inside(value: object) -> Iterable[object]:
    return value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()


def _are_messages(value: object) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(m, dict) and "role" in m for m in value)


def _is_integer(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_between(low: float, high: float) -> Callable[[object], bool]:
    return lambda value: isinstance(value, int | float) and not isinstance(value, bool) and low <= value <= high


_FIELD_RULES: dict[str, Callable[[object], bool]] = {
    "temperature": _is_between(0, 2),
    "top_p": _is_between(0, 1),
    "n": lambda value: _is_integer(value) and _is_between(1, 128)(value),
    "max_tokens": lambda value: _is_integer(value) and _is_between(1, 1_000_000)(value),
    "max_completion_tokens": lambda value: _is_integer(value) and _is_between(1, 1_000_000)(value),
    "seed": lambda value: _is_integer(value) and _is_between(-(2**63), 2**63 - 1)(value),
    "stream": lambda value: isinstance(value, bool),
    "stream_options": lambda value: isinstance(value, dict),
}


def understood(deployment: str, body: Json, client_left: Event | None = None) -> Asked:
    """What a well-formed body asks of a deployment. client_left: the request's."""
    return Asked(
        request=canonical_request(deployment, body),
        body=body,
        seed=body.get("seed"),
        n=body.get("n") or 1,
        stream=bool(body.get("stream")),
        include_usage=bool((body.get("stream_options") or {}).get("include_usage")),
        client_left=client_left or Event(),
    )
