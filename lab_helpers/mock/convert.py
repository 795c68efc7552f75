"""Cassettes of vcrpy turned into recordings: what another project recorded, replayed here.

Source of the format: vcrpy's documentation and serializers; `parsed_body` is pytest-recording's usual way, in many
projects' own serializers, to keep a JSON body readable.
"""

from __future__ import annotations

import gzip
import json
import re
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from lab_helpers.errors import NotInstalled, RecordingError
from lab_helpers.i18n import _
from lab_helpers.mock.keys import canonical_request
from lab_helpers.mock.recordings import Recording, Variant
from lab_helpers.mock.streams import assembled, read_events
from lab_helpers.mock.wire import DONE, Json, compact

_CHAT = re.compile(r"(?:/openai/deployments/([^/]+))?/chat/completions$")
# What a cassette of vcrpy without a date leaves us.
UNKNOWN = "unknown"
_GZIP = b"\x1f\x8b"
_UNREADABLE = (KeyError, TypeError, ValueError, AttributeError, OSError, EOFError, zlib.error, RecursionError)


@dataclass(frozen=True)
class Converted:
    """recordings: one for each request, its answers in the order of the cassette. left_out: interactions that are none:
    other requests than chat completions, and failures that no recorder would keep.
    """

    recordings: tuple[Recording, ...]
    left_out: int


def convert_cassette(path: Path, provenance: Mapping[str, Any]) -> Converted:
    """The chat completions in a cassette of vcrpy, JSON and streams.

    provenance: where the answers come from (source, model, licence); the date is the cassette's own.
    Headers of requests are left out. Raises RecordingError, naming the file, if it is no such cassette, and
    NotInstalled without PyYAML.
    """
    try:
        interactions = _read(path)["interactions"]
        found = [_converted(interaction, provenance) for interaction in interactions]
    except _UNREADABLE as error:
        raise RecordingError(
            _("{file} is no cassette of vcrpy that can be read: {reason}.").format(
                file=path.name, reason=str(error).splitlines()[0] if str(error) else type(error).__name__
            ),
            _("Give a YAML file with a list `interactions`, as vcrpy and pytest-recording write it."),
        ) from error
    recordings: dict[str, Recording] = {}
    for recording in filter(None, found):
        known = recordings.get(recording.key)
        recordings[recording.key] = known.merged(recording) if known else recording
    return Converted(tuple(recordings.values()), found.count(None))


def _read(path: Path) -> Any:
    try:
        import yaml
    except ImportError as error:
        raise NotInstalled(_("PyYAML is not installed."), _("Run: pip install pyyaml")) from error
    try:
        # The safe loader: a full one runs what a file tells it to.
        return yaml.load(path.read_bytes(), getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except yaml.YAMLError as error:
        raise ValueError(str(error).replace("\n", " ")) from error


def _converted(interaction: Any, provenance: Mapping[str, Any]) -> Recording | None:
    request, response = interaction["request"], interaction["response"]
    chat = _CHAT.search(urlsplit(request["uri"]).path)
    if not chat or request.get("method") != "POST":
        return None
    asked = _parsed(request)
    variant = _variant(asked.get("seed"), response)
    if not variant or not variant.is_worth_keeping:
        return None
    deployment = unquote(chat[1]) if chat[1] else str(asked["model"])
    dated = {**provenance, "recorder": "vcrpy", "recorded_at": _recorded_on(interaction)}
    return Recording(canonical_request(deployment, asked), (variant,), dated)


def _variant(seed: int | None, response: Any) -> Variant | None:
    status = response["status"]["code"] if isinstance(response["status"], dict) else response["status"]
    if status not in (200, 400):
        return None
    if "event-stream" not in _header(response, "content-type"):
        body = _parsed(response)
        return Variant(seed, status, compact(body) if status == 200 else body)
    # Cassettes do not know when a piece came: all at once, as vcrpy replays them.
    frames = tuple((0, data) for data in read_events([_raw(response)]))
    if not frames or frames[-1][1] != DONE:
        return None
    return Variant(seed, status, compact(assembled(data for _ms, data in frames)), frames)


def _parsed(message: Any) -> Json:
    body = message["parsed_body"] if "parsed_body" in message else json.loads(_raw(message))
    if not isinstance(body, dict):
        raise TypeError("a body is not a JSON object")
    return body


def _raw(message: Any) -> bytes:
    body = message["body"]
    text = body["string"] if isinstance(body, dict) else body
    raw = text.encode() if isinstance(text, str) else bytes(text)
    if "gzip" in _header(message, "content-encoding") and raw.startswith(_GZIP):
        return gzip.decompress(raw)
    return raw


def _header(message: Any, name: str) -> str:
    for header, value in (message.get("headers") or {}).items():
        if header.lower() == name:
            return str(value[0] if isinstance(value, list) and value else value).strip()
    return ""


def _recorded_on(interaction: Any) -> str:
    if said := interaction.get("recorded_at"):
        return str(said)[:10]
    if sent := _header(interaction["response"], "date"):
        return parsedate_to_datetime(sent).date().isoformat()
    return UNKNOWN
