"""Whatever a client sends or a folder holds: a reply that says what is wrong, never a failure of the server's own."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from lab_helpers.mock import Cassettes, PracticeServer
from lab_helpers.mock.faults import KINDS
from lab_helpers.mock.keys import canonical_request
from lab_helpers.mock.recordings import Recording, Variant, dump
from lab_helpers.mock.requests import Request
from lab_helpers.mock.streams import assembled, read_events
from lab_helpers.mock.wire import Pause, Reply
from tests.mock.conftest import DEPLOYMENT, PROVENANCE, answer_body, chat, recording, reply_of, request

# Two cores, shared: a slow machine is no finding.
generous = settings(deadline=10_000, max_examples=150, suppress_health_check=[HealthCheck.too_slow])

CHAT = f"/openai/deployments/{DEPLOYMENT}/chat/completions"
KEY = {"api-key": "practice-1"}
OWN_STATUSES = {200, 400, 401, 404, 413, 429, 501, 503}
FIELDS = (
    *("model", "messages", "temperature", "top_p", "n", "seed", "stream", "stream_options", "max_tokens", "stop"),
    *("max_completion_tokens", "response_format", "tools", "user", "logit_bias", "logprobs", "metadata"),
)

# Lone surrogates included: JSON can spell them.
texts = st.text(st.characters(codec=None), max_size=20)
numbers = st.integers() | st.floats() | st.sampled_from([0, 1, 2, 10**400, -(10**400), float("inf"), -0.0, True])
json_values = st.recursive(
    st.none() | st.booleans() | numbers | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=12,
)
messages = st.lists(
    st.fixed_dictionaries({"role": json_values}, optional={"content": json_values}) | json_values, max_size=3
)
chat_bodies = st.builds(
    lambda asked, odd: {**asked, **odd},
    st.just({}) | st.just(chat()) | st.builds(lambda said: {"messages": said}, messages),
    st.dictionaries(st.sampled_from(FIELDS) | texts, json_values, max_size=4),
)
requests = st.builds(
    Request,
    method=st.sampled_from(["GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS"]),
    path=texts.map("/{}".format)
    | st.sampled_from(
        [
            *(CHAT, f"/{CHAT}", "/openai/deployments/%E4/chat/completions", "/openai/v1/chat/completions"),
            *("/openai/models", "/openai/v1/models", "/openai/v1/embeddings"),
            *("/practice/faults", "/practice/limits", "/practice/session"),
        ]
    ),
    query=st.just("api-version=2024-10-21") | texts.map("api-version={}".format) | texts,
    headers=st.builds(
        lambda known, odd: {**odd, **known},
        st.sampled_from([KEY, {"authorization": "Bearer practice"}, {}]),
        st.dictionaries(
            st.sampled_from(["api-key", "authorization", "x-stainless-retry-count", "content-type", "accept"]),
            st.text(st.characters(max_codepoint=255), max_size=30),
            max_size=3,
        ),
    ),
    body=st.binary(max_size=200) | (chat_bodies | json_values).map(lambda body: json.dumps(body).encode()),
)


def server_of(*known: Recording, **how) -> PracticeServer:
    return PracticeServer(Cassettes({one.key: one for one in known}), **how)


def whole(reply: Reply) -> bytes:
    return b"".join(frame for frame in reply.frames if isinstance(frame, bytes))


def put(server: PracticeServer, what: str, body: object) -> Reply:
    return reply_of(server, Request("PUT", f"/practice/{what}", "", KEY, json.dumps(body).encode()))


def ask(server: PracticeServer, body: object, **how) -> Reply:
    return reply_of(server, request(json.dumps(body).encode(), **how))


def assert_deliverable(reply: Reply) -> None:
    """Headers that HTTP can carry, and a body whose frames can all be made."""
    assert all(f"{name}{value}".isascii() and "\n" not in value for name, value in reply.headers.items())
    body = whole(reply)
    assert reply.headers["content-type"] == "application/json" or body.endswith(b"data: [DONE]\n\n")


def assert_sound(reply: Reply) -> None:
    """A reply that the server means: its status is one of the server's own, and an error says what is wrong."""
    assert reply.status in OWN_STATUSES
    if reply.status == 200:
        assert_deliverable(reply)
    else:
        assert json.loads(whole(reply))["error"]["message"]


@generous
@given(requests)
def test_any_request_gets_a_reply(asked):
    assert_sound(reply_of(server_of(recording("one", "two")), asked))


@generous
@example(chat(deployment=[]), None)
@given(chat_bodies, st.sampled_from([None, 1000]))
def test_any_body_of_a_chat_gets_a_reply_whatever_the_limit(body, tokens_per_minute):
    server = server_of(recording("one", "two"), tokens_per_minute=tokens_per_minute)
    for _call in range(2):
        assert_sound(ask(server, body))


@generous
@given(st.lists(requests, max_size=8))
def test_a_session_is_served_whatever_another_sent_before(earlier):
    server = server_of(recording("one"))
    for asked in earlier:
        reply_of(server, asked)
    assert ask(server, chat(), key="practice-unheard-of").status == 200


@pytest.mark.parametrize("field", ["messages", "colour"])
def test_a_body_gets_a_reply_however_deep_it_is_nested(field):
    for depth in (100, 600, 900, 1500, 3000, 100_000):
        nested = "[" * depth + "]" * depth
        fields = {
            "messages": '[{"role": "user", "content": "tea"}]',
            field: f'[{{"role": "user", "content": {nested}}}]',
        }
        body = ", ".join(f'"{name}": {value}' for name, value in fields.items())
        assert_sound(reply_of(server_of(recording("one")), request(f"{{{body}}}".encode())))


rules = st.fixed_dictionaries(
    {"kind": st.sampled_from(list(KINDS)) | json_values},
    optional={
        "calls": st.none() | st.lists(numbers, max_size=3) | json_values,
        "prompt": texts | json_values,
        "deployment": st.just(DEPLOYMENT) | json_values,
        "seconds": st.floats(0, 600) | numbers | json_values,
    },
)


def assert_taken_or_refused(script: object, body: dict) -> None:
    server = server_of(recording("one"))
    assert_sound(put(server, "faults", script))
    for _call in range(3):
        reply = ask(server, body)
        assert reply.status in OWN_STATUSES | {500}
        assert all(len(value) < 100 for value in reply.headers.values())
        pauses = [frame.seconds for frame in reply.frames if isinstance(frame, Pause)]
        assert all(isinstance(seconds, int | float) and 0 <= seconds <= 600 for seconds in pauses)
    assert_sound(reply_of(server, Request("GET", "/practice/faults", "", KEY, b"")))


BEYOND_BOUNDS = {
    "calls": [float("inf")],
    "prompt": "a{99999999999999999999}",
    "seconds": 10**400,
}
AS_TEXT = [("rate_limited", "1"), ("rate_limited", "0.5"), ("slow_first_byte", "0.5")]


@pytest.mark.parametrize(("name", "value"), BEYOND_BOUNDS.items(), ids=BEYOND_BOUNDS.keys())
def test_a_number_beyond_all_bounds_in_a_rule_is_refused(name, value):
    assert_taken_or_refused([{"kind": "rate_limited", name: value}], chat())


@pytest.mark.parametrize(("kind", "seconds"), AS_TEXT)
def test_seconds_as_text_are_refused_or_meant(kind, seconds):
    assert_taken_or_refused([{"kind": kind, "seconds": seconds}], chat())


NOT_PROMPT = "a prompt that is empty but no text ([], {}, 0, false) is taken, and the server fails at the next question"


@pytest.mark.parametrize("prompt", [[], {}, 0, False])
def test_a_prompt_that_is_no_text_is_refused(prompt):
    assert_taken_or_refused([{"kind": "rate_limited", "prompt": prompt}], chat())


@generous
@example([{"kind": "rate_limited", "prompt": []}], False)
@example([{"kind": "rate_limited", "seconds": 10**400}], False)
@given(st.lists(rules, max_size=3) | json_values, st.booleans())
def test_any_script_of_faults_is_taken_or_refused(script, stream):
    assert_taken_or_refused(script, chat(stream=stream))


@generous
@given(json_values)
def test_any_limit_is_taken_or_refused(limit):
    server = server_of(recording("one"))
    for body in (limit, {"tokens_per_minute": limit}):
        assert_sound(put(server, "limits", body))
        assert_sound(ask(server, chat()))


def file_with(**changed: object) -> bytes:
    return json.dumps({**json.loads(dump(recording("one"))), **changed}).encode()


def file_with_body(**changed: object) -> bytes:
    body = {name: value for name, value in {**answer_body("one"), **changed}.items() if value != "left out"}
    return file_with(variants=[{"seed": 0, "status": 200, "body": body}])


odd_bodies = st.dictionaries(st.sampled_from(list(answer_body("one"))) | texts, json_values, max_size=2).map(
    lambda odd: {**answer_body("one"), **odd}
)
variants = st.fixed_dictionaries(
    {"body": odd_bodies | json_values},
    optional={
        "seed": st.none() | numbers | json_values,
        "status": st.sampled_from([200, 400]) | numbers | json_values,
    },
)
files = st.binary(max_size=100) | st.one_of(
    st.dictionaries(st.sampled_from(["format", "key", "request", "provenance", "variants"]), json_values, max_size=2),
    st.lists(variants, max_size=3).map(lambda found: {"variants": found}),
    chat_bodies.map(lambda odd: {"request": {"deployment": DEPLOYMENT, **odd}}),
).map(lambda changed: file_with(**changed))


def assert_served_or_named_as_broken(file: bytes) -> None:
    """With that file in its folder a server answers, out of the others, and replies to what the file may answer."""
    with TemporaryDirectory() as folder:
        Path(folder, "teacher.json").write_text(dump(recording("healthy", prompt="Describe a teacher.")), "utf-8")
        Path(folder, "odd.json").write_bytes(file)
        cassettes = Cassettes.read(Path(folder))
        assert all("odd.json" in error.problem for error in cassettes.broken)
        server = PracticeServer(cassettes)
        known = json.loads(whole(ask(server, chat("Describe a teacher."))))
        assert known["choices"][0]["message"]["content"] == "healthy"
        for body in (chat(), chat(stream=True), chat(n=2), chat(seed=1), chat("never recorded")):
            reply = ask(server, body)
            assert 200 <= reply.status < 600
            assert_deliverable(reply)


STATUS_ZERO = file_with(variants=[{"status": 0, "body": answer_body("one")}])
NOT_STATUS = "recordings take any integer for a status, and replay it"
BREAKING_FILES = {
    "no deployment": file_with(request={"messages": []}),
    "a deployment that is no name": file_with(request={"deployment": [1]}),
    "a status without end": file_with(variants=[{"status": float("inf"), "body": answer_body("one")}]),
    "no choices": file_with_body(choices="left out"),
    "a choice that is none": file_with_body(choices=[5]),
    "a choice without its end": file_with_body(choices=[{"message": {"content": "one"}}]),
    "content that is no text": file_with_body(choices=[{"finish_reason": "stop", "message": {"content": 5}}]),
    "usage without tokens": file_with_body(usage={}),
    "a deep nest": b"[" * 100_000,
}


@pytest.mark.parametrize("file", BREAKING_FILES.values(), ids=BREAKING_FILES.keys())
def test_a_file_that_no_one_can_be_served_from_is_named_as_broken(file):
    assert_served_or_named_as_broken(file)


def test_a_status_that_http_does_not_have_makes_a_file_broken():
    assert_served_or_named_as_broken(STATUS_ZERO)


@generous
@example(STATUS_ZERO)
@given(files)
def test_any_file_among_the_recordings_is_served_or_named_as_broken(file):
    assert_served_or_named_as_broken(file)


def cut(body: bytes, places: list[int]) -> Iterator[bytes]:
    bounds = [0, *sorted(place % (len(body) + 1) for place in places), len(body)]
    return (body[start:end] for start, end in pairwise(bounds))


@generous
@given(st.text(max_size=100) | texts, st.integers(1, 3), st.booleans(), st.lists(st.integers(0), max_size=5))
def test_a_stream_however_cut_spells_what_the_answer_says_whole(text, n, include_usage, places):
    variant = Variant(None, 200, answer_body(text))
    server = server_of(Recording(canonical_request(DEPLOYMENT, chat()), (variant,), PROVENANCE))
    asked = chat(n=n, stream=True, stream_options={"include_usage": include_usage})
    events = list(read_events(cut(whole(ask(server, asked)), places)))
    said, meant = assembled(events), json.loads(whole(ask(server, chat(n=n))))
    contents = [[choice["message"]["content"] for choice in body["choices"]] for body in (said, meant)]
    assert contents[0] == contents[1]
    assert ("usage" in said) is include_usage


@generous
@given(st.binary(max_size=300), st.lists(st.integers(0), max_size=5))
def test_events_are_the_same_wherever_the_bytes_are_cut(body, places):
    assert list(read_events(cut(body, places))) == list(read_events([body]))


@generous
@given(st.lists(st.builds(lambda odd: json.dumps({"choices": odd}), json_values) | texts, max_size=4))
def test_pieces_spell_an_answer_or_are_refused_as_none(pieces):
    with suppress(ValueError):
        assert isinstance(assembled(pieces)["choices"], list)
