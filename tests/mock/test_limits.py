from hypothesis import given
from hypothesis import strategies as st

from lab_helpers.mock.limits import RateLimiter, estimated_cost


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self):
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def limiter(tokens_per_minute: int = 5000) -> tuple[RateLimiter, Clock]:
    clock = Clock()
    return RateLimiter(tokens_per_minute, clock), clock


def test_the_labs_fast_loop_meets_the_request_limit_though_its_tokens_suffice():
    limits, _ = limiter()
    admissions = [limits.admit("s", "d", 150) for _ in range(10)]
    assert [admission.exceeded for admission in admissions] == [None] * 5 + ["call"] * 5


def test_waiting_as_long_as_it_says_is_enough():
    limits, clock = limiter()
    while (refused := limits.admit("s", "d", 150)).exceeded is None:
        pass
    clock.now += refused.retry_after_ms / 1000
    assert limits.admit("s", "d", 150).exceeded is None


def test_tokens_run_out_before_requests_do_and_come_back_with_time():
    limits, clock = limiter()
    assert limits.admit("s", "d", 4900).exceeded is None
    refused = limits.admit("s", "d", 200)
    assert refused.exceeded == "token"
    assert refused.retry_after_ms == 1200
    clock.now += 1.2
    assert limits.admit("s", "d", 200).exceeded is None


def test_a_request_larger_than_the_whole_quota_passes_when_the_bucket_is_full():
    limits, clock = limiter(1000)
    assert limits.admit("s", "d", 5000).exceeded is None
    assert limits.admit("s", "d", 1).exceeded is not None
    clock.now += 60
    assert limits.admit("s", "d", 5000).exceeded is None


def test_each_session_and_each_deployment_has_its_own_limit():
    limits, _ = limiter(1000)
    assert limits.admit("s", "d", 1000).exceeded is None
    assert limits.admit("s", "d", 1000).exceeded
    assert limits.admit("other", "d", 1000).exceeded is None
    assert limits.admit("s", "other", 1000).exceeded is None


def test_the_headers_say_what_is_left_and_when_it_is_full_again():
    limits, _ = limiter()
    headers = limits.admit("s", "d", 500).headers
    assert headers["x-ratelimit-limit-requests"] == "30"
    assert headers["x-ratelimit-remaining-requests"] == "4"
    assert headers["x-ratelimit-remaining-tokens"] == "4500"
    assert headers["x-ratelimit-reset-tokens"] == "6000"


def test_the_cost_is_the_prompt_by_its_length_and_the_whole_of_max_tokens():
    assert estimated_cost({"messages": [{"content": "x" * 40}], "max_tokens": 100}) == 110
    assert estimated_cost({"messages": [{"content": None}]}) == 16
    assert estimated_cost({}) == 16


@given(st.lists(st.tuples(st.floats(0, 30), st.integers(1, 3000)), max_size=60))
def test_no_minute_ever_admits_more_than_the_quota_and_a_full_bucket(steps):
    limits, clock = limiter(1000)
    admitted = []
    for seconds, cost in steps:
        clock.now += seconds
        if limits.admit("s", "d", cost).exceeded is None:
            admitted.append((clock.now, min(cost, 1000)))
    for start, _ in admitted:
        assert sum(cost for at, cost in admitted if start <= at < start + 60) <= 2000
