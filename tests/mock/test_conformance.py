"""Azure OpenAI's protocol as data: what `conformance.json` asks of a server, asked of the practice server over HTTP.

A case: `before` (requests sent first), `request` and what to `expect`: a status; headers (name -> regular expression);
a JSON body, or the frames of a stream. Of an object only the fields that are named are compared, of a list every item;
"re:…" is a regular expression and "$absent" says that the field is not there. Each case begins in a session of its own.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from lab_helpers.mock import Cassettes, PracticeServer, serving
from lab_helpers.mock.keys import canonical_request
from lab_helpers.mock.recordings import Recording, Variant
from lab_helpers.mock.refusals import prompt_filtered, unsupported_operation
from tests.mock.conftest import DEPLOYMENT, PROVENANCE, answer_body, chat, recording

CASES = json.loads(Path(__file__).with_name("conformance.json").read_text("utf-8"))


def one_answer(body: dict, answer: dict, status: int = 200, deployment: str = DEPLOYMENT) -> Recording:
    return Recording(canonical_request(deployment, body), (Variant(None, status, answer),), PROVENANCE)


def refusal(reply) -> dict:
    return json.loads(reply.frames[0])


MADE_UP = [
    recording("one", "two", "three"),
    one_answer(chat(), answer_body("modern"), deployment="gpt-5.1"),
    one_answer(chat(), answer_body("modern"), deployment="o3-mini"),
    one_answer(chat("Count.", max_tokens=2), answer_body("1,", "length")),
    one_answer(chat("Count.", stop=["3"]), answer_body("1, 2, ")),
    one_answer(chat("Think.", reasoning_effort="low", colour={"of": "tea"}), answer_body("thought")),
    one_answer(chat("Olá, mundo — 世界 👩‍⚕️"), answer_body("Olá — 世界 👩‍⚕️")),
    one_answer(chat("Long.", max_tokens=4990), answer_body("long")),
    one_answer(
        chat("Fight."),
        {
            **answer_body("fight"),
            "choices": [{"finish_reason": "content_filter", "message": {"content": None}}],
        },
    ),
    one_answer(chat("Attack."), refusal(prompt_filtered()), 400),
    one_answer(chat("Retire."), refusal(unsupported_operation("chatCompletion", "gpt-35-turbo")), 400),
]


@pytest.fixture(scope="module")
def http():
    server = PracticeServer(Cassettes({known.key: known for known in MADE_UP}))
    with serving(server) as endpoint, httpx.Client(base_url=endpoint, timeout=60) as client:
        yield client


@pytest.fixture
def client(http: httpx.Client) -> httpx.Client:
    http.delete("/practice/session", headers={"api-key": "practice-conformance"})
    http.delete("/practice/session", headers={"authorization": "Bearer practice-token"})
    return http


def content(request: dict) -> bytes | None:
    if "body" in request:
        return json.dumps(request["body"]).encode()
    if "body_bytes" in request:
        return b" " * request["body_bytes"]
    if "raw_body_hex" in request:
        return bytes.fromhex(request["raw_body_hex"])
    return request["raw_body"].encode() if "raw_body" in request else None


def send(client: httpx.Client, request: dict) -> httpx.Response:
    # A path that begins with two slashes would be read as a host if it were joined to the endpoint.
    url = client.base_url.copy_with(raw_path=f"{request['path']}?{request.get('query', '')}".rstrip("?").encode())
    return client.request(request["method"], url, headers=request["headers"], content=content(request))


def frames(response: httpx.Response) -> list[Any]:
    events = response.text.removesuffix("\n\n").split("\n\n")
    data = [event.removeprefix("data: ") for event in events]
    return [datum if datum == "[DONE]" else json.loads(datum) for datum in data]


def differences(expected: Any, got: Any, where: str = "$") -> Iterator[str]:
    """Where `got` is not what was expected; nothing if it is."""
    if isinstance(expected, dict) and isinstance(got, dict):
        for name, value in expected.items():
            if (name in got) is (value == "$absent"):
                yield f"{where}.{name}: {'is there' if name in got else 'is missing'}"
            elif name in got:
                yield from differences(value, got[name], f"{where}.{name}")
    elif isinstance(expected, list) and isinstance(got, list) and len(expected) == len(got):
        for index, pair in enumerate(zip(expected, got, strict=True)):
            yield from differences(*pair, f"{where}[{index}]")
    elif not is_same(expected, got):
        yield f"{where}: {got!r}, not {expected!r}"


def is_same(expected: Any, got: Any) -> bool:
    if isinstance(expected, str) and expected.startswith("re:"):
        pattern = expected.removeprefix("re:")
        return isinstance(got, str) and re.fullmatch(pattern, got, re.DOTALL) is not None
    return type(expected) is type(got) and expected == got


def case_parameter(case: dict):
    return pytest.param(case, id=case["name"])


@pytest.mark.parametrize("case", [case_parameter(case) for case in CASES])
def test_the_practice_server_keeps_the_protocol(client, case):
    for request in case.get("before", []):
        send(client, request)
    response, expect = send(client, case["request"]), case["expect"]
    assert response.status_code == expect["status"], response.text[:500]
    wrong = [
        f"{name}: {response.headers.get(name)!r}, not {pattern!r}"
        for name, pattern in expect.get("headers", {}).items()
        if not re.fullmatch(pattern, response.headers.get(name, ""))
    ]
    if "body" in expect:
        wrong += differences(expect["body"], response.json())
    if "frames" in expect:
        wrong += differences(expect["frames"], frames(response))
    assert not wrong, "\n".join(wrong)


def test_the_names_of_the_cases_say_which_is_which():
    names = [case["name"] for case in CASES]
    assert len(names) == len(set(names)) >= 35


@pytest.mark.parametrize(
    ("expected", "got"),
    [
        ({"a": 1}, {}),
        ({"a": "$absent"}, {"a": None}),
        ([1], [1, 2]),
        ("re:ab", "abc"),
        (0, False),
        (None, 0),
        ({"a": {"b": [{"c": "re:x+"}]}}, {"a": {"b": [{"c": "y"}]}}),
    ],
)
def test_what_differs_is_found(expected, got):
    assert list(differences(expected, got))


def test_what_a_case_does_not_name_is_not_compared():
    assert not list(differences({"a": [{"b": "re:x+"}], "c": "$absent"}, {"a": [{"b": "xx", "d": 1}], "e": 2}))
