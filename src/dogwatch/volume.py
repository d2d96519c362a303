"""Tells whether a directory is still on the disk that it was on.

An unmounted disk leaves an empty directory behind. Files written there would fill the system's disk and be hidden once
the disk is mounted again. So a directory that is a disk of its own has an identity file. A directory on the disk of its
parent needs none: users may empty it.
"""

from __future__ import annotations

import errno
import os
import re
import stat
from dataclasses import dataclass
from pathlib import Path

from dogwatch.model import VOLUME_FILE

_OCTAL = re.compile(r"\\(\d{3})")  # how mountinfo escapes spaces and the like
LONGEST = 200  # characters of an identity file that are read
_MOUNTS = Path("/proc/self/mountinfo")


@dataclass(frozen=True, slots=True)
class Volume:
    """The disk of `folder`: `identity` is the text of its identity file; without one, `device` is the disk's number."""

    folder: Path
    identity: str = ""
    device: int = 0

    def verify(self) -> None:
        """Check that the disk is there; this takes microseconds.

        Raises:
            OSError: It is not: nothing may be written here, and files that seem to be missing are not deleted.
        """
        if self.identity:
            if read_identity(self.folder) != self.identity:
                raise gone(self.folder)
            return
        try:
            device = self.folder.stat().st_dev
        except FileNotFoundError:
            device = self.folder.parent.stat().st_dev  # the folder will be made on that disk
        if device != self.device:
            raise gone(self.folder)


def gone(folder: Path) -> OSError:
    """Return the error for a missing disk of `folder`."""
    return OSError(errno.ENOENT, f"the disk of {folder} is not there: is it mounted?")


def read_identity(folder: Path, opened: int | None = None) -> str | None:
    """Return the text of the identity file of `folder`, None if there is none.

    With `opened`, a descriptor of that directory, a disk that is mounted in its place meanwhile does not matter.

    Raises:
        OSError: It cannot be read.
    """
    try:
        name = folder / VOLUME_FILE if opened is None else VOLUME_FILE
        descriptor = os.open(name, os.O_RDONLY | os.O_CLOEXEC, dir_fd=opened)
        with os.fdopen(descriptor) as file:
            return file.read(LONGEST).strip()
    except FileNotFoundError:
        return None


def write_identity(folder: Path, identity: str) -> None:
    """Write the identity file of `folder` and sync it to disk.

    Raises:
        OSError: It cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / VOLUME_FILE).open("w") as file:
        file.write(identity + "\n")
        file.flush()
        os.fsync(file.fileno())


def is_own_disk(folder: Path, parent: Path) -> bool:
    """Whether `folder` is a mount, or a link to somewhere else, rather than a part of the disk of `parent`.

    Raises:
        OSError: `parent` is not there.
    """
    real, above = folder.resolve(), parent.resolve()
    try:
        if real.stat().st_dev != above.stat().st_dev:
            return True
    except FileNotFoundError:
        return False
    return above not in real.parents or os.fspath(real) in _mounts()


def sync_directory(directory: Path) -> None:
    """Sync a directory, so that a rename or a new file in it survives a power cut.

    Raises:
        OSError: The disk fails or is full.
    """
    fd = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(fd)
    except OSError as error:
        if error.errno not in (errno.EINVAL, errno.ENOTSUP):  # network file systems that cannot
            raise
    finally:
        os.close(fd)


def mounts_text() -> str:
    """Return the list of mounts as the system gives it; empty if it gives none, as on other systems than Linux."""
    try:
        return _MOUNTS.read_text(errors="surrogateescape")
    except OSError:
        return ""


def identity_of(path: Path) -> tuple[int, int, int] | None:
    """Return numbers that tell a file or directory from another one that takes its place; None if it is not there."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino, found.st_mtime_ns if stat.S_ISREG(found.st_mode) else 0


def _mounts() -> set[str]:
    """Return the mount points, including bind mounts of the same disk; none where only device numbers tell of them."""
    lines = mounts_text().splitlines()
    return {_OCTAL.sub(lambda found: chr(int(found[1], 8)), line.split(" ")[4]) for line in lines}
