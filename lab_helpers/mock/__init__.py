"""Azure OpenAI on localhost: recordings replayed, a local model behind them, and a recorder for new ones."""

from lab_helpers.mock.core import PracticeServer
from lab_helpers.mock.http_server import bound_socket, serve, serving
from lab_helpers.mock.local_model import LocalModel
from lab_helpers.mock.recorder import AzureUpstream, RecordingServer
from lab_helpers.mock.recordings import SHIPPED, Cassettes, check_file, load

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
    "serve",
    "serving",
]
