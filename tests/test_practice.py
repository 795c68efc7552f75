import openai
import pytest

from lab_helpers import ask_all, practice_faults, practice_limits
from lab_helpers.client import Connection
from lab_helpers.errors import SettingsError
from lab_helpers.mock import Cassettes, PracticeServer, serving
from lab_helpers.settings import Settings
from tests.mock.conftest import DEPLOYMENT, recording


@pytest.fixture
def connection():
    known = [recording("one", "two", "three"), recording("other", prompt="Describe a chef.")]
    server = PracticeServer(Cassettes({item.key: item for item in known}))
    with serving(server) as endpoint:
        settings = Settings(endpoint, "practice-1", DEPLOYMENT)
        client = openai.AzureOpenAI(azure_endpoint=endpoint, api_key="practice-1", api_version="2024-10-21")
        yield Connection(client, settings)


def test_a_run_that_meets_a_rate_limit_loses_no_answer_and_copes(connection):
    rules = [{"kind": "rate_limited", "calls": [1, 2], "seconds": 0.01}]
    with practice_faults(connection, rules) as verdicts:
        answers = ask_all(connection, ["Describe a nurse."], samples=3)
    assert list(answers["answer"]) == ["one", "two", "three"]
    assert verdicts.coped
    assert list(verdicts.table["kind"]) == ["rate_limited"]


@pytest.mark.parametrize("kind", ["answer_filtered", "prompt_filtered"])
def test_a_filtered_answer_stays_a_row(connection, kind):
    with practice_faults(connection, [{"kind": kind, "prompt": "nurse"}]) as verdicts:
        answers = ask_all(connection, ["Describe a nurse.", "Describe a chef."])
    assert list(answers["finish_reason"]) == ["content_filter", "stop"]
    assert verdicts.coped


@pytest.mark.parametrize(
    "kind", ["malformed_json", "truncated_body", "dropped_connection", "server_error", "unavailable"]
)
def test_a_broken_reply_loses_no_other_answer(connection, kind):
    with practice_faults(connection, [{"kind": kind, "prompt": "nurse"}]):
        answers = ask_all(connection, ["Describe a nurse.", "Describe a chef."])
    assert answers["answer"][1] == "other"
    assert len(answers) == 2


def test_after_the_block_nothing_fails_any_more(connection):
    with practice_faults(connection, [{"kind": "unauthorized", "calls": None}]):
        pass
    assert ask_all(connection, ["Describe a nurse."])["answer"][0] == "one"


def test_the_labs_limit_slows_a_run_down_and_loses_nothing(connection):
    with practice_limits(connection, 100_000):
        answers = ask_all(connection, ["Describe a nurse."], samples=3)
    assert answers["answer"].notna().all()


@pytest.mark.parametrize("rules", [[{"kind": "meteor"}], [{}], ["rate_limited"]])
def test_a_rule_the_server_does_not_know_is_explained(connection, rules):
    with pytest.raises(SettingsError, match="did not accept"), practice_faults(connection, rules):
        pass


def test_a_limit_that_is_none_is_explained(connection):
    with pytest.raises(SettingsError, match="did not accept"), practice_limits(connection, 0):
        pass


def test_a_live_service_is_never_made_to_fail(connection):
    live = Connection(connection.client, Settings("https://my-lab.openai.azure.com", "key", "gpt-5.1"))
    with pytest.raises(SettingsError, match="in practice only"), practice_faults(live, []):
        pass


def test_a_server_that_is_gone_is_explained(connection):
    gone = Connection(connection.client, Settings("http://127.0.0.1:9", "practice-1", DEPLOYMENT))
    with pytest.raises(SettingsError, match="lab start"), practice_faults(gone, []):
        pass
