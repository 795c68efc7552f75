from collections.abc import Callable

import pytest

from lab_helpers.mock.core import PracticeServer
from lab_helpers.mock.keys import canonical_request
from lab_helpers.mock.library import Cassettes
from lab_helpers.mock.recordings import Recording, Variant
from lab_helpers.mock.requests import Request
from lab_helpers.mock.wire import Reply

DEPLOYMENT = "smollm2-135m-instruct"
PROVENANCE = {"source": "local", "model": "m", "recorded_at": "2026-11-24", "recorder": "test", "licence": "CC-BY-4.0"}


def answer_body(text: str, finish_reason: str = "stop") -> dict:
    return {
        "choices": [{"finish_reason": finish_reason, "message": {"content": text}}],
        "created": 1764000000,
        "id": f"chatcmpl-{text}",
        "model": "SmolLM2",
        "system_fingerprint": "fp_1",
        "usage": {"completion_tokens": 2, "prompt_tokens": 3, "total_tokens": 5},
    }


def chat(prompt: str = "Describe a nurse.", **fields: object) -> dict:
    return {"messages": [{"role": "user", "content": prompt}], "max_tokens": 100, **fields}


def recording(*texts: str, prompt: str = "Describe a nurse.") -> Recording:
    request = canonical_request(DEPLOYMENT, chat(prompt))
    variants = tuple(Variant(seed, 200, answer_body(text)) for seed, text in enumerate(texts))
    return Recording(request, variants, PROVENANCE)


@pytest.fixture
def cassettes() -> Cassettes:
    known = recording("one", "two", "three")
    return Cassettes({known.key: known})


@pytest.fixture
def server(cassettes: Cassettes) -> PracticeServer:
    return PracticeServer(cassettes)


def request(body: bytes, path: str | None = None, key: str = "practice-1", **headers: str) -> Request:
    path = path or f"/openai/deployments/{DEPLOYMENT}/chat/completions"
    sent = {"api-key": key, **{name.replace("_", "-"): value for name, value in headers.items()}}
    return Request("POST", path, "api-version=2024-10-21", sent, body)


def reply_of(server: PracticeServer, asked: Request) -> Reply:
    reply: Reply | Callable[[], Reply] = server.handle(asked)
    return reply if isinstance(reply, Reply) else reply()
