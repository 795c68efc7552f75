"""Where the notebook computes: does Spark count, and do the installed libraries fit together?"""

from __future__ import annotations

import os
from importlib import metadata
from urllib.parse import urlsplit

from lab_helpers.azure.verified import Verified
from lab_helpers.errors import LabError
from lab_helpers.i18n import _
from lab_helpers.settings import DEFAULT_API_VERSION, LOOPBACK_HOSTS
from lab_helpers.spark import DATABRICKS, REMOTE, spark_session

ROWS = 1000


def verify_cluster() -> Verified:
    """Whether Spark counts a thousand rows, and where: on Databricks, on another server, or on this computer."""
    try:
        spark = spark_session()
    except LabError as error:
        return Verified(False, error.problem, error.next_step)
    from pyspark.errors import PySparkException

    try:
        counted = spark.range(ROWS).count()
    except PySparkException as error:
        return Verified(
            False,
            _("Spark did not count: {reason}").format(reason=str(error).partition("\n")[0]),
            _("Look whether the cluster is running, restart the notebook's kernel, and run this cell again."),
        )
    return Verified(True, _("Spark counted {rows} rows {where}.").format(rows=counted, where=_where_spark_runs()))


def _where_spark_runs() -> str:
    if os.environ.get(DATABRICKS):
        return _("on Databricks")
    host = urlsplit(os.environ.get(REMOTE, "")).hostname
    if host and host not in LOOPBACK_HOSTS:
        return _("on {host}").format(host=host)
    return _("on this computer")


def verify_libraries() -> Verified:
    """Whether openai is installed and can build a client; nothing is sent.

    openai before 1.55.3 passes httpx an argument that httpx 0.28 removed, and fails with a TypeError when the client
    is built, not when it is imported (openai-python#1903).
    """
    try:
        from openai import AzureOpenAI
    except ImportError as error:
        return Verified(
            False, _("The library openai cannot be imported: {reason}").format(reason=error), _install_openai()
        )
    try:
        AzureOpenAI(azure_endpoint="https://example.invalid", api_key="unused", api_version=DEFAULT_API_VERSION)
    except TypeError as error:
        return Verified(
            False,
            _("openai {openai} and httpx {httpx} do not fit together: {reason}").format(
                openai=_version("openai"), httpx=_version("httpx"), reason=error
            ),
            _install_openai(),
        )
    return Verified(True, _("The library openai is installed and can build a client."))


def _install_openai() -> str:
    return _(
        'Run in a cell: %pip install --upgrade "openai>=1.55.3" . '
        "Then restart Python (the kernel, or dbutils.library.restartPython() on Databricks)."
    )


def _version(package: str) -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return "?"
