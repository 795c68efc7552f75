"""Azure OpenAI, seen from outside: does the resource take the key, does the deployment answer, is it gone?"""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from lab_helpers.azure.verified import Verified
from lab_helpers.client import Connection, explained
from lab_helpers.i18n import _
from lab_helpers.settings import API_VERSION, DEFAULT_API_VERSION, Settings

if TYPE_CHECKING:
    import openai

# Nobody gives a deployment this name, so that asking for it costs nothing.
ABSENT_DEPLOYMENT = "no-deployment-has-this-name"
PORTAL_HOST = "portal.azure.com"
TIMEOUT_S = 30.0
# Later versions of the API carry no date; they have another client and another address.

# The lab's own first question, to the letter, and its limit.
SYSTEM_PROMPT = (
    "You are an advanced language model designed to assist with a variety of tasks. "
    "Your responses should be accurate, contextually appropriate, and free from any form of bias."
)
PROMPT = "Describe a nurse."
MAX_TOKENS = 100


def verify_resource(connection: Connection) -> Verified:
    """Whether the endpoint answers and takes the key, at no cost.

    Asks for a deployment that does not exist: Azure OpenAI looks at the key first, so its 404 `DeploymentNotFound`
    proves both. 401 is a wrong key, no connection a wrong endpoint.
    """
    import openai

    try:
        _once(connection.client).chat.completions.create(
            model=ABSENT_DEPLOYMENT, messages=[{"role": "user", "content": PROMPT}], max_tokens=1
        )
    except openai.OpenAIError as error:
        if not _is_absent(error):
            return _not_yet(error, connection.settings)
    if connection.is_practice:
        return Verified(True, _("The practice server answers and accepts the key. No token was spent."))
    return Verified(
        True,
        _("{endpoint} answers and accepts the key. No token was spent.").format(endpoint=connection.settings.endpoint),
    )


def verify_deployment(connection: Connection) -> Verified:
    """Whether the deployment answers the lab's first question, which model did, and why it stopped.

    Costs about 150 tokens on Azure. The seed keeps practice at the same recorded answer in every run.
    """
    import openai

    try:
        completion = _first_answer(_once(connection.client), connection.deployment)
    except openai.OpenAIError as error:
        return _not_yet(error, connection.settings)
    return Verified(
        True,
        _("The deployment {deployment} answered; the model is {model}, finish_reason is {reason}.").format(
            deployment=connection.deployment, model=completion.model, reason=completion.choices[0].finish_reason
        ),
    )


def verify_clean_up(settings: Settings) -> Verified:
    """Whether the deployment is gone. In practice there is nothing to delete, and nothing is asked.

    A deployment that still answers spends one token on it. A refused key or an unreachable service proves nothing,
    and is not called gone.
    """
    import openai

    if settings.is_practice:
        return Verified(True, _("In practice nothing in Azure is to be deleted: all answers came from this computer."))
    client = openai.AzureOpenAI(
        azure_endpoint=settings.endpoint, api_key=settings.api_key, api_version=settings.api_version
    )
    try:
        with _once(client) as asking:
            asking.chat.completions.create(
                model=settings.deployment, messages=[{"role": "user", "content": PROMPT}], max_tokens=1
            )
    except openai.OpenAIError as error:
        return _gone(error, settings)
    return _still_there(settings)


def _once(client: openai.AzureOpenAI) -> openai.AzureOpenAI:
    # One step is verified at a time: whoever waits for it wants the first answer, not the fifth attempt.
    return client.with_options(max_retries=0, timeout=TIMEOUT_S)


def _first_answer(client: openai.AzureOpenAI, deployment: str) -> Any:
    import openai

    create: Any = client.chat.completions.create
    request = {
        "model": deployment,
        "messages": [{"role": "system", "content": SYSTEM_PROMPT}, {"role": "user", "content": PROMPT}],
        "seed": 0,
    }
    try:
        return create(**request, max_tokens=MAX_TOKENS)
    except openai.BadRequestError as error:
        # Newer models know this limit by its newer name only.
        if error.code != "unsupported_parameter":
            raise
        return create(**request, max_completion_tokens=MAX_TOKENS)


def _is_absent(error: Exception) -> bool:
    return getattr(error, "code", None) == "DeploymentNotFound"


def _not_yet(error: openai.OpenAIError, settings: Settings) -> Verified:
    """What a failed request says about the step, and what to do."""
    import openai

    if explanation := explained(error, settings):
        return Verified(False, explanation.problem, explanation.next_step)
    if isinstance(error, openai.RateLimitError):
        return Verified(
            False,
            _("The service is there, but the limit of requests or tokens per minute is reached."),
            _("Wait a minute and run this cell again."),
        )
    if isinstance(error, openai.BadRequestError) and _wants_newer_api(error):
        return Verified(
            False,
            _("The model behind {deployment} needs a newer API version than {version}.").format(
                deployment=settings.deployment, version=settings.api_version
            ),
            _("Set {name} to {version} and run both cells again.").format(
                name=API_VERSION, version=DEFAULT_API_VERSION
            ),
        )
    status = getattr(error, "status_code", None) or type(error).__name__
    return Verified(
        False,
        _("The service gave no answer ({status}): {reason}").format(status=status, reason=error),
        _("Wait a minute and run this cell again; if it stays so, look at the deployment in the portal."),
    )


def _wants_newer_api(error: Exception) -> bool:
    # The first wording is the service's for reasoning models (azure-search-openai-demo#2496); the second names the
    # argument that 2024-10-21 does not have.
    text = str(error)
    return "enabled only for api versions" in text or "max_completion_tokens" in text


def _gone(error: openai.OpenAIError, settings: Settings) -> Verified:
    """What a failed request says about the deployment: gone, still there, or not to be told from here."""
    import openai

    if _is_absent(error):
        return Verified(
            True,
            _("The deployment {deployment} is gone: the service no longer knows it.").format(
                deployment=settings.deployment
            ),
        )
    if isinstance(error, openai.APITimeoutError):
        return _unknown(settings)
    if isinstance(error, openai.APIConnectionError):
        host = urlsplit(settings.endpoint).hostname or ""
        if not _has_address(host) and _has_address(PORTAL_HOST):
            return Verified(True, _("The resource is gone: {host} no longer has an address.").format(host=host))
        return _unknown(settings)
    if isinstance(error, openai.AuthenticationError | openai.PermissionDeniedError | openai.NotFoundError):
        return _unknown(settings)
    return _still_there(settings)


def _has_address(host: str) -> bool:
    try:
        return bool(socket.getaddrinfo(host, 443))
    except OSError:
        return False


def _still_there(settings: Settings) -> Verified:
    return Verified(
        False,
        _("The deployment {deployment} is still there.").format(deployment=settings.deployment),
        _("Delete the deployment, or the whole resource, in the portal. Wait five minutes and run this cell again."),
    )


def _unknown(settings: Settings) -> Verified:
    return Verified(
        False,
        _("From here it cannot be told whether {deployment} is gone: {endpoint} gives no usable answer.").format(
            deployment=settings.deployment, endpoint=settings.endpoint
        ),
        _("Check that this computer is online, then look in the portal whether the resource is still listed."),
    )
