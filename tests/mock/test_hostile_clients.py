"""Clients that send no requests, endless ones, or too many: refused, forgotten, and no one else's loss."""

from __future__ import annotations

import json
import socket
import tracemalloc
from contextlib import suppress

import httpx

from lab_helpers.mock import serving, sessions
from lab_helpers.mock.requests import MAX_BODY_BYTES
from tests.mock.conftest import chat, recording
from tests.mock.test_fuzz import CHAT, KEY, ask, server_of, whole

GARBAGE = (
    b"\x00" * 100,
    b"GET\r\n\r\n",
    b"POST / HTTP/9.9\r\n\r\n",
    b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    b"GET /\xff\xfe HTTP/1.1\r\nhost: x\r\n\r\n",
    b"GET /%ff%00 HTTP/1.1\r\nhost: x\r\napi-key: \xe9\xff\r\n\r\n",
    b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: -5\r\n\r\n",
    b"POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n",
    b"GET / HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n",
)


def sent_raw(endpoint: str, *pieces: bytes) -> bytes:
    with socket.create_connection(("127.0.0.1", int(endpoint.rpartition(":")[2])), timeout=60) as connection:
        with suppress(ConnectionError):
            for piece in pieces:
                connection.sendall(piece)
        with suppress(ConnectionError):
            return connection.recv(1000)
    return b""


def test_bytes_that_are_no_request_are_refused_and_the_next_client_is_served():
    with serving(server_of(recording("one"))) as endpoint:
        statuses = {sent_raw(endpoint, garbage).split(b" ", 2)[1] for garbage in GARBAGE}
        url = f"{endpoint}{CHAT}?api-version=2024-10-21"
        assert httpx.post(url, headers=KEY, json=chat()).status_code == 200
    assert statuses <= {b"400", b"404"}


def test_an_endless_body_is_refused_and_never_held_in_memory():
    piece, limit = b"x" * 2**16, 8 * MAX_BODY_BYTES
    with serving(server_of(recording("one"))) as endpoint:
        tracemalloc.start()
        refused = httpx.post(f"{endpoint}{CHAT}", headers=KEY, content=(piece for _ in range(limit // len(piece))))
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert refused.status_code == 413
    assert peak < limit / 2


def test_an_endless_header_is_refused():
    header = b"GET / HTTP/1.1\r\nhost: x\r\nx-long: "
    with serving(server_of(recording("one"))) as endpoint:
        answer = sent_raw(endpoint, header, *[b"a" * 2**16] * 256, b"\r\n\r\n")
    assert b" 404 " not in answer


def test_the_longest_silent_sessions_are_forgotten(monkeypatch):
    monkeypatch.setattr(sessions, "MOST_SESSIONS", 10)
    server = server_of(recording("one", "two"))
    for number in range(11):
        ask(server, chat(), key=f"practice-{number}")
    heard = [json.loads(whole(ask(server, chat(), key=f"practice-{n}"))) for n in (10, 0)]
    assert [answer["choices"][0]["message"]["content"] for answer in heard] == ["two", "one"]
