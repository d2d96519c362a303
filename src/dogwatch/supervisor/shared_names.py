"""The names of shared memory files, by which those of ended processes are found."""

from __future__ import annotations

import os


def prefix_of(pid: int) -> str:
    """Return how the names of the files of the process `pid` begin.

    Containers that share `/dev/shm` count their processes apart, so the same pid may run in several of them.
    """
    return f"dogwatch-{_namespace()}-{pid}-"


def pid_of(name: str) -> int | None:
    """Return the pid in a name that begins as `prefix_of` says, None if the file is not of this pid namespace."""
    parts = name.split("-", 3)
    if len(parts) < 4 or parts[:2] != ["dogwatch", str(_namespace())] or not parts[2].isdecimal():
        return None
    return int(parts[2])


def _namespace() -> int:
    """Return the number of this process's pid namespace, 0 where there is none."""
    try:
        return os.stat("/proc/self/ns/pid").st_ino
    except OSError:
        return 0
