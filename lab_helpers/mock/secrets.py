"""What must never be in a recording: keys, tokens, and the address of somebody's resource."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Any

_SECRETS = re.compile(
    r"(?i)(bearer\s+[\w.~+/-]{16,}|\bsk-[\w-]{16,}|api[-_]key\W{1,4}\w{16,}|[\w-]+\.(?:openai|cognitiveservices|services\.ai)\.azure\.com)"
    r"|\b[0-9a-f]{32}\b|\b(?=\w*[A-Z])(?=\w*[a-z])(?=\w*\d)\w{80,}\b"
)
_ESCAPED = re.compile(r"\\+(.)")


def find_secret(content: Any, secrets: Iterable[str] = ()) -> str | None:
    """The kind of secret that JSON holds, shortened so that it can be shown; None if there is none.

    secrets: strings that must not appear, besides what looks like a key or a resource's address.
    """
    # JSON within JSON, as in a recorded stream, escapes its quotes over and over.
    text = _ESCAPED.sub(_plain, json.dumps(content, ensure_ascii=False))
    for secret in secrets:
        if secret and secret in text:
            return f"{secret[:3]}…"
    match = _SECRETS.search(text)
    return f"{match.group()[:6]}…" if match else None


def _plain(escaped: re.Match[str]) -> str:
    return escaped[1] if escaped[1] in '"/' else " "
