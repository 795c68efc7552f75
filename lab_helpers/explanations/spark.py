"""What Spark says when it cannot start, has gone, or cannot tell a column's type."""

from __future__ import annotations

from lab_helpers.explanations.failures import Explanation, Failure, Rule
from lab_helpers.i18n import message


def _no_java(failure: Failure) -> Explanation | None:
    if not failure.mentions("JAVA_GATEWAY_EXITED", "Java gateway process exited", "JAVA_HOME is not set"):
        return None
    return Explanation(
        message("Spark could not start: it found no Java that suits it."),
        message("Use spark = spark_session(), which brings its own; `uv run lab doctor` says what is missing."),
    )


def _spark_gone(failure: Failure) -> Explanation | None:
    network = failure.is_a("Py4JNetworkError") or failure.mentions("SparkContext was shut down", "stopped SparkContext")
    remote = failure.is_a("SparkConnectException", "SparkConnectGrpcException", "RpcError", "RetriesExceeded")
    words = (
        "UNAVAILABLE",
        "failed to connect",
        "Connection refused",
        "INVALID_HANDLE",
        "NO_ACTIVE_SESSION",
        "Connection reset",
    )
    if not (network or (remote and failure.mentions(*words))):
        return None
    return Explanation(
        message("Spark is gone: its server was stopped or restarted, and with it the tables that you had there."),
        message(
            "Start the lab again (lab start) if it was stopped, restart the kernel, and run the notebook from the top."
        ),
    )


def _all_none(failure: Failure) -> Explanation | None:
    if not failure.mentions(
        "CANNOT_DETERMINE_TYPE", "CANNOT_INFER_TYPE_FOR_FIELD", "Some of types cannot be determined"
    ):
        return None
    return Explanation(
        message(
            "Spark cannot tell the type of a column: every value in it is None, perhaps because all were filtered."
        ),
        message("Look at the answers first; or name the type, as in createDataFrame(rows, 'answer string')."),
    )


# The first that knows the error speaks.
RULES: tuple[Rule, ...] = (
    _no_java,
    _spark_gone,
    _all_none,
)
