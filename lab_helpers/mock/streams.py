"""Streams: an answer in pieces while it is written, and the whole body that the pieces spell.

A piece is the data of one server-sent event: the JSON of a chunk, and `[DONE]` at the end.
"""

from __future__ import annotations

import json
from collections.abc import Generator, Iterable, Iterator
from typing import Any

from lab_helpers.mock.wire import DONE, Json

# Closing it stops the writing.
Stream = Generator[str, None, None]


def begun(stream: Stream) -> Stream:
    """A stream past its first piece, which is empty: closing a generator that never began would do nothing."""
    next(stream)
    return stream


def read_events(pieces: Iterable[bytes]) -> Iterator[str]:
    """The data of each server-sent event in a body that arrives in `pieces`, cut anywhere.

    Source: WHATWG HTML, 9.2.6 "Interpreting an event stream". Comments and other fields are left out, and an event
    that was not ended by an empty line is not an event.
    """
    data: list[str] = []
    for line in _lines(pieces):
        name, _, value = line.partition(":")
        if name == "data":
            data.append(value.removeprefix(" "))
        elif not line and data:
            yield "\n".join(data)
            data = []


def _lines(pieces: Iterable[bytes]) -> Iterator[str]:
    # By hand: str.splitlines also cuts at characters that JSON may hold, such as U+2028.
    rest = b""
    for piece in pieces:
        *lines, rest = (rest + piece).split(b"\n")
        for line in lines:
            yield line.removesuffix(b"\r").decode("utf-8", "replace")


def is_usage(data: str) -> bool:
    """Whether a piece is the one that counts tokens, which a client gets only if it asks for it."""
    if '"usage"' not in data:
        return False
    chunk = _chunk(data)
    return bool(chunk.get("usage")) and not chunk.get("choices")


def is_error(data: str) -> bool:
    """Whether a piece says that the answer broke off."""
    return '"error"' in data and "error" in _chunk(data)


def assembled(frames: Iterable[str]) -> Json:
    """The body of the answer that a whole stream spells, as it would have come unstreamed.

    Text and tool calls are joined; of the content filter's results the last of each kind is kept, whether it comes with
    a piece of text or after it, without one (Azure's asynchronous filter). Raises ValueError if a piece is no chunk of
    an answer.
    """
    body: Json = {}
    choices: dict[int, Json] = {}
    try:
        for data in frames:
            if data != DONE:
                _add(_required_chunk(data), body, choices)
        body["choices"] = [_finished(index, choices[index]) for index in sorted(choices)]
        return dict(sorted(body.items()))
    except (AttributeError, TypeError) as error:
        raise ValueError(f"no chunk of an answer: {error}") from error


def _chunk(data: str) -> Json:
    try:
        chunk: Any = json.loads(data)
    except (ValueError, RecursionError):
        return {}
    return chunk if isinstance(chunk, dict) else {}


def _required_chunk(data: str) -> Json:
    chunk = _chunk(data)
    if not isinstance(chunk.get("choices"), list) or "error" in chunk:
        raise ValueError(f"no chunk of an answer: {data[:80]}")
    return chunk


# `obfuscation` is padding against listeners and no part of the answer.
_NOT_OF_THE_BODY = {"choices", "object", "obfuscation"}


def _add(chunk: Json, body: Json, choices: dict[int, Json]) -> None:
    # The opening chunk has an empty id and model: what is empty says nothing.
    body.update({name: value for name, value in chunk.items() if name not in _NOT_OF_THE_BODY and value})
    for piece in chunk["choices"]:
        choice = choices.setdefault(piece.get("index", 0), {"finish_reason": None, "message": {"content": None}})
        _add_delta(piece.get("delta") or {}, choice["message"])
        if results := piece.get("content_filter_results"):
            choice["content_filter_results"] = {**choice.get("content_filter_results", {}), **results}
        if piece.get("logprobs"):
            choice["logprobs"] = _joined(choice.get("logprobs"), piece["logprobs"])
        choice["finish_reason"] = piece.get("finish_reason") or choice["finish_reason"]


def _add_delta(delta: Json, message: Json) -> None:
    for name, value in delta.items():
        if name == "tool_calls":
            calls = message.setdefault(name, {})
            for piece in value or ():
                index = piece.get("index", 0)
                calls[index] = _joined(calls.get(index, {}), {k: v for k, v in piece.items() if k != "index"})
        elif name != "role":
            message[name] = _joined(message.get(name), value)


def _finished(index: int, choice: Json) -> Json:
    calls = choice["message"].get("tool_calls")
    message = {**choice["message"], "tool_calls": [calls[i] for i in sorted(calls)]} if calls else choice["message"]
    return {**choice, "index": index, "message": message}


def _joined(known: Any, more: Any) -> Any:
    """Strings and lists one behind the other, objects field by field; of anything else, the later."""
    if isinstance(known, str) and isinstance(more, str):
        return known + more
    if isinstance(known, list) and isinstance(more, list):
        return [*known, *more]
    if isinstance(known, dict) and isinstance(more, dict):
        return {**known, **{name: _joined(known.get(name), value) for name, value in more.items()}}
    return known if more is None else more
