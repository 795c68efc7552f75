import gzip
import json
from contextlib import suppress
from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lab_helpers.errors import RecordingError
from lab_helpers.mock import Cassettes, PracticeServer, check_file, convert_cassette, keep
from lab_helpers.mock.wire import complete, stream_frames
from tests.mock.conftest import answer_body, chat, reply_of, request

ORIGIN = {"source": "https://example.org/cassettes", "model": "gpt-4o-mini", "licence": "MIT"}
DEPLOYMENT = "gpt-4o-mini"
PATH = f"/openai/deployments/{DEPLOYMENT}/chat/completions"
AZURE = f"https://SANITIZED.example{PATH}?api-version=2024-02-01"
JSON_HEADERS = {"content-type": ["application/json"], "Date": ["Tue, 03 Mar 2026 10:00:00 GMT"]}


def interaction(text: str = "fine", uri: str = AZURE, asked: dict | None = None, **response) -> dict:
    """As vcrpy writes it."""
    answered = {
        "body": {"string": json.dumps(answer_body(text))},
        "headers": JSON_HEADERS,
        "status": {"code": 200, "message": "OK"},
        **response,
    }
    headers = {"api-key": ["c0ffee" * 6], "authorization": ["Bearer abcdefghijklmnopqrstuvwxyz"]}
    sent = {"body": json.dumps(asked or chat()), "headers": headers, "method": "POST", "uri": uri}
    return {"request": sent, "response": answered}


@pytest.fixture
def cassette(tmp_path):
    def write(*interactions: dict) -> Path:
        path = tmp_path / "cassette.yaml"
        path.write_text(yaml.safe_dump({"interactions": list(interactions), "version": 1}), "utf-8")
        return path

    return write


def replayed(folder: Path, **fields) -> bytes:
    server = PracticeServer(Cassettes.read(folder))
    reply = reply_of(server, request(json.dumps(chat(**fields)).encode(), path=PATH))
    assert reply.status == 200
    return b"".join(reply.frames)


def text_of(body: bytes) -> str:
    return json.loads(body)["choices"][0]["message"]["content"]


def converted(path: Path, folder: Path) -> list[Path]:
    return [keep(recording, folder) for recording in convert_cassette(path, ORIGIN).recordings]


def test_a_cassette_is_replayed_and_its_origin_told(cassette, tmp_path):
    (file,) = converted(cassette(interaction("one"), interaction("two")), tmp_path / "out")
    assert check_file(file) == []
    provenance = json.loads(file.read_text("utf-8"))["provenance"]
    assert provenance == {**ORIGIN, "recorder": "vcrpy", "recorded_at": "2026-03-03"}
    assert text_of(replayed(tmp_path / "out")) == "one"


def test_headers_of_requests_are_dropped(cassette, tmp_path):
    (file,) = converted(cassette(interaction()), tmp_path / "out")
    assert "c0ffee" not in file.read_text("utf-8")
    assert "Bearer" not in file.read_text("utf-8")


def test_a_secret_in_a_body_is_refused(cassette, tmp_path):
    path = cassette(interaction("the key is sk-abcdefghijklmnopqrstuv"))
    with pytest.raises(RecordingError, match="secret"):
        converted(path, tmp_path / "out")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("compress", [lambda body: body, gzip.compress])
def test_bodies_may_be_binary_and_compressed(cassette, tmp_path, compress):
    body = compress(json.dumps(answer_body("fine")).encode())
    headers = {**JSON_HEADERS, "Content-Encoding": ["gzip"]}
    converted(cassette(interaction(body={"string": body}, headers=headers)), tmp_path / "out")
    assert text_of(replayed(tmp_path / "out")) == "fine"


def test_bodies_may_have_been_parsed(cassette, tmp_path):
    parsed = interaction()
    parsed["request"] = {"method": "POST", "uri": AZURE, "parsed_body": chat()}
    parsed["response"] = {"status": {"code": 200}, "headers": {}, "parsed_body": answer_body("parsed")}
    converted(cassette(parsed), tmp_path / "out")
    assert text_of(replayed(tmp_path / "out")) == "parsed"


def test_a_stream_is_replayed_in_its_own_frames_and_whole(cassette, tmp_path):
    sse = b"".join(stream_frames(complete(answer_body("in pieces")), include_usage=False))
    headers = {"content-type": ["text/event-stream; charset=utf-8"]}
    streamed = interaction(asked=chat(stream=True), body={"string": sse}, headers=headers)
    (file,) = converted(cassette(streamed), tmp_path / "out")
    assert check_file(file) == []
    assert replayed(tmp_path / "out", stream=True) == sse
    assert text_of(replayed(tmp_path / "out")) == "in pieces"


def test_a_v1_request_names_its_deployment_in_the_body(cassette, tmp_path):
    v1 = interaction(uri="https://api.openai.com/v1/chat/completions", asked=chat(model=DEPLOYMENT))
    converted(cassette(v1), tmp_path / "out")
    assert text_of(replayed(tmp_path / "out")) == "fine"


def test_what_no_recorder_would_keep_is_counted_and_left_out(cassette):
    broken_stream = interaction(
        body={"string": 'data: {"choices": []}\n\n'}, headers={"content-type": ["text/event-stream"]}
    )
    path = cassette(
        interaction("kept"),
        interaction(uri="https://x.example/openai/deployments/e/embeddings"),
        interaction(status={"code": 429, "message": "slow down"}, body={"string": "<html>"}),
        interaction(status={"code": 400, "message": "bad"}, body={"string": '{"error": {"code": "invalid"}}'}),
        broken_stream,
    )
    found = convert_cassette(path, ORIGIN)
    assert (len(found.recordings), found.left_out) == (1, 4)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "- 1",
        "{",
        "interactions: 5",
        "interactions: [5]",
        "interactions: [{request: {uri: 'https://x/chat/completions', method: POST}}]",
        "!!python/object/apply:os.system ['true']",
        "\x00",
    ],
)
def test_a_file_that_is_no_cassette_is_named(tmp_path, text):
    path = tmp_path / "odd.yaml"
    path.write_text(text, "utf-8")
    with pytest.raises(RecordingError, match=r"odd\.yaml"):
        convert_cassette(path, ORIGIN)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
parts = st.sampled_from(["body", "headers", "status", "parsed_body"])


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.dictionaries(parts, json_values), st.dictionaries(parts, json_values))
def test_a_cassette_with_odd_parts_is_converted_or_named(cassette, asked, answered):
    odd = interaction()
    odd["request"] |= asked
    odd["response"] |= answered
    path = cassette(odd)
    with suppress(RecordingError):
        found = convert_cassette(path, ORIGIN)
        assert len(found.recordings) + found.left_out == 1
