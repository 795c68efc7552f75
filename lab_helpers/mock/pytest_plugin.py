"""A practice server for the tests of any project that speaks to Azure OpenAI.

In a conftest.py: `pytest_plugins = ["lab_helpers.mock.pytest_plugin"]`, and, where the recordings lie elsewhere,
a fixture `practice_recordings` of scope "session" that returns their folders.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from lab_helpers.mock.core import PracticeServer
from lab_helpers.mock.environment import practice_environment
from lab_helpers.mock.http_server import serving
from lab_helpers.mock.library import Cassettes
from lab_helpers.mock.recordings import SHIPPED


@pytest.fixture(scope="session")
def practice_recordings() -> Sequence[Path]:
    """The folders whose recordings are replayed."""
    return (SHIPPED,)


@pytest.fixture(scope="session")
def practice_server(practice_recordings: Sequence[Path]) -> Iterator[str]:
    """A strict practice server for the whole run; gives its address."""
    with serving(PracticeServer(Cassettes.read(*practice_recordings))) as endpoint:
        yield endpoint


@pytest.fixture
def practice(practice_server: str, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """The variables that lead to the practice server, set for one test, which is a session of its own."""
    variables = practice_environment(practice_server, request.node.nodeid)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    return variables
