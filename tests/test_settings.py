import pytest

from lab_helpers.errors import SettingsError
from lab_helpers.i18n import use_locale
from lab_helpers.settings import DEFAULT_API_VERSION, read_settings

COMPLETE = {
    "AZURE_OPENAI_ENDPOINT": "https://my-lab.openai.azure.com/",
    "AZURE_OPENAI_API_KEY": "0123456789abcdef",
    "AZURE_OPENAI_DEPLOYMENT": "gpt-5.1",
}


def test_the_three_variables_of_the_lab_are_enough():
    settings = read_settings(COMPLETE)
    assert settings is not None
    assert settings.endpoint == "https://my-lab.openai.azure.com"
    assert settings.api_version == DEFAULT_API_VERSION
    assert not settings.is_practice


def test_nothing_set_is_no_settings():
    assert read_settings({}) is None


def test_the_key_is_in_no_repr():
    assert COMPLETE["AZURE_OPENAI_API_KEY"] not in repr(read_settings(COMPLETE))


def test_a_loopback_endpoint_is_practice():
    settings = read_settings({**COMPLETE, "AZURE_OPENAI_ENDPOINT": "http://127.0.0.1:8000"})
    assert settings is not None
    assert settings.is_practice


@pytest.mark.parametrize("missing", COMPLETE)
def test_a_missing_variable_is_named(missing):
    given = {name: value for name, value in COMPLETE.items() if name != missing}
    with pytest.raises(SettingsError, match=missing):
        read_settings(given)


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("AZURE_OPENAI_ENDPOINT", "your_openai_endpoint", "placeholder"),
        ("AZURE_OPENAI_API_KEY", "your_openai_api_key", "placeholder"),
        ("AZURE_OPENAI_DEPLOYMENT", "<deployment>", "placeholder"),
        ("AZURE_OPENAI_ENDPOINT", "my-lab.openai.azure.com", "not a web address"),
        ("AZURE_OPENAI_ENDPOINT", "https://", "not a web address"),
        ("AZURE_OPENAI_ENDPOINT", "https://my-lab.openai.azure.com/openai/v1/", "with a path"),
        ("AZURE_OPENAI_ENDPOINT", "https://my-lab.openai.azure.com/?api-version=1", "with a path"),
        ("AZURE_OPENAI_ENDPOINT", "http://my-lab.openai.azure.com", "unencrypted"),
        ("AZURE_OPENAI_API_VERSION", "your_model_version_example: '2023-03-15-preview'", "not an API version"),
        ("AZURE_OPENAI_API_VERSION", "v1", "not an API version"),
    ],
)
def test_a_malformed_variable_says_what_is_wrong_and_what_to_do(name, value, said):
    with pytest.raises(SettingsError, match=said) as caught:
        read_settings({**COMPLETE, name: value})
    assert caught.value.next_step


def test_errors_speak_the_learners_language():
    use_locale("pt-BR")
    with pytest.raises(SettingsError, match="não está definida"):
        read_settings({"AZURE_OPENAI_API_KEY": "x"})


@pytest.fixture
def project(tmp_path, monkeypatch):
    for name in (*COMPLETE, "AZURE_OPENAI_API_VERSION"):
        monkeypatch.delenv(name, raising=False)
    folder = tmp_path / "my-course" / "en"
    folder.mkdir(parents=True)
    monkeypatch.chdir(folder)
    (tmp_path / ".env").write_text("\n".join(f"{name}={value}" for name, value in COMPLETE.items()))
    return tmp_path


def test_a_env_file_above_the_notebook_is_read(project):
    settings = read_settings()
    assert settings is not None
    assert settings.deployment == "gpt-5.1"


def test_a_env_file_written_during_practice_wins_over_practice(project, monkeypatch):
    monkeypatch.setenv("AZURE_OPENAI_ENDPOINT", "http://127.0.0.1:5000")
    monkeypatch.setenv("AZURE_OPENAI_API_KEY", "practice-1")
    settings = read_settings()
    assert settings is not None
    assert settings.api_key == COMPLETE["AZURE_OPENAI_API_KEY"]


def test_an_endpoint_in_the_environment_never_meets_the_key_of_a_env_file(project, monkeypatch):
    monkeypatch.setenv("AZURE_OPENAI_ENDPOINT", "https://other.openai.azure.com")
    with pytest.raises(SettingsError, match="AZURE_OPENAI_API_KEY"):
        read_settings()
