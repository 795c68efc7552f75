"""Real clients, unchanged, against the practice server: each in an environment and a process of its own."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import httpx
import pytest

from lab_helpers.mock import PracticeServer, serving
from tests.mock.conftest import DEPLOYMENT

CLIENTS = Path(__file__).with_name("clients")
UV, NODE, NPM = (shutil.which(name) for name in ("uv", "node", "npm"))
KEY = {"api-key": "practice-1"}
# The third question to the deployment is answered at the second try.
RATE_LIMITED = {"kind": "rate_limited", "deployment": DEPLOYMENT, "calls": [3], "seconds": 0.01}

needs_uv = pytest.mark.skipif(UV is None, reason="needs uv to make an environment for each client")
needs_node = pytest.mark.skipif(NODE is None or NPM is None, reason="needs Node.js and npm")


def in_an_environment_with(requirements: Sequence[str], script: str) -> list[str]:
    wanted = [argument for requirement in requirements for argument in ("--with", requirement)]
    command = [str(UV), "run", "--no-project", "--python", sys.executable, *wanted, "python"]
    return [*command, str(CLIENTS / script), DEPLOYMENT]


def heard_by(server: PracticeServer, command: list[str], slash: str = "") -> dict:
    """What a client heard that asks, streams, asks for a wrong deployment, and meets a rate limit."""
    with serving(server) as endpoint:
        httpx.put(f"{endpoint}/practice/faults", headers=KEY, json=[RATE_LIMITED]).raise_for_status()
        environ = {"AZURE_OPENAI_ENDPOINT": f"{endpoint}{slash}", "AZURE_OPENAI_API_KEY": KEY["api-key"]}
        done = subprocess.run(
            command, env={**os.environ, **environ}, capture_output=True, text=True, check=False, timeout=600
        )
        verdicts = httpx.get(f"{endpoint}/practice/faults", headers=KEY).json()["verdicts"]
    assert done.returncode == 0, done.stderr
    return {**json.loads(done.stdout.splitlines()[-1]), "verdicts": verdicts}


def assert_served_and_coped(heard: dict) -> None:
    assert (heard["text"], heard["streamed"]) == ("one", "two")
    assert heard["wrong_deployment"] == 404
    assert heard["retried"] == "three"
    coped = {"kind": "rate_limited", "questions": 1, "attempts": 2, "answered": 1, "coped": True}
    assert heard["verdicts"] == [coped]


@needs_uv
@pytest.mark.parametrize(
    "requirements", [("openai==1.42.0", "httpx<0.28"), ("openai<3",), ("openai>=3",)], ids=lambda r: r[0]
)
def test_the_official_sdk_speaks_to_the_practice_server(server: PracticeServer, requirements: tuple[str, ...]):
    # The lab's version doubles the slash of an endpoint that ends in one.
    heard = heard_by(server, in_an_environment_with(requirements, "openai_sdk.py"), slash="/")
    assert_served_and_coped(heard)
    if "==" in requirements[0]:
        assert heard["version"] == requirements[0].partition("==")[2]


@needs_uv
@pytest.mark.parametrize(
    ("package", "script"), [("langchain-openai", "langchain_azure.py"), ("litellm", "litellm_azure.py")]
)
def test_libraries_built_on_the_sdk_speak_to_the_practice_server(server: PracticeServer, package: str, script: str):
    assert_served_and_coped(heard_by(server, in_an_environment_with([package], script)))


@needs_node
def test_the_official_sdk_for_node_speaks_to_the_practice_server(server: PracticeServer, tmp_path: Path):
    install = [str(NPM), "install", "--silent", "--no-audit", "--no-fund", "openai"]
    subprocess.run(install, cwd=tmp_path, check=True, timeout=600)
    # Node.js looks for packages beside the script.
    script = shutil.copy(CLIENTS / "node_azure.mjs", tmp_path)
    assert_served_and_coped(heard_by(server, [str(NODE), str(script), DEPLOYMENT]))
