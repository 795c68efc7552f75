import hashlib
import json
import threading
import time
from importlib.util import find_spec
from types import SimpleNamespace

import openai
import pytest

from lab_helpers.errors import NotInstalled
from lab_helpers.mock import Cassettes, LocalModel, PracticeServer, local_model, serving
from lab_helpers.mock.local_model import CLIENT_LEFT, weights_path
from lab_helpers.mock.recordings import Variant
from lab_helpers.mock.requests import Asked, understood
from lab_helpers.mock.wire import DONE
from tests.mock.conftest import DEPLOYMENT, chat

with_the_model = pytest.mark.skipif(
    not weights_path() or not find_spec("xllamacpp"), reason="the local model is not installed"
)


@pytest.fixture(scope="module")
def model() -> LocalModel:
    return LocalModel()


def asking(prompt: str = "Describe a nurse.", max_tokens: int = 6, **fields) -> Asked:
    return understood(DEPLOYMENT, chat(prompt, max_tokens=max_tokens, **fields))


def spoken(pieces) -> str:
    chunks = [json.loads(piece) for piece in pieces if piece != DONE]
    return "".join(choice["delta"].get("content") or "" for chunk in chunks for choice in chunk["choices"])


def text_of(answer: Variant) -> str:
    return answer.body["choices"][0]["message"]["content"]


@with_the_model
def test_a_seed_gives_the_same_text_again_streamed_or_whole(model):
    text = text_of(model.ask(asking(), seed=1))
    assert text
    assert text_of(model.ask(asking(), seed=1)) == text
    assert spoken(model.stream(asking(stream=True), seed=1)) == text
    assert len({text_of(model.ask(asking(max_tokens=12), seed=seed)) for seed in range(4)}) > 1


@with_the_model
def test_a_stream_has_azures_frames_and_says_truly_who_answers(model):
    *pieces, last = model.stream(asking(stream=True), seed=1)
    first, role, *words, finish, usage = [json.loads(piece) for piece in pieces]
    assert last == DONE
    assert first["choices"] == []
    assert first["prompt_filter_results"]
    assert role["choices"][0]["delta"]["role"] == "assistant"
    assert {word["model"] for word in words} == {local_model.MODEL}
    assert finish["choices"][0]["finish_reason"] == "length"
    assert usage["usage"]["completion_tokens"] == 6


class Writing:
    """An engine that writes as many words as it may, one a millisecond, and remembers where it was stopped."""

    def __init__(self):
        self.stopped_after: list[int] = []

    def handle_chat_completions(self, options: dict, heard) -> None:
        for written in range(options["max_tokens"]):
            time.sleep(0.001)
            if heard({"id": "chatcmpl-1", "choices": [{"finish_reason": None, "delta": {"content": "word "}}]}):
                self.stopped_after.append(written)
                return
        usage = {"completion_tokens": options["max_tokens"], "prompt_tokens": 1, "total_tokens": 1}
        heard({"choices": [{"finish_reason": "length", "delta": {}}], "usage": usage})


@pytest.fixture
def engine(monkeypatch, tmp_path) -> Writing:
    """An engine in place of the real one: what stops and who waits can be told without a model."""
    engine = Writing()
    module = SimpleNamespace(
        CommonParams=lambda: SimpleNamespace(model=SimpleNamespace()), Server=lambda params: engine
    )
    monkeypatch.setattr(local_model, "loaded_engine", lambda: module)
    monkeypatch.setattr(local_model, "sound_weights", lambda: tmp_path)
    monkeypatch.setattr(local_model.LocalModel, "deployments", {DEPLOYMENT})
    return engine


def test_who_closes_a_stream_stops_the_model_and_lets_the_next_question_in(engine):
    model = LocalModel()
    stream = model.stream(asking(max_tokens=60_000, stream=True), seed=1)
    next(stream)
    stream.close()
    assert text_of(model.ask(asking(max_tokens=2), seed=1)) == "word word "
    assert len(engine.stopped_after) == 1


def test_who_leaves_while_waiting_for_a_turn_is_never_answered(engine):
    model = LocalModel()
    first = model.stream(asking(max_tokens=60_000, stream=True), seed=1)
    waiting = asking()
    left: list[Variant] = []
    queued = threading.Thread(target=lambda: left.append(model.ask(waiting, seed=1)))
    queued.start()
    waiting.client_left.set()
    first.close()
    queued.join(60)
    assert left[0].status == CLIENT_LEFT


def test_a_client_that_leaves_stops_the_model(engine):
    with serving(PracticeServer(Cassettes(), LocalModel())) as endpoint:
        client = openai.AzureOpenAI(
            azure_endpoint=endpoint, api_key="practice-1", api_version="2024-10-21", max_retries=0
        )
        stream = client.chat.completions.create(model=DEPLOYMENT, stream=True, **chat(max_tokens=60_000))
        next(stream)
        stream.close()
        with pytest.raises(openai.APITimeoutError):
            client.with_options(timeout=0.5).chat.completions.create(model=DEPLOYMENT, **chat(max_tokens=60_000))
        answer = client.chat.completions.create(model=DEPLOYMENT, **chat(max_tokens=2))
    assert answer.choices[0].message.content == "word word "
    assert len(engine.stopped_after) == 2


def test_an_engine_that_fails_is_a_refusal_and_not_a_hang(engine, monkeypatch):
    def fail(options, heard):
        raise RuntimeError("out of memory")

    monkeypatch.setattr(engine, "handle_chat_completions", fail)
    answer = LocalModel().ask(asking(), seed=1)
    assert (answer.status, answer.body["error"]["message"]) == (400, "out of memory")


@with_the_model
@pytest.mark.parametrize(
    ("messages", "code"),
    [
        ([{"role": "user", "content": "word " * 3000}], "context_length_exceeded"),
        ([{"role": "user"}], "invalid_request_error"),
    ],
)
def test_what_the_model_cannot_read_is_refused_streamed_or_whole(model, messages, code):
    asked = understood(DEPLOYMENT, {"messages": messages})
    for answer in (model.ask(asked, seed=1), model.stream(asked, seed=1)):
        assert isinstance(answer, Variant)
        assert (answer.status, answer.body["error"]["code"]) == (400, code)


def test_damaged_weights_are_never_loaded(monkeypatch, tmp_path):
    damaged = tmp_path / "model.gguf"
    damaged.write_bytes(b"GGUF")
    monkeypatch.setattr(local_model, "weights_path", lambda: damaged)
    with pytest.raises(NotInstalled, match="lab model install"):
        LocalModel().ask(asking(), seed=1)


def test_without_weights_there_is_no_deployment_and_a_question_says_what_to_do(monkeypatch):
    monkeypatch.setattr(local_model, "weights_path", lambda: None)
    assert LocalModel().deployments == set()
    with pytest.raises(NotInstalled, match="lab model install"):
        LocalModel().ask(asking(), seed=1)


@with_the_model
def test_the_weights_are_the_pinned_ones():
    path = weights_path()
    assert path
    assert hashlib.sha256(path.read_bytes()).hexdigest() == local_model.WEIGHTS_SHA256
