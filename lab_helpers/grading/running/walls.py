"""Walls: bubblewrap around each of the pod's rooms, which sees the program's own files and nothing else."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Iterable, Iterator
from pathlib import Path

import lab_helpers

PROBE_TIMEOUT_S = 10.0
_SYSTEM = ("/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32")
# What programs look up to find libraries, names, time zones, certificates and fonts; nothing of this machine's own.
_ETC = (
    "ld.so.cache",
    "ld.so.conf",
    "ld.so.conf.d",
    "alternatives",
    "nsswitch.conf",
    "localtime",
    "ssl",
    "ca-certificates",
    "pki",
    "fonts",
    "mime.types",
)
_PRIVILEGED = ("--unshare-pid", "--unshare-ipc", "--unshare-uts", "--unshare-net", "--cap-drop", "ALL")
# Root inside gives up being root with these two, once the mounts are made.
_BECOME_NOBODY = ("--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID")
_UNPRIVILEGED = ("--unshare-all",)


def find_walls() -> tuple[str, ...] | None:
    """bubblewrap and how it makes namespaces here; None where it is missing or may not."""
    bwrap = shutil.which("bwrap") if sys.platform == "linux" else None
    if bwrap is None:
        return None
    ways = (
        [(*_PRIVILEGED, *_BECOME_NOBODY)] if os.geteuid() == 0 and _is_everyones_to_read() else [],
        [_UNPRIVILEGED],
    )
    for way in (way for some in ways for way in some):
        room = walled((bwrap, *way), ["true"], {})
        try:
            if subprocess.run(room, capture_output=True, timeout=PROBE_TIMEOUT_S).returncode == 0:
                return (bwrap, *way)
        except (OSError, subprocess.SubprocessError):
            continue
    return None


def walled(
    walls: tuple[str, ...] | None,
    command: list[str],
    environ: dict[str, str],
    *,
    shown: Iterable[tuple[Path, str]] = (),
) -> list[str]:
    """`command` as it runs within walls, with the variables `environ` and no others.

    shown: what is to be seen besides, read-only, and under which path.
    """
    if walls is None:
        return command
    binds = list(dict(_binds(shown)).items())
    return [
        *walls,
        "--die-with-parent",
        "--new-session",
        "--clearenv",
        *(part for name, value in environ.items() for part in ("--setenv", name, value)),
        *_folders(place for place, _ in binds),
        *(part for place, source in binds for part in _bind(source, place)),
        *("--proc", "/proc", "--dev", "/dev"),
        *("--perms", "1777", "--tmpfs", scratch()),
        *("--remount-ro", "/", "--remount-ro", "/dev", "--chdir", scratch()),
        "--",
        *command,
    ]


def scratch() -> str:
    """The folder that submissions may write to: /tmp, unless the program itself lies there and would be hidden."""
    return "/var/tmp" if any(folder.is_relative_to("/tmp") for folder in _own_folders()) else "/tmp"


def _binds(shown: Iterable[tuple[Path, str]]) -> Iterator[tuple[str, str]]:
    """Where each thing is to be seen, and what it is: a path, or `-> target` for a link."""
    yield "/usr", "/usr"
    for folder in _SYSTEM:
        if Path(folder).is_symlink():
            yield folder, f"-> {Path(folder).readlink()}"
        elif Path(folder).is_dir():
            yield folder, folder
    for name in _ETC:
        if Path("/etc", name).exists():
            yield f"/etc/{name}", f"/etc/{name}"
    for folder in _own_folders():
        if not folder.is_relative_to("/usr"):
            yield str(folder), str(folder)
    for source, place in shown:
        yield place, str(source)


def _own_folders() -> Iterator[Path]:
    """The interpreter, its packages and this one, nothing beside them."""
    yield Path(lab_helpers.__file__).parent
    yield from {Path(sys.prefix), Path(sys.base_prefix), Path(sysconfig.get_path("purelib"))}
    link = Path(sys.executable)
    while link.is_symlink():
        link = Path(os.path.normpath(link.parent / link.readlink()))
        yield link.parent.parent


def _folders(places: Iterable[str]) -> Iterator[str]:
    """The folders above what is shown; those that bubblewrap makes by itself are its owner's alone."""
    above = {parent for place in places for parent in Path(place).parents}
    for folder in sorted(above - {Path("/")}):
        yield from ("--perms", "0755", "--dir", str(folder))


def _bind(source: str, place: str) -> tuple[str, ...]:
    if source.startswith("-> "):
        return "--symlink", source[3:], place
    return "--ro-bind", source, place


def _is_everyones_to_read() -> bool:
    """Whether somebody else than the owner could run the program: nobody must, in place of root."""
    files = (Path(lab_helpers.__file__), Path(sys.executable).resolve(), Path(os.__file__), Path(sys.prefix))
    return all(file.stat().st_mode & 0o004 for file in files)
