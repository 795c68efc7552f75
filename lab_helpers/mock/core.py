"""The practice server itself, without a web framework: a request in, a reply out."""

from __future__ import annotations

import hashlib
import json
import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, partial
from threading import Lock
from typing import Protocol
from urllib.parse import parse_qs, unquote

from lab_helpers.errors import LabError
from lab_helpers.mock import wire
from lab_helpers.mock.keys import canonical_request, differing_fields, request_key
from lab_helpers.mock.recordings import Cassettes, Recording, Variant
from lab_helpers.mock.wire import Json, Reply

PRACTICE_KEY_PREFIX = "practice"
MAX_BODY_BYTES = 10 * 1024 * 1024

_DEPLOYMENT_PATH = re.compile(r"^/+openai/deployments/([^/]+)/chat/completions$")
_V1_PATH = re.compile(r"^/+openai/v1/chat/completions$")
_API_VERSION = re.compile(r"^\d{4}-\d{2}-\d{2}(-preview)?$")


@dataclass(frozen=True)
class Request:
    """An HTTP request, header names in lower case."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes

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
    """A chat completion request, understood."""

    request: Json
    seed: int | None
    n: int
    stream: bool
    include_usage: bool

    @cached_property
    def key(self) -> str:
        """The canonical request's key."""
        return request_key(self.request)


class Upstream(Protocol):
    """Something that answers for itself, in seconds rather than milliseconds: the local model, or Azure."""

    @property
    def deployments(self) -> set[str]:
        """The deployments it answers for."""
        ...

    def ask(self, request: Json, seed: int | None) -> Variant:
        """The answer to a canonical request."""
        ...


Deferred = Callable[[], Reply]


class PracticeServer:
    """Azure OpenAI's chat completions out of recordings.

    live: who answers what was never recorded; None is strict: such a request is refused with 501 `replay_miss`.
    """

    def __init__(self, cassettes: Cassettes, live: Upstream | None = None) -> None:
        self.cassettes = cassettes
        self.live = live
        self._asked_before: defaultdict[tuple[str, str], int] = defaultdict(int)
        self._counting = Lock()

    def handle(self, request: Request) -> Reply | Deferred:
        """The reply to any request, or the work that makes it and may take seconds. Bad requests get replies, too."""
        if len(request.body) > MAX_BODY_BYTES:
            return wire.error_reply(413, "RequestTooLarge", "The request body is larger than 10 MB.")
        deployed = _DEPLOYMENT_PATH.match(request.path)
        if request.method != "POST" or not (deployed or _V1_PATH.match(request.path)):
            return wire.resource_not_found()
        if deployed and not _API_VERSION.match(parse_qs(request.query).get("api-version", [""])[0]):
            return wire.resource_not_found()
        if not request.session.startswith(PRACTICE_KEY_PREFIX):
            return wire.access_denied()
        body = _parsed(request.body)
        if isinstance(body, Reply):
            return body
        deployment = unquote(deployed.group(1)) if deployed else str(body.get("model"))
        if deployment not in self.deployments:
            return wire.deployment_not_found()
        return self.answer(request, _understood(deployment, body))

    @property
    def deployments(self) -> set[str]:
        """The names under which something answers."""
        return self.cassettes.deployments | (self.live.deployments if self.live else set())

    def answer(self, request: Request, asked: Asked) -> Reply | Deferred:
        """The reply to a request that is well formed: replayed, else asked live, else refused."""
        recording = self.cassettes.by_key.get(asked.key)
        if recording:
            return replayed(asked, recording, self._chosen(request, asked, recording))
        if self.live and asked.request["deployment"] in self.live.deployments:
            return partial(_asked_live, asked, self.live)
        return self._miss(asked)

    def _chosen(self, request: Request, asked: Asked, recording: Recording) -> list[int]:
        count = len(recording.variants)
        if asked.seed is not None:
            exact = recording.seeded(asked.seed)
            first = recording.variants.index(exact) if exact else _spread(asked.seed, count)
        else:
            first = self.occurrence(request, asked)
        return [(first + offset) % count for offset in range(asked.n)]

    def occurrence(self, request: Request, asked: Asked) -> int:
        """How many answers this session had to this request before; a retry counts as the call it repeats."""
        with self._counting:
            place = (request.session, asked.key)
            if not request.is_retry or not self._asked_before[place]:
                self._asked_before[place] += asked.n
            return self._asked_before[place] - asked.n

    def _miss(self, asked: Asked) -> Reply:
        nearest = self.cassettes.nearest(asked.request)
        message = "No recording answers this request, and no local model is there to answer it."
        if nearest:
            fields = ", ".join(differing_fields(nearest.request, asked.request))
            message += f" The nearest recording, {nearest.filename}, differs in: {fields}."
        reply = wire.error_reply(501, "replay_miss", message)
        return Reply(reply.status, reply.frames, {**reply.headers, "x-should-retry": "false"})


def _parsed(raw: bytes) -> Json | Reply:
    try:
        body = json.loads(raw)
    except (ValueError, RecursionError):
        return wire.invalid_request("The request body is not valid JSON.")
    if not isinstance(body, dict):
        return wire.invalid_request("The request body must be a JSON object.")
    messages = body.get("messages")
    if not isinstance(messages, list) or not messages or not all(isinstance(m, dict) and "role" in m for m in messages):
        return wire.invalid_request("'messages' must be a non-empty list of messages, each with a role.", "messages")
    for name, is_valid in _FIELD_RULES.items():
        if body.get(name) is not None and not is_valid(body[name]):
            return wire.invalid_request(f"Invalid value for '{name}'.", name)
    return body


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


def _understood(deployment: str, body: Json) -> Asked:
    return Asked(
        request=canonical_request(deployment, body),
        seed=body.get("seed"),
        n=body.get("n") or 1,
        stream=bool(body.get("stream")),
        include_usage=bool((body.get("stream_options") or {}).get("include_usage")),
    )


def replayed(asked: Asked, recording: Recording, chosen: list[int]) -> Reply:
    """The recorded answers of those indices, as one reply."""
    headers = {"x-replay-source": "recording", "x-replay-key": asked.key[:12], "x-replay-variant": str(chosen[0])}
    return reply_with(asked, [recording.variants[index] for index in chosen], headers)


def _asked_live(asked: Asked, live: Upstream) -> Reply:
    try:
        variants = [live.ask(asked.request, nth_seed(asked.seed, i)) for i in range(asked.n)]
    except LabError as error:
        return unavailable(error)
    return reply_with(asked, variants, {"x-replay-source": "local-model"})


def unavailable(error: LabError) -> Reply:
    """503 without a retry: what should answer cannot; the message says what to do."""
    reply = wire.error_reply(503, "model_unavailable", f"{error.problem} {error.next_step}")
    return Reply(reply.status, reply.frames, {**reply.headers, "x-should-retry": "false"})


def reply_with(asked: Asked, variants: list[Variant], headers: dict[str, str]) -> Reply:
    """One reply out of the answers that `n` asked for; an error among them is the reply."""
    refused = next((variant for variant in variants if variant.status != 200), None)
    if refused:
        return wire.json_reply(refused.body, headers, refused.status)
    frames = tuple(_frames(asked, wire.complete(_merged([variant.body for variant in variants]))))
    return Reply(200, frames, {**_content_type(asked), **wire.service_headers(), **headers})


def _frames(asked: Asked, body: Json) -> Iterator[bytes]:
    if asked.stream:
        return wire.stream_frames(body, include_usage=asked.include_usage)
    return iter(wire.json_reply(body).frames)


def _content_type(asked: Asked) -> dict[str, str]:
    return {"content-type": "text/event-stream" if asked.stream else "application/json"}


def _merged(bodies: list[Json]) -> Json:
    """One body with the choices of all: what `n` asks for."""
    merged = dict(bodies[0])
    merged["choices"] = [choice for body in bodies for choice in body["choices"]]
    if "usage" in merged and len(bodies) > 1:
        completion = sum(body["usage"]["completion_tokens"] for body in bodies)
        prompt = merged["usage"]["prompt_tokens"]
        merged["usage"] = {
            "completion_tokens": completion,
            "prompt_tokens": prompt,
            "total_tokens": completion + prompt,
        }
    return merged


def _spread(seed: int, count: int) -> int:
    return int(hashlib.sha256(str(seed).encode()).hexdigest(), 16) % count


def nth_seed(seed: int | None, index: int) -> int | None:
    """The seed of the n-th choice of one request."""
    return None if seed is None else seed + index
