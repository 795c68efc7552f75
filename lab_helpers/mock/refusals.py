"""Azure's refusals, word for word: the status and body of everything that can go wrong."""

from __future__ import annotations

from lab_helpers.errors import LabError
from lab_helpers.mock.wire import SAFE_PROMPT, Json, Reply, json_reply

NOT_AGAIN = {"x-should-retry": "false"}


def error_reply(
    status: int, code: str, message: str, extra: Json | None = None, headers: dict[str, str] | None = None
) -> Reply:
    """An error in Azure's form. extra: the further fields of its body."""
    return json_reply({"error": {"code": code, "message": message, **(extra or {})}}, headers, status)


def access_denied() -> Reply:
    """401: no key, or not one the practice server takes."""
    return error_reply(
        401,
        "401",
        "Access denied due to invalid subscription key or wrong API endpoint. Make sure to provide a valid key for an "
        "active subscription and use a correct regional API endpoint for your resource.",
    )


def deployment_not_found() -> Reply:
    """404: no deployment of that name."""
    return error_reply(
        404,
        "DeploymentNotFound",
        "The API deployment for this resource does not exist. If you created the deployment within the last 5 minutes, "
        "please wait a moment and try again.",
    )


def resource_not_found() -> Reply:
    """404: a path or an API version that does not exist."""
    return error_reply(404, "404", "Resource not found")


def invalid_request(message: str, param: str | None = None) -> Reply:
    """400: the body is not a chat completion request."""
    return error_reply(400, "invalid_request_error", message, {"type": "invalid_request_error", "param": param})


def unsupported_parameter(name: str, instead: str) -> Reply:
    """400: a parameter that this family of models does not take."""
    message = f"Unsupported parameter: '{name}' is not supported with this model. Use '{instead}' instead."
    return error_reply(400, "unsupported_parameter", message, {"type": "invalid_request_error", "param": name})


def unsupported_operation(operation: str, deployment: str) -> Reply:
    """400: the deployment's model cannot do this (embeddings, or chat with a retired model)."""
    return error_reply(
        400,
        "OperationNotSupported",
        f"The {operation} operation does not work with the specified model, {deployment}. Please choose different "
        "model and try again. You can learn more about which models can be used with each operation here: "
        "https://go.microsoft.com/fwlink/?linkid=2197993.",
    )


def prompt_filtered() -> Reply:
    """400: the content filter refuses the prompt."""
    results = {**SAFE_PROMPT, "violence": {"filtered": True, "severity": "medium"}}
    return error_reply(
        400,
        "content_filter",
        "The response was filtered due to the prompt triggering Azure OpenAI's content management policy. Please "
        "modify your prompt and retry. To learn more about our content filtering policies please read our "
        "documentation: https://go.microsoft.com/fwlink/?linkid=2198766",
        {
            "type": None,
            "param": "prompt",
            "status": 400,
            "innererror": {"code": "ResponsibleAIPolicyViolation", "content_filter_result": results},
        },
    )


def rate_limited(deployment: str, exceeded: str, retry_after_ms: int) -> Reply:
    """429: too many tokens or calls a minute. exceeded: "token" or "call"."""
    seconds = max(1, -(-retry_after_ms // 1000))
    return error_reply(
        429,
        "RateLimitReached",
        f"Your requests to {deployment} for {deployment} in practice have exceeded the {exceeded} rate limit for your "
        f"current OpenAI S0 pricing tier. Please retry after {seconds} second{'s' if seconds > 1 else ''}. To increase "
        "your default rate limit, visit: https://aka.ms/oai/quotaincrease.",
        headers={"retry-after": str(seconds), "retry-after-ms": str(retry_after_ms)},
    )


def server_error() -> Reply:
    """500: the service failed."""
    return error_reply(500, "InternalServerError", "The server had an error processing your request. Sorry about that!")


def service_unavailable() -> Reply:
    """503: the service is overloaded."""
    message = "The service is temporarily unable to process your request. Please try again later."
    return error_reply(503, "ServiceUnavailable", message)


def request_too_large() -> Reply:
    """413: the body is larger than the server takes."""
    return error_reply(413, "RequestTooLarge", "The request body is larger than 10 MB.")


def replay_miss(explanation: str) -> Reply:
    """501, without a retry: no recording answers, and nothing else may."""
    return error_reply(501, "replay_miss", explanation, headers=NOT_AGAIN)


def model_unavailable(error: LabError) -> Reply:
    """503, without a retry: what should answer live cannot; the message says what to do."""
    return json_reply(unavailable_body(error), NOT_AGAIN, 503)


def unavailable_body(error: LabError) -> Json:
    """What is said where something that should answer live cannot, before the answer or in the middle of it."""
    return {"error": {"code": "model_unavailable", "message": f"{error.problem} {error.next_step}"}}


def broken_recording(error: LabError) -> Reply:
    """501, without a retry: the file that should answer cannot be read; the message names it."""
    return error_reply(501, "replay_miss", f"{error.problem} {error.next_step}", headers=NOT_AGAIN)


def client_left_body() -> Json:
    """What nobody hears: the client has left, and the answer was not written to its end."""
    return {"error": {"code": "client_left", "message": "The client left before the answer was complete."}}


def context_exceeded_body(tokens: int, limit: int) -> Json:
    """400: the prompt is longer than the model can read."""
    message = (
        f"This model's maximum context length is {limit} tokens. However, your messages resulted in {tokens} tokens. "
        "Please reduce the length of the messages."
    )
    return {
        "error": {
            "code": "context_length_exceeded",
            "message": message,
            "param": "messages",
            "type": "invalid_request_error",
        }
    }
