import pytest

from lab_helpers import i18n


@pytest.fixture(autouse=True)
def english(monkeypatch):
    """Every test begins in English, whatever the machine speaks, and leaves no locale behind."""
    monkeypatch.setattr(i18n, "_chosen", "en")


@pytest.fixture(scope="module")
def spark():
    """A session on a Spark Connect server of the module's own."""
    from pyspark.sql import SparkSession

    from lab_helpers.spark import start_spark_server

    with start_spark_server() as server, pytest.MonkeyPatch.context() as patch:
        patch.delenv("SPARK_REMOTE", raising=False)
        session = SparkSession.builder.remote(server.url).create()
        yield session
        session.stop()
