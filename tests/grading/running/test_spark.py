"""Spark for a class: one server, sessions apart, and nothing of the grader within its reach."""

import sys
from pathlib import Path

import pytest

from lab_helpers.grading.running import End, Job, Limits, Runner
from lab_helpers.grading.steps import Cell
from lab_helpers.spark import server_archive
from lab_helpers.spark.class_archive import cache_folder

ROOT = Path(__file__).parents[3]

START = Cell("start", "from lab_helpers import spark_session\nspark = spark_session()")
UDF = """
from pyspark.sql.functions import udf
@udf("string")
def look(_):
    import os, pathlib
    {body}
print(spark.range(1).select(look("id")).first()[0])
"""


@pytest.fixture(scope="module")
def runner():
    with Runner(Limits(slow_s=120)) as runner:
        yield runner


def run(runner, source):
    return runner.run(Job("spark", (START, Cell("it", source, "05.filtered"))))


def test_a_table_comes_out_and_nothing_is_printed_beside_it(runner):
    found = run(runner, "print(spark.range(1000).selectExpr('sum(id) s').first()['s'])")
    assert (found.ends["it"], found.outputs) == (End("ran"), {"start": "", "it": "499500\n"})


def test_a_view_of_one_job_is_not_there_for_the_next(runner):
    assert run(runner, "spark.range(3).createOrReplaceTempView('mine')").ends["it"] == End("ran")
    assert run(runner, "spark.table('mine').count()").ends["it"].how == "raised"


def test_a_global_view_is_dropped_and_noted(runner):
    left = run(runner, "spark.range(3).createGlobalTempView('everyones')")
    assert (left.ends["it"], left.notes) == (End("ran"), ("global_views_dropped",))
    after = run(runner, "spark.table('global_temp.everyones').count()")
    assert (after.ends["it"].how, after.notes) == ("raised", ())


def test_a_function_on_the_server_sees_no_recordings_no_grader_no_home_and_nothing_else_of_ours(runner):
    body = (
        "commands = b' '.join(path.read_bytes() for path in pathlib.Path('/proc').glob('[0-9]*/cmdline'))\n"
        "    seen = [word for word in (b'fork_server', b'practice_room', b'pytest') if word in commands]\n"
        f"    hidden = ('/recordings', '/home', {str(ROOT / 'pyproject.toml')!r})\n"
        '    return f"{seen} {[os.path.exists(path) for path in hidden]} {os.getuid() != 0}"'
    )
    # What the program is made of is seen where it stands.
    shown = any(folder.is_relative_to("/home") for folder in (ROOT, Path(sys.base_prefix), cache_folder()))
    assert run(runner, UDF.format(body=body)).outputs["it"] == f"[] [False, {shown}, False] True\n"


def test_a_server_that_is_taken_down_is_noted_and_there_again_for_the_next(runner):
    body = (
        "import signal\n"
        "    for path in pathlib.Path('/proc').glob('[0-9]*/cmdline'):\n"
        "        if b'SparkConnectServer' in path.read_bytes(): os.kill(int(path.parent.name), signal.SIGKILL)"
    )
    found = run(runner, UDF.format(body=body))
    assert "spark_died" in found.notes
    assert found.ends["it"].how in {"raised", "timed_out"}
    assert run(runner, "print(spark.range(5).count())").outputs["it"] == "5\n"


def test_the_server_starts_from_the_classes_that_notebooks_have_left():
    if not ((archive := server_archive()) and archive.exists()):
        pytest.skip("no notebook has left an archive of Spark's classes on this machine yet")
    body = (
        "server = pathlib.Path(f'/proc/{os.getppid()}')\n"
        "    while b'SparkConnectServer' not in (server / 'cmdline').read_bytes():\n"
        "        server = server.with_name((server / 'stat').read_text().rpartition(')')[2].split()[1])\n"
        f"    return str({archive.name!r} in (server / 'maps').read_text())"
    )
    with Runner(Limits(slow_s=120)) as fresh:
        assert run(fresh, UDF.format(body=body)).outputs["it"] == "True\n"
