"""The Spark room: one Spark Connect server for all jobs, reached through a forwarder in place of a shared network.

`python -m lab_helpers.grading.running.spark_room CONTROL DESK [CACHE]`: the file descriptors of a switchboard, and the
folder of caches, read-only, in which the JVM may find its archive of classes. The process ends when the server does, so
that the controller can start another.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
import sys
from collections.abc import Callable
from urllib.parse import urlsplit

from lab_helpers.grading.running import sandbox
from lab_helpers.grading.running.switchboard import Switchboard
from lab_helpers.spark import SparkServer, start_spark_server

_LOOK_EVERY_S = 0.5
_PIECE_BYTES = 256 * 1024


class SparkRoom(Switchboard):
    """Passes bytes between a job's connections and the server."""

    def __init__(self, control: socket.socket, desk: socket.socket, server: SparkServer) -> None:
        super().__init__(control, desk)
        self._server = server
        self._port = urlsplit(server.url).port

    def answering(self, job: str) -> Callable[[], asyncio.Protocol]:
        """Of the forwarder."""
        return lambda: asyncio.StreamReaderProtocol(asyncio.StreamReader(), self._forward)

    async def last_words(self, jobs_left: int) -> dict[str, object]:
        """Between jobs: which global views were left, the one thing that sessions share; they are dropped."""
        return {} if jobs_left else {"global_views": await asyncio.to_thread(_drop_global_views, self._server.url)}

    async def serve_while_up(self) -> None:
        """Answer until the controller hangs up or the server ends."""
        serving = asyncio.create_task(self.serve({"token": self._server.url.partition("token=")[2]}))
        while not serving.done() and self._server.process.poll() is None:
            await asyncio.wait([serving], timeout=_LOOK_EVERY_S)

    async def _forward(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            inner_reader, inner_writer = await asyncio.open_connection("127.0.0.1", self._port)
        except OSError:
            writer.close()
            return
        await asyncio.gather(_pass(reader, inner_writer), _pass(inner_reader, writer))


async def _pass(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while piece := await reader.read(_PIECE_BYTES):
            writer.write(piece)
            await writer.drain()
    writer.close()


def _drop_global_views(url: str) -> int:
    from pyspark.sql import SparkSession

    session = SparkSession.builder.remote(url).create()  # pyright: ignore[reportAttributeAccessIssue]
    try:
        left = [row.viewName for row in session.sql("SHOW VIEWS IN global_temp").collect()]
        for name in left:
            session.catalog.dropGlobalTempView(name)
        return len(left)
    finally:
        session.stop()


async def _serve(control: str, desk: str, server: SparkServer) -> None:
    await SparkRoom(socket.socket(fileno=int(control)), socket.socket(fileno=int(desk)), server).serve_while_up()


if __name__ == "__main__":
    sandbox.become_nobody()
    sandbox.die_with_parent()
    control, desk, *caches = sys.argv[1:]
    if caches:
        os.environ["XDG_CACHE_HOME"] = caches[0]
    with start_spark_server() as running:
        asyncio.run(_serve(control, desk, server=running))
