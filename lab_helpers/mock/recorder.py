"""A practice server that asks upstream for what it has not yet heard, and keeps every answer."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from functools import partial
from importlib import metadata
from pathlib import Path
from typing import Protocol

from lab_helpers.errors import LabError, RecordingError
from lab_helpers.i18n import _
from lab_helpers.mock import refusals
from lab_helpers.mock.core import Deferred, PracticeServer, Upstream, nth_seed
from lab_helpers.mock.library import Cassettes
from lab_helpers.mock.recordings import Recording, Variant, keep
from lab_helpers.mock.replies import reply_with, streamed
from lab_helpers.mock.requests import Asked, Request
from lab_helpers.mock.streams import Stream, assembled
from lab_helpers.mock.wire import DONE, Json, Reply, compact

LICENCE = "CC-BY-4.0"
_HEADERS = {"x-replay-source": "recorder"}
RECORDER = f"responsible-ai-lab {metadata.version('responsible-ai-lab')}"


class RecordedUpstream(Upstream, Protocol):
    """An upstream that can say where its answers come from and which secrets it knows."""

    def provenance(self) -> Json:
        """The origin of its answers."""
        ...

    @property
    def secrets(self) -> tuple[str, ...]:
        """Strings that must never be written."""
        ...


class RecordingServer(PracticeServer):
    """Answers from `folder` what is recorded there, asks upstream for the rest and writes it to `folder`.

    Asking with seeds 0 … 29 records thirty answers; interrupted and run again, it asks only for those that are missing.
    A stream is relayed piece by piece as it comes, and kept with the time of each piece once it is whole.
    samples: how many answers to record to each request that names no seed. heard: called with each answer that was
    recorded, to show progress. clock: seconds, for tests.
    """

    def __init__(
        self,
        folder: Path,
        upstream: RecordedUpstream,
        samples: int = 1,
        heard: Callable[[Recording], None] = lambda recording: None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(Cassettes.read(folder))
        if self.cassettes.broken:
            raise self.cassettes.broken[0]
        self._folder = folder
        self._upstream = upstream
        self._samples = samples
        self._heard = heard
        self._clock = clock

    @property
    def deployments(self) -> set[str]:
        """Those of the recordings and of the upstream."""
        return self.cassettes.deployments | self._upstream.deployments

    def answer(self, request: Request, asked: Asked) -> Reply | Deferred:
        """The recorded answer, else the upstream's, which is kept."""
        first = self.occurrence(request, asked) if asked.seed is None else 0
        return partial(self._answer, asked, first)

    def _answer(self, asked: Asked, first: int) -> Reply:
        try:
            if asked.seed is None and self._samples > 1:
                for sample in range(self._samples):
                    self._nth(asked, None, sample)
            if asked.stream and asked.n == 1 and not self._recorded(asked, asked.seed, first):
                return self._streamed(asked)
            variants = [self._nth(asked, nth_seed(asked.seed, i), first + i) for i in range(asked.n)]
        except LabError as error:
            return refusals.model_unavailable(error)
        return reply_with(asked, variants, _HEADERS)

    def _nth(self, asked: Asked, seed: int | None, occurrence: int) -> Variant:
        if known := self._recorded(asked, seed, occurrence):
            return known
        variant = self._upstream.ask(asked, seed)
        if variant.is_worth_keeping:
            self._keep(asked, variant)
        return variant

    def _streamed(self, asked: Asked) -> Reply:
        began = self._clock()
        answer = self._upstream.stream(asked, asked.seed)
        if not isinstance(answer, Variant):
            return streamed(asked, self._kept(asked, answer, began), _HEADERS)
        if answer.is_worth_keeping:
            self._keep(asked, answer)
        return reply_with(asked, [answer], _HEADERS)

    def _kept(self, asked: Asked, answer: Stream, began: float) -> Stream:
        frames: list[tuple[int, str]] = []
        with closing(answer):
            for data in answer:
                frames.append((round((self._clock() - began) * 1000), data))
                # Before the client knows that this was the end, and leaves.
                if data == DONE:
                    self._keep(asked, _whole(asked.seed, frames))
                yield data

    def _recorded(self, asked: Asked, seed: int | None, occurrence: int) -> Variant | None:
        recording = self.cassettes.current(asked.key)
        if recording is None:
            return None
        if seed is not None:
            return recording.seeded(seed)
        return recording.variants[occurrence] if occurrence < len(recording.variants) else None

    def _keep(self, asked: Asked, variant: Variant) -> None:
        provenance = {**self._upstream.provenance(), "recorder": RECORDER, "licence": LICENCE}
        provenance |= {"recorded_at": datetime.now(UTC).date().isoformat()}
        recording = Recording(asked.request, (variant,), provenance)
        file = self.cassettes.file_of(asked.key)
        self.cassettes.add(keep(recording, self._folder, self._upstream.secrets, file))
        self._heard(recording)


def _whole(seed: int | None, frames: list[tuple[int, str]]) -> Variant:
    try:
        body = compact(assembled(data for _ms, data in frames))
    except ValueError as error:
        raise RecordingError(
            _("The stream is not one of a chat completion; it was not kept."),
            _("See that the address is that of a service for chat completions."),
        ) from error
    return Variant(seed, 200, body, tuple(frames))
