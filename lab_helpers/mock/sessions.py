"""Sessions: each key's own place among the recorded answers, its own limits and its own faults."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from threading import Lock

from lab_helpers.mock.faults import FaultScript
from lab_helpers.mock.limits import RateLimiter

# A server that runs for a term forgets the sessions that have been silent the longest.
MOST_SESSIONS = 10_000


@dataclass
class Session:
    """What the server remembers of one key."""

    faults: FaultScript = field(default_factory=FaultScript)
    limiter: RateLimiter | None = None
    _asked_before: defaultdict[str, int] = field(default_factory=lambda: defaultdict(int))
    _refused: set[str] = field(default_factory=set)
    _counting: Lock = field(default_factory=Lock)

    def refuse(self, key: str) -> None:
        """Note that a call got no answer, so that its retry is not taken for the repetition of an answer."""
        with self._counting:
            self._refused.add(key)

    def occurrence(self, key: str, n: int, *, is_retry: bool) -> int:
        """How many answers this session had to a request before; a retry counts as the call it repeats."""
        with self._counting:
            repeats = is_retry and self._asked_before[key] > 0 and key not in self._refused
            self._refused.discard(key)
            if not repeats:
                self._asked_before[key] += n
            return self._asked_before[key] - n


class Sessions:
    """The sessions of a server, made at their first request. tokens_per_minute: the limit of each, None for none."""

    def __init__(self, tokens_per_minute: int | None = None) -> None:
        self._tokens_per_minute = tokens_per_minute
        self._by_key: dict[str, Session] = {}
        self._making = Lock()

    def of(self, key: str) -> Session:
        """The session of a key."""
        with self._making:
            session = self._by_key.pop(key, None) or self._new()
            self._by_key[key] = session
            if len(self._by_key) > MOST_SESSIONS:
                del self._by_key[next(iter(self._by_key))]
            return session

    def forget(self, key: str) -> None:
        """Begin the session of a key anew."""
        with self._making:
            self._by_key.pop(key, None)

    def _new(self) -> Session:
        limit = self._tokens_per_minute
        return Session(limiter=RateLimiter(limit) if limit else None)
