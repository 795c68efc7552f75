"""Azure OpenAI's forms on the wire: bodies of answers and errors, headers, and the frames of a stream.

Source of every shape: Microsoft's REST reference for chat completions and public captures of 2024-2026.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

Json = dict[str, Any]

SAFE: Json = {name: {"filtered": False, "severity": "safe"} for name in ("hate", "self_harm", "sexual", "violence")}
SAFE_PROMPT: Json = {**SAFE, "jailbreak": {"detected": False, "filtered": False}}
# What the last event of a stream says in place of JSON.
DONE = "[DONE]"

_CHOICE_DEFAULTS: Json = {"content_filter_results": SAFE, "logprobs": None}
_MESSAGE_DEFAULTS: Json = {"annotations": [], "refusal": None, "role": "assistant"}
_BODY_DEFAULTS: Json = {
    "object": "chat.completion",
    "prompt_filter_results": [{"content_filter_results": SAFE_PROMPT, "prompt_index": 0}],
}
_USAGE_DEFAULTS: Json = {
    "completion_tokens_details": {
        "accepted_prediction_tokens": 0,
        "audio_tokens": 0,
        "reasoning_tokens": 0,
        "rejected_prediction_tokens": 0,
    },
    "prompt_tokens_details": {"audio_tokens": 0, "cached_tokens": 0},
}


@dataclass(frozen=True)
class Pause:
    """A place in a reply where nothing is sent for a while."""

    seconds: float


@dataclass(frozen=True)
class Hangup:
    """A place in a reply where the connection ends, whatever was promised."""


Frame = bytes | Pause | Hangup


@dataclass(frozen=True)
class Reply:
    """What goes back: a status, headers, and the body in the pieces in which it is sent."""

    status: int
    frames: tuple[Frame, ...] | Iterator[bytes]
    headers: dict[str, str] = field(default_factory=dict)

    def with_headers(self, headers: dict[str, str]) -> Reply:
        """This reply with more headers."""
        return replace(self, headers={**self.headers, **headers}) if headers else self


def compact(body: Json) -> Json:
    """`body` without the fields that hold Azure's usual value; `complete` brings them back."""
    slim = _without(body, _BODY_DEFAULTS)
    if isinstance(slim.get("usage"), dict):
        slim["usage"] = _without(slim["usage"], _USAGE_DEFAULTS)
    slim["choices"] = [_compact_choice(choice) for choice in body.get("choices", [])]
    return slim


def complete(body: Json) -> Json:
    """A whole Azure answer from a compact one, keys in alphabetical order as Azure sends them."""
    whole = {**_BODY_DEFAULTS, **body}
    if isinstance(whole.get("usage"), dict):
        whole["usage"] = dict(sorted({**_USAGE_DEFAULTS, **whole["usage"]}.items()))
    whole["choices"] = [_complete_choice(index, choice) for index, choice in enumerate(body.get("choices", []))]
    return dict(sorted(whole.items()))


def _without(values: Json, defaults: Json) -> Json:
    return {name: value for name, value in values.items() if name not in defaults or value != defaults[name]}


def _compact_choice(choice: Json) -> Json:
    slim = _without(choice, _CHOICE_DEFAULTS)
    if isinstance(slim.get("message"), dict):
        slim["message"] = _without(slim["message"], _MESSAGE_DEFAULTS)
    return slim


def _complete_choice(index: int, choice: Json) -> Json:
    whole = {"index": index, **_CHOICE_DEFAULTS, **choice}
    if isinstance(whole.get("message"), dict):
        whole["message"] = dict(sorted({**_MESSAGE_DEFAULTS, **whole["message"]}.items()))
    return dict(sorted(whole.items()))


def json_bytes(body: Json) -> bytes:
    """`body` as it goes over the wire."""
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "backslashreplace")


def json_reply(body: Json, headers: dict[str, str] | None = None, status: int = 200) -> Reply:
    """A reply with a JSON body."""
    common = {"content-type": "application/json", **service_headers()}
    return Reply(status, (json_bytes(body),), {**common, **(headers or {})})


def stream_frames(body: Json, *, include_usage: bool) -> Iterator[bytes]:
    """The server-sent events in which Azure streams `body`: the first has no choices, the last says [DONE]."""
    yield _event(opening_chunk(body["prompt_filter_results"]))
    envelope = chunk_envelope(body)
    for choice in body["choices"]:
        for delta, results, finish_reason in _deltas(choice):
            yield _event(delta_chunk(envelope, delta, results, finish_reason, choice["index"]))
    if include_usage and body.get("usage"):
        yield _event({"choices": [], **envelope, "usage": body["usage"]})
    yield event(DONE)


def opening_chunk(prompt_filter_results: list[Json]) -> Json:
    """What Azure sends first: what its filter made of the prompt, and no choices."""
    blank: Json = {"choices": [], "created": 0, "id": "", "model": "", "object": ""}
    return {**blank, "prompt_filter_results": prompt_filter_results}


def chunk_envelope(body: Json) -> Json:
    """What every chunk of one answer repeats."""
    repeated = {name: body.get(name) for name in ("created", "id", "model", "system_fingerprint")}
    return {**repeated, "object": "chat.completion.chunk"}


def delta_chunk(envelope: Json, delta: Json, results: Json, finish_reason: str | None, index: int = 0) -> Json:
    """One piece of an answer. results: what the content filter made of it."""
    piece = {
        "content_filter_results": results,
        "delta": delta,
        "finish_reason": finish_reason,
        "index": index,
        "logprobs": None,
    }
    return {"choices": [piece], **envelope}


FIRST_DELTA: Json = {"content": "", "refusal": None, "role": "assistant"}


def _deltas(choice: Json) -> Iterator[tuple[Json, Json, str | None]]:
    yield FIRST_DELTA, {}, None
    for word in _words((choice.get("message") or {}).get("content") or ""):
        yield {"content": word}, choice["content_filter_results"], None
    yield {}, {}, choice["finish_reason"]


def _words(text: str) -> Iterator[str]:
    start = 0
    for position, character in enumerate(text):
        if character == " " and position > start:
            yield text[start:position]
            start = position
    if text[start:]:
        yield text[start:]


def _event(body: Json) -> bytes:
    return b"data: " + json_bytes(body) + b"\n\n"


def event(data: str) -> bytes:
    """One server-sent event."""
    lines = "".join(f"data: {line}\n" for line in data.split("\n"))
    return f"{lines}\n".encode("utf-8", "backslashreplace")


def service_headers() -> dict[str, str]:
    """The headers that every answer of the service carries."""
    return {"apim-request-id": str(uuid.uuid4()), "x-request-id": str(uuid.uuid4()), **_CONSTANT_HEADERS}


_CONSTANT_HEADERS = {
    "azureml-model-session": "practice",
    "strict-transport-security": "max-age=31536000; includeSubDomains; preload",
    "x-content-type-options": "nosniff",
    "x-ms-rai-invoked": "true",
    "x-ms-region": "practice",
}
