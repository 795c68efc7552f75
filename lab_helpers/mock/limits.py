"""Azure's limits: tokens and requests per minute, as buckets that refill all the time.

Sources: Microsoft, "Manage Azure OpenAI quota" (cost estimated on arrival from prompt and max_tokens; 6 requests per
minute for each 1,000 tokens per minute, enforced over windows of 1 or 10 seconds; rejected requests count).
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from math import ceil
from threading import Lock

from lab_helpers.mock.wire import Json

REQUESTS_PER_1000_TOKENS = 6
REQUEST_WINDOW_S = 10.0
# What a request without max_tokens is charged for its answer (seen in recordings of 2024).
DEFAULT_ANSWER_TOKENS = 16
CHARACTERS_PER_TOKEN = 4

Clock = Callable[[], float]


@dataclass(frozen=True)
class Admission:
    """Whether a request may pass, the headers that say how much is left, and how long to wait where it may not."""

    headers: dict[str, str]
    exceeded: str | None = None
    retry_after_ms: int = 0


@dataclass
class Bucket:
    """A store that holds `capacity` at most and refills by `per_second`."""

    capacity: float
    per_second: float
    level: float
    seen_at: float

    def refilled(self, now: float) -> float:
        """The level at `now`, kept."""
        self.level = min(self.capacity, self.level + (now - self.seen_at) * self.per_second)
        self.seen_at = now
        return self.level

    def wait_ms(self, amount: float) -> int:
        """How long until `amount` is there; never longer than filling the whole bucket takes."""
        missing = min(amount, self.capacity) - self.level
        return max(0, ceil(round(missing / self.per_second * 1000, 6)))


class RateLimiter:
    """Limits for each session and deployment. tokens_per_minute: the deployment's TPM, such as the lab's 5,000."""

    def __init__(self, tokens_per_minute: int, clock: Clock = time.monotonic) -> None:
        self.tokens_per_minute = tokens_per_minute
        self.requests_per_minute = max(1, tokens_per_minute * REQUESTS_PER_1000_TOKENS // 1000)
        self._clock = clock
        self._buckets: dict[tuple[str, str], tuple[Bucket, Bucket]] = {}
        self._charging = Lock()

    def admit(self, session: str, deployment: str, cost: int) -> Admission:
        """Charge one request of `cost` tokens, or say why it must wait. A rejected request is charged as a request."""
        with self._charging:
            now = self._clock()
            requests, tokens = self._buckets.setdefault((session, deployment), self._full(now))
            enough_requests = requests.refilled(now) >= 1
            enough_tokens = tokens.refilled(now) >= min(cost, tokens.capacity)
            requests.level = max(0.0, requests.level - 1)
            if enough_requests and enough_tokens:
                tokens.level = max(0.0, tokens.level - cost)
                return Admission(self._headers(requests, tokens))
            wait = requests.wait_ms(1) if not enough_requests else tokens.wait_ms(cost)
            return Admission(self._headers(requests, tokens), "token" if enough_requests else "call", max(1, wait))

    def _full(self, now: float) -> tuple[Bucket, Bucket]:
        window = max(1.0, self.requests_per_minute * REQUEST_WINDOW_S / 60)
        requests = Bucket(window, self.requests_per_minute / 60, window, now)
        tokens = Bucket(self.tokens_per_minute, self.tokens_per_minute / 60, self.tokens_per_minute, now)
        return requests, tokens

    def _headers(self, requests: Bucket, tokens: Bucket) -> dict[str, str]:
        return {
            "x-ratelimit-limit-requests": str(self.requests_per_minute),
            "x-ratelimit-limit-tokens": str(self.tokens_per_minute),
            "x-ratelimit-remaining-requests": str(int(requests.level)),
            "x-ratelimit-remaining-tokens": str(int(tokens.level)),
            "x-ratelimit-reset-requests": str(requests.wait_ms(requests.capacity)),
            "x-ratelimit-reset-tokens": str(tokens.wait_ms(tokens.capacity)),
        }


def estimated_cost(request: Json) -> int:
    """The tokens a canonical request is charged on arrival: its prompt by its length, and `max_tokens` in full."""
    characters = sum(len(str(message.get("content") or "")) for message in request.get("messages", []))
    answer = request.get("max_tokens")
    return ceil(characters / CHARACTERS_PER_TOKEN) + (answer if isinstance(answer, int) else DEFAULT_ANSWER_TOKENS)
