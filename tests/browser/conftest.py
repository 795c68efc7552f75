"""A student's desk: JupyterLab on a copy of the course, the practice server, Spark and a real browser.

Without a browser these tests are skipped; where LAB_BROWSER says `required`, as CI does, they fail instead.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from lab_helpers import jupyter, services
from tests.browser.desk import Desk

ROOT = Path(__file__).parents[2]
REQUIRED = "required"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
START_TIMEOUT_S = 60
# Cells out of sight are taken out of the page otherwise, and could not be found by their place.
WHOLE_NOTEBOOK = '{"windowingMode": "none"}'


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    wanted = os.environ.get("LAB_BROWSER", "")
    program = shutil.which("chromium") if wanted in ("", REQUIRED) else shutil.which(wanted)
    if program is None:
        reason = "There is no chromium: install it, or name one in LAB_BROWSER."
        pytest.fail(reason) if wanted == REQUIRED else pytest.skip(reason)
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=program, args=FLAGS)
        yield started
        started.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1280, "height": 1000})
    yield context.new_page()
    context.close()


@pytest.fixture(scope="session")
def screenshots(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = Path(os.environ.get("LAB_SCREENSHOTS") or tmp_path_factory.mktemp("screenshots"))
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.fixture(scope="session")
def services_environ(browser: Browser) -> Iterator[dict[str, str]]:
    with ExitStack() as running:
        environ = running.enter_context(services.practice("browser", with_local_model=False))
        yield environ | running.enter_context(services.spark())


@pytest.fixture(scope="module", params=["en", "pt-BR"])
def desk(
    request: pytest.FixtureRequest, services_environ: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Desk]:
    """JupyterLab as `lab start` sets it up for one language."""
    locale = request.param
    folder = tmp_path_factory.mktemp(f"desk-{locale}")
    settings = tmp_path_factory.mktemp(f"settings-{locale}")
    jupyter.own_copy(ROOT / "course" / locale, folder)
    jupyter.write_settings(settings, locale)
    tracker = settings / "@jupyterlab" / "notebook-extension" / "tracker.jupyterlab-settings"
    tracker.parent.mkdir(parents=True)
    tracker.write_text(WHOLE_NOTEBOOK, "utf-8")
    environ = services_environ | {
        "LAB_LOCALE": locale,
        "LAB_PROGRESS": str(folder / "progress.jsonl"),
        "JUPYTERLAB_SETTINGS_DIR": str(settings),
        "JUPYTER_CONFIG_PATH": jupyter.config_path(),
        "JUPYTERLAB_WORKSPACES_DIR": str(tmp_path_factory.mktemp("workspaces")),
        "JUPYTER_RUNTIME_DIR": str(tmp_path_factory.mktemp("runtime")),
        "IPYTHONDIR": str(tmp_path_factory.mktemp("ipython")),
    }
    with _jupyterlab(folder, environ) as address:
        yield Desk(address, folder, locale)


@contextmanager
def _jupyterlab(folder: Path, environ: dict[str, str]) -> Iterator[str]:
    port = _free_port()
    options = [f"--ServerApp.root_dir={folder}", "--ServerApp.ip=127.0.0.1", f"--ServerApp.port={port}"]
    options += ["--ServerApp.port_retries=0", "--IdentityProvider.token=", "--ServerApp.allow_root=True"]
    options += ["--no-browser", "--Application.log_level=ERROR"]
    command = [sys.executable, "-m", "jupyterlab", *options]
    inherited = {name: value for name, value in os.environ.items() if name not in ("LAB_STRICT", "LAB_STATIC")}
    lab = subprocess.Popen(command, env=inherited | environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        address = f"http://127.0.0.1:{port}"
        _wait_for(f"{address}/api", lab)
        yield address
    finally:
        lab.terminate()
        try:
            lab.wait(20)
        except subprocess.TimeoutExpired:
            lab.kill()


def _wait_for(address: str, lab: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_TIMEOUT_S
    while time.monotonic() < deadline and lab.poll() is None:
        try:
            with urlopen(address, timeout=5):
                return
        except (URLError, OSError):
            time.sleep(0.2)
    pytest.fail("JupyterLab did not start.")


def _free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]
