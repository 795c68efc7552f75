"""The client of every server in the comparison: the official SDK, in some threads of a process of its own.

Run: python client_loop.py JSON, with `url`, `api` (azure | openai), `threads`, `calls` of each, and `cassette`, the
file of a vcrpy cassette that answers in this process in place of a server. Says "ready" when it has warmed up, begins
when it is sent a line, and prints its latencies in milliseconds and its errors. Bounded: it gives up after a minute.
"""

from __future__ import annotations

import json
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from typing import Any

import openai
from questions import KEY
from service import CAPITAL

WARM_UP = 20
MOST_S = 60.0


def client(api: str, url: str) -> openai.OpenAI:
    if api == "azure":
        return openai.AzureOpenAI(azure_endpoint=url, api_key=KEY, api_version="2024-10-21", max_retries=0, timeout=20)
    return openai.OpenAI(base_url=f"{url}/v1", api_key=KEY, max_retries=0, timeout=20)


def ask(asking: openai.OpenAI) -> tuple[float, str | None]:
    """The milliseconds that one call took, and its error."""
    begun, error = time.perf_counter(), None
    try:
        completion = asking.chat.completions.create(**CAPITAL)
        if not completion.choices[0].message.content:
            error = "an empty answer"
    except Exception as failure:
        error = repr(failure)[:120]
    return (time.perf_counter() - begun) * 1000, error


def loop(asking: openai.OpenAI, calls: int) -> list[tuple[float, str | None]]:
    deadline, heard = time.monotonic() + MOST_S, []
    for _call in range(calls):
        if time.monotonic() > deadline:
            break
        heard.append(ask(asking))
    return heard


def replaying(path: str) -> Any:
    import vcr  # Only in the environment of that peer.

    return vcr.use_cassette(path, record_mode="none", allow_playback_repeats=True)


def main(wanted: dict[str, Any]) -> None:
    clients = [client(wanted["api"], wanted["url"]) for _thread in range(wanted["threads"])]
    with replaying(wanted["cassette"]) if wanted["cassette"] else nullcontext():
        for asking in clients:
            loop(asking, max(1, WARM_UP // len(clients)))
        print("ready", flush=True)
        sys.stdin.readline()
        with ThreadPoolExecutor(len(clients)) as pool:
            heard = [call for calls in pool.map(lambda one: loop(one, wanted["calls"]), clients) for call in calls]
    errors = [error for _ms, error in heard if error]
    print(json.dumps({"latencies_ms": [ms for ms, _error in heard], "errors": errors, "sdk": openai.__version__}))


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
