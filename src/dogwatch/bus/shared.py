"""Shared memory as files: several processes map one file, which they find by its name in a directory.

Plain files in `/dev/shm` (or any directory where there is none, as on macOS) behave alike everywhere, need no
resource tracker, and can be listed and cleaned up after a crash.
"""

from __future__ import annotations

import errno
import mmap
import os
from pathlib import Path

from dogwatch.errors import RingError
from dogwatch.supervisor.shared_names import prefix_of


def default_directory(run_dir: str) -> str:
    """Return the directory for shared memory: `/dev/shm` if there is one, else the run directory."""
    shm = Path("/dev/shm")  # noqa: S108 - the system's shared memory, not a place for temporary files
    return str(shm) if shm.is_dir() and os.access(shm, os.W_OK) else run_dir


def own_name(rest: str) -> str:
    """Return the name of a file of this process; when it has died, its supervisor removes the file."""
    return prefix_of(os.getpid()) + rest


def create(path: Path, size: int) -> mmap.mmap:
    """Make the file `path` of `size` bytes, reserve its memory, and map it.

    Raises:
        RingError: It cannot be made; the message says how much is missing when memory is short.
    """
    descriptor = -1
    try:
        path.unlink(missing_ok=True)
        # Never an existing file: in a directory for all users, the one who made it could read along.
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
        if hasattr(os, "posix_fallocate"):
            # Reserve the memory: a sparse tmpfs file that outgrows the file system kills its user with SIGBUS.
            os.posix_fallocate(descriptor, 0, size)
        else:
            os.ftruncate(descriptor, size)
        return mmap.mmap(descriptor, size)
    except OSError as error:
        path.unlink(missing_ok=True)
        if error.errno == errno.ENOSPC:
            stat = os.statvfs(path.parent)
            free = stat.f_bavail * stat.f_frsize
            raise RingError(
                f"{path.parent} has {free >> 20} MiB free, but {(size >> 20) + 1} MiB of shared memory are "
                "needed: enlarge it (docker: --shm-size) or lower the detect resolution"
            ) from error
        raise RingError(f"shared memory {path} cannot be made: {error.strerror}") from error
    finally:
        if descriptor >= 0:
            os.close(descriptor)


def reserve(path: Path, start: int, size: int) -> bool:
    """Reserve memory for a part of the file `path` that has none; whether there was enough."""
    if not hasattr(os, "posix_fallocate"):
        return True
    try:
        descriptor = os.open(path, os.O_RDWR)
    except OSError:
        return False
    try:
        os.posix_fallocate(descriptor, start, size)
    except OSError:
        return False
    else:
        return True
    finally:
        os.close(descriptor)


def give_back(memory: mmap.mmap, start: int, size: int) -> bool:
    """Return a part of the memory to the system, whole pages, whoever maps it; whether that was possible."""
    if not hasattr(mmap, "MADV_REMOVE"):
        return False
    try:
        memory.madvise(mmap.MADV_REMOVE, start, size)
    except OSError:  # not every file system can
        return False
    return True


def attach(path: Path) -> mmap.mmap:
    """Map the existing file `path`.

    Raises:
        RingError: There is no such file, or no longer.
    """
    try:
        descriptor = os.open(path, os.O_RDWR)
    except OSError as error:
        raise RingError(f"shared memory {path} is gone: {error.strerror}") from error
    try:
        return mmap.mmap(descriptor, 0)
    except (OSError, ValueError) as error:
        raise RingError(f"shared memory {path} cannot be mapped: {error}") from error
    finally:
        os.close(descriptor)
