"""Ask a server over bare HTTP: once to be recorded, then with what should be found again and what should not.

Run: python questions.py record|probe URL [CASSETTE [MATCH_ON_BODY]]. Needs the standard library alone, and vcrpy where
a cassette is named: then the recording happens in this process. Prints what was heard as JSON.
"""

from __future__ import annotations

import http.client
import json
import sys
from collections.abc import Callable
from contextlib import nullcontext
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from service import CAPITAL, COLOUR, SYSTEM, Json, answer_text

KEY = "practice-peers"
RECORDED = answer_text(CAPITAL, 1)


def ask(url: str, body: str) -> str | None:
    """The text of the answer, None if there was none."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=20)
    headers = {"content-type": "application/json", "api-key": KEY, "authorization": f"Bearer {KEY}"}
    try:
        connection.request("POST", f"{parts.path}?{parts.query}".rstrip("?"), body.encode(), headers)
        response = connection.getresponse()
        content = response.read()
        return json.loads(content)["choices"][0]["message"]["content"] if response.status == 200 else None
    finally:
        connection.close()


def record(url: str) -> list[str | None]:
    return [ask(url, json.dumps(question)) for question in (CAPITAL, COLOUR, COLOUR, COLOUR)]


# What to ask, and whether the recorded answer is the answer to it.
PROBES: dict[str, tuple[Json, bool]] = {
    "as recorded": (CAPITAL, True),
    "keys in another order": (dict(reversed(CAPITAL.items())), True),
    "temperature 0.0 for 0": ({**CAPITAL, "temperature": 0.0}, True),
    "unrecorded temperature": ({**CAPITAL, "temperature": 1}, False),
    "unrecorded system prompt": (
        {**CAPITAL, "messages": [{"role": "system", "content": "Answer in Latin."}, *CAPITAL["messages"][1:]]},
        False,
    ),
    "longer question": (
        {
            **CAPITAL,
            "messages": [
                *CAPITAL["messages"][:1],
                {"role": "user", "content": "Name the capital of France. And its river?"},
            ],
        },
        False,
    ),
}


def probe(url: str, opened: Callable[[], Any]) -> dict[str, str]:
    """What became of each question: hit, miss, WRONG (an answer recorded for another question) or invented.

    opened: a context to ask each question in, as each test of a suite would.
    """
    found = {}
    for name, (question, is_recorded) in PROBES.items():
        with opened():
            found[name] = outcome(tried(url, question), is_recorded=is_recorded)
    with opened():
        known = {answer_text(COLOUR, time) for time in (1, 2, 3)}
        heard = {tried(url, COLOUR) for _call in known}
    return {**found, "three recordings of a prompt": f"{len(known & heard)} of 3"}


def outcome(text: str | None, *, is_recorded: bool) -> str:
    if text is None:
        return "miss"
    if text == RECORDED:
        return "hit" if is_recorded else "WRONG"
    return "WRONG" if text.startswith(SYSTEM) else "invented"


def tried(url: str, question: Json) -> str | None:
    try:
        return ask(url, json.dumps(question))
    except Exception as error:
        # vcrpy raises where a request is not in its cassette.
        if type(error).__name__ == "CannotOverwriteExistingCassetteException":
            return None
        raise


def cassette(path: str, mode: str, match_on_body: bool) -> Any:
    import vcr  # Only in the environment of that peer.

    matched = ["method", "scheme", "host", "port", "path", "query", *(["body"] if match_on_body else [])]
    return vcr.VCR(record_mode=mode, match_on=matched).use_cassette(path)


def main(what: str, url: str, path: str = "", match_on_body: str = "") -> None:
    mode = "once" if what == "record" else "none"
    opened = partial(cassette, path, mode, bool(match_on_body)) if path else nullcontext
    if what == "probe":
        print(json.dumps(probe(url, opened)))
    else:
        with opened():
            print(json.dumps(record(url)))


if __name__ == "__main__":
    main(*sys.argv[1:])
