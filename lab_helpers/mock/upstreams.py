"""Services that a recorder asks: a deployment on Azure, or anything that speaks OpenAI's v1 protocol."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import httpx

from lab_helpers.errors import RecordingError, SettingsError
from lab_helpers.i18n import _
from lab_helpers.mock.recordings import Variant
from lab_helpers.mock.requests import Asked
from lab_helpers.mock.streams import Stream, begun, is_error, read_events
from lab_helpers.mock.wire import DONE, Json, compact
from lab_helpers.settings import Settings, is_loopback

# Said anew for each answer that is asked of the upstream.
_PER_REQUEST = {"model", "n", "seed", "stream", "stream_options"}
_TIMEOUT_S = 120.0
_TERMS = "Output of a live deployment: check that you may publish it."
OPENAI_KEY = "OPENAI_API_KEY"
OPENAI_BASE_URL = "OPENAI_BASE_URL"
_OPENAI = "https://api.openai.com/v1"


class HttpUpstream:
    """A service for chat completions at one address, asked with the key of this process's own environment."""

    def __init__(
        self, url: str, headers: Mapping[str, str], said: Json, transport: httpx.BaseTransport | None = None
    ) -> None:
        # What is not compressed can be relayed as it comes.
        headers = {**headers, "accept-encoding": "identity"}
        self._client = httpx.Client(timeout=_TIMEOUT_S, transport=transport, headers=headers)
        self._url = url
        self._said = said

    def ask(self, asked: Asked, seed: int | None) -> Variant:
        """The service's answer. Raises RecordingError if it cannot be reached."""
        with _explained():
            response = self._client.post(self._url, json=self._body(asked, seed))
            return _variant(seed, response)

    def stream(self, asked: Asked, seed: int | None) -> Variant | Stream:
        """The pieces of the service's answer as they come, or its refusal.

        Raises RecordingError if it cannot be reached, now or where the stream breaks off.
        """
        body = {**self._body(asked, seed), "stream": True, "stream_options": {"include_usage": True}}
        with _explained():
            response = self._client.send(self._client.build_request("POST", self._url, json=body), stream=True)
            if response.status_code == 200 and "event-stream" in response.headers.get("content-type", ""):
                return begun(_pieces(response))
            response.read()
            return _variant(seed, response)

    def _body(self, asked: Asked, seed: int | None) -> Json:
        kept = {name: value for name, value in asked.body.items() if name not in _PER_REQUEST}
        return {**kept, **self._said, **({} if seed is None else {"seed": seed})}


def _pieces(response: httpx.Response) -> Stream:
    try:
        yield ""
        with _explained():
            for data in read_events(response.iter_bytes()):
                yield data
                if data == DONE:
                    return
                if is_error(data):
                    break
        raise RecordingError(
            _("The stream broke off before its end; it was not kept."),
            _("Ask again: what was recorded so far is kept."),
        )
    finally:
        response.close()


def _variant(seed: int | None, response: httpx.Response) -> Variant:
    answer: Any = response.json()
    if not isinstance(answer, dict):
        raise ValueError(answer)
    return Variant(seed, response.status_code, compact(answer) if response.status_code == 200 else answer)


@contextmanager
def _explained() -> Iterator[None]:
    try:
        yield
    except (httpx.HTTPError, ValueError, AttributeError, TypeError) as error:
        raise RecordingError(
            _("The service did not answer: {reason}.").format(reason=type(error).__name__),
            _("Check the connection and the endpoint; what was recorded so far is kept, so run the command again."),
        ) from error


class AzureUpstream(HttpUpstream):
    """A deployment on Azure."""

    def __init__(self, settings: Settings, transport: httpx.BaseTransport | None = None) -> None:
        self._settings = settings
        path = f"/openai/deployments/{settings.deployment}/chat/completions?api-version={settings.api_version}"
        super().__init__(settings.endpoint + path, {"api-key": settings.api_key}, {}, transport)

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
            "terms": _TERMS,
        }


class OpenAIUpstream(HttpUpstream):
    """A model behind OpenAI's v1 protocol: OpenAI itself, Azure's /openai/v1, or a server on this machine.

    environ: the recorder's own environment, with OPENAI_API_KEY and perhaps OPENAI_BASE_URL. Raises SettingsError if
    there is no key of its own in it, or if the key would leave this machine unencrypted.
    """

    def __init__(self, model: str, environ: Mapping[str, str], transport: httpx.BaseTransport | None = None) -> None:
        self._model = model
        self._key = environ.get(OPENAI_KEY, "").strip()
        self._base = (environ.get(OPENAI_BASE_URL) or _OPENAI).strip().rstrip("/")
        if not self._key:
            raise SettingsError(
                _("The variable {name} is not set.").format(name=OPENAI_KEY),
                _("Set it to a key of your own, in this shell: a key that a client sends is never used."),
            )
        if not _is_safe(self._base):
            raise SettingsError(
                _("The endpoint {endpoint!r} would send your key unencrypted.").format(endpoint=self._base),
                _("Write https:// in place of http://."),
            )
        said = {"model": model}
        headers = {"authorization": f"Bearer {self._key}"}
        super().__init__(f"{self._base}/chat/completions", headers, said, transport)

    @property
    def deployments(self) -> set[str]:
        """The model, under which clients ask for it."""
        return {self._model}

    @property
    def secrets(self) -> tuple[str, ...]:
        """The key, and the address if it is not the public one."""
        address = self._base.partition("://")[2].partition("/")[0]
        return (self._key,) if self._base == _OPENAI else (self._key, address)

    def provenance(self) -> Json:
        """The protocol; the model that answered stands in each answer."""
        return {"source": "openai", "model": self._model, "terms": _TERMS}


def _is_safe(address: str) -> bool:
    scheme = urlsplit(address).scheme
    return scheme == "https" or (scheme == "http" and is_loopback(address))
