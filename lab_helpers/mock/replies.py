"""Replies out of recorded or live answers: one body or one stream, whatever `n` asked for."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from contextlib import closing

from lab_helpers.errors import LabError
from lab_helpers.mock import refusals, wire
from lab_helpers.mock.recordings import Recording, Variant
from lab_helpers.mock.requests import Asked
from lab_helpers.mock.streams import Stream, is_usage
from lab_helpers.mock.wire import Json, Reply


def replayed(asked: Asked, recording: Recording, chosen: list[int]) -> Reply:
    """The recorded answers of those indices, as one reply."""
    headers = {"x-replay-source": "recording", "x-replay-key": asked.key[:12], "x-replay-variant": str(chosen[0])}
    return reply_with(asked, [recording.variants[index] for index in chosen], headers)


def reply_with(asked: Asked, variants: list[Variant], headers: dict[str, str]) -> Reply:
    """One reply out of the answers that `n` asked for; an error among them is the reply.

    An answer that was recorded as a stream streams again in its own frames.
    """
    refused = next((variant for variant in variants if variant.status != 200), None)
    if refused:
        return wire.json_reply(refused.body, headers, refused.status)
    if asked.stream and len(variants) == 1 and variants[0].frames:
        frames = tuple(_events(asked, (data for _, data in variants[0].frames)))
    else:
        frames = tuple(_frames(asked, wire.complete(_merged([variant.body for variant in variants]))))
    return Reply(200, frames, {**_content_type(asked), **wire.service_headers(), **headers})


def streamed(asked: Asked, answer: Stream, headers: dict[str, str]) -> Reply:
    """A reply whose frames leave as the answer is written. What breaks the answer off is told in the stream."""
    return Reply(200, _relayed(asked, answer), {**_content_type(asked), **wire.service_headers(), **headers})


def _relayed(asked: Asked, answer: Stream) -> Iterator[bytes]:
    with closing(answer):
        try:
            yield from _events(asked, answer)
        except LabError as error:
            yield wire.event(json.dumps(refusals.unavailable_body(error), ensure_ascii=False))


def _events(asked: Asked, answer: Iterable[str]) -> Iterator[bytes]:
    return (wire.event(data) for data in answer if asked.include_usage or not is_usage(data))


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
    if len(bodies) > 1 and all(body.get("usage") for body in bodies):
        completion = sum(body["usage"]["completion_tokens"] for body in bodies)
        prompt = merged["usage"]["prompt_tokens"]
        merged["usage"] = {
            "completion_tokens": completion,
            "prompt_tokens": prompt,
            "total_tokens": completion + prompt,
        }
    return merged
