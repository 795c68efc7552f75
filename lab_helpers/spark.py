"""A Spark session wherever the notebook runs: Databricks' own, the machine's shared server, or one of our own."""

from __future__ import annotations

import atexit
import os
import socket
import sys
import threading
import warnings
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from lab_helpers.errors import ConnectionFailed, NotInstalled
from lab_helpers.i18n import _
from lab_helpers.spark_server import SparkServer, start_spark_server

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

__all__ = ["SparkServer", "spark_session", "start_spark_server"]

REMOTE = "SPARK_REMOTE"
DATABRICKS = "DATABRICKS_RUNTIME_VERSION"
_DEFAULT_PORT = 15002
_LOOPBACK = {"localhost", "127.0.0.1", "::1"}
_CONNECT_TIMEOUT_S = 3.0

_starting = threading.Lock()


def spark_session() -> SparkSession:
    """The session of this notebook.

    On Databricks, the one there; else one on the server that SPARK_REMOTE names; else one on a server that is started
    for this process and ends with it. SPARK_REMOTE is set from then on, so that plain
    `SparkSession.builder.getOrCreate()` finds it too.

    Raises NotInstalled without PySpark or a JVM, ConnectionFailed if SPARK_REMOTE names a server that does not answer
    or refuses the token.
    """
    if os.environ.get(DATABRICKS):
        return _builder_session()
    _silence()
    if active := _active_session():
        return active
    with _starting:
        if not os.environ.get(REMOTE):
            _own_server()
    _require_listening(os.environ[REMOTE])
    return _require_answering(_builder_session(), os.environ[REMOTE])


def _builder_session() -> SparkSession:
    try:
        from pyspark.sql import SparkSession
    except ImportError as error:
        raise NotInstalled(
            _("PySpark with Spark Connect is not installed."),
            _('Install it with: pip install "pyspark[connect]>=4.0,<5"'),
        ) from error
    return SparkSession.builder.getOrCreate()


def _active_session() -> SparkSession | None:
    # A classic session in this process rules out Spark Connect; whoever made it wants it used.
    if "pyspark" not in sys.modules or os.environ.get(REMOTE):
        return None
    from pyspark.sql import SparkSession

    return SparkSession.getActiveSession()


def _own_server() -> None:
    server = start_spark_server()
    os.environ[REMOTE] = server.url
    # Registered before PySpark's own handlers, hence run after them: the server still answers when they close sessions.
    atexit.register(server.stop)


def _require_listening(url: str) -> None:
    # Left to itself, gRPC retries a dead server for ten minutes.
    address = urlsplit(url)
    if address.scheme != "sc" or not address.hostname:
        return
    port = address.port or _DEFAULT_PORT
    try:
        socket.create_connection((address.hostname, port), timeout=_CONNECT_TIMEOUT_S).close()
    except OSError as error:
        raise ConnectionFailed(
            _("No Spark answers at {address}, the address in {variable}.").format(
                address=f"{address.hostname}:{port}", variable=REMOTE
            ),
            _(
                "Start the lab again (lab start) and open the notebook from there, or remove the variable {variable}."
            ).format(variable=REMOTE),
        ) from error


def _require_answering(session: SparkSession, url: str) -> SparkSession:
    from pyspark.errors import PySparkException

    address = urlsplit(url)
    try:
        _version = session.version  # the first call that reaches the server
    except PySparkException as error:
        raise ConnectionFailed(
            _("Spark at {address} refused this notebook: {reason}").format(
                address=address.netloc, reason=str(error).splitlines()[0]
            ),
            _("Restart the kernel and run the notebook from the top; if it goes on, start the lab again (lab start)."),
        ) from error
    return session


def _silence() -> None:
    # gRPC reports every fork (a cell with !command) on stderr, and PySpark every retry and pandas' deprecations.
    os.environ.setdefault("GRPC_VERBOSITY", "NONE")
    warnings.filterwarnings("ignore", module=r"pyspark(\.|$)")
