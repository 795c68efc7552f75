"""Recordings: what a model really answered, one JSON file per request, and the index that finds it again."""

from __future__ import annotations

import json
import os
import re
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from lab_helpers.errors import RecordingError
from lab_helpers.i18n import _
from lab_helpers.mock.keys import canonical_request, differing_fields, request_key
from lab_helpers.mock.wire import Json

FORMAT = 1
SHIPPED = Path(__file__).parent / "cassettes"
PROVENANCE_FIELDS = ("source", "model", "recorded_at", "recorder", "licence")

_SECRETS = re.compile(
    r"(?i)(bearer\s+[\w.~+/-]{16,}|\bsk-[\w-]{16,}|api[-_]key\W{1,4}\w{16,}|[\w-]+\.(?:openai|cognitiveservices|services\.ai)\.azure\.com)"
    r"|\b[0-9a-f]{32}\b|\b(?=\w*[A-Z])(?=\w*[a-z])(?=\w*\d)\w{80,}\b"
)


@dataclass(frozen=True)
class Variant:
    """One of several answers to the same request: its seed (None: it was asked without), status and compact body."""

    seed: int | None
    status: int
    body: Json


@dataclass(frozen=True)
class Recording:
    """Every recorded answer to one request, and where they come from."""

    request: Json
    variants: tuple[Variant, ...]
    provenance: Json

    @property
    def key(self) -> str:
        """The request's key."""
        return request_key(self.request)

    @property
    def filename(self) -> str:
        """A readable slug of the last message, and the key's first twelve digits."""
        messages = self.request.get("messages") or [{}]
        text = messages[-1].get("content") if isinstance(messages[-1], dict) else ""
        slug = re.sub(r"[^a-z0-9]+", "-", str(text).lower()).strip("-")[:48] or "request"
        return f"{slug}--{self.key[:12]}.json"

    def with_variant(self, variant: Variant, provenance: Json) -> Recording:
        """This recording and one answer more, in the order of the seeds, the unseeded last."""
        variants = sorted((*self.variants, variant), key=lambda v: (v.seed is None, v.seed or 0))
        return replace(self, variants=tuple(variants), provenance={**self.provenance, **provenance})

    def seeded(self, seed: int) -> Variant | None:
        """The answer that was recorded with exactly this seed."""
        return next((variant for variant in self.variants if variant.seed == seed), None)


def dump(recording: Recording) -> str:
    """The text of a recording's file; equal recordings give equal text."""
    content = {
        "format": FORMAT,
        "key": recording.key,
        "provenance": recording.provenance,
        "request": recording.request,
        "variants": [{"seed": v.seed, "status": v.status, "body": v.body} for v in recording.variants],
    }
    return json.dumps(content, ensure_ascii=False, indent=1) + "\n"


def load(path: Path) -> Recording:
    """Read one recording. Raises RecordingError, naming the file, if it is broken or of another format."""
    try:
        content = json.loads(path.read_text("utf-8"))
        if content["format"] != FORMAT:
            raise RecordingError(
                _("The recording {file} has format {found}; this version reads format {known}.").format(
                    file=path.name, found=content["format"], known=FORMAT
                ),
                _("Record it again with this version, or use the version that wrote it."),
            )
        variants = tuple(Variant(v.get("seed"), int(v["status"]), dict(v["body"])) for v in content["variants"])
        if not variants:
            raise ValueError("no variants")
        return Recording(dict(content["request"]), variants, dict(content["provenance"]))
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise RecordingError(
            _("The recording {file} cannot be read: {reason}.").format(file=path.name, reason=error),
            _("Restore the file from the repository, or delete it and record again."),
        ) from error


def save(recording: Recording, folder: Path, secrets: Iterable[str] = ()) -> Path:
    """Write a recording whole or not at all. Raises RecordingError, writing nothing, if a secret would be in it.

    secrets: strings that must not appear, besides what looks like a key or a resource's address.
    """
    text = dump(recording)
    if found := find_secret(text, recording.key, secrets):
        raise RecordingError(
            _("The recording would hold a secret ({hint}); it was not written.").format(hint=found),
            _("Remove the secret from the prompt, then record again."),
        )
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / recording.filename
    handle, temporary = tempfile.mkstemp(dir=folder, prefix=".", suffix=".tmp")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
        Path(temporary).chmod(0o644)
        Path(temporary).replace(target)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    return target


def find_secret(text: str, key: str, secrets: Iterable[str] = ()) -> str | None:
    """The kind of secret that `text` holds, shortened so that it can be shown; None if there is none."""
    for secret in secrets:
        if secret and secret in text:
            return f"{secret[:3]}…"
    match = _SECRETS.search(text.replace(key, ""))
    return f"{match.group()[:6]}…" if match else None


@dataclass
class Cassettes:
    """The recordings of a folder, in memory; files that cannot be read are listed and the others still serve."""

    by_key: dict[str, Recording] = field(default_factory=dict)
    broken: list[RecordingError] = field(default_factory=list)

    @classmethod
    def read(cls, *folders: Path) -> Cassettes:
        """Every recording below the folders."""
        cassettes = cls()
        for path in _files(folders):
            try:
                recording = load(path)
                cassettes.by_key[recording.key] = recording
            except RecordingError as error:
                cassettes.broken.append(error)
        return cassettes

    @cached_property
    def deployments(self) -> set[str]:
        """The deployments that were recorded, as of the first time this is asked."""
        return {recording.request["deployment"] for recording in self.by_key.values()}

    def current(self, key: str) -> Recording | None:
        """The recording of a key, as its file says now."""
        return self.by_key.get(key)

    def nearest(self, request: Json) -> Recording | None:
        """The recording that differs from a request in the fewest fields: to explain a miss, never to answer it."""
        return min(self.by_key.values(), key=lambda r: len(differing_fields(r.request, request)), default=None)


def _files(folders: Iterable[Path]) -> Iterator[Path]:
    for folder in folders:
        yield from sorted(folder.rglob("*.json"))


def check_file(path: Path, secrets: Iterable[str] = ()) -> list[str]:
    """What is wrong with one recording's file: format, key, name, provenance, duplicate seeds, secrets."""
    try:
        recording = load(path)
    except RecordingError as error:
        return [error.problem]
    text = path.read_text("utf-8")
    stored: Any = json.loads(text)
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
    if hint := find_secret(text, recording.key, secrets):
        problems.append(_("{file}: holds what looks like a secret ({hint}).").format(file=path.name, hint=hint))
    return problems


def _recanonicalized(request: Json) -> Json:
    body = {name: value for name, value in request.items() if name != "deployment"}
    return canonical_request(request.get("deployment", ""), body)
