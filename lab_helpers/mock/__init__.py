"""Azure OpenAI on localhost: recordings replayed, a local model behind them, and a recorder for new ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lab_helpers.doors import opened_when_used

if TYPE_CHECKING:
    from lab_helpers.mock.checks import check_file
    from lab_helpers.mock.comparison import compare
    from lab_helpers.mock.convert import convert_cassette
    from lab_helpers.mock.core import PracticeServer
    from lab_helpers.mock.environment import practice_environment
    from lab_helpers.mock.http_server import bound_socket, connections, serve, serving
    from lab_helpers.mock.installation import check_model, install_model, remove_model
    from lab_helpers.mock.library import Cassettes
    from lab_helpers.mock.local_model import LocalModel
    from lab_helpers.mock.recorder import RecordingServer
    from lab_helpers.mock.recordings import SHIPPED, keep, load
    from lab_helpers.mock.upstreams import AzureUpstream, OpenAIUpstream

__all__ = [
    "SHIPPED",
    "AzureUpstream",
    "Cassettes",
    "LocalModel",
    "OpenAIUpstream",
    "PracticeServer",
    "RecordingServer",
    "bound_socket",
    "check_file",
    "check_model",
    "compare",
    "connections",
    "convert_cassette",
    "install_model",
    "keep",
    "load",
    "practice_environment",
    "remove_model",
    "serve",
    "serving",
]


# Who reads a recording does not wait for a server to load, and who replays not for what recording needs.
_HOMES = {
    "SHIPPED": "recordings",
    "AzureUpstream": "upstreams",
    "Cassettes": "library",
    "LocalModel": "local_model",
    "OpenAIUpstream": "upstreams",
    "PracticeServer": "core",
    "RecordingServer": "recorder",
    "bound_socket": "http_server",
    "check_file": "checks",
    "check_model": "installation",
    "compare": "comparison",
    "connections": "http_server",
    "convert_cassette": "convert",
    "install_model": "installation",
    "keep": "recordings",
    "load": "recordings",
    "practice_environment": "environment",
    "remove_model": "installation",
    "serve": "http_server",
    "serving": "http_server",
}

__getattr__ = opened_when_used(__name__, _HOMES)
