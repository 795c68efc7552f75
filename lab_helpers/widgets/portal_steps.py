"""The steps of the portal's lessons: what is to be done there, and which of it can be verified from here."""

from __future__ import annotations

import io
from collections.abc import Callable
from contextlib import redirect_stdout
from dataclasses import dataclass

from lab_helpers.azure import (
    Verified,
    verify_clean_up,
    verify_cluster,
    verify_deployment,
    verify_libraries,
    verify_resource,
)
from lab_helpers.client import Connection, connect
from lab_helpers.i18n import Message, message


@dataclass(frozen=True)
class Step:
    """One step. name: unique in its lesson. verify: asks whether it is done; None where only a person can tell."""

    name: str
    text: Message
    verify: Callable[[], Verified] | None = None


def _connection() -> Connection:
    with redirect_stdout(io.StringIO()):  # the lesson's own cell has said where answers come from
        return connect()


STEPS = {
    "01": (
        Step("resource", message("I have created the Azure OpenAI resource.")),
        Step("endpoint", message("I have copied its endpoint and one of its two keys.")),
        Step(
            "settings",
            message("Endpoint and key are set, and the service accepts them."),
            lambda: verify_resource(_connection()),
        ),
    ),
    "02": (
        Step("model", message("I have chosen a model that does not retire before the course ends.")),
        Step("limit", message("I have set the limit of tokens per minute.")),
        Step(
            "deployment",
            message("The deployment answers under the name in my settings."),
            lambda: verify_deployment(_connection()),
        ),
    ),
    "03": (
        Step("workspace", message("I have created the Databricks workspace and launched it.")),
        Step("cluster", message("Spark computes: the cluster runs, or serverless is chosen."), verify_cluster),
        Step("libraries", message("The library openai is installed and fits."), verify_libraries),
    ),
    "08": (
        Step(
            "deployment",
            message("The deployment, or the whole resource, is deleted."),
            lambda: verify_clean_up(_connection().settings),
        ),
        Step("cluster", message("The Databricks cluster is terminated.")),
        Step("group", message("The resource group is deleted, after a look at what is in it.")),
        Step("key", message("The key is removed from .env or from the secret scope.")),
    ),
}
