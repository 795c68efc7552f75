import json
from collections.abc import Iterator

import httpx
import pytest

from lab_helpers.errors import RecordingError, SettingsError
from lab_helpers.mock import AzureUpstream, Cassettes, OpenAIUpstream, PracticeServer, RecordingServer, check_file
from lab_helpers.mock.recordings import Variant, keep, load, save
from lab_helpers.mock.requests import Asked, understood
from lab_helpers.mock.wire import complete, stream_frames
from lab_helpers.settings import Settings
from tests.mock.conftest import DEPLOYMENT, answer_body, chat, recording, reply_of, request


class Counting:
    """An upstream that says how often it was asked."""

    deployments = frozenset({DEPLOYMENT})
    secrets = ()

    def __init__(self, status: int = 200):
        self.asked = 0
        self.status = status

    def provenance(self) -> dict:
        return {"source": "local", "model": "m"}

    def ask(self, asked: Asked, seed: int | None) -> Variant:
        self.asked += 1
        return Variant(seed, self.status, answer_body(f"answer {self.asked}") if self.status == 200 else {"error": {}})

    def stream(self, asked: Asked, seed: int | None) -> Variant | Iterator[str]:
        answer = self.ask(asked, seed)
        return answer if answer.status != 200 else pieces(answer.body["choices"][0]["message"]["content"])


def pieces(text: str):
    """The data of every event of a stream that says `text`."""
    for frame in stream_frames(complete(answer_body(text)), include_usage=True):
        yield frame.decode().removeprefix("data: ").strip()


def ask(server: PracticeServer, **fields) -> dict:
    return json.loads(b"".join(reply_of(server, request(json.dumps(chat(**fields)).encode())).frames))


def text(answer: dict) -> str:
    return answer["choices"][0]["message"]["content"]


def test_what_was_recorded_is_replayed_without_the_upstream(tmp_path):
    recorder = RecordingServer(tmp_path, Counting())
    heard = [text(ask(recorder, seed=seed)) for seed in range(3)]
    replay = PracticeServer(Cassettes.read(tmp_path))
    assert [text(ask(replay, seed=seed)) for seed in range(3)] == heard
    assert [check_file(path) for path in tmp_path.iterdir()] == [[]]


def test_a_second_run_asks_only_for_what_is_missing(tmp_path):
    upstream = Counting()
    for seed in (0, 1):
        ask(RecordingServer(tmp_path, upstream), seed=seed)
    second = RecordingServer(tmp_path, upstream)
    for seed in (0, 1, 2):
        ask(second, seed=seed)
    assert upstream.asked == 3


def test_without_seeds_each_call_of_a_session_is_a_sample_of_its_own(tmp_path):
    upstream = Counting()
    recorder = RecordingServer(tmp_path, upstream)
    assert [text(ask(recorder)) for _ in range(2)] == ["answer 1", "answer 2"]
    assert [text(ask(RecordingServer(tmp_path, upstream))) for _ in range(2)] == ["answer 1", "answer 1"]


@pytest.mark.parametrize("status", [401, 404, 429, 500, 503])
def test_failures_are_relayed_and_never_kept(tmp_path, status):
    recorder = RecordingServer(tmp_path, Counting(status))
    assert reply_of(recorder, request(json.dumps(chat()).encode())).status == status
    assert list(tmp_path.iterdir()) == []


def test_a_filtered_prompt_is_worth_keeping_and_another_400_is_not():
    assert Variant(None, 400, {"error": {"code": "content_filter"}}).is_worth_keeping
    assert not Variant(None, 400, {"error": {"code": "invalid_request_error"}}).is_worth_keeping
    assert not Variant(None, 400, {"error": "text"}).is_worth_keeping


def test_a_broken_recording_stops_the_recorder_before_it_would_be_overwritten(tmp_path):
    (tmp_path / "broken.json").write_text("{", "utf-8")
    with pytest.raises(RecordingError, match=r"broken\.json"):
        RecordingServer(tmp_path, Counting())


def test_a_broken_recording_of_the_same_question_is_named_and_left_as_it_is(tmp_path):
    ask(RecordingServer(tmp_path, Counting()), seed=0)
    (file,) = tmp_path.iterdir()
    file.write_text("{", "utf-8")
    reply = reply_of(RecordingServer(tmp_path, Counting()), request(json.dumps(chat(seed=1)).encode()))
    assert reply.status == 503
    assert file.name in b"".join(reply.frames).decode()
    assert file.read_text("utf-8") == "{"


def test_samples_are_recorded_for_each_question_without_a_seed(tmp_path):
    upstream = Counting()
    for _run in range(2):
        ask(RecordingServer(tmp_path, upstream, samples=5))
        ask(RecordingServer(tmp_path, upstream, samples=5), seed=3)
    (file,) = tmp_path.iterdir()
    assert [variant.seed for variant in load(file).variants] == [3, None, None, None, None, None]
    assert upstream.asked == 6


def test_each_answer_that_is_kept_is_told(tmp_path):
    told = []
    recorder = RecordingServer(tmp_path, Counting(), heard=told.append)
    for seed in (0, 0, 1):
        ask(recorder, seed=seed)
    assert [kept.variants[0].seed for kept in told] == [0, 1]


def test_what_another_recorder_wrote_meanwhile_is_kept_and_not_asked_again(tmp_path):
    upstream = Counting()
    recorder = RecordingServer(tmp_path, upstream)
    ask(recorder, seed=0)
    keep(recording("theirs 0", "theirs 1"), tmp_path)
    assert text(ask(recorder, seed=1)) == "theirs 1"
    ask(recorder, seed=2)
    (file,) = tmp_path.iterdir()
    assert [variant.body["id"] for variant in load(file).variants] == [
        "chatcmpl-answer 1",
        "chatcmpl-theirs 1",
        "chatcmpl-answer 2",
    ]


LIVE = Settings("https://my-lab.openai.azure.com", "the-real-key-0123456789", "gpt-5.1")


def azure(handler) -> AzureUpstream:
    return AzureUpstream(LIVE, httpx.MockTransport(handler))


def test_azure_is_asked_with_our_own_key_at_its_own_address():
    seen: list[httpx.Request] = []

    def handler(sent: httpx.Request) -> httpx.Response:
        seen.append(sent)
        return httpx.Response(200, json=answer_body("from azure"))

    variant = azure(handler).ask(understood("gpt-5.1", chat()), seed=3)
    assert variant.body["choices"][0]["message"]["content"] == "from azure"
    assert seen[0].url.path == "/openai/deployments/gpt-5.1/chat/completions"
    assert seen[0].headers["api-key"] == LIVE.api_key
    assert json.loads(seen[0].content)["seed"] == 3


def test_a_recording_of_azure_holds_neither_the_key_nor_the_address(tmp_path):
    server = RecordingServer(tmp_path, azure(lambda sent: httpx.Response(200, json=answer_body("fine"))))
    path = "/openai/deployments/gpt-5.1/chat/completions"
    assert reply_of(server, request(json.dumps(chat()).encode(), path=path)).status == 200
    written = next(tmp_path.iterdir()).read_text("utf-8")
    assert LIVE.api_key not in written
    assert "my-lab" not in written


def test_an_answer_that_repeats_the_key_is_refused(tmp_path):
    server = RecordingServer(tmp_path, azure(lambda sent: httpx.Response(200, json=answer_body(LIVE.api_key))))
    path = "/openai/deployments/gpt-5.1/chat/completions"
    reply = reply_of(server, request(json.dumps(chat()).encode(), path=path))
    assert reply.status == 503
    assert LIVE.api_key not in b"".join(reply.frames).decode()
    assert list(tmp_path.iterdir()) == []


def test_a_dead_line_to_azure_says_what_to_do():
    def handler(sent: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("no route")

    with pytest.raises(RecordingError, match="run the command again"):
        azure(handler).ask(understood("gpt-5.1", chat()), seed=None)
    with pytest.raises(RecordingError, match="run the command again"):
        azure(handler).stream(understood("gpt-5.1", chat()), seed=None)


@pytest.mark.parametrize("answer", [b"", b"<html>", b"[]", b'{"choices": 5}', b'{"choices": [5]}'])
def test_a_reply_that_is_no_answer_is_explained_and_not_kept(tmp_path, answer):
    server = RecordingServer(tmp_path, azure(lambda sent: httpx.Response(200, content=answer)))
    path = "/openai/deployments/gpt-5.1/chat/completions"
    assert reply_of(server, request(json.dumps(chat()).encode(), path=path)).status == 503
    assert list(tmp_path.iterdir()) == []


def openai(handler, **environ: str) -> OpenAIUpstream:
    return OpenAIUpstream("llama", {"OPENAI_API_KEY": "own-key-0123", **environ}, httpx.MockTransport(handler))


@pytest.mark.parametrize(
    ("environ", "url"),
    [
        ({}, "https://api.openai.com/v1/chat/completions"),
        (
            {"OPENAI_BASE_URL": "https://my-lab.openai.azure.com/openai/v1/"},
            "https://my-lab.openai.azure.com/openai/v1/chat/completions",
        ),
        ({"OPENAI_BASE_URL": "http://localhost:8080/v1"}, "http://localhost:8080/v1/chat/completions"),
    ],
)
def test_a_v1_service_is_asked_for_the_model_with_the_key_of_the_environment(environ, url):
    seen: list[httpx.Request] = []
    openai(lambda sent: seen.append(sent) or httpx.Response(200, json=answer_body("x")), **environ).ask(
        understood("llama", chat(model="other")), seed=None
    )
    assert str(seen[0].url) == url
    assert seen[0].headers["authorization"] == "Bearer own-key-0123"
    assert seen[0].headers["accept-encoding"] == "identity"
    assert json.loads(seen[0].content)["model"] == "llama"


@pytest.mark.parametrize(
    "environ",
    [
        {},
        {"OPENAI_API_KEY": " "},
        {"OPENAI_API_KEY": "own-key-0123", "OPENAI_BASE_URL": "http://example.org/v1"},
        {"OPENAI_API_KEY": "own-key-0123", "OPENAI_BASE_URL": "example.org"},
    ],
)
def test_a_v1_service_needs_a_key_of_ones_own_and_a_safe_way_to_it(environ):
    with pytest.raises(SettingsError):
        OpenAIUpstream("llama", environ)


def test_a_clients_own_key_is_refused_and_never_sent_on(tmp_path):
    sent: list[httpx.Request] = []
    server = RecordingServer(tmp_path, openai(lambda request: sent.append(request) or httpx.Response(200)))
    asked = request(json.dumps(chat(model="llama")).encode(), path="/openai/v1/chat/completions", key="sk-student")
    assert reply_of(server, asked).status == 401
    assert sent == []


@pytest.mark.parametrize("place", ["deep/in/a/folder", ""])
@pytest.mark.parametrize("name", [None, "named-by-hand.json"])
def test_an_answer_joins_its_recording_wherever_that_lies(tmp_path, place, name):
    file = save(recording("theirs 0", "theirs 1"), tmp_path / place)
    file = file.rename(file.with_name(name or file.name))
    text(ask(RecordingServer(tmp_path, Counting()), seed=2))
    assert list(tmp_path.rglob("*.json")) == [file]
    assert [variant.seed for variant in load(file).variants] == [0, 1, 2]
