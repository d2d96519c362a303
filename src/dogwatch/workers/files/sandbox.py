"""Takes from a process what it does not need to decode a file: other files, the network, new programs, and memory.

On Linux, Landlock forbids TCP, and to open files but those of Python and its libraries; a network namespace of its own
has no network. What a kernel or a container does not offer is left out. Resource limits work everywhere.

Sources: the Linux manual pages landlock(7), unshare(2), prctl(2), setrlimit(2); include/uapi/linux/landlock.h.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import resource
import signal
import struct
import sys
import sysconfig
from collections.abc import Iterable
from pathlib import Path

OPEN_FILES = 64
_LINUX = sys.platform.startswith("linux")
_NEW_USERS, _NEW_NETWORK = 0x10000000, 0x40000000
_PARENT_DEATH, _NO_NEW_PRIVILEGES, _DUMPABLE, _SET_NAME = 1, 38, 4, 15
_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446  # system calls, the same on all architectures
_VERSION = 1
_FILE_RIGHTS = {1: 13, 2: 14, 3: 15, 5: 16}  # the number of rights from each version on
_EXECUTE, _READ_FILE, _READ_DIRECTORY = 1, 4, 8
_TCP, _SCOPES = 3, 3
_BENEATH = 1
_SYSTEM = (
    "/usr/lib",
    "/lib",
    "/lib64",
    "/usr/local/lib",
    "/etc/ld.so.cache",
    "/sys/devices/system",
    "/proc/cpuinfo",
    "/proc/meminfo",
)


def enter(memory_bytes: int, cpu_s: int, nice: int, readable: Iterable[str] = ()) -> None:
    """Limit this process, for good.

    Args:
        memory_bytes: Memory beyond what it has now.
        cpu_s: Processor time.
        nice: How much to lower its priority.
        readable: Files and directories that it may read, beside those of Python.
    """
    mapped = mapped_bytes()
    confine(readable)
    limit(mapped + memory_bytes, cpu_s, nice)


def limit(memory_bytes: int, cpu_s: int, nice: int) -> None:
    """Limit what this process may use, see `enter`; `memory_bytes` is all of its address space."""
    _limit(resource.RLIMIT_AS, memory_bytes)
    _limit(resource.RLIMIT_CPU, cpu_s)
    lower_priority(nice)


def lower_priority(nice: int) -> None:
    """Lower the priority of this process and its threads that are made from now on."""
    with contextlib.suppress(OSError):
        os.nice(nice)


def confine(readable: Iterable[str] = ()) -> None:
    """Take from this process all files but `readable` and those of Python, the network, and writing."""
    _limit(resource.RLIMIT_NOFILE, OPEN_FILES)
    _limit(resource.RLIMIT_CORE, 0)
    _limit(resource.RLIMIT_FSIZE, 0)  # it answers over its socket alone
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    if _LINUX:
        libc = ctypes.CDLL(None, use_errno=True)
        libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0)
        libc.prctl(_DUMPABLE, 0, 0, 0, 0)
        leave_network()
        _allow_only(libc, [*_of_python(), *readable])


def leave_network() -> None:
    """Go without network from now on, if the system allows it. Only while this process has one thread."""
    if _LINUX:
        libc = ctypes.CDLL(None, use_errno=True)
        if libc.unshare(_NEW_NETWORK) != 0:
            libc.unshare(_NEW_USERS | _NEW_NETWORK)


def name(text: bytes) -> None:
    """Give this process a name of at most 15 bytes, which lists of processes show."""
    if _LINUX:
        ctypes.CDLL(None).prctl(_SET_NAME, text, 0, 0, 0)


def die_with_parent() -> None:
    """Have this process killed when its parent ends, however that happens."""
    if _LINUX:
        parent = os.getppid()
        ctypes.CDLL(None).prctl(_PARENT_DEATH, signal.SIGKILL, 0, 0, 0)
        if os.getppid() != parent:  # it has ended before that
            os._exit(1)


def _limit(kind: int, value: int) -> None:
    _, hard = resource.getrlimit(kind)
    if hard != resource.RLIM_INFINITY:
        value = min(value, hard)
    with contextlib.suppress(OSError, ValueError):  # macOS knows no limit of memory
        resource.setrlimit(kind, (value, value))


def mapped_bytes() -> int:
    """Return the size of this process's address space in bytes."""
    try:
        return int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    except OSError:
        return 1 << 30


def _of_python() -> list[str]:
    paths = sysconfig.get_paths()
    places = {paths[name] for name in ("stdlib", "platstdlib", "purelib", "platlib")} | {sys.prefix, sys.base_prefix}
    own = str(Path(__file__).resolve().parents[2])
    return sorted((places - {"/", "/usr"}) | {own, *_SYSTEM})


def _allow_only(libc: ctypes.CDLL, readable: Iterable[str]) -> None:
    version = libc.syscall(_CREATE_RULESET, None, 0, _VERSION)
    if version < 1:
        return
    count = max(rights for since, rights in _FILE_RIGHTS.items() if since <= version)
    attributes = struct.pack("=Q", (1 << count) - 1)
    if version >= 4:
        attributes += struct.pack("=Q", _TCP)
    if version >= 6:
        attributes += struct.pack("=Q", _SCOPES)
    ruleset = libc.syscall(_CREATE_RULESET, attributes, ctypes.c_size_t(len(attributes)), 0)
    if ruleset < 0:
        return
    for path in readable:
        with contextlib.suppress(OSError):
            _allow(libc, ruleset, path)
    libc.syscall(_RESTRICT_SELF, ruleset, 0)
    os.close(ruleset)


def _allow(libc: ctypes.CDLL, ruleset: int, path: str) -> None:
    descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC)
    try:
        rights = _READ_FILE | (_READ_DIRECTORY if Path(path).is_dir() else 0)
        libc.syscall(_ADD_RULE, ruleset, _BENEATH, struct.pack("=Qi", rights, descriptor), 0)
    finally:
        os.close(descriptor)
