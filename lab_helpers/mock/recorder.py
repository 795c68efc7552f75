"""A practice server that asks upstream for what it has not yet heard, and keeps every answer."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from importlib import metadata
from pathlib import Path
from threading import Lock
from typing import Any, Protocol

import httpx

from lab_helpers.errors import LabError, RecordingError
from lab_helpers.i18n import _
from lab_helpers.mock import refusals, wire
from lab_helpers.mock.core import Deferred, PracticeServer, Upstream, nth_seed
from lab_helpers.mock.recordings import Cassettes, Recording, Variant, save
from lab_helpers.mock.replies import reply_with
from lab_helpers.mock.requests import Asked, Request
from lab_helpers.mock.wire import Json, Reply
from lab_helpers.settings import Settings

LICENCE = "CC-BY-4.0"
# Said anew for each answer that is asked of the upstream.
_PER_REQUEST = {"model", "n", "seed", "stream", "stream_options"}
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
    """

    def __init__(self, folder: Path, upstream: RecordedUpstream) -> None:
        super().__init__(Cassettes.read(folder))
        if self.cassettes.broken:
            raise self.cassettes.broken[0]
        self._folder = folder
        self._upstream = upstream
        self._writing = Lock()

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
            variants = [self._nth(asked, nth_seed(asked.seed, i), first + i) for i in range(asked.n)]
        except LabError as error:
            return refusals.model_unavailable(error)
        return reply_with(asked, variants, {"x-replay-source": "recorder"})

    def _nth(self, asked: Asked, seed: int | None, occurrence: int) -> Variant:
        if known := self._recorded(asked, seed, occurrence):
            return known
        variant = self._upstream.ask(asked, seed)
        if is_worth_keeping(variant):
            self._keep(asked, variant)
        return variant

    def _recorded(self, asked: Asked, seed: int | None, occurrence: int) -> Variant | None:
        recording = self.cassettes.by_key.get(asked.key)
        if recording is None:
            return None
        if seed is not None:
            return recording.seeded(seed)
        return recording.variants[occurrence] if occurrence < len(recording.variants) else None

    def _keep(self, asked: Asked, variant: Variant) -> None:
        provenance = {**self._upstream.provenance(), "recorder": RECORDER, "licence": LICENCE}
        provenance |= {"recorded_at": datetime.now(UTC).date().isoformat()}
        with self._writing:
            known = self.cassettes.by_key.get(asked.key) or Recording(asked.request, (), {})
            recording = known.with_variant(variant, provenance)
            save(recording, self._folder, self._upstream.secrets)
            self.cassettes.by_key[asked.key] = recording


def is_worth_keeping(variant: Variant) -> bool:
    """Whether an answer belongs in a recording: answers, and refusals of the content filter; never 401, 429 or 5xx."""
    if variant.status == 400:
        error = variant.body.get("error")
        return isinstance(error, dict) and error.get("code") == "content_filter"
    return 200 <= variant.status < 300


class AzureUpstream:
    """A deployment on Azure, asked with the key of this process's own environment."""

    def __init__(self, settings: Settings, transport: httpx.BaseTransport | None = None) -> None:
        self._settings = settings
        self._client = httpx.Client(timeout=120, transport=transport)

    @property
    def deployments(self) -> set[str]:
        """The deployment of the settings, alone."""
        return {self._settings.deployment}

    @property
    def secrets(self) -> tuple[str, ...]:
        """The key and the resource's address."""
        return self._settings.api_key, self._settings.endpoint.partition("://")[2]

    def provenance(self) -> Json:
        """The service and its API's version; the model that answered stands in each answer."""
        return {
            "source": "azure",
            "model": self._settings.deployment,
            "api_version": self._settings.api_version,
            "terms": "Output of a live deployment: check that you may publish it.",
        }

    def ask(self, asked: Asked, seed: int | None) -> Variant:
        """Azure's answer. Raises RecordingError if Azure cannot be reached."""
        body = {name: value for name, value in asked.body.items() if name not in _PER_REQUEST}
        if seed is not None:
            body["seed"] = seed
        url = f"{self._settings.endpoint}/openai/deployments/{self._settings.deployment}/chat/completions"
        try:
            response = self._client.post(
                url,
                params={"api-version": self._settings.api_version},
                headers={"api-key": self._settings.api_key, "accept-encoding": "identity"},
                json=body,
            )
            answer: dict[str, Any] = response.json()
        except (httpx.HTTPError, ValueError) as error:
            raise RecordingError(
                _("Azure did not answer: {reason}.").format(reason=type(error).__name__),
                _("Check the connection and the endpoint; what was recorded so far is kept, so run the command again."),
            ) from error
        return Variant(seed, response.status_code, wire.compact(answer) if response.status_code == 200 else answer)
