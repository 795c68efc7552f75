"""What the notebooks of one machine share: the practice server and Spark, started together, stopped together."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from lab_helpers.mock import SHIPPED, Cassettes, LocalModel, PracticeServer, practice_environment, serving
from lab_helpers.spark import REMOTE, start_spark_server


@contextmanager
def practice(session: str, *, with_local_model: bool) -> Iterator[dict[str, str]]:
    """The practice server on the shipped recordings; gives the variables that lead a notebook to it.

    with_local_model: whether prompts that were never recorded go to the model on this machine. Without it the server
    is strict, as tests and grading need it.
    """
    live = LocalModel() if with_local_model else None
    with serving(PracticeServer(Cassettes.read(SHIPPED), live)) as endpoint:
        yield practice_environment(endpoint, session)


@contextmanager
def spark() -> Iterator[dict[str, str]]:
    """One Spark Connect server for the machine; gives the variable under which notebooks find it."""
    with start_spark_server() as server:
        yield {REMOTE: server.url}
