import json
from contextlib import suppress

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lab_helpers.mock import AzureUpstream, Cassettes, PracticeServer, RecordingServer, check_file
from lab_helpers.mock.recordings import load
from lab_helpers.mock.requests import Request, understood
from lab_helpers.mock.streams import assembled, read_events
from lab_helpers.mock.wire import DONE, complete, stream_frames
from lab_helpers.settings import Settings
from tests.mock.conftest import answer_body, chat, reply_of, request

DEPLOYMENT = "gpt-4.1"
PATH = f"/openai/deployments/{DEPLOYMENT}/chat/completions"
LIVE = Settings("https://my-lab.openai.azure.com", "the-real-key-0123456789", DEPLOYMENT)


def chunk(delta: dict | None = None, **fields) -> str:
    piece = {"index": 0, "finish_reason": None, **({} if delta is None else {"delta": delta}), **fields}
    envelope = {"id": "chatcmpl-1", "created": 1764000000, "model": "gpt-4.1-2025-04-14", "system_fingerprint": "fp"}
    return json.dumps({"choices": [piece], **envelope})


# As Azure sends it with its asynchronous filter: results come in frames of their own, without a delta.
OPENING = json.dumps(
    {"choices": [], "id": "", "model": "", "created": 0, "prompt_filter_results": [{"prompt_index": 0}]}
)
VERDICT = chunk(
    content_filter_results={"hate": {"filtered": False, "severity": "low"}},
    content_filter_offsets={"check_offset": 0, "start_offset": 0, "end_offset": 9},
)
USAGE = json.dumps(
    {"choices": [], "usage": {"completion_tokens": 2, "prompt_tokens": 3, "total_tokens": 5}, "obfuscation": "xK3"}
)
ANSWER = [
    OPENING,
    chunk({"role": "assistant", "content": "", "refusal": None}),
    chunk({"content": "A nu"}),
    chunk({"content": "rse."}),
    VERDICT,
    chunk({}, finish_reason="stop"),
    USAGE,
    DONE,
]


def sse(data: list[str]) -> bytes:
    return "".join(f"data: {piece}\n\n" for piece in data).encode()


class Wire(httpx.SyncByteStream):
    """What an upstream sends, piece by piece; remembers how much was taken and whether it was closed."""

    def __init__(self, pieces: list[bytes | Exception]):
        self.pieces, self.taken, self.closed = pieces, 0, False

    def __iter__(self):
        for piece in self.pieces:
            self.taken += 1
            if isinstance(piece, Exception):
                raise piece
            yield piece

    def close(self):
        self.closed = True


def recorder(folder, wire: Wire, ticks: list[float] | None = None) -> RecordingServer:
    answer = httpx.Response(200, headers={"content-type": "text/event-stream; charset=utf-8"}, stream=wire)
    upstream = AzureUpstream(LIVE, httpx.MockTransport(lambda sent: answer))
    return RecordingServer(folder, upstream, **({"clock": iter(ticks).__next__} if ticks else {}))


def streaming(**fields) -> Request:
    return request(json.dumps(chat(stream=True, **fields)).encode(), path=PATH)


def test_frames_leave_one_by_one_as_they_come(tmp_path):
    wire = Wire([sse([piece]) for piece in ANSWER])
    reply = reply_of(recorder(tmp_path, wire), streaming())
    assert wire.taken == 0
    assert next(reply.frames) == sse([OPENING])
    assert wire.taken == 1


def test_a_stream_is_kept_with_its_times_and_replayed_in_its_own_frames(tmp_path):
    ticks = [10.0, *(10.5 + 0.25 * i for i in range(len(ANSWER)))]
    live = b"".join(reply_of(recorder(tmp_path, Wire([sse(ANSWER)]), ticks), streaming()).frames)
    (file,) = tmp_path.iterdir()
    assert check_file(file) == []
    (variant,) = load(file).variants
    assert variant.frames == tuple((500 + 250 * i, piece) for i, piece in enumerate(ANSWER))

    replay = PracticeServer(Cassettes.read(tmp_path))
    assert b"".join(reply_of(replay, streaming()).frames) == live == sse([p for p in ANSWER if p != USAGE])


def test_a_stream_is_replayed_whole_to_who_does_not_stream(tmp_path):
    list(reply_of(recorder(tmp_path, Wire([sse(ANSWER)])), streaming()).frames)
    replay = PracticeServer(Cassettes.read(tmp_path))
    body = json.loads(b"".join(reply_of(replay, request(json.dumps(chat()).encode(), path=PATH)).frames))
    (choice,) = body["choices"]
    assert (choice["message"]["content"], choice["finish_reason"]) == ("A nurse.", "stop")
    assert choice["content_filter_results"] == {"hate": {"filtered": False, "severity": "low"}}
    assert (body["id"], body["usage"]["total_tokens"]) == ("chatcmpl-1", 5)


def test_usage_is_recorded_always_and_told_to_who_asks_for_it(tmp_path):
    list(reply_of(recorder(tmp_path, Wire([sse(ANSWER)])), streaming()).frames)
    replay = PracticeServer(Cassettes.read(tmp_path))
    with_usage = reply_of(replay, streaming(stream_options={"include_usage": True}))
    assert b"".join(with_usage.frames) == sse(ANSWER)


@pytest.mark.parametrize(
    "end",
    [
        [],
        [httpx.ReadError("gone")],
        [sse(['{"error": {"code": "500", "message": "The server had an error."}}'])],
        [sse(["no JSON", DONE])],
        [sse(['{"choices": {}}', DONE])],
    ],
)
def test_a_stream_that_breaks_off_says_so_and_nothing_is_kept(tmp_path, end):
    wire = Wire([sse(ANSWER[:3]), *end])
    *_, last = reply_of(recorder(tmp_path, wire), streaming()).frames
    assert json.loads(last.removeprefix(b"data: "))["error"]["code"] == "model_unavailable"
    assert wire.closed
    assert list(tmp_path.iterdir()) == []


def test_when_the_client_leaves_the_upstream_is_let_go_and_nothing_is_kept(tmp_path):
    wire = Wire([sse([piece]) for piece in ANSWER])
    frames = reply_of(recorder(tmp_path, wire), streaming()).frames
    next(frames)
    frames.close()
    assert wire.closed
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("status", [401, 429, 500])
def test_a_refusal_in_place_of_a_stream_is_relayed_and_not_kept(tmp_path, status):
    upstream = AzureUpstream(LIVE, httpx.MockTransport(lambda sent: httpx.Response(status, json={"error": {}})))
    assert reply_of(RecordingServer(tmp_path, upstream), streaming()).status == status
    assert list(tmp_path.iterdir()) == []


def test_a_secret_in_one_frame_or_over_several_is_never_written(tmp_path):
    spread = [*ANSWER[:2], chunk({"content": LIVE.api_key[:9]}), chunk({"content": LIVE.api_key[9:]}), DONE]
    hidden = [chunk({"content": "A"}, note=f'"api_key": "{"x1" * 10}"'), DONE]
    for pieces in (spread, hidden):
        *_, last = reply_of(recorder(tmp_path, Wire([sse(pieces)])), streaming()).frames
        assert b"secret" in last
    assert list(tmp_path.iterdir()) == []


def test_azure_is_asked_to_count_and_not_to_compress():
    seen: list[httpx.Request] = []
    refuse = httpx.MockTransport(lambda sent: seen.append(sent) or httpx.Response(401, json={}))
    AzureUpstream(LIVE, refuse).stream(understood(DEPLOYMENT, chat(stream=True, n=3)), seed=4)
    body = json.loads(seen[0].content)
    assert (body["stream"], body["stream_options"], body["seed"]) == (True, {"include_usage": True}, 4)
    assert "n" not in body
    assert seen[0].headers["accept-encoding"] == "identity"


def test_tool_calls_are_put_together():
    def call(**pieces) -> str:
        return chunk({"tool_calls": [{"index": 0, **pieces}]})

    body = assembled(
        [
            call(id="call_1", type="function", function={"name": "look_up", "arguments": ""}),
            call(function={"arguments": '{"job": '}),
            call(function={"arguments": '"nurse"}'}),
            chunk({}, finish_reason="tool_calls"),
        ]
    )
    (choice,) = body["choices"]
    expected = {"id": "call_1", "type": "function", "function": {"name": "look_up", "arguments": '{"job": "nurse"}'}}
    assert choice["message"] == {"content": None, "tool_calls": [expected]}


@given(st.text(), st.integers(1, 3))
def test_the_frames_of_any_answer_spell_its_body(text, n):
    body = answer_body(text)
    body["choices"] = [{**body["choices"][0], "message": {"content": f"{text}{i}"}} for i in range(n)]
    pieces = [frame.decode()[6:].strip() for frame in stream_frames(complete(body), include_usage=True)]
    again = complete(assembled(pieces))
    assert again == complete(body)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
names = st.sampled_from(["choices", "delta", "content", "tool_calls", "index", "logprobs", "content_filter_results"])


@given(st.lists(st.dictionaries(names, json_values | st.lists(st.dictionaries(names, json_values)))))
def test_frames_that_are_no_chunks_are_refused_and_nothing_else_happens(chunks):
    with suppress(ValueError):
        assert isinstance(assembled(map(json.dumps, chunks))["choices"], list)


@given(st.lists(st.text(st.characters(exclude_characters="\r"))), st.integers(1, 7), st.sampled_from(["\n", "\r\n"]))
def test_events_are_read_wherever_the_stream_is_cut(data, size, newline):
    lines = [line for text in data for line in (": ping", *(f"data: {part}" for part in text.split("\n")), "")]
    whole = "".join(f"{line}{newline}" for line in lines).encode("utf-8", "replace")
    pieces = [whole[start : start + size] for start in range(0, len(whole), size)]
    assert list(read_events(pieces)) == [text.encode("utf-8", "replace").decode() for text in data]


def test_an_event_that_was_not_ended_is_not_an_event():
    assert list(read_events([b"data: one\n\ndata: tw"])) == ["one"]
