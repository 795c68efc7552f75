"""The connection form: settings for this kernel only, a key that is nowhere to be seen, a file only where asked for."""

import json
import os
import stat

import ipywidgets
import pytest

from lab_helpers import connection_form
from lab_helpers.mock import SHIPPED, Cassettes, PracticeServer, practice_environment, serving
from lab_helpers.settings import read_settings
from lab_helpers.widgets.connecting import write_dotenv

NAMES = [f"AZURE_OPENAI_{name}" for name in ("ENDPOINT", "API_KEY", "API_VERSION", "DEPLOYMENT")]
SECRET = "0123456789abcdef-the-key"


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    for name in NAMES:
        monkeypatch.setenv(name, "")
        monkeypatch.delenv(name)


@pytest.fixture
def practice(monkeypatch):
    with serving(PracticeServer(Cassettes.read(SHIPPED))) as endpoint:
        for name, value in practice_environment(endpoint, "form").items():
            monkeypatch.setenv(name, value)
        yield endpoint


def filled(endpoint="https://my-lab.openai.azure.com/", deployment="lab-model", key=SECRET):
    form = connection_form()
    _made = form.box
    form.way.value = "azure"
    form.endpoint.value, form.deployment.value, form.password.value = endpoint, deployment, key
    return form


def test_used_here_the_variables_are_this_kernels(tmp_path):
    form = filled()
    form.use_button.click()
    settings = read_settings()
    assert (settings.endpoint, settings.deployment, settings.api_key) == (
        "https://my-lab.openai.azure.com",
        "lab-model",
        SECRET,
    )
    assert list(tmp_path.iterdir()) == []
    assert "✓ Azure" in form.said.value


def test_before_the_button_nothing_is_set():
    filled()
    assert not any(name in os.environ for name in NAMES)


def test_the_key_is_in_no_state_that_a_notebook_saves():
    form = filled()
    assert form.password.value == ""
    form.use_button.click()
    kept = json.dumps([ipywidgets.Widget.get_manager_state(), form._repr_mimebundle_()])
    assert SECRET not in kept
    assert SECRET not in repr(form)
    assert f"{len(SECRET)} characters" in form.key_label.value


def test_the_key_is_sent_when_the_field_is_left_and_not_letter_by_letter():
    assert filled().password.continuous_update is False


def test_only_where_asked_for_it_is_written_and_other_lines_stay(tmp_path):
    (tmp_path / ".env").write_text("# mine\nOTHER=1\n", "utf-8")
    form = filled()
    form.writes.value = True
    form.use_button.click()
    text = (tmp_path / ".env").read_text("utf-8")
    assert text.startswith("# mine\nOTHER=1\n")
    assert SECRET in text
    for name in NAMES:
        os.environ.pop(name)
    assert read_settings().api_key == SECRET


@pytest.mark.skipif(os.name == "nt", reason="Windows keeps no such modes")
def test_what_is_written_is_for_its_owner_only(tmp_path):
    write_dotenv({"AZURE_OPENAI_API_KEY": SECRET})
    assert stat.S_IMODE((tmp_path / ".env").stat().st_mode) == 0o600


def test_a_file_that_cannot_be_written_is_told_and_the_settings_hold(tmp_path):
    (tmp_path / ".env").mkdir()
    form = filled()
    form.writes.value = True
    form.use_button.click()
    assert "cannot be written" in form.said.value
    assert read_settings(dict(os.environ)).api_key == SECRET


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"endpoint": "https://my-lab.openai.azure.com/openai/v1/"}, "pasted with a path"),
        ({"endpoint": "my-lab"}, "not a web address"),
        ({"endpoint": "http://my-lab.openai.azure.com"}, "unencrypted"),
        ({"deployment": ""}, "AZURE_OPENAI_DEPLOYMENT"),
        ({"deployment": "<b>your-name</b>"}, "placeholder"),
        ({"key": ""}, "AZURE_OPENAI_API_KEY"),
        ({"endpoint": "", "key": ""}, "endpoint and the key are missing"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_set(fields, says):
    form = filled(**fields)
    form.use_button.click()
    assert says in form.said.value
    assert 'role="status"' in form.said.value
    assert not any(name in os.environ for name in NAMES)


def test_words_from_a_field_cannot_become_markup():
    form = filled(endpoint="<img src=x>")
    form.use_button.click()
    assert "<img" not in form.said.value


def test_a_test_asks_the_deployment_for_real(practice):
    form = filled(endpoint=practice, deployment=os.environ["AZURE_OPENAI_DEPLOYMENT"], key="practice-form")
    form.test_button.click()
    assert "✓ Verified" in form.said.value


def test_a_wrong_deployment_is_found_by_the_test(practice):
    form = filled(endpoint=practice, deployment="nobody", key="practice-form")
    form.test_button.click()
    assert "There is no deployment named nobody" in form.said.value


def test_back_to_practice_the_course_finds_its_server_again(practice):
    form = filled()
    form.use_button.click()
    form.way.value = "practice"
    form.use_button.click()
    assert read_settings().endpoint == practice


def test_a_file_that_comes_before_practice_is_named(tmp_path):
    write_dotenv(
        {
            "AZURE_OPENAI_ENDPOINT": "https://a.openai.azure.com",
            "AZURE_OPENAI_API_KEY": "k",
            "AZURE_OPENAI_DEPLOYMENT": "d",
        }
    )
    form = connection_form()
    _made = form.box
    form.way.value = "practice"
    form.use_button.click()
    assert ".env" in form.said.value
    assert "✓" not in form.said.value


def test_the_fields_of_azure_show_for_azure_only():
    form = connection_form()
    fields = form.box.children[1]
    assert fields.layout.display == "none"
    form.way.value = "azure"
    assert fields.layout.display != "none"


def test_where_no_widget_runs_it_says_what_to_write():
    bundle = connection_form()._repr_mimebundle_()
    assert set(bundle) == {"text/plain", "text/html"}
    assert all(name in bundle["text/plain"] for name in NAMES)
