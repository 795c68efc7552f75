"""Replies out of recorded or live answers: one body or one stream, whatever `n` asked for."""

from __future__ import annotations

from collections.abc import Iterator

from lab_helpers.mock import wire
from lab_helpers.mock.recordings import Recording, Variant
from lab_helpers.mock.requests import Asked
from lab_helpers.mock.wire import Json, Reply


def replayed(asked: Asked, recording: Recording, chosen: list[int]) -> Reply:
    """The recorded answers of those indices, as one reply."""
    headers = {"x-replay-source": "recording", "x-replay-key": asked.key[:12], "x-replay-variant": str(chosen[0])}
    return reply_with(asked, [recording.variants[index] for index in chosen], headers)


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
    return iter((wire.json_bytes(body),))


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
