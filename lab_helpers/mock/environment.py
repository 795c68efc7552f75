"""The variables that lead a client, unchanged, to a practice server."""

from __future__ import annotations

from lab_helpers import settings as variables

# What the practice server takes for a key; what follows is the session.
PRACTICE_KEY_PREFIX = "practice"


def practice_environment(
    endpoint: str, session: str, deployment: str = variables.PRACTICE_DEPLOYMENT
) -> dict[str, str]:
    """Endpoint, key, API version and deployment, under the names that `connect()` and the openai SDK read.

    Each session has its own place among the recorded answers, its own limits and its own faults.
    """
    return {
        variables.ENDPOINT: endpoint,
        variables.API_KEY: f"{PRACTICE_KEY_PREFIX}-{session}",
        variables.API_VERSION: variables.DEFAULT_API_VERSION,
        "OPENAI_API_VERSION": variables.DEFAULT_API_VERSION,
        variables.DEPLOYMENT: deployment,
    }
