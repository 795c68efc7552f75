"""What differs between two recordings, or between two folders of them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lab_helpers.mock.keys import differing_fields
from lab_helpers.mock.recordings import Recording, Variant, load

_SHOWN = 60


@dataclass(frozen=True)
class Difference:
    """One thing that differs in a recording.

    name: the recording's file. sign: "+" only in the other, "-" only in the one, "~" in both, but not the same.
    what: "recording", "request.FIELD", "seed N" or, of the answers without a seed, "sample N" from 0.
    detail: the two values, shortened, or, of two answers with the same text, the fields that differ; else empty.
    """

    name: str
    sign: str
    what: str
    detail: str = ""


def compare(one: Path, other: Path) -> list[Difference]:
    """What differs between two files, or between two folders, whose recordings are paired by their keys.

    Raises RecordingError, naming the file, for one that cannot be read.
    """
    if one.is_file() and other.is_file():
        return list(differences(load(one), load(other)))
    ones, others = _by_key(one), _by_key(other)
    found: list[Difference] = []
    for key in sorted(ones.keys() | others.keys(), key=lambda key: (ones.get(key) or others[key]).filename):
        if key not in others:
            found.append(Difference(ones[key].filename, "-", "recording"))
        elif key not in ones:
            found.append(Difference(others[key].filename, "+", "recording"))
        else:
            found.extend(differences(ones[key], others[key]))
    return found


def _by_key(folder: Path) -> dict[str, Recording]:
    recordings = map(load, sorted(folder.rglob("*.json")) if folder.is_dir() else [folder])
    return {recording.key: recording for recording in recordings}


def differences(one: Recording, other: Recording) -> Iterator[Difference]:
    """What differs between two recordings: first in what was asked, then in the answers. Origins are not compared."""
    name = one.filename
    for field in differing_fields(one.request, other.request):
        detail = f"{_shown(one.request.get(field))} → {_shown(other.request.get(field))}"
        yield Difference(name, "~", f"request.{field}", detail)
    answers, others = _labelled(one), _labelled(other)
    for label in {**answers, **others}:
        if label not in others:
            yield Difference(name, "-", label)
        elif label not in answers:
            yield Difference(name, "+", label)
        elif answers[label] != others[label]:
            yield Difference(name, "~", label, _change(answers[label], others[label]))


def _labelled(recording: Recording) -> dict[str, Variant]:
    unseeded = [variant for variant in recording.variants if variant.seed is None]
    seeded = {f"seed {variant.seed}": variant for variant in recording.variants if variant.seed is not None}
    return {**seeded, **{f"sample {index}": variant for index, variant in enumerate(unseeded)}}


def _change(one: Variant, other: Variant) -> str:
    if _said(one) != _said(other):
        return f"{_shown(_said(one))} → {_shown(_said(other))}"
    fields = differing_fields(one.body, other.body)
    return ", ".join(fields if one.frames == other.frames else [*fields, "stream"])


def _said(variant: Variant) -> Any:
    if variant.status != 200:
        return variant.body
    return [(choice.get("message") or {}).get("content") for choice in variant.body["choices"]]


def _shown(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1]}…"
