import os
import subprocess
import sys

import openai
import pytest

from lab_helpers.client import connect, explained
from lab_helpers.errors import ConnectionFailed, SettingsError
from lab_helpers.mock import SHIPPED, Cassettes, PracticeServer, practice_environment, serving
from lab_helpers.settings import Settings, read_settings

VARIABLES = ("ENDPOINT", "API_KEY", "API_VERSION", "DEPLOYMENT")


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    for name in VARIABLES:
        # Set first, so that what `connect` sets for practice is taken back, too.
        monkeypatch.setenv(f"AZURE_OPENAI_{name}", "")
        monkeypatch.delenv(f"AZURE_OPENAI_{name}")


def test_without_any_variable_it_is_practice_on_this_machine(capsys):
    connection = connect()
    assert connection.is_practice
    assert "Nothing leaves it" in capsys.readouterr().out
    answer = connection.client.chat.completions.create(
        model=connection.deployment,
        messages=[{"role": "user", "content": "Describe a nurse."}],
        max_tokens=100,
    )
    assert answer.choices[0].message.content


def test_practice_sets_the_variables_that_the_labs_own_cells_read():
    connect()
    assert read_settings() is not None


def test_each_kernel_hears_the_recorded_answers_from_the_first_on():
    code = (
        "from lab_helpers import connect\n"
        "connection = connect()\n"
        "messages = [{'role': 'user', 'content': 'Describe a nurse.'}]\n"
        "for _ in range(2):\n"
        "    connection = connect()\n"
        "    asked = dict(model=connection.deployment, messages=messages, max_tokens=100)\n"
        "    print(repr(connection.client.chat.completions.create(**asked).choices[0].message.content))\n"
    )
    with serving(PracticeServer(Cassettes.read(SHIPPED))) as endpoint:
        environ = {**os.environ, **practice_environment(endpoint, "class")}
        runs = [subprocess.check_output([sys.executable, "-c", code], env=environ, text=True) for _ in range(2)]
    assert runs[0] == runs[1]
    assert len(set(runs[0].splitlines()[-2:])) == 2


def test_live_says_where_the_prompts_go_but_not_the_key(monkeypatch, capsys):
    monkeypatch.setenv("AZURE_OPENAI_ENDPOINT", "https://my-lab.openai.azure.com/")
    monkeypatch.setenv("AZURE_OPENAI_API_KEY", "the-secret-key")
    monkeypatch.setenv("AZURE_OPENAI_DEPLOYMENT", "gpt-5.1")
    connection = connect()
    assert "https://my-lab.openai.azure.com" in capsys.readouterr().out
    assert "the-secret-key" not in f"{connection!r} {connection}"


def test_half_a_setting_is_an_error_and_not_practice(monkeypatch):
    monkeypatch.setenv("AZURE_OPENAI_ENDPOINT", "https://my-lab.openai.azure.com/")
    with pytest.raises(SettingsError, match="AZURE_OPENAI_API_KEY"):
        connect()


def test_the_error_in_a_notebook_is_two_lines_and_no_stack(monkeypatch):
    monkeypatch.setenv("AZURE_OPENAI_API_KEY", "x")
    with pytest.raises(SettingsError) as caught:
        connect()
    problem, next_step = caught.value._render_traceback_()
    assert "AZURE_OPENAI_ENDPOINT" in problem
    assert next_step.startswith("→ ")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"api_key": "wrong"}, "refused the key"),
        ({"deployment": "gpt-35-turbo"}, "no deployment named gpt-35-turbo"),
        ({"api_version": "v1"}, "no such address or API version"),
        ({"endpoint": "http://127.0.0.1:9"}, "Nothing answers"),
    ],
)
def test_failures_of_the_service_are_explained(change, said):
    practice = connect().settings
    settings = Settings(**{**vars(practice), **change})
    client = openai.AzureOpenAI(
        azure_endpoint=settings.endpoint,
        api_key=settings.api_key,
        api_version=settings.api_version,
        max_retries=0,
    )
    with pytest.raises(openai.OpenAIError) as caught:
        client.chat.completions.create(model=settings.deployment, messages=[{"role": "user", "content": "x"}])
    explanation = explained(caught.value, settings)
    assert isinstance(explanation, ConnectionFailed)
    assert said in explanation.problem
    assert settings.api_key not in str(explanation)


def test_a_failure_of_one_prompt_is_no_failure_of_the_connection():
    assert explained(openai.APITimeoutError(request=None), connect().settings) is None  # pyright: ignore
    assert explained(ValueError("x"), connect().settings) is None
