"""Tells whether a directory that is written to is still on the disk that it was on.

An unmounted disk leaves an empty directory behind, and whoever writes into that fills the system's disk with what
nobody finds again. So a directory that is a disk of its own carries an identity file. One that is a part of another's
disk needs none: who empties it may do so.
"""

from __future__ import annotations

import errno
import os
import re
from dataclasses import dataclass
from pathlib import Path

from dogwatch.model import VOLUME_FILE

_OCTAL = re.compile(r"\\(\d{3})")  # how spaces and the like are written there
LONGEST = 200  # characters of an identity file that are read
_MOUNTS = Path("/proc/self/mountinfo")


@dataclass(frozen=True, slots=True)
class Volume:
    """The disk of `folder`: `identity` is what its identity file says; without one, `device` is the disk's number."""

    folder: Path
    identity: str = ""
    device: int = 0

    def verify(self) -> None:
        """Make sure that the disk is there; costs microseconds.

        Raises:
            OSError: It is not: nothing may be written here, and what seems to be missing has not gone.
        """
        if self.identity:
            if read_identity(self.folder) != self.identity:
                raise gone(self.folder)
            return
        try:
            device = self.folder.stat().st_dev
        except FileNotFoundError:
            device = self.folder.parent.stat().st_dev  # it will be made there
        if device != self.device:
            raise gone(self.folder)


def gone(folder: Path) -> OSError:
    """Return the error that says that the disk of `folder` is not there."""
    return OSError(errno.ENOENT, f"the disk of {folder} is not there: is it mounted?")


def read_identity(folder: Path, opened: int | None = None) -> str | None:
    """Return what the identity file of `folder` says, None if there is none.

    With `opened`, a descriptor of that directory, whatever is mounted in its place meanwhile does not count.

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
    """Write the identity file of `folder` so that it is durable.

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


def _mounts() -> set[str]:
    """Return the mount points: a directory bound to another place of the same disk is one too."""
    try:
        lines = _MOUNTS.read_text(errors="surrogateescape").splitlines()
    except OSError:
        return set()  # not Linux: device numbers alone tell
    return {_OCTAL.sub(lambda found: chr(int(found[1], 8)), line.split(" ")[4]) for line in lines}
