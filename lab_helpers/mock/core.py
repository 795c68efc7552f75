"""The practice server itself, without a web framework: a request in, a reply out."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from functools import partial
from typing import Protocol
from urllib.parse import parse_qs, quote, unquote

from lab_helpers.errors import LabError, RecordingError
from lab_helpers.mock import control, refusals
from lab_helpers.mock.environment import PRACTICE_KEY_PREFIX
from lab_helpers.mock.faults import Fault, damaged, replacement
from lab_helpers.mock.keys import differing_fields
from lab_helpers.mock.library import Cassettes
from lab_helpers.mock.limits import estimated_cost
from lab_helpers.mock.recordings import Recording, Variant
from lab_helpers.mock.replies import replayed, reply_with, streamed
from lab_helpers.mock.requests import MAX_BODY_BYTES, Asked, Request, parsed, understood
from lab_helpers.mock.sessions import Session, Sessions
from lab_helpers.mock.streams import Stream
from lab_helpers.mock.wire import Json, Reply, json_reply

_DEPLOYMENT_PATH = re.compile(r"^/+openai/deployments/([^/]+)/(chat/completions|embeddings)$")
_V1_PATH = re.compile(r"^/+openai/v1/(chat/completions|embeddings)$")
_MODELS_PATH = re.compile(r"^/+openai/(v1/)?models$")
_API_VERSION = re.compile(r"^\d{4}-\d{2}-\d{2}(-preview)?$")
# The families that know the limit of an answer under its newer name alone.
_MAX_COMPLETION_TOKENS_ONLY = re.compile(r"^(o\d|gpt-5)")


class Upstream(Protocol):
    """Something that answers for itself, in seconds rather than milliseconds: the local model, or Azure."""

    @property
    def deployments(self) -> set[str]:
        """The deployments it answers for."""
        ...

    def ask(self, asked: Asked, seed: int | None) -> Variant:
        """One answer to what is asked."""
        ...

    def stream(self, asked: Asked, seed: int | None) -> Variant | Stream:
        """The pieces of one answer as they are written, the one that counts tokens among them; or a refusal."""
        ...


Deferred = Callable[[], Reply]
OnReply = Callable[[Asked, list[Variant]], None]


class PracticeServer:
    """Azure OpenAI's chat completions out of recordings.

    live: who answers what was never recorded; None is strict: such a request is refused with 501 `replay_miss`.
    tokens_per_minute: the limit that each session begins with, such as the lab's 5,000; None for no limit.
    on_reply: called with each recorded answer before it is sent, for who keeps a log; a fault may still damage it.
    """

    def __init__(
        self,
        cassettes: Cassettes,
        live: Upstream | None = None,
        tokens_per_minute: int | None = None,
        on_reply: OnReply | None = None,
    ) -> None:
        self.cassettes = cassettes
        self.live = live
        self.on_reply = on_reply
        self.sessions = Sessions(tokens_per_minute)

    def handle(self, request: Request) -> Reply | Deferred:
        """The reply to any request, or the work that makes it and may take seconds. Bad requests get replies, too."""
        if len(request.body) > MAX_BODY_BYTES:
            return refusals.request_too_large()
        if _MODELS_PATH.match(request.path):
            return self._listed(request)
        if request.path.startswith(control.PREFIX) and request.session.startswith(PRACTICE_KEY_PREFIX):
            return control.handle(request, self.sessions)
        deployed, v1 = _DEPLOYMENT_PATH.match(request.path), _V1_PATH.match(request.path)
        if request.method != "POST" or not (deployed or v1) or (deployed and not _has_api_version(request)):
            return refusals.resource_not_found()
        if not request.session.startswith(PRACTICE_KEY_PREFIX):
            return refusals.access_denied()
        body = parsed(request.body, needs_messages=not request.path.endswith("embeddings"))
        if isinstance(body, Reply):
            return body
        deployment = unquote(deployed.group(1)) if deployed else str(body.get("model"))
        return self._deployed(request, deployment, body)

    @property
    def deployments(self) -> set[str]:
        """The names under which something answers."""
        return self.cassettes.deployments | (self.live.deployments if self.live else set())

    def _deployed(self, request: Request, deployment: str, body: Json) -> Reply | Deferred:
        asked = understood(deployment, body, request.client_left)
        # To know every deployment, every recording must be opened; where one answers, that is not needed.
        if not self.cassettes.holds(asked.key) and deployment not in self.deployments:
            return refusals.deployment_not_found()
        if request.path.endswith("embeddings"):
            return refusals.unsupported_operation("embeddings", deployment)
        session = self.sessions.of(request.session)
        fault = session.faults.next_fault(asked.key, asked.seed, asked.request)
        if fault and (refusal := replacement(fault, deployment)):
            session.refuse(asked.key)
            return refusal
        return self._limited(request, asked, session, fault)

    def _limited(self, request: Request, asked: Asked, session: Session, fault: Fault | None) -> Reply | Deferred:
        deployment = asked.request["deployment"]
        headers = {"x-ms-deployment-name": quote(deployment), **_echoed(request)}
        if session.limiter:
            admission = session.limiter.admit(request.session, deployment, estimated_cost(asked.request))
            headers |= admission.headers
            if admission.exceeded:
                session.refuse(asked.key)
                refusal = refusals.rate_limited(deployment, admission.exceeded, admission.retry_after_ms)
                return refusal.with_headers(headers)
        reply = self.answer(request, asked)
        if isinstance(reply, Reply):
            return _finished(reply, headers, fault, asked)
        return lambda: _finished(reply(), headers, fault, asked)

    def answer(self, request: Request, asked: Asked) -> Reply | Deferred:
        """The reply to a request that is well formed: replayed, else asked live, else refused."""
        deployment = asked.request["deployment"]
        if "max_tokens" in asked.body and _MAX_COMPLETION_TOKENS_ONLY.match(deployment):
            return refusals.unsupported_parameter("max_tokens", "max_completion_tokens")
        try:
            recording = self.cassettes.current(asked.key)
        except RecordingError as error:
            return refusals.broken_recording(error)
        if recording:
            chosen = self._chosen(request, asked, recording)
            if self.on_reply:
                self.on_reply(asked, [recording.variants[index] for index in chosen])
            return replayed(asked, recording, chosen)
        if self.live and deployment in self.live.deployments:
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
        return self.sessions.of(request.session).occurrence(asked.key, asked.n, is_retry=request.is_retry)

    def _listed(self, request: Request) -> Reply:
        if request.method != "GET" or ("/v1/" not in request.path and not _has_api_version(request)):
            return refusals.resource_not_found()
        if not request.session.startswith(PRACTICE_KEY_PREFIX):
            return refusals.access_denied()
        models = [{"id": name, "object": "model", "status": "succeeded"} for name in sorted(self.deployments)]
        return json_reply({"data": models, "object": "list"})

    def _miss(self, asked: Asked) -> Reply:
        explanation = "No recording answers this request, and no local model is there to answer it."
        if nearest := self.cassettes.nearest(asked.request):
            fields = ", ".join(differing_fields(nearest.request, asked.request))
            explanation += f" The nearest recording, {nearest.filename}, differs in: {fields}."
        for error in self.cassettes.broken:
            explanation += f" {error.problem}"
        return refusals.replay_miss(explanation)


def _has_api_version(request: Request) -> bool:
    return bool(_API_VERSION.match(parse_qs(request.query).get("api-version", [""])[0]))


def _echoed(request: Request) -> dict[str, str]:
    name = "x-ms-client-request-id"
    return {name: request.headers[name]} if name in request.headers else {}


def _finished(reply: Reply, headers: dict[str, str], fault: Fault | None, asked: Asked) -> Reply:
    reply = reply.with_headers(headers)
    return damaged(fault, reply, asked) if fault else reply


def _asked_live(asked: Asked, live: Upstream) -> Reply:
    headers = {"x-replay-source": "local-model"}
    try:
        if asked.stream and asked.n == 1:
            answer = live.stream(asked, asked.seed)
            return (
                reply_with(asked, [answer], headers)
                if isinstance(answer, Variant)
                else streamed(asked, answer, headers)
            )
        variants = [live.ask(asked, nth_seed(asked.seed, i)) for i in range(asked.n)]
    except LabError as error:
        return refusals.model_unavailable(error)
    return reply_with(asked, variants, headers)


def nth_seed(seed: int | None, index: int) -> int | None:
    """The seed of the n-th choice of one request."""
    return None if seed is None else seed + index


def _spread(seed: int, count: int) -> int:
    return int(hashlib.sha256(str(seed).encode()).hexdigest(), 16) % count
