"""The official SDK, unchanged, in the lab's version and in others: each in an environment of its own."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from lab_helpers.mock import PracticeServer, serving
from tests.mock.conftest import DEPLOYMENT

CLIENT = Path(__file__).with_name("sdk_client.py")
UV = shutil.which("uv")


@pytest.mark.skipif(UV is None, reason="needs uv to make an environment for each version")
@pytest.mark.parametrize(
    "requirements", [("openai==1.42.0", "httpx<0.28"), ("openai<3",), ("openai>=3",)], ids=lambda r: r[0]
)
def test_the_sdk_speaks_to_the_practice_server(server: PracticeServer, requirements: tuple[str, ...]):
    wanted = [argument for requirement in requirements for argument in ("--with", requirement)]
    command = [str(UV), "run", "--no-project", "--python", sys.executable, *wanted, "python", str(CLIENT), DEPLOYMENT]
    with serving(server) as endpoint:
        # The lab's version doubles the slash of an endpoint that ends in one.
        environ = {"AZURE_OPENAI_ENDPOINT": f"{endpoint}/", "AZURE_OPENAI_API_KEY": "practice-1"}
        done = subprocess.run(command, env={**os.environ, **environ}, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    heard = json.loads(done.stdout)
    assert (heard["text"], heard["streamed"]) == ("one", "two")
    assert heard["choices_in_first_chunk"] == 0
    assert heard["code"] == "DeploymentNotFound"
    if "==" in requirements[0]:
        assert heard["version"] == requirements[0].partition("==")[2]
