"""JupyterLab on the learner's own copy of the course, in the learner's language."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from lab_helpers.errors import NotInstalled
from lab_helpers.i18n import SOURCE_LOCALE, _

STOP_TIMEOUT_S = 10


def own_copy(course: Path, desk: Path) -> Path:
    """Copy the notebooks of `course` that `desk` lacks, and return the first. What is there is never touched.

    Raises NotInstalled if the course has no notebooks.
    """
    notebooks = sorted(course.glob("*.ipynb"))
    if not notebooks:
        raise NotInstalled(
            _("There are no notebooks in {folder}.").format(folder=course.name),
            _("Run the command in the folder of the course, or build the notebooks with: uv run lab build"),
        )
    desk.mkdir(parents=True, exist_ok=True)
    for notebook in notebooks:
        if not (desk / notebook.name).exists():
            shutil.copyfile(notebook, desk / notebook.name)
    return desk / notebooks[0].name


def write_settings(folder: Path, locale: str) -> None:
    """Set JupyterLab's own language, and keep it from asking about news, unless the learner has set that already."""
    wanted: dict[str, dict[str, Any]] = {
        "@jupyterlab/apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False},
    }
    if locale != SOURCE_LOCALE:
        wanted["@jupyterlab/translation-extension/plugin"] = {"locale": locale.replace("-", "_")}
    for name, values in wanted.items():
        target = folder / f"{name}.jupyterlab-settings"
        if not target.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(json.dumps(values), "utf-8")


def config_path() -> str:
    """JUPYTER_CONFIG_PATH with our folder before the learner's own.

    Ours keeps out nbgrader's menus, which are for instructors and complain of a folder that is no course of nbgrader's.
    """
    ours = str(Path(__file__).parent / "jupyter_config")
    return os.pathsep.join(filter(None, (ours, os.environ.get("JUPYTER_CONFIG_PATH"))))


def run_jupyterlab(first: Path, environ: Mapping[str, str], *, browser: bool) -> int:
    """Open JupyterLab on a notebook and wait until it ends; Ctrl-C ends it at once, saved work stays.

    Prints its address when no browser is opened. Returns JupyterLab's exit code.
    """
    command = [sys.executable, "-m", "jupyterlab", f"--ServerApp.root_dir={first.parent}", "--ServerApp.ip=127.0.0.1"]
    command += [f"--LabApp.default_url=/lab/tree/{first.name}", "--Application.log_level=ERROR"]
    # In a container the learner is root; JupyterLab would refuse, though it listens on loopback alone, behind a token.
    command += ["--ServerApp.allow_root=True"]
    command += [] if browser else ["--no-browser"]
    lab = subprocess.Popen(command, env={**os.environ, **environ}, start_new_session=os.name == "posix")
    try:
        return lab.wait()
    except KeyboardInterrupt:
        return 0
    finally:
        _stop(lab)


def _stop(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(STOP_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            process.kill()


def stop_on_signals() -> None:
    """Let `kill`, a closed terminal and Ctrl-C all end this process in one way, so that what it started is stopped.

    Ctrl-C, too: a process that a script starts in the background is born deaf to it.
    """

    def interrupt(number: int, frame: object) -> None:
        raise KeyboardInterrupt

    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), interrupt)
