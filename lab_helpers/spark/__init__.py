"""Spark wherever the notebook runs: Databricks' own session, the machine's shared server, or one started here."""

from lab_helpers.spark.server import SparkServer, find_java, server_archive, start_spark_server
from lab_helpers.spark.session import DATABRICKS, REMOTE, spark_session

__all__ = ["DATABRICKS", "REMOTE", "SparkServer", "find_java", "server_archive", "spark_session", "start_spark_server"]
