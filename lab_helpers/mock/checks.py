"""What may be wrong with a recording's file."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from lab_helpers.errors import RecordingError
from lab_helpers.i18n import _
from lab_helpers.mock.keys import canonical_request
from lab_helpers.mock.recordings import load
from lab_helpers.mock.secrets import find_secret
from lab_helpers.mock.streams import assembled
from lab_helpers.mock.wire import Json, compact

PROVENANCE_FIELDS = ("source", "model", "recorded_at", "recorder", "licence")


def check_file(path: Path, secrets: Iterable[str] = ()) -> list[str]:
    """What is wrong with one recording's file: format, key, name, provenance, duplicate seeds, streams, secrets."""
    try:
        recording = load(path)
    except RecordingError as error:
        return [error.problem]
    stored: Any = json.loads(path.read_text("utf-8"))
    problems = []
    if stored.get("key") != recording.key or recording.request != _recanonicalized(recording.request):
        problems.append(_("{file}: the key is not the request's key.").format(file=path.name))
    if path.name != recording.filename:
        problems.append(_("{file}: should be named {name}.").format(file=path.name, name=recording.filename))
    if missing := [name for name in PROVENANCE_FIELDS if not recording.provenance.get(name)]:
        problems.append(_("{file}: provenance lacks {fields}.").format(file=path.name, fields=", ".join(missing)))
    seeds = [variant.seed for variant in recording.variants if variant.seed is not None]
    if len(seeds) != len(set(seeds)):
        problems.append(_("{file}: two answers share a seed.").format(file=path.name))
    if any(variant.frames and not _spells(variant.frames, variant.body) for variant in recording.variants):
        problems.append(_("{file}: a stream does not spell its answer.").format(file=path.name))
    if hint := find_secret(stored, secrets):
        problems.append(_("{file}: holds what looks like a secret ({hint}).").format(file=path.name, hint=hint))
    return problems


def _recanonicalized(request: Json) -> Json:
    body = {name: value for name, value in request.items() if name != "deployment"}
    return canonical_request(request.get("deployment", ""), body)


def _spells(frames: Iterable[tuple[int, str]], body: Json) -> bool:
    try:
        return compact(assembled(data for _ms, data in frames)) == body
    except ValueError:
        return False
