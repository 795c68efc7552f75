"""A stand-in for the real service, to be recorded: its answers say which question they answer, and which time it was.

Run by itself (`service.py PORT`) it is the least that can answer the SDK at all: the ceiling of the comparison.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar

Json = dict[str, Any]

DEPLOYMENT = "gpt-35"
SYSTEM = "Answer in one word."
CAPITAL: Json = {
    "model": DEPLOYMENT,
    "messages": [{"role": "system", "content": SYSTEM}, {"role": "user", "content": "Name the capital of France."}],
    "temperature": 0,
}
COLOUR: Json = {
    "model": DEPLOYMENT,
    "messages": [{"role": "system", "content": SYSTEM}, {"role": "user", "content": "Name a colour."}],
    "temperature": 1,
}


def answer_text(question: Json, time: int) -> str:
    """What the service answers to a question that it is asked for the n-th time."""
    said = " | ".join(message["content"] for message in question["messages"])
    return f"{said} | {question['temperature']:g} | {time}"


def body(text: str) -> Json:
    choice = {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": text}}
    usage = {"prompt_tokens": 20, "completion_tokens": 20, "total_tokens": 40}
    envelope = {"id": "chatcmpl-1", "object": "chat.completion", "created": 1764000000, "model": "stand-in"}
    return {**envelope, "choices": [choice], "usage": usage, "system_fingerprint": None}


class StandIn(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    heard: ClassVar[Counter[str]] = Counter()

    def do_POST(self):
        question = json.loads(self.rfile.read(int(self.headers["content-length"])))
        self.heard[json.dumps(question["messages"])] += 1
        text = answer_text(question, self.heard[json.dumps(question["messages"])])
        content = json.dumps(body(text)).encode()
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object):  # noqa: A002
        pass


def server(port: int = 0) -> ThreadingHTTPServer:
    return ThreadingHTTPServer(("127.0.0.1", port), StandIn)


if __name__ == "__main__":
    server(int(sys.argv[1])).serve_forever()
