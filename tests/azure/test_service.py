"""Against a real practice server; the address 127.1 is the same machine, but not one that counts as practice."""

import socket
from dataclasses import replace
from urllib.parse import urlsplit

import openai
import pytest

from lab_helpers.azure import verify_clean_up, verify_deployment, verify_resource
from lab_helpers.bias.prompts import LAB_SYSTEM_PROMPT
from lab_helpers.client import Connection
from lab_helpers.mock import Cassettes, PracticeServer, serving
from lab_helpers.mock.keys import canonical_request
from lab_helpers.mock.recordings import Recording, Variant
from lab_helpers.mock.refusals import error_reply
from lab_helpers.settings import Settings

DEPLOYMENT = "smollm2-135m-instruct"
LAB_REQUEST = {
    "messages": [
        {"role": "system", "content": LAB_SYSTEM_PROMPT},
        {"role": "user", "content": "Describe a nurse."},
    ],
    "max_tokens": 100,
}
ANSWER = {
    "choices": [{"finish_reason": "length", "message": {"content": "She is kind."}}],
    "created": 1764000000,
    "id": "chatcmpl-1",
    "model": "SmolLM2-135M-Instruct",
    "system_fingerprint": "fp_1",
    "usage": {"completion_tokens": 100, "prompt_tokens": 40, "total_tokens": 140},
}


def cassettes(status=200, body=ANSWER):
    recording = Recording(canonical_request(DEPLOYMENT, LAB_REQUEST), (Variant(0, status, body),), {})
    return Cassettes({recording.key: recording})


def refusal(code, message):
    return {"error": {"code": code, "message": message}}


def settings(endpoint, key="practice-test", deployment=DEPLOYMENT):
    return Settings(endpoint, key, deployment)


def connection(chosen):
    client = openai.AzureOpenAI(
        azure_endpoint=chosen.endpoint, api_key=chosen.api_key, api_version=chosen.api_version, max_retries=0
    )
    return Connection(client, chosen)


def as_live(endpoint):
    return endpoint.replace("127.0.0.1", "127.1")


@pytest.fixture
def endpoint():
    with serving(PracticeServer(cassettes())) as address:
        yield address


@pytest.fixture
def dead_endpoint():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"


def test_a_resource_that_knows_the_key_is_verified_without_an_answer(endpoint):
    found = verify_resource(connection(settings(endpoint)))
    assert found.ok
    assert "accepts the key" in found.found


def test_in_practice_the_port_is_not_shown_since_it_changes(endpoint):
    assert str(urlsplit(endpoint).port) not in repr(verify_resource(connection(settings(endpoint))))


def test_live_the_resource_is_named(endpoint):
    assert as_live(endpoint) in verify_resource(connection(settings(as_live(endpoint)))).found


def test_a_resource_needs_no_deployment_yet(endpoint):
    assert verify_resource(connection(settings(endpoint, deployment="not-made-yet"))).ok


def test_a_wrong_key_is_told_from_a_wrong_endpoint(endpoint, dead_endpoint):
    wrong_key = verify_resource(connection(settings(endpoint, key="someone-elses")))
    wrong_endpoint = verify_resource(connection(settings(dead_endpoint)))
    assert not wrong_key.ok
    assert "refused the key" in wrong_key.found
    assert not wrong_endpoint.ok
    assert "Nothing answers" in wrong_endpoint.found


def test_an_api_version_nobody_knows_does_not_pass_for_a_good_resource(endpoint):
    found = verify_resource(connection(Settings(endpoint, "practice-test", DEPLOYMENT, api_version="latest")))
    assert not found.ok
    assert "API version (latest)" in found.found


def test_a_deployment_is_verified_with_its_model_and_why_it_stopped(endpoint):
    found = verify_deployment(connection(settings(endpoint)))
    assert found.ok
    assert DEPLOYMENT in found.found
    assert "SmolLM2-135M-Instruct" in found.found
    assert "finish_reason is length" in found.found


def test_a_deployment_says_the_same_every_time_it_is_verified(endpoint):
    assert verify_deployment(connection(settings(endpoint))) == verify_deployment(connection(settings(endpoint)))


def test_a_deployment_name_that_nobody_gave_is_explained(endpoint):
    found = verify_deployment(connection(settings(endpoint, deployment="gpt-35-turbo")))
    assert not found.ok
    assert "gpt-35-turbo" in found.found
    assert "AZURE_OPENAI_DEPLOYMENT" in found.next_step


def test_a_dead_port_and_a_wrong_key_are_no_deployment(endpoint, dead_endpoint):
    assert "Nothing answers" in verify_deployment(connection(settings(dead_endpoint))).found
    assert "refused the key" in verify_deployment(connection(settings(endpoint, key="someone-elses"))).found


def test_a_model_that_knows_only_max_completion_tokens_is_asked_so():
    class NewerModel(PracticeServer):
        def handle(self, request):
            if b'"max_tokens"' in request.body:
                return error_reply(400, "unsupported_parameter", "Use 'max_completion_tokens' instead.")
            return super().handle(request)

    with serving(NewerModel(cassettes())) as endpoint:
        assert verify_deployment(connection(settings(endpoint))).ok


@pytest.mark.parametrize(
    "message",
    [
        "Model {modelName} is enabled only for api versions 2024-12-01-preview and later",
        "Unrecognized request argument supplied: max_completion_tokens",
    ],
)
def test_a_model_that_needs_a_newer_api_version_says_which(message):
    with serving(PracticeServer(cassettes(400, refusal("BadRequest", message)))) as endpoint:
        found = verify_deployment(connection(replace(settings(endpoint), api_version="2024-10-21")))
    assert not found.ok
    assert "newer API version than 2024-10-21" in found.found
    assert "AZURE_OPENAI_API_VERSION to 2025-04-01-preview" in found.next_step


@pytest.mark.parametrize(
    ("status", "code", "problem", "next_step"),
    [
        (400, "OperationNotSupported", "retired", "Deploy a current model"),
        (429, "RateLimitReached", "limit of requests or tokens", "Wait a minute"),
        (400, "content_filter", "400", "portal"),
        (500, "InternalServerError", "500", "portal"),
    ],
)
def test_a_deployment_that_refuses_says_why_and_what_to_do(status, code, problem, next_step):
    with serving(PracticeServer(cassettes(status, refusal(code, "No.")))) as endpoint:
        found = verify_deployment(connection(settings(endpoint)))
    assert not found.ok
    assert problem in found.found
    assert next_step in found.next_step


def test_in_practice_nothing_is_to_be_deleted_and_nothing_is_asked(dead_endpoint):
    found = verify_clean_up(settings(dead_endpoint))
    assert found.ok
    assert "this computer" in found.found


def test_a_deployment_the_service_no_longer_knows_is_gone(endpoint):
    found = verify_clean_up(settings(as_live(endpoint), deployment="deleted"))
    assert found.ok
    assert "deleted is gone" in found.found


def test_a_deployment_that_still_answers_is_not_gone(endpoint):
    found = verify_clean_up(settings(as_live(endpoint)))
    assert not found.ok
    assert "still there" in found.found
    assert "portal" in found.next_step


def test_a_refused_key_does_not_prove_that_anything_is_gone(endpoint):
    found = verify_clean_up(settings(as_live(endpoint), key="someone-elses"))
    assert not found.ok
    assert "cannot be told" in found.found


def test_a_service_that_is_only_silent_is_not_gone(dead_endpoint):
    assert not verify_clean_up(settings(as_live(dead_endpoint))).ok


@pytest.mark.parametrize(("online", "gone"), [(True, True), (False, False)])
def test_a_resource_without_an_address_is_gone_if_this_computer_is_online(monkeypatch, online, gone):
    def addresses(host, *_args, **_kwargs):
        if online and "portal" in host:
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("192.0.2.1", 443))]
        raise socket.gaierror("no address")

    monkeypatch.setattr(socket, "getaddrinfo", addresses)
    assert verify_clean_up(settings("https://deleted.openai.azure.com")).ok is gone
