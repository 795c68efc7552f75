"""Azure OpenAI on localhost: recordings replayed, a local model behind them, and a recorder for new ones."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from lab_helpers.mock.core import PracticeServer
from lab_helpers.mock.environment import practice_environment
from lab_helpers.mock.http_server import bound_socket, serve, serving
from lab_helpers.mock.local_model import LocalModel
from lab_helpers.mock.recordings import SHIPPED, Cassettes, check_file, load

if TYPE_CHECKING:
    from lab_helpers.mock.recorder import AzureUpstream, RecordingServer

__all__ = [
    "SHIPPED",
    "AzureUpstream",
    "Cassettes",
    "LocalModel",
    "PracticeServer",
    "RecordingServer",
    "bound_socket",
    "check_file",
    "load",
    "practice_environment",
    "serve",
    "serving",
]


def __getattr__(name: str) -> Any:
    # Only who records pays for loading an HTTP client: replaying starts twice as fast without it.
    if name not in ("AzureUpstream", "RecordingServer"):
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.recorder"), name)
