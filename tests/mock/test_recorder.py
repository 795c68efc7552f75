import json

import httpx
import pytest

from lab_helpers.errors import RecordingError
from lab_helpers.mock import AzureUpstream, Cassettes, PracticeServer, RecordingServer
from lab_helpers.mock.recorder import is_worth_keeping
from lab_helpers.mock.recordings import Variant, check_file
from lab_helpers.mock.requests import Asked, understood
from lab_helpers.settings import Settings
from tests.mock.conftest import DEPLOYMENT, answer_body, chat, reply_of, request


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


def test_a_request_that_streams_is_recorded_whole(tmp_path):
    reply = reply_of(RecordingServer(tmp_path, Counting()), request(json.dumps(chat(stream=True)).encode()))
    assert b"".join(reply.frames).endswith(b"data: [DONE]\n\n")
    assert text(ask(PracticeServer(Cassettes.read(tmp_path)))) == "answer 1"


@pytest.mark.parametrize("status", [401, 404, 429, 500, 503])
def test_failures_are_relayed_and_never_kept(tmp_path, status):
    recorder = RecordingServer(tmp_path, Counting(status))
    assert reply_of(recorder, request(json.dumps(chat()).encode())).status == status
    assert list(tmp_path.iterdir()) == []


def test_a_filtered_prompt_is_worth_keeping_and_another_400_is_not():
    assert is_worth_keeping(Variant(None, 400, {"error": {"code": "content_filter"}}))
    assert not is_worth_keeping(Variant(None, 400, {"error": {"code": "invalid_request_error"}}))
    assert not is_worth_keeping(Variant(None, 400, {"error": "text"}))


def test_a_broken_recording_stops_the_recorder_before_it_would_be_overwritten(tmp_path):
    (tmp_path / "broken.json").write_text("{", "utf-8")
    with pytest.raises(RecordingError, match=r"broken\.json"):
        RecordingServer(tmp_path, Counting())


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
