"""The practice server on a port of this machine: Starlette's and uvicorn's part, and nothing of ours but the joint."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import AsyncIterator, Callable, Generator, Iterator
from contextlib import contextmanager
from typing import Any, Protocol

import uvicorn
from starlette.concurrency import iterate_in_threadpool, run_in_threadpool
from starlette.requests import Request as HttpRequest
from starlette.responses import Response, StreamingResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from lab_helpers.errors import NotInstalled
from lab_helpers.i18n import _
from lab_helpers.mock.core import Deferred, PracticeServer
from lab_helpers.mock.requests import MAX_BODY_BYTES, Request
from lab_helpers.mock.wire import Frame, Hangup, Pause, Reply

LOOPBACK = "127.0.0.1"
START_TIMEOUT_S = 20.0
MAX_HEAD_BYTES = 256 * 1024
MOST_CONNECTIONS = 100


class Handler(Protocol):
    """What replies to requests: a practice server, or what stands in front of one."""

    def handle(self, request: Request) -> Reply | Deferred:
        """The reply to any request, or the work that makes it and may take seconds."""
        ...


def application(server: Handler) -> ASGIApp:
    """The practice server as an ASGI application. It knows its paths itself: Starlette's router is not asked."""

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        request = await _read(HttpRequest(scope, receive))
        reply = server.handle(request)
        if isinstance(reply, Reply) and isinstance(reply.frames, tuple):
            await _response(reply)(scope, receive, send)
        else:
            await _answer_live(request, reply, scope, receive, send)

    return answer


async def _answer_live(request: Request, reply: Reply | Deferred, scope: Scope, receive: Receive, send: Send) -> None:
    """Send what is made while the client waits, and let its maker know when the client no longer does."""

    async def watched() -> Message:
        message = await receive()
        if message["type"] == "http.disconnect":
            request.client_left.set()
        return message

    try:
        if not isinstance(reply, Reply):
            listening = asyncio.create_task(_until_disconnected(watched))
            reply = await run_in_threadpool(reply)
            listening.cancel()
        await _response(reply)(scope, watched, send)
    finally:
        request.client_left.set()
        if isinstance(reply, Reply) and isinstance(reply.frames, Generator):
            reply.frames.close()


async def _until_disconnected(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _read(http: HttpRequest) -> Request:
    body = b""
    async for piece in http.stream():
        body += piece
        if len(body) > MAX_BODY_BYTES:
            break
    query = http.scope["query_string"].decode("latin-1")
    return Request(http.method, http.scope["path"], query, dict(http.headers), body)


def _response(reply: Reply) -> Response:
    if isinstance(reply.frames, tuple) and len(reply.frames) == 1 and isinstance(reply.frames[0], bytes):
        return Response(reply.frames[0], reply.status, reply.headers)
    frames = _played(reply.frames) if isinstance(reply.frames, tuple) else iterate_in_threadpool(reply.frames)
    return StreamingResponse(frames, reply.status, reply.headers)


async def _played(frames: tuple[Frame, ...]) -> AsyncIterator[bytes]:
    for frame in frames:
        if isinstance(frame, Pause):
            await asyncio.sleep(frame.seconds)
        elif isinstance(frame, Hangup):
            # The one public way to end a connection in mid-reply: uvicorn closes it on an error.
            raise ConnectionAbortedError
        else:
            yield frame


def bound_socket(port: int = 0, host: str = LOOPBACK) -> socket.socket:
    """A listening socket, on loopback unless told otherwise. Raises NotInstalled if the port is taken."""
    # With its protocol named, asyncio turns off Nagle's algorithm, which holds each reply back for 40 ms.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        # From here on connections queue: a client that comes before uvicorn is up only waits.
        listener.listen(128)
    except OSError as error:
        listener.close()
        raise NotInstalled(
            _("Port {port} is taken by another program.").format(port=port),
            _("Choose another with --port, or leave it out to get a free one."),
        ) from error
    return listener


def serve(server: PracticeServer, listener: socket.socket) -> None:
    """Serve until interrupted."""
    _uvicorn(server).run(sockets=[listener])


@contextmanager
def serving(server: PracticeServer) -> Iterator[str]:
    """Serve in a thread of this process; gives the endpoint's address, and stops at the end of the block."""
    listener = bound_socket()
    http = _uvicorn(server)
    thread = threading.Thread(target=http.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    try:
        yield f"http://{LOOPBACK}:{listener.getsockname()[1]}"
    finally:
        http.should_exit = True
        thread.join(START_TIMEOUT_S)
        listener.close()


def connections(handler: Handler) -> Callable[[], asyncio.Protocol]:
    """What makes the protocol of each connection, for who accepts connections in a running event loop of their own.

    Of one `connections`, at most MOST_CONNECTIONS are open at a time; more are closed unheard.
    """
    http = _uvicorn(handler)
    http.config.load()
    protocol: Any = http.config.http_protocol_class
    state = http.server_state

    def connected() -> asyncio.Protocol:
        full = len(state.connections) >= MOST_CONNECTIONS
        return _Refused() if full else protocol(config=http.config, server_state=state, app_state={})

    return connected


class _Refused(asyncio.Protocol):
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        transport.close()


def _uvicorn(handler: Handler) -> uvicorn.Server:
    config = uvicorn.Config(
        application(handler), http=_protocol(), log_level="critical", access_log=False, lifespan="off", ws="none"
    )
    return uvicorn.Server(config)


def _protocol() -> type[asyncio.Protocol] | str:
    """uvicorn's faster protocol with the bound on headers that it lacks; h11, which has one, where it is missing."""
    try:
        from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
    except ImportError:
        return "h11"

    class BoundedHeaders(HttpToolsProtocol):
        head_bytes: int | None = 0

        def data_received(self, data: bytes) -> None:
            if self.head_bytes is not None:
                self.head_bytes += len(data)
                if self.head_bytes > MAX_HEAD_BYTES:
                    self.transport.close()
                    return
            super().data_received(data)

        def on_headers_complete(self) -> None:
            self.head_bytes = None
            super().on_headers_complete()

        def on_message_complete(self) -> None:
            self.head_bytes = 0
            super().on_message_complete()

    return BoundedHeaders
