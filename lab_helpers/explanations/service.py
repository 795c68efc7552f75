"""What the endpoint, its key, its limits and the openai library say when something is wrong."""

from __future__ import annotations

from lab_helpers.explanations.failures import Explanation, Failure, Rule
from lab_helpers.i18n import message


def _no_deployment(failure: Failure) -> Explanation | None:
    if failure.code != "DeploymentNotFound":
        return None
    return Explanation(
        message("The resource has no deployment of the name that the code gives as model=."),
        message(
            "Write model=connection.deployment, and set AZURE_OPENAI_DEPLOYMENT to the name you chose in the portal, "
            "not the model's. A new deployment needs up to five minutes."
        ),
    )


def _filtered_prompt(failure: Failure) -> Explanation | None:
    if failure.code != "content_filter":
        return None
    return Explanation(
        message("The content filter stopped the prompt (status 400): no model saw it."),
        message("Reword the prompt. In a loop, use ask_all(...): it keeps a row with the reason and goes on."),
    )


def _retired_model(failure: Failure) -> Explanation | None:
    if failure.code != "OperationNotSupported":
        return None
    return Explanation(
        message("The model behind this deployment no longer answers: it was retired."),
        message("Put a current model behind the deployment's name in the portal (lesson 2), and run the cell again."),
    )


def _never_recorded(failure: Failure) -> Explanation | None:
    if failure.code != "replay_miss":
        return None
    return Explanation(
        message("Practice has no recorded answer to this very prompt, and no model on this computer to write one."),
        message("Run in a terminal: uv run lab model install . Or ask with the lesson's own words and limit."),
    )


def _refused_key(failure: Failure) -> Explanation | None:
    if failure.status not in (401, 403):
        return None
    return Explanation(
        message("The service refused the key (status {status}).", status=failure.status),
        message(
            "Copy one of the two keys again from the page Keys and Endpoint of the resource whose endpoint you use. "
            "Then run the cell that connects, and this one."
        ),
    )


def _pasted_path(failure: Failure) -> Explanation | None:
    scheme, _colon, rest = failure.address.partition("://")
    host, _slash, path = rest.partition("/")
    # openai 1.42.0 doubles the slash of an endpoint that ends in one, which does no harm.
    whole = path.lstrip("/").startswith("openai/") and path.count("openai/") == 1
    if failure.status != 404 or not path or whole:
        return None
    return Explanation(
        message(
            "The endpoint was pasted with a path, and the library added its own: nothing is at /{path}.", path=path
        ),
        message("Keep only {bare} as the endpoint, and make the client anew.", bare=f"{scheme}://{host}"),
    )


def _no_such_address(failure: Failure) -> Explanation | None:
    if failure.status != 404:
        return None
    return Explanation(
        message("The service knows no such address: the API version is unknown there, or the model was retired."),
        message(
            "Use the API version 2025-04-01-preview, and look in the portal whether the deployment is still there."
        ),
    )


def _too_fast(failure: Failure) -> Explanation | None:
    if failure.status != 429:
        return None
    return Explanation(
        message("You asked faster than the deployment's limit allows (status 429). Nothing is broken."),
        message("Wait a minute and run the cell again, or use ask_all(...): it waits by itself and loses no answer."),
    )


def _nobody_answers(failure: Failure) -> Explanation | None:
    if not failure.is_a("APIConnectionError") or failure.is_a("APITimeoutError"):
        return None
    if failure.mentions("missing an 'http://'"):
        return Explanation(
            message("The endpoint is no web address: perhaps a placeholder was left in."),
            message("Replace it with the endpoint from Keys and Endpoint; it begins with https://"),
        )
    return Explanation(
        message("Nothing answers at the endpoint."),
        message(
            "In practice: start `lab start` again and restart the kernel. Live: check the endpoint and the network."
        ),
    )


def _no_api_version(failure: Failure) -> Explanation | None:
    if not failure.mentions("OPENAI_API_VERSION"):
        return None
    return Explanation(
        message(
            "The openai library was given no API version: it never reads AZURE_OPENAI_API_VERSION, the lab's name."
        ),
        message("Use connect(), which passes it on, or give the client api_version=... yourself."),
    )


def _libraries_do_not_fit(failure: Failure) -> Explanation | None:
    if not (failure.is_a("TypeError") and failure.mentions("argument 'proxies'")):
        return None
    return Explanation(
        message("The installed openai is too old for the installed httpx: it passes an argument that httpx removed."),
        message('Run %pip install "openai>=1.55.3" in a cell, then restart the kernel and run all cells.'),
    )


# The first that knows the error speaks.
RULES: tuple[Rule, ...] = (
    _no_deployment,
    _filtered_prompt,
    _retired_model,
    _never_recorded,
    _refused_key,
    _pasted_path,
    _no_such_address,
    _too_fast,
    _nobody_answers,
    _no_api_version,
    _libraries_do_not_fit,
)
