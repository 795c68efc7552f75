import socket

import httpx
import openai
import pytest

from lab_helpers.errors import NotInstalled
from lab_helpers.mock import PracticeServer, bound_socket, serving
from lab_helpers.mock.requests import MAX_BODY_BYTES
from tests.mock.conftest import DEPLOYMENT, chat


@pytest.fixture
def endpoint(server: PracticeServer):
    with serving(server) as address:
        yield address


@pytest.fixture
def client(endpoint: str) -> openai.AzureOpenAI:
    return openai.AzureOpenAI(azure_endpoint=endpoint, api_key="practice-1", api_version="2024-10-21")


def test_the_official_sdk_gets_an_answer(client):
    completion = client.chat.completions.create(model=DEPLOYMENT, **chat())
    assert completion.choices[0].message.content == "one"
    assert completion.model == "SmolLM2"
    assert completion.choices[0].model_extra["content_filter_results"]["hate"] == {
        "filtered": False,
        "severity": "safe",
    }


def test_the_official_sdk_streams_and_meets_the_first_chunk_without_choices(client):
    chunks = list(client.chat.completions.create(model=DEPLOYMENT, stream=True, **chat()))
    assert chunks[0].choices == []
    assert "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices) == "one"


def test_a_miss_is_not_retried(client, server, monkeypatch):
    asked = []
    handle = server.handle
    monkeypatch.setattr(server, "handle", lambda request: asked.append(request) or handle(request))
    with pytest.raises(openai.APIStatusError) as caught:
        client.chat.completions.create(model=DEPLOYMENT, **chat("never recorded"))
    assert (caught.value.status_code, caught.value.code, len(asked)) == (501, "replay_miss", 1)


def test_a_wrong_key_is_an_authentication_error(endpoint):
    stranger = openai.AzureOpenAI(azure_endpoint=endpoint, api_key="real-key", api_version="2024-10-21")
    with pytest.raises(openai.AuthenticationError):
        stranger.chat.completions.create(model=DEPLOYMENT, **chat())


def test_a_body_that_is_too_large_is_refused(endpoint):
    path = f"{endpoint}/openai/deployments/{DEPLOYMENT}/chat/completions?api-version=2024-10-21"
    response = httpx.post(path, headers={"api-key": "practice"}, content=b"x" * (MAX_BODY_BYTES + 1), timeout=30)
    assert response.status_code == 413


def test_it_binds_loopback_only_and_stops_at_the_end(server):
    with serving(server) as address:
        port = int(address.rpartition(":")[2])
        assert address.startswith("http://127.0.0.1:")
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port), timeout=2)


def test_a_taken_port_says_what_to_do():
    taken = bound_socket()
    taken.listen()
    with pytest.raises(NotInstalled, match="--port"):
        bound_socket(taken.getsockname()[1])
    taken.close()
