import json
from types import SimpleNamespace
from typing import Any

import openai
import pandas as pd
import pytest

from lab_helpers.answers import COLUMNS, ask_all
from lab_helpers.client import Connection
from lab_helpers.errors import AnswersIncomplete, ConnectionFailed, DataError
from lab_helpers.mock import Cassettes, PracticeServer, refusals, serving
from lab_helpers.mock.recordings import Variant
from lab_helpers.mock.requests import Asked, Request
from lab_helpers.settings import Settings

DEPLOYMENT = "a-deployment"


class Scripted:
    """An upstream that answers by a rule and remembers the requests."""

    deployments = frozenset({DEPLOYMENT})

    def __init__(self, rule):
        self.rule = rule
        self.asked: list[dict] = []

    def ask(self, asked: Asked, seed: int | None) -> Variant:
        self.asked.append(asked.request)
        return self.rule(asked.request["messages"][-1]["content"], seed)


def said(text: str | None, finish_reason: str = "stop") -> Variant:
    body: dict[str, Any] = {
        "choices": [{"finish_reason": finish_reason, "message": {"content": text}}],
        "created": 1,
        "id": "chatcmpl-1",
        "model": "a-model",
        "system_fingerprint": "fp",
        "usage": {"completion_tokens": 7, "prompt_tokens": 1, "total_tokens": 8},
    }
    return Variant(None, 200, body)


def refused(status: int, code: str) -> Variant:
    return Variant(None, status, {"error": {"code": code, "message": "no"}})


@pytest.fixture
def connected():
    """Makes a connection to a real practice server that answers by a rule."""
    stack = []

    def make(rule) -> tuple[Connection, Scripted]:
        upstream = Scripted(rule)
        server = serving(PracticeServer(Cassettes(), upstream))
        settings = Settings(server.__enter__(), f"practice-{len(stack)}", DEPLOYMENT)
        stack.append(server)
        client = openai.AzureOpenAI(
            azure_endpoint=settings.endpoint, api_key=settings.api_key, api_version=settings.api_version, max_retries=1
        )
        return Connection(client, settings), upstream

    yield make
    for server in stack:
        server.__exit__(None, None, None)


def echo(prompt: str, seed: int | None) -> Variant:
    return said(f"{prompt} #{seed}")


def test_every_sample_of_every_prompt_is_a_row_in_the_order_of_the_prompts(connected):
    connection, _ = connected(echo)
    answers = ask_all(connection, ["b", "a"], samples=2)
    assert list(answers.columns) == COLUMNS
    assert list(answers["answer"]) == ["b #0", "b #1", "a #0", "a #1"]
    assert list(answers["sample"]) == [0, 1, 0, 1]
    assert set(answers["model"]) == {"a-model"}
    assert answers["tokens"].sum() == 28


def test_the_columns_of_a_prompt_table_go_with_the_answers(connected):
    connection, upstream = connected(echo)
    prompts = pd.DataFrame(
        {"prompt_id": ["nurse-male"], "occupation": ["nurse"], "gender": ["male"], "prompt": ["Describe a male nurse."]}
    )
    row = ask_all(connection, prompts, system_prompt="Be brief.", first_sample=30).iloc[0]
    assert (row["prompt_id"], row["occupation"], row["gender"], row["sample"]) == ("nurse-male", "nurse", "male", 30)
    assert upstream.asked[0]["messages"][0] == {"role": "system", "content": "Be brief."}


def test_what_else_a_prompt_table_says_stays_with_its_answers(connected):
    connection, _ = connected(lambda prompt, seed: said("An answer."))
    prompts = pd.DataFrame({"prompt": ["a", "b"], "pair_id": ["p", "p"], "condition": ["masculine", None], "answer": 1})
    answers = ask_all(connection, prompts, samples=2)
    assert list(answers.columns) == [*COLUMNS, "pair_id", "condition"]
    assert answers["pair_id"].tolist() == ["p"] * 4
    assert answers["condition"].fillna("-").tolist() == ["masculine", "masculine", "-", "-"]
    assert answers["answer"].tolist() == ["An answer."] * 4


def test_a_filtered_prompt_and_a_filtered_answer_stay_as_rows_with_their_reason(connected):
    def rule(prompt: str, seed: int | None) -> Variant:
        return {"bad": refused(400, "content_filter"), "cut": said(None, "content_filter")}.get(prompt, said("fine"))

    connection, _ = connected(rule)
    answers = ask_all(connection, ["bad", "fine", "cut"])
    assert list(answers["finish_reason"]) == ["content_filter", "stop", "content_filter"]
    assert list(answers["answer"].isna()) == [True, False, True]
    assert answers["error"][0] == "content_filter (400)"
    assert answers["error"][1] is None


def test_one_failed_answer_loses_none_of_the_others(connected):
    connection, _ = connected(lambda prompt, seed: refused(500, "oops") if seed == 1 else echo(prompt, seed))
    answers = ask_all(connection, ["a"], samples=3)
    assert list(answers["finish_reason"]) == ["stop", "error", "stop"]
    assert answers["error"][1] == "oops (500)"


def test_a_model_that_refuses_max_tokens_is_asked_again_in_its_own_words(connected):
    _, upstream = connected(echo)
    bodies = []
    handle = PracticeServer.handle

    class Picky(PracticeServer):
        def handle(self, request: Request):
            bodies.append(json.loads(request.body))
            if "max_tokens" in bodies[-1]:
                return refusals.unsupported_parameter("max_tokens", "max_completion_tokens")
            return handle(self, request)

    with serving(Picky(Cassettes(), upstream)) as endpoint:
        settings = Settings(endpoint, "practice", DEPLOYMENT)
        client = openai.AzureOpenAI(azure_endpoint=endpoint, api_key="practice", api_version="2024-10-21")
        answers = ask_all(Connection(client, settings), ["a"], samples=20)
    assert set(answers["finish_reason"]) == {"stop"}
    assert all("temperature" not in body for body in bodies)


@pytest.mark.parametrize(
    ("variant", "said_"),
    [(refused(401, "401"), "refused the key"), (refused(404, "DeploymentNotFound"), "no deployment")],
)
def test_what_no_call_can_survive_is_said_at_once(connected, variant, said_):
    connection, upstream = connected(lambda prompt, seed: variant)
    with pytest.raises(ConnectionFailed, match=said_):
        ask_all(connection, ["a"], samples=200)
    assert len(upstream.asked) < 200


def test_an_interrupted_run_says_so_and_continues_where_it_stopped(connected, monkeypatch):
    connection, upstream = connected(echo)

    class Interrupting:
        updates = 0

        def __init__(self, **_): ...
        def __enter__(self):
            return self

        def __exit__(self, *_): ...
        def update(self, count):
            Interrupting.updates += 1
            if Interrupting.updates == 5:
                raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("tqdm.auto.tqdm", Interrupting)
        with pytest.raises(AnswersIncomplete, match="of 60 answers") as caught:
            ask_all(connection, ["a", "b"], samples=30)
    had = caught.value.answers
    assert 5 <= len(had) < 60
    complete = ask_all(connection, ["a", "b"], samples=30)
    assert len(complete) == 60
    assert len(upstream.asked) == 60


def test_a_run_that_ended_is_asked_anew_next_time(connected):
    connection, upstream = connected(echo)
    ask_all(connection, ["a"])
    ask_all(connection, ["a"])
    assert len(upstream.asked) == 2


@pytest.mark.parametrize(
    "prompts", [[""], ["  "], [None], [3], pd.DataFrame({"text": ["a"]}), pd.DataFrame({"prompt": [None]})]
)
def test_prompts_that_are_no_texts_are_refused_before_anything_is_asked(prompts):
    connection: Any = SimpleNamespace()
    with pytest.raises(DataError, match="prompts must be texts"):
        ask_all(connection, prompts)


def test_no_samples_are_refused(connected):
    with pytest.raises(DataError, match="samples is 0"):
        ask_all(connected(echo)[0], ["a"], samples=0)


def test_no_prompts_give_an_empty_table(connected):
    assert ask_all(connected(echo)[0], []).empty
