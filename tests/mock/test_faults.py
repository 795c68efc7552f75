import json
from collections.abc import Callable

import openai
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lab_helpers.mock import PracticeServer, serving
from lab_helpers.mock.core import Deferred
from lab_helpers.mock.faults import KINDS, Fault, FaultError, FaultScript, read_faults
from lab_helpers.mock.requests import Request
from lab_helpers.mock.wire import Pause, Reply
from tests.mock.conftest import DEPLOYMENT, chat, reply_of, request


def control(server: PracticeServer, method: str, what: str, body: object = None, key: str = "practice-1") -> Reply:
    asked = Request(method, f"/practice/{what}", "", {"api-key": key}, json.dumps(body).encode())
    return reply_of(server, asked)


def content(reply: Reply) -> dict:
    return json.loads(b"".join(reply.frames))


def asked(prompt: str = "Describe a nurse.", key: str = "practice-1", **fields: object) -> Request:
    return request(json.dumps(chat(prompt, **fields)).encode(), key=key)


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        ("unauthorized", 401),
        ("deployment_not_found", 404),
        ("prompt_filtered", 400),
        ("rate_limited", 429),
        ("server_error", 500),
        ("unavailable", 503),
    ],
)
def test_the_first_call_fails_and_the_second_is_answered(server, kind, status):
    control(server, "PUT", "faults", [{"kind": kind}])
    assert reply_of(server, asked()).status == status
    assert reply_of(server, asked()).status == 200


def test_a_failed_call_costs_no_variant(server):
    control(server, "PUT", "faults", [{"kind": "server_error"}])
    reply_of(server, asked())
    assert content(reply_of(server, asked()))["choices"][0]["message"]["content"] == "one"


def test_a_filtered_answer_has_no_content_and_says_so(server):
    control(server, "PUT", "faults", [{"kind": "answer_filtered"}])
    choice = content(reply_of(server, asked()))["choices"][0]
    assert (choice["message"]["content"], choice["finish_reason"]) == (None, "content_filter")


def test_a_slow_first_byte_waits_before_anything_is_sent(server):
    control(server, "PUT", "faults", [{"kind": "slow_first_byte", "seconds": 3}])
    first, *rest = reply_of(server, asked()).frames
    assert first == Pause(3)
    assert json.loads(b"".join(rest))["choices"]


def test_rules_choose_by_prompt_and_by_call(server):
    control(server, "PUT", "faults", [{"kind": "unavailable", "prompt": "nurse", "calls": [2]}])
    assert [reply_of(server, asked()).status for _ in range(3)] == [200, 503, 200]


def test_a_rule_for_another_deployment_or_prompt_touches_nothing(server):
    rules = [{"kind": "server_error", "deployment": "other"}, {"kind": "server_error", "prompt": "^pilot"}]
    control(server, "PUT", "faults", rules)
    assert reply_of(server, asked()).status == 200


def test_faults_are_the_sessions_own(server):
    control(server, "PUT", "faults", [{"kind": "server_error", "calls": None}])
    assert reply_of(server, asked(key="practice-other")).status == 200
    assert reply_of(server, asked()).status == 500


def test_removing_the_faults_ends_them_and_gives_the_verdicts(server):
    control(server, "PUT", "faults", [{"kind": "server_error", "calls": None}])
    reply_of(server, asked())
    verdicts = content(control(server, "DELETE", "faults"))["verdicts"]
    assert verdicts == [{"kind": "server_error", "questions": 1, "attempts": 1, "answered": 0, "coped": False}]
    assert reply_of(server, asked()).status == 200


@pytest.mark.parametrize(
    "rules",
    [
        {},
        [1],
        [{}],
        [{"kind": "meteor"}],
        [{"kind": "server_error", "prompt": "("}],
        [{"kind": "server_error", "prompt": "(a+)+$"}],
        [{"kind": "server_error", "prompt": []}],
        [{"kind": "server_error", "calls": ["x"]}],
        [{"kind": "server_error", "seconds": "long"}],
        [{"kind": "stall", "seconds": 10**9}],
        [{"kind": "server_error", "colour": "red"}],
    ],
)
def test_a_rule_that_is_none_is_refused_and_changes_nothing(server, rules):
    assert control(server, "PUT", "faults", rules).status == 400
    assert reply_of(server, asked()).status == 200
    with pytest.raises(FaultError):
        read_faults(rules)


def test_control_needs_a_practice_key_and_knows_its_paths(server):
    assert control(server, "PUT", "faults", [], key="real").status == 404
    assert control(server, "POST", "faults", []).status == 404
    assert control(server, "PUT", "limits", {"tokens_per_minute": -1}).status == 400
    assert reply_of(server, Request("PUT", "/practice/faults", "", {"api-key": "practice"}, b"{")).status == 400


def test_a_limit_can_be_set_and_lifted_and_a_session_begun_anew(server):
    control(server, "PUT", "limits", {"tokens_per_minute": 5000})
    replies = [reply_of(server, asked()) for _ in range(6)]
    assert [reply.status for reply in replies] == [200] * 5 + [429]
    assert int(replies[-1].headers["retry-after-ms"]) > 0
    assert replies[0].headers["x-ratelimit-remaining-requests"] == "4"
    control(server, "PUT", "limits", {"tokens_per_minute": None})
    assert reply_of(server, asked()).status == 200
    control(server, "DELETE", "session")
    assert content(reply_of(server, asked()))["choices"][0]["message"]["content"] == "one"


def test_a_server_can_begin_every_session_with_a_limit(cassettes):
    server = PracticeServer(cassettes, tokens_per_minute=5000)
    assert [reply_of(server, asked()).status for _ in range(6)][-1] == 429


def client(endpoint: str, **options) -> openai.AzureOpenAI:
    return openai.AzureOpenAI(
        azure_endpoint=endpoint, api_key="practice-1", api_version="2024-10-21", max_retries=2, **options
    )


@pytest.mark.parametrize("kind", [kind for kind, is_retried in KINDS.items() if is_retried])
def test_the_official_sdk_copes_with_what_can_be_retried(server, kind):
    control(server, "PUT", "faults", [{"kind": kind, "seconds": 0.01}])
    with serving(server) as endpoint:
        completion = client(endpoint).chat.completions.create(model=DEPLOYMENT, **chat())
    assert completion.choices[0].message.content == "one"
    (verdict,) = content(control(server, "DELETE", "faults"))["verdicts"]
    assert (verdict["attempts"], verdict["answered"], verdict["coped"]) == (2, 1, True)


@pytest.mark.parametrize("kind", ["unauthorized", "deployment_not_found", "prompt_filtered"])
def test_the_official_sdk_does_not_repeat_what_cannot_help(server, kind):
    control(server, "PUT", "faults", [{"kind": kind}])
    with serving(server) as endpoint, pytest.raises(openai.APIStatusError):
        client(endpoint).chat.completions.create(model=DEPLOYMENT, **chat())
    (verdict,) = content(control(server, "DELETE", "faults"))["verdicts"]
    assert (verdict["attempts"], verdict["coped"]) == (1, True)


@pytest.mark.parametrize("kind", ["slow_first_byte", "stall"])
def test_a_patient_client_gets_the_whole_answer_in_the_end(server, kind):
    control(server, "PUT", "faults", [{"kind": kind, "seconds": 0.05}])
    with serving(server) as endpoint:
        chunks = list(client(endpoint).chat.completions.create(model=DEPLOYMENT, stream=True, **chat()))
    assert "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices) == "one"


def test_malformed_json_does_not_reach_the_caller_as_an_answer(server):
    control(server, "PUT", "faults", [{"kind": "malformed_json"}])
    with serving(server) as endpoint, pytest.raises((ValueError, openai.OpenAIError)):
        client(endpoint).chat.completions.create(model=DEPLOYMENT, **chat())


def test_a_client_that_gives_up_has_not_coped():
    script = FaultScript([Fault("rate_limited", calls=(1, 2))])
    for _ in range(2):
        script.next_fault("key", None, {})
    (verdict,) = script.verdicts()
    assert (verdict.attempts, verdict.answered, verdict.coped) == (2, 0, False)


def test_a_client_that_repeats_what_cannot_help_has_not_coped():
    script = FaultScript([Fault("unauthorized", calls=None)])
    for _ in range(3):
        script.next_fault("key", None, {})
    assert [verdict.coped for verdict in script.verdicts()] == [False]


@given(st.lists(st.sampled_from(["a", "b", "c"]), max_size=20), st.sets(st.integers(1, 10)))
def test_no_call_of_a_question_is_lost_from_the_record(keys, calls):
    script = FaultScript([Fault("server_error", calls=tuple(calls))])
    hit = [key for key in keys if script.next_fault(key, None, {})]
    verdicts = script.verdicts()
    assert sum(verdict.questions for verdict in verdicts) == len(set(hit))
    assert sum(verdict.attempts for verdict in verdicts) >= len(hit)


def test_live_answers_can_be_spoiled_too(cassettes):
    class Slow:
        deployments = frozenset({DEPLOYMENT})

        def ask(self, *_):
            raise AssertionError("never asked")

    server = PracticeServer(cassettes, Slow())
    control(server, "PUT", "faults", [{"kind": "server_error"}])
    reply: Reply | Deferred | Callable = server.handle(asked("never recorded"))
    assert isinstance(reply, Reply)
    assert reply.status == 500
