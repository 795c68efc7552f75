"""Many clients at once: what each hears depends on what it asked, never on what others ask beside it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import httpx
import pytest

from lab_helpers.mock import Cassettes, PracticeServer, serving
from tests.mock.conftest import DEPLOYMENT, chat, recording

VARIANTS = ("one", "two", "three", "four", "five")
SESSIONS, RUNS, CALLS = 24, 3, 12
URL = f"/openai/deployments/{DEPLOYMENT}/chat/completions?api-version=2024-10-21"


@pytest.fixture
def http():
    known = [recording(*VARIANTS), recording(*VARIANTS, prompt="Describe a pilot.")]
    server = PracticeServer(Cassettes({one.key: one for one in known}))
    limits = httpx.Limits(max_connections=SESSIONS)
    with serving(server) as endpoint, httpx.Client(base_url=endpoint, timeout=60, limits=limits) as client:
        yield client


def ask(http: httpx.Client, session: str, prompt: str = "Describe a nurse.", **fields: object) -> str:
    reply = http.post(URL, headers={"api-key": session}, json=chat(prompt, **fields)).raise_for_status()
    return "".join(choice["message"]["content"] for choice in reply.json()["choices"])


def side_by_side(work: Callable[[str], tuple[str, ...]], sessions: list[str]) -> list[tuple[str, ...]]:
    """What each session hears, all of them having begun at the same moment."""
    start = Barrier(len(sessions), timeout=60)

    def begin(session: str) -> tuple[str, ...]:
        start.wait()
        return work(session)

    with ThreadPoolExecutor(len(sessions)) as pool:
        return list(pool.map(begin, sessions))


def heard_in_all_runs(http: httpx.Client, work: Callable[[str], tuple[str, ...]]) -> set[tuple[str, ...]]:
    sessions = [f"practice-{number}" for number in range(SESSIONS)]
    heard = []
    for _run in range(RUNS):
        heard += side_by_side(work, sessions)
        for session in sessions:
            http.delete("/practice/session", headers={"api-key": session}).raise_for_status()
    assert len(heard) == SESSIONS * RUNS
    return set(heard)


def test_parallel_sessions_hear_one_and_the_same_sequence_in_every_run(http):
    def work(session: str) -> tuple[str, ...]:
        return tuple(ask(http, session) for _call in range(CALLS))

    assert heard_in_all_runs(http, work) == {tuple(VARIANTS[call % 5] for call in range(CALLS))}


def test_each_question_of_a_session_has_its_own_place_in_the_sequence(http):
    def work(session: str) -> tuple[str, ...]:
        prompts = ("Describe a nurse.", "Describe a nurse.", "Describe a pilot.")
        return tuple(ask(http, session, prompt) for _round in range(2) for prompt in prompts)

    assert heard_in_all_runs(http, work) == {("one", "two", "one", "three", "four", "two")}


def test_several_choices_at_once_move_a_session_on_by_as_many(http):
    def work(session: str) -> tuple[str, ...]:
        return tuple(ask(http, session, n=n) for n in (2, 1, 3))

    assert heard_in_all_runs(http, work) == {("onetwo", "three", "fourfiveone")}


def test_a_seed_means_the_same_to_every_session_whatever_it_asked_before(http):
    def work(session: str) -> tuple[str, ...]:
        for _call in range(int(session.removeprefix("practice-")) % 5):
            ask(http, session)
        return tuple(ask(http, session, seed=seed) for seed in (3, 0, 99, -1, 2**62))

    (heard,) = heard_in_all_runs(http, work)
    assert heard[:2] == ("four", "one")
    assert set(heard) <= set(VARIANTS)


def test_calls_that_race_in_one_session_hear_every_variant_equally_often(http):
    def work(_caller: str) -> tuple[str, ...]:
        return tuple(ask(http, "practice-shared") for _call in range(5))

    heard = side_by_side(work, [str(caller) for caller in range(SESSIONS)])
    assert Counter(text for texts in heard for text in texts) == dict.fromkeys(VARIANTS, SESSIONS)
