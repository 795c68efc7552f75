"""Recordings: what a model really answered, one JSON file per request."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from lab_helpers.errors import RecordingError
from lab_helpers.i18n import _
from lab_helpers.mock.keys import request_key
from lab_helpers.mock.locks import locked
from lab_helpers.mock.secrets import find_secret
from lab_helpers.mock.shelf import key_in_name
from lab_helpers.mock.wire import Json

FORMAT = 1
SHIPPED = Path(__file__).parent / "cassettes"


@dataclass(frozen=True)
class Variant:
    """One of several answers to the same request: its seed (None: it was asked without), status and compact body.

    frames: where it came as a stream, its pieces: milliseconds since the request, and the data as it was sent.
    """

    seed: int | None
    status: int
    body: Json
    frames: tuple[tuple[int, str], ...] | None = None

    @property
    def is_worth_keeping(self) -> bool:
        """Whether it belongs in a recording: an answer or a refusal of the content filter; never 401, 429 or 5xx."""
        if self.status == 400:
            error = self.body.get("error")
            return isinstance(error, dict) and error.get("code") == "content_filter"
        return self.status == 200


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

    def merged(self, other: Recording) -> Recording:
        """The answers of both in the order of their seeds, the unseeded last; of two with one seed, this one's."""
        seeds = {variant.seed for variant in self.variants if variant.seed is not None}
        new = [variant for variant in other.variants if variant.seed not in seeds and variant not in self.variants]
        variants = sorted((*self.variants, *new), key=lambda v: (v.seed is None, v.seed or 0))
        return replace(self, variants=tuple(variants), provenance={**self.provenance, **other.provenance})

    def seeded(self, seed: int) -> Variant | None:
        """The answer that was recorded with exactly this seed."""
        return next((variant for variant in self.variants if variant.seed == seed), None)


def dump(recording: Recording) -> str:
    """The text of a recording's file; equal recordings give equal text."""
    return json.dumps(_content(recording), ensure_ascii=False, indent=1) + "\n"


def _content(recording: Recording) -> Json:
    return {
        "format": FORMAT,
        "key": recording.key,
        "provenance": recording.provenance,
        "request": recording.request,
        "variants": [_variant_content(variant) for variant in recording.variants],
    }


def _variant_content(variant: Variant) -> Json:
    content = {"seed": variant.seed, "status": variant.status, "body": variant.body}
    return {**content, "stream": variant.frames} if variant.frames else content


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
        return _read_from(content)
    except _UNREADABLE as error:
        raise RecordingError(
            _("The recording {file} cannot be read: {reason}.").format(file=path.name, reason=error),
            _("Restore the file from the repository, or delete it and record again."),
        ) from error


_UNREADABLE = (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError)


def _read_from(content: Json) -> Recording:
    variants = tuple(_variant(variant) for variant in content["variants"])
    if not variants:
        raise ValueError("no variants")
    return Recording(_question(content["request"]), variants, dict(content["provenance"]))


def _question(request: Any) -> Json:
    if not isinstance(request["deployment"], str) or not all(isinstance(m, dict) for m in request["messages"]):
        raise ValueError("no request for a chat completion")
    return request


def _variant(content: Any) -> Variant:
    seed, status, body = content.get("seed"), content["status"], content["body"]
    if not isinstance(seed, int | None) or status not in range(200, 600) or not isinstance(body, dict):
        raise ValueError("no answer")
    if status == 200 and not _is_answer(body):
        raise ValueError("no answer of a chat completion")
    frames = tuple((int(ms), str(data)) for ms, data in content.get("stream") or ())
    return Variant(seed, status, body, frames or None)


def _is_answer(body: Json) -> bool:
    usage, filtered = body.get("usage") or {}, body.get("prompt_filter_results", [])
    return (
        all(isinstance(body.get(name), kind) for name, kind in _ENVELOPE.items())
        and all(isinstance(choice, dict) and _is_choice(choice) for choice in body["choices"])
        and isinstance(filtered, list)
        and isinstance(usage, dict)
        and all(isinstance(usage[name], int) for name in ("completion_tokens", "prompt_tokens") if usage)
    )


_ENVELOPE = {"choices": list, "created": int, "id": str, "model": str}


def _is_choice(choice: Json) -> bool:
    message = choice.get("message", {})
    return "finish_reason" in choice and isinstance(message, dict) and isinstance(message.get("content"), str | None)


def save(recording: Recording, folder: Path, secrets: Iterable[str] = ()) -> Path:
    """Write a recording whole or not at all, in place of the one that was there.

    secrets: strings that must not appear, besides what looks like a key or a resource's address. Raises RecordingError,
    writing nothing, if a secret would be in it.
    """
    _refuse_unfit(recording, secrets)
    with _writing_to(folder):
        return _write(recording, folder / recording.filename)


def keep(recording: Recording, folder: Path, secrets: Iterable[str] = (), file: Path | None = None) -> Path:
    """Add the answers of a recording to those in its file, whatever other processes add at the same time.

    file: where the recording lies already; else it is a file of its own name in `folder`.
    Raises RecordingError, writing nothing, if a secret would be in it or the file that is there cannot be read.
    """
    _refuse_unfit(recording, secrets)
    target = file or folder / recording.filename
    with _writing_to(target.parent):
        return _write(load_named(target).merged(recording) if target.exists() else recording, target)


@contextmanager
def _writing_to(folder: Path) -> Iterator[None]:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with locked(folder):
            yield
    except OSError as error:
        raise RecordingError(
            _("Nothing can be written to {folder}: {reason}.").format(folder=folder, reason=error.strerror or error),
            _("Free space there or choose another folder with --out; what was recorded so far is kept."),
        ) from error


def _refuse_unfit(recording: Recording, secrets: Iterable[str]) -> None:
    try:
        _read_from(_content(recording))
    except _UNREADABLE as error:
        raise RecordingError(
            _("The answer is not a chat completion; it was not written."),
            _("See that the address is that of a service for chat completions."),
        ) from error
    if found := find_secret(_content(recording), secrets):
        raise RecordingError(
            _("The recording would hold a secret ({hint}); it was not written.").format(hint=found),
            _("Remove the secret from the prompt, then record again."),
        )


def _write(recording: Recording, target: Path) -> Path:
    # One name for all attempts: what a process that was killed leaves behind, the next one overwrites.
    temporary = target.with_name(f".{target.name}.tmp")
    temporary.write_text(dump(recording), "utf-8", newline="\n")
    return temporary.replace(target)


def load_named(path: Path) -> Recording:
    """Read a recording that may be found by its name. Raises RecordingError also if the name is another request's."""
    recording = load(path)
    if key_in_name(path.name) not in (None, recording.key[:12]):
        raise RecordingError(
            _("The recording {file} answers another request than its name says.").format(file=path.name),
            _("Run `lab mock check` and give it the name that is asked for there."),
        )
    return recording
