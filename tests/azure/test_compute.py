import subprocess
import sys
from types import SimpleNamespace

import pytest

from lab_helpers.azure import verify_cluster, verify_libraries
from lab_helpers.spark import start_spark_server

NOTEBOOK = "from lab_helpers.azure import verify_cluster\nprint(verify_cluster())"


@pytest.fixture(scope="module")
def spark_url():
    with start_spark_server() as server:
        yield server.url


def run_notebook(**environ):
    """The verification in a process of its own, as a notebook's kernel runs it."""
    done = subprocess.run(
        [sys.executable, "-c", NOTEBOOK],
        env={"LAB_LOCALE": "en", "PATH": "", **environ},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    return done.stdout


def test_spark_of_this_computer_counts(spark_url):
    assert run_notebook(SPARK_REMOTE=spark_url) == "✓ Verified: Spark counted 1000 rows on this computer.\n"


def test_spark_of_databricks_is_called_so(spark_url):
    output = run_notebook(SPARK_REMOTE=spark_url, DATABRICKS_RUNTIME_VERSION="17.3")
    assert output == "✓ Verified: Spark counted 1000 rows on Databricks.\n"


def test_a_spark_that_does_not_listen_is_not_verified_and_says_what_to_do():
    output = run_notebook(SPARK_REMOTE="sc://localhost:9")
    assert output.startswith("✗ Not yet: No Spark answers at localhost:9")
    assert "lab start" in output


def test_a_spark_that_refuses_the_token_is_not_verified(spark_url):
    address = spark_url.partition(";")[0]
    assert run_notebook(SPARK_REMOTE=f"{address};token=wrong").startswith("✗ Not yet: ")


def test_a_cluster_that_stops_while_it_counts_is_not_verified(monkeypatch):
    from pyspark.errors import PySparkException

    def stopped(rows):
        raise PySparkException("The cluster was terminated.\nJVM stacktrace: ...")

    monkeypatch.setattr("lab_helpers.azure.compute.spark_session", lambda: SimpleNamespace(range=stopped))
    found = verify_cluster()
    assert not found.ok
    assert found.found == "Spark did not count: The cluster was terminated."


def test_libraries_that_fit_are_verified_without_a_version_number():
    found = verify_libraries()
    assert found.ok
    assert not any(character.isdigit() for character in repr(found))


def test_the_labs_old_pin_is_explained_and_mended(monkeypatch):
    def old_client(**_settings):
        raise TypeError("Client.__init__() got an unexpected keyword argument 'proxies'")

    monkeypatch.setitem(sys.modules, "openai", SimpleNamespace(AzureOpenAI=old_client))
    found = verify_libraries()
    assert not found.ok
    assert "'proxies'" in found.found
    assert "httpx" in found.found
    assert "openai>=1.55.3" in found.next_step


def test_a_missing_library_is_not_a_stack(monkeypatch):
    monkeypatch.setitem(sys.modules, "openai", None)
    found = verify_libraries()
    assert not found.ok
    assert "%pip install" in found.next_step
