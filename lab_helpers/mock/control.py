"""What a client may change about its own session: faults, limits, and beginning anew. Azure has none of these paths.

PUT /practice/faults  (a JSON list of rules)   GET or DELETE /practice/faults  -> {"verdicts": [...]}
PUT /practice/limits  {"tokens_per_minute": 5000 | null}                       DELETE /practice/session
"""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from lab_helpers.errors import LabError
from lab_helpers.mock import refusals
from lab_helpers.mock.faults import FaultScript, read_faults
from lab_helpers.mock.limits import RateLimiter
from lab_helpers.mock.requests import Request
from lab_helpers.mock.sessions import Session, Sessions
from lab_helpers.mock.wire import Reply, json_reply

PREFIX = "/practice/"


def handle(request: Request, sessions: Sessions) -> Reply:
    """The reply to a request under /practice/; 400 with the reason for one that cannot be understood."""
    session = sessions.of(request.session)
    try:
        match request.method, request.path.removeprefix(PREFIX):
            case "PUT", "faults":
                session.faults = FaultScript(read_faults(json.loads(request.body)))
                return _verdicts(session)
            case "GET", "faults":
                return _verdicts(session)
            case "DELETE", "faults":
                reply = _verdicts(session)
                session.faults = FaultScript()
                return reply
            case "PUT", "limits":
                session.limiter = _limiter(json.loads(request.body))
                return json_reply({})
            case "DELETE", "session":
                sessions.forget(request.session)
                return json_reply({})
            case _:
                return refusals.resource_not_found()
    except LabError as error:
        return refusals.invalid_request(str(error))
    except (ValueError, RecursionError):
        return refusals.invalid_request("The request body is not valid JSON.")


def _verdicts(session: Session) -> Reply:
    return json_reply({"verdicts": [asdict(verdict) for verdict in session.faults.verdicts()]})


def _limiter(body: Any) -> RateLimiter | None:
    limit = body.get("tokens_per_minute") if isinstance(body, dict) else 0
    if limit is not None and (not isinstance(limit, int) or isinstance(limit, bool) or not 0 < limit <= 10**9):
        raise ValueError(limit)
    return RateLimiter(limit) if limit else None
