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
from lab_helpers.settings import LOOPBACK_HOSTS
from lab_helpers.spark.server import start_spark_server

if TYPE_CHECKING:
    from pyspark.sql import SparkSession


REMOTE = "SPARK_REMOTE"
DATABRICKS = "DATABRICKS_RUNTIME_VERSION"
_DEFAULT_PORT = 15002
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
    if _is_master(url):
        return
    host, port = _address(url)
    try:
        socket.create_connection((host, port), timeout=_CONNECT_TIMEOUT_S).close()
    except OSError as error:
        raise ConnectionFailed(
            _("No Spark answers at {address}, the address in {variable}.").format(
                address=f"{host}:{port}", variable=REMOTE
            ),
            _("Start the lab again (lab start) and open the notebook from there, or unset {variable}.").format(
                variable=REMOTE
            ),
        ) from error


def _is_master(url: str) -> bool:
    # PySpark takes local[*] in SPARK_REMOTE to mean a server of its own, in this process.
    return url == "local" or url.startswith("local[")


def _address(url: str) -> tuple[str, int]:
    try:
        parts = urlsplit(url)
        if parts.scheme == "sc" and parts.hostname:
            return parts.hostname, parts.port or _DEFAULT_PORT
    except ValueError:  # a port that is no number
        pass
    raise ConnectionFailed(
        _("{variable} is not the address of a Spark server: {address}").format(
            variable=REMOTE,
            address=url.partition(";")[0],  # what follows may be a token
        ),
        _("Set it to something like {example}, or unset it.").format(example=f"sc://localhost:{_DEFAULT_PORT}"),
    )


def _require_answering(session: SparkSession, url: str) -> SparkSession:
    from pyspark.errors import PySparkException

    if _is_master(url):
        return session
    host, port = _address(url)
    if host in LOOPBACK_HOSTS:
        _give_up_early(session)
    try:
        _version = session.version  # the first call that reaches the server
    except PySparkException as error:
        raise ConnectionFailed(
            _("Spark at {address} refused this notebook: {reason}").format(
                address=f"{host}:{port}", reason=str(error).splitlines()[0]
            ),
            _("Restart the kernel and run the notebook from the top; if it goes on, start the lab again (lab start)."),
        ) from error
    return session


def _give_up_early(session: SparkSession) -> None:
    # Four retries take four seconds; PySpark's fifteen, meant for a cluster that restarts, ten minutes.
    from pyspark.sql.connect.client.retries import DefaultPolicy

    session.client.set_retry_policies([DefaultPolicy(max_retries=4)])  # pyright: ignore[reportAttributeAccessIssue]


def _silence() -> None:
    # gRPC reports every fork (a cell with !command) on stderr, and PySpark every retry and pandas' deprecations.
    os.environ.setdefault("GRPC_VERBOSITY", "NONE")
    warnings.filterwarnings("ignore", module=r"pyspark(\.|$)")
