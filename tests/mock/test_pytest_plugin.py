import pytest

pytest_plugins = ["pytester"]

CONFTEST = """
import pytest
from tests.mock.conftest import recording
from lab_helpers.mock.recordings import save

pytest_plugins = ["lab_helpers.mock.pytest_plugin"]

@pytest.fixture(scope="session")
def practice_recordings(tmp_path_factory):
    folder = tmp_path_factory.mktemp("recordings")
    save(recording("one", "two"), folder)
    return [folder]
"""

TESTS = """
import os
import openai
import pytest
from tests.mock.conftest import DEPLOYMENT, chat

def ask(prompt="Describe a nurse."):
    client = openai.AzureOpenAI(azure_endpoint=os.environ["AZURE_OPENAI_ENDPOINT"])
    return client.chat.completions.create(model=DEPLOYMENT, **chat(prompt)).choices[0].message.content

def test_a_client_made_from_the_environment_alone_is_answered(practice):
    assert [ask(), ask()] == ["one", "two"]

def test_each_test_hears_the_answers_from_the_first_on(practice):
    assert ask() == "one"

def test_what_was_never_recorded_fails_the_test(practice):
    with pytest.raises(openai.APIStatusError, match="No recording"):
        ask("Describe a pilot.")

def test_without_the_fixture_nothing_is_set():
    assert not os.environ.get("AZURE_OPENAI_ENDPOINT", "").startswith("http://127.0.0.1")
"""


def test_another_projects_tests_get_a_practice_server(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch):
    for name in ("AZURE_OPENAI_ENDPOINT", "AZURE_OPENAI_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.syspath_prepend(str(pytester.path))
    pytester.makeconftest(CONFTEST)
    pytester.makepyfile(TESTS)
    pytester.runpytest_inprocess("-p", "no:cacheprovider").assert_outcomes(passed=4)
