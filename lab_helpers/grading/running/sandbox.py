"""The sandbox around one job: namespaces, an empty folder to work in, limits, no privileges. Linux's part by ctypes."""

from __future__ import annotations

import contextlib
import ctypes
import fcntl
import os
import resource
import signal
import socket
import struct
import sys
from pathlib import Path

from lab_helpers.grading.running.jobs import Limits
from lab_helpers.grading.running.walls import scratch

NOBODY = 65534
WALLED = "LAB_WALLED"
_NAMESPACES = 0x00020000 | 0x10000000 | 0x20000000 | 0x40000000 | 0x08000000 | 0x04000000  # mnt user pid net ipc uts
_MS_REC_PRIVATE, _MS_NOSUID_NODEV = 0x4000 | 0x40000, 2 | 4
_PR_SET_PDEATHSIG, _PR_SET_DUMPABLE, _PR_CAPBSET_DROP, _PR_SET_NO_NEW_PRIVS = 1, 4, 24, 38
_CAPABILITIES_V3, _LAST_CAPABILITY = 0x20080522, 40
# Linux 5.12, the same number on every processor; before, only walls keep files as they are.
_SYS_MOUNT_SETATTR, _AT_FDCWD, _AT_RECURSIVE, _MOUNT_ATTR_RDONLY = 442, -100, 0x8000, 1
_SIOCSIFFLAGS, _IFF_UP_RUNNING = 0x8914, 0x41
_libc = ctypes.CDLL(None, use_errno=True)


def become_nobody() -> None:
    """Where this process is root within walls, let it be nobody; without walls nobody might not read the program."""
    if sys.platform == "linux" and os.geteuid() == 0 and os.environ.get(WALLED):
        # A container may know no nobody; its root is nobody outside, then.
        with contextlib.suppress(OSError):
            os.setgroups([])
            os.setresgid(NOBODY, NOBODY, NOBODY)
            os.setresuid(NOBODY, NOBODY, NOBODY)
        # Else its own files under /proc stay root's, and it could make no namespaces.
        _libc.prctl(_PR_SET_DUMPABLE, 1, 0, 0, 0)


def enter_namespaces() -> bool:
    """Give this process namespaces of its own, with a network of loopback alone; False where that is refused.

    Its next child is the first process of the new pid namespace, and all in there die with it.
    """
    if sys.platform != "linux":
        return False
    user, group = os.geteuid(), os.getegid()
    if _libc.unshare(_NAMESPACES):
        return False
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{user} {user} 1")
    Path("/proc/self/gid_map").write_text(f"{group} {group} 1")
    with socket.socket() as any_socket:
        fcntl.ioctl(any_socket, _SIOCSIFFLAGS, struct.pack("16sh", b"lo", _IFF_UP_RUNNING))
    return True


def hide(files_mb: int) -> None:
    """Put an empty folder over each one that can be written to or tells of others: `scratch()`, /dev/shm and /proc.

    Everything else can only be read from then on, which within walls it is already.
    """
    _mount(None, "/", None, _MS_REC_PRIVATE, None)
    _libc.syscall(
        _SYS_MOUNT_SETATTR, _AT_FDCWD, b"/", _AT_RECURSIVE, struct.pack("4Q", _MOUNT_ATTR_RDONLY, 0, 0, 0), 32
    )
    _mount("tmpfs", scratch(), "tmpfs", _MS_NOSUID_NODEV, f"size={files_mb}m,mode=1777,nr_inodes=20k")
    _mount("tmpfs", "/dev/shm", "tmpfs", _MS_NOSUID_NODEV, f"size={files_mb}m,mode=1777,nr_inodes=1k")
    _mount("tmpfs", "/proc", "tmpfs", _MS_NOSUID_NODEV | 1, "size=4k,mode=555")


def die_with_parent() -> None:
    """Let the end of the parent be this process's, too."""
    if sys.platform == "linux":
        _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


def limit(limits: Limits) -> None:
    """Set the limits that the system keeps by itself."""
    size, data = _memory()
    bounds = {
        "RLIMIT_DATA": data + limits.memory_mb * 2**20,
        # Threads and allocators reserve far more than they use; this is against maps that are shared, which no other
        # limit counts.
        "RLIMIT_AS": size + 4 * limits.memory_mb * 2**20,
        "RLIMIT_FSIZE": limits.files_mb * 2**20,
        "RLIMIT_NPROC": limits.processes,
        "RLIMIT_NOFILE": 512,
        "RLIMIT_CPU": int(limits.job_s) + 5,
        "RLIMIT_CORE": 0,
        "RLIMIT_MSGQUEUE": 0,
        "RLIMIT_MEMLOCK": 0,
    }
    for name, bound in bounds.items():
        # On a Mac memory cannot be bounded, and without a namespace a user's processes are counted together.
        if sys.platform == "linux" and (name != "RLIMIT_NPROC" or os.getpid() == 1):
            resource.setrlimit(getattr(resource, name), (bound, bound))


def drop_privileges() -> None:
    """Give up what the namespaces' maker may do in them, for good: no mount can be undone, no program gains a right."""
    if sys.platform != "linux":
        return
    _libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    for capability in range(_LAST_CAPABILITY + 1):
        _libc.prctl(_PR_CAPBSET_DROP, capability, 0, 0, 0)
    header = struct.pack("Ii", _CAPABILITIES_V3, 0)
    if _libc.capset(header, bytes(24)):
        raise OSError(ctypes.get_errno(), "capset")


def _mount(source: str | None, target: str, kind: str | None, flags: int, options: str | None) -> None:
    said = [part.encode() if part else None for part in (source, target, kind, options)]
    if _libc.mount(said[0], said[1], said[2], flags, said[3]):
        raise OSError(ctypes.get_errno(), f"mount {target}")


def _memory() -> tuple[int, int]:
    """What this process has already, in bytes: its address space, and the part that is private and written to."""
    if sys.platform != "linux":
        return 0, 0
    size, _resident, _shared, _text, _library, data, _dirty = Path("/proc/self/statm").read_text().split()
    return int(size) * resource.getpagesize(), int(data) * resource.getpagesize()
