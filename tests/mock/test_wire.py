import json

from hypothesis import given
from hypothesis import strategies as st

from lab_helpers.mock import wire
from tests.mock.conftest import answer_body


def events(frames) -> list[str]:
    return [frame.decode().removeprefix("data: ").strip() for frame in frames]


def test_complete_brings_back_what_compact_left_out():
    whole = wire.complete(answer_body("a nurse"))
    assert whole["choices"][0]["content_filter_results"] == wire.SAFE
    assert wire.compact(whole)["choices"][0].keys() == {"finish_reason", "index", "message"}
    assert wire.complete(wire.compact(whole)) == whole


def test_an_unusual_filter_result_survives():
    body = wire.complete(answer_body("x"))
    body["choices"][0]["content_filter_results"] = {"hate": {"filtered": True, "severity": "high"}}
    assert wire.complete(wire.compact(body)) == body


def test_keys_come_in_alphabetical_order_as_azure_sends_them():
    whole = wire.complete(answer_body("x"))
    assert list(whole) == sorted(whole)
    assert list(whole["choices"][0]) == sorted(whole["choices"][0])


def test_the_first_frame_of_a_stream_has_no_choices():
    first, *_, last = events(wire.stream_frames(wire.complete(answer_body("a b")), include_usage=False))
    assert json.loads(first)["choices"] == []
    assert json.loads(first)["prompt_filter_results"]
    assert last == "[DONE]"


def test_usage_comes_in_a_frame_of_its_own_only_if_asked_for():
    with_usage = events(wire.stream_frames(wire.complete(answer_body("a b")), include_usage=True))
    assert json.loads(with_usage[-2])["usage"]["total_tokens"] == 5
    without = events(wire.stream_frames(wire.complete(answer_body("a b")), include_usage=False))
    assert not any("usage" in event for event in without)


@given(st.text())
def test_the_frames_of_a_stream_spell_the_whole_answer(text):
    frames = events(wire.stream_frames(wire.complete(answer_body(text)), include_usage=False))
    choices = [choice for frame in frames[:-1] for choice in json.loads(frame)["choices"]]
    assert "".join(choice["delta"].get("content", "") for choice in choices) == text
    assert choices[-1]["finish_reason"] == "stop"
