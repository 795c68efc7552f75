import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lab_helpers.errors import NotInstalled
from lab_helpers.mock.core import PracticeServer
from lab_helpers.mock.library import Cassettes
from lab_helpers.mock.recordings import Recording, Variant
from lab_helpers.mock.requests import MAX_BODY_BYTES, Asked, Request
from lab_helpers.mock.wire import Reply
from tests.mock.conftest import DEPLOYMENT, answer_body, chat, recording, reply_of, request


def ask(server: PracticeServer, body: dict | bytes, **how) -> tuple[int, dict]:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    reply = reply_of(server, request(raw, **how))
    return reply.status, json.loads(b"".join(reply.frames))


def text(server: PracticeServer, body: dict, **how) -> str:
    status, answer = ask(server, body, **how)
    assert status == 200
    return answer["choices"][0]["message"]["content"]


class Answering:
    """An upstream that answers with the seed it was asked with."""

    deployments = frozenset({DEPLOYMENT})

    def ask(self, asked: Asked, seed: int | None) -> Variant:
        return Variant(seed, 200, answer_body(f"live {seed}"))


def test_each_session_hears_the_variants_in_order_and_then_again(server):
    assert [text(server, chat()) for _ in range(4)] == ["one", "two", "three", "one"]
    assert text(server, chat(), key="practice-other") == "one"


def test_a_retry_does_not_advance_the_variant(server):
    assert text(server, chat()) == "one"
    assert text(server, chat(), x_stainless_retry_count="1") == "one"
    assert text(server, chat()) == "two"


def test_a_seed_selects_its_own_recording_whatever_was_asked_before(server):
    assert [text(server, chat(seed=2)) for _ in range(2)] == ["three", "three"]
    assert text(server, chat()) == "one"


def test_an_unrecorded_seed_always_selects_the_same_variant(server):
    assert len({text(server, chat(seed=12345)) for _ in range(3)}) == 1


def test_who_keeps_a_log_is_told_each_recorded_answer_and_no_refusal(cassettes):
    told = []
    server = PracticeServer(cassettes, on_reply=lambda asked, variants: told.append((asked.seed, variants)))
    ask(server, chat(seed=1))
    ask(server, chat(n=2))
    ask(server, chat("Never recorded."))
    texts = [(seed, [variant.body["choices"][0]["message"]["content"] for variant in given]) for seed, given in told]
    assert texts == [(1, ["two"]), (None, ["one", "two"])]


def test_n_gives_as_many_choices(server):
    _, answer = ask(server, chat(n=2))
    assert [choice["message"]["content"] for choice in answer["choices"]] == ["one", "two"]
    assert [choice["index"] for choice in answer["choices"]] == [0, 1]
    assert answer["usage"]["completion_tokens"] == 4
    assert text(server, chat()) == "three"


def test_both_url_shapes_and_a_doubled_slash_reach_the_same_recording(server):
    assert text(server, chat(), path=f"//openai/deployments/{DEPLOYMENT}/chat/completions", key="practice-a") == "one"
    assert text(server, chat(model=DEPLOYMENT), path="/openai/v1/chat/completions", key="practice-b") == "one"


def test_a_bearer_token_is_a_key_too(server):
    body = json.dumps(chat()).encode()
    headers = {"authorization": "Bearer practice-token"}
    path = f"/openai/deployments/{DEPLOYMENT}/chat/completions"
    assert reply_of(server, Request("POST", path, "api-version=2024-10-21", headers, body)).status == 200


def test_a_miss_is_refused_without_a_retry_and_names_what_differs(server):
    reply = reply_of(server, request(json.dumps(chat(temperature=0.3)).encode()))
    error = json.loads(b"".join(reply.frames))["error"]
    assert reply.status == 501
    assert reply.headers["x-should-retry"] == "false"
    assert error["code"] == "replay_miss"
    assert "describe-a-nurse" in error["message"]
    assert "temperature" in error["message"]


@pytest.mark.parametrize("change", [{"messages": chat("Describe a nurse. Please.")["messages"]}, {"temperature": 0}])
def test_a_miss_is_never_answered_with_a_neighbours_recording(server, change):
    assert ask(server, chat(**change))[0] == 501


def test_what_was_never_recorded_goes_to_the_local_model_where_there_is_one(cassettes):
    server = PracticeServer(cassettes, Answering())
    reply = reply_of(server, request(json.dumps(chat("Describe a pilot.", seed=4)).encode()))
    assert json.loads(b"".join(reply.frames))["choices"][0]["message"]["content"] == "live 4"
    assert reply.headers["x-replay-source"] == "local-model"


def test_a_local_model_that_cannot_answer_says_what_to_do(cassettes):
    class Broken(Answering):
        def ask(self, asked: Asked, seed: int | None) -> Variant:
            raise NotInstalled("The file is damaged.", "Install it again.")

    status, answer = ask(PracticeServer(cassettes, Broken()), chat("Describe a pilot."))
    assert status == 503
    assert "Install it again." in answer["error"]["message"]


def test_a_recorded_refusal_is_replayed_with_its_status():
    refused = recording("x")
    body = {"error": {"code": "content_filter", "message": "filtered", "innererror": {}}}
    refused = Recording(refused.request, (Variant(None, 400, body),), refused.provenance)
    assert ask(PracticeServer(Cassettes({refused.key: refused})), chat()) == (400, body)


@pytest.mark.parametrize(
    ("how", "status", "code"),
    [
        ({"key": "sk-real"}, 401, "401"),
        ({"key": ""}, 401, "401"),
        ({"path": "/openai/deployments/nobody/chat/completions"}, 404, "DeploymentNotFound"),
        ({"path": "/openai/deployments/x/images/generations"}, 404, "404"),
        ({"path": f"/openai/deployments/{DEPLOYMENT}/embeddings"}, 400, "OperationNotSupported"),
        ({"path": "/openai/deployments/x/embeddings"}, 404, "DeploymentNotFound"),
        ({"path": "/"}, 404, "404"),
    ],
)
def test_azures_errors(server, how, status, code):
    got, answer = ask(server, chat(), **how)
    assert (got, answer["error"]["code"]) == (status, code)


def get(server: PracticeServer, path: str, key: str = "practice-1", query: str = "api-version=2024-10-21") -> Reply:
    return reply_of(server, Request("GET", path, query, {"api-key": key}, b""))


@pytest.mark.parametrize("path", ["/openai/models", "/openai/v1/models"])
def test_the_deployments_are_listed(server, path):
    listed = json.loads(b"".join(get(server, path).frames))
    assert [model["id"] for model in listed["data"]] == [DEPLOYMENT]
    assert get(server, path, key="wrong").status == 401


def test_only_the_older_list_needs_an_api_version(server):
    assert get(server, "/openai/models", query="").status == 404
    assert get(server, "/openai/v1/models", query="").status == 200


def test_families_that_refuse_max_tokens_do_so_here():
    known = recording("one")
    modern = Recording({**known.request, "deployment": "gpt-5.1"}, known.variants, known.provenance)
    server = PracticeServer(Cassettes({modern.key: modern}))
    path = "/openai/deployments/gpt-5.1/chat/completions"
    status, answer = ask(server, chat(), path=path)
    assert (status, answer["error"]["code"]) == (400, "unsupported_parameter")
    body = {name: value for name, value in chat().items() if name != "max_tokens"}
    assert text(server, {**body, "max_completion_tokens": 100}, path=path) == "one"


@pytest.mark.parametrize("version", ["", "api-version=", "api-version=your_model_version_example"])
def test_a_missing_or_pasted_api_version_is_resource_not_found(server, version):
    asked = request(json.dumps(chat()).encode())
    assert reply_of(server, Request("POST", asked.path, version, asked.headers, asked.body)).status == 404


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b'"text"',
        b"\xff\xfe",
        b"{}",
        b'{"messages": []}',
        b'{"messages": ["x"]}',
        b'{"messages": "Describe"}',
        json.dumps(chat(temperature=3)).encode(),
        json.dumps(chat(n=0)).encode(),
        json.dumps(chat(max_tokens="100")).encode(),
        json.dumps(chat(seed=1.5)).encode(),
        json.dumps(chat(stream="yes")).encode(),
        b"[" * 100_000,
    ],
)
def test_a_malformed_body_is_a_400(server, body):
    status, answer = ask(server, body)
    assert status == 400
    assert answer["error"]["message"]


def test_a_body_over_ten_megabytes_is_a_413(server):
    assert ask(server, b" " * (MAX_BODY_BYTES + 1))[0] == 413


@settings(max_examples=200)
@given(
    st.fixed_dictionaries(
        {"messages": st.lists(st.dictionaries(st.text(max_size=5), st.text(max_size=5)) | st.none(), max_size=2)},
        optional={name: st.integers() | st.text(max_size=3) | st.none() for name in ("n", "seed", "stream", "stop")},
    )
)
def test_no_body_makes_the_server_fail(body):
    known = recording("one")
    status, _ = ask(PracticeServer(Cassettes({known.key: known})), body)
    assert status in (200, 400, 501)
