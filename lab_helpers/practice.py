"""What only practice can do: fail on purpose, and have a limit. For lessons that teach how to live with both."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from urllib.request import Request, urlopen

import pandas as pd

from lab_helpers.client import Connection
from lab_helpers.errors import SettingsError
from lab_helpers.i18n import _
from lab_helpers.settings import Settings

TIMEOUT_S = 10
_VERDICT_COLUMNS = ["kind", "questions", "attempts", "answered", "coped"]


class Verdicts:
    """How the code in the block coped with the faults it met; filled when the block ends."""

    def __init__(self) -> None:
        self.table = pd.DataFrame(columns=pd.Index(_VERDICT_COLUMNS))

    @property
    def coped(self) -> bool:
        """Whether every fault was met as it should be: repeated where that helps, and only there."""
        return bool(self.table["coped"].all())

    def _repr_html_(self) -> str:
        return self.table.to_html(index=False)


@contextmanager
def practice_faults(connection: Connection, rules: Sequence[dict[str, Any]]) -> Iterator[Verdicts]:
    """Within the block, calls of this connection fail as the rules say; afterwards the verdicts tell how it coped.

    rules: for example `[{"kind": "rate_limited", "calls": [1], "seconds": 1}]`. `kind` is one of unauthorized,
    deployment_not_found, prompt_filtered, answer_filtered, rate_limited, server_error, unavailable, slow_first_byte,
    stall, truncated_body, dropped_connection, malformed_json. `calls`: which matching calls fail, from 1 (None: all);
    `prompt`: a regular expression in the last message; `seconds`: how long to wait.
    Raises SettingsError on a live connection, or for a rule that the practice server does not know.
    """
    verdicts = Verdicts()
    set_faults(connection.settings, rules)
    try:
        yield verdicts
    finally:
        verdicts.table = end_faults(connection.settings)


def set_faults(settings: Settings, rules: Sequence[dict[str, Any]]) -> None:
    """Let the calls of this key fail as the rules say, from now on. Raises SettingsError as `practice_faults`."""
    _control(settings, "PUT", "faults", rules)


def end_faults(settings: Settings) -> pd.DataFrame:
    """End the faults of this key. One row per kind met: kind, questions, attempts, answered, coped."""
    reply = _control(settings, "DELETE", "faults")
    return pd.DataFrame(reply["verdicts"], columns=pd.Index(_VERDICT_COLUMNS))


@contextmanager
def practice_limits(connection: Connection, tokens_per_minute: int) -> Iterator[None]:
    """Within the block, the deployment has a limit such as the lab's 5,000 tokens a minute.

    Raises SettingsError on a live connection, or for a limit that is not a positive number.
    """
    _control(connection.settings, "PUT", "limits", {"tokens_per_minute": tokens_per_minute})
    try:
        yield
    finally:
        _control(connection.settings, "PUT", "limits", {"tokens_per_minute": None})


def _control(settings: Settings, method: str, what: str, body: object = None) -> dict[str, Any]:
    if not settings.is_practice:
        raise SettingsError(
            _("This works in practice only: a real service is not made to fail on purpose."),
            _("Skip this cell, or remove the Azure variables to practise."),
        )
    request = Request(
        f"{settings.endpoint}/practice/{what}",
        data=json.dumps(body).encode(),
        headers={"api-key": settings.api_key},
        method=method,
    )
    try:
        with urlopen(request, timeout=TIMEOUT_S) as reply:
            return json.load(reply)
    except OSError as error:
        reason = error.read().decode() if hasattr(error, "read") else str(error)  # pyright: ignore
        raise SettingsError(
            _("The practice server did not accept this: {reason}").format(reason=_message(reason)),
            _("Check the rules or the limit, and that `lab start` is still running."),
        ) from error


def _message(reason: str) -> str:
    try:
        return str(json.loads(reason)["error"]["message"])
    except (ValueError, KeyError, TypeError):
        return reason
