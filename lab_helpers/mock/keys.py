"""The identity of a request: what makes two of them ask for the same thing."""

from __future__ import annotations

import hashlib
import json
import unicodedata
from typing import Any

KEY_VERSION = 1

# Transport, bookkeeping, and what selects among the recorded answers rather than what is asked.
_NOT_ASKED = {"model", "stream", "stream_options", "user", "metadata", "store", "seed", "n"}
# Names that the canonical request and its key have taken: a field of that name in the body gets another.
_TAKEN = {"deployment", "version"}
# The documented defaults of chat completions: saying them and leaving them out is the same request.
_DEFAULTS = {"temperature": 1, "top_p": 1, "presence_penalty": 0, "frequency_penalty": 0, "logprobs": False}


def canonical_request(deployment: str, body: dict[str, Any]) -> dict[str, Any]:
    """`body` reduced to what is asked of `deployment`, in one canonical form.

    Text is NFC with LF line ends, whole floats are integers, nulls and defaults are dropped, lists of text parts are
    joined and `max_completion_tokens` counts as `max_tokens`. Fields we do not know are kept.
    """
    asked = {
        f"body.{name}" if name in _TAKEN else name: _canonical(value)
        for name, value in body.items()
        if name not in _NOT_ASKED and value is not None
    }
    if "max_completion_tokens" in asked:
        asked["max_tokens"] = asked.pop("max_completion_tokens")
    asked = {name: value for name, value in asked.items() if name not in _DEFAULTS or value != _DEFAULTS[name]}
    return {"deployment": deployment, **asked}


def request_key(canonical: dict[str, Any]) -> str:
    """SHA-256 of the canonical request, in hexadecimal."""
    text = json.dumps({"version": KEY_VERSION, **canonical}, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _canonical(value: Any) -> Any:
    if isinstance(value, str):
        return unicodedata.normalize("NFC", value.replace("\r\n", "\n").replace("\r", "\n"))
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, list):
        return _joined_text([_canonical(item) for item in value])
    if isinstance(value, dict):
        return {name: _canonical(item) for name, item in value.items() if item is not None}
    return value


def _joined_text(items: list[Any]) -> list[Any] | str:
    texts = [item["text"] for item in items if _is_text_part(item)]
    return "".join(texts) if items and len(texts) == len(items) else items


def _is_text_part(item: Any) -> bool:
    return isinstance(item, dict) and item.get("type") == "text" and isinstance(item.get("text"), str)


def differing_fields(one: dict[str, Any], other: dict[str, Any]) -> list[str]:
    """The names of the fields in which two canonical requests differ, sorted."""
    return sorted(name for name in one.keys() | other.keys() if one.get(name) != other.get(name))
