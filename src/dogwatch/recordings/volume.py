"""Checks that the recordings directory is the one of this database.

Without this check, the recordings of an unmounted disk would count as missing, their rows would be dropped, and the
system disk would be filled. So the directory always has an identity file (see `dogwatch.volume`).
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from dogwatch.errors import DiskGoneError, RecordingError
from dogwatch.model import VOLUME_FILE
from dogwatch.store import segments, volumes
from dogwatch.store.database import Database
from dogwatch.volume import read_identity, write_identity


def check(db: Database, media_root: Path) -> None:
    """Compare the identity file with the database; make one for a new database or a new disk.

    With an empty identity file the user confirms that this directory is the right one.

    Raises:
        RecordingError: This is not the directory that the database's recordings are in, or it cannot be written.
    """
    folder = media_root / "recordings"
    path = folder / VOLUME_FILE
    with db.read() as connection:
        known = volumes.known(connection, volumes.RECORDINGS)
        count = segments.count(connection) if known else 0
    present = _read(folder)
    if present is None and known:
        raise DiskGoneError(
            f"{folder} is not the recordings directory that was used before ({count} segments are known): is its "
            f"disk mounted? To use this directory from now on, make an empty file {path} and start again."
        )
    if present and known and present not in known:
        raise DiskGoneError(
            f"{folder} belongs to another Dogwatch database. To use it with this one, empty the file {path} and start "
            "again; recordings in it will be added to this database."
        )
    if not present:
        present = volumes.new_identity(volumes.RECORDINGS)
        try:
            write_identity(folder, present)
        except OSError as error:
            raise RecordingError(f"cannot write to {folder}: {error.strerror}") from error
    if present not in known:
        db.write(partial(volumes.add, identity=present))


def verify(db: Database, media_root: Path) -> None:
    """Check, while recording, that the disk is still there.

    Raises:
        RecordingError: It is not: its files only seem to be gone.
    """
    folder = media_root / "recordings"
    with db.read() as connection:
        known = volumes.known(connection, volumes.RECORDINGS)
    if known:
        _verify(folder, _read(folder), known)


@contextmanager
def opened(db: Database, media_root: Path) -> Iterator[int]:
    """Open the recordings directory, check that it is on its disk, and give its descriptor.

    Raises:
        RecordingError: It is on another disk, or cannot be opened.
    """
    folder = media_root / "recordings"
    with db.read() as connection:
        known = volumes.known(connection, volumes.RECORDINGS)
    try:
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except OSError as error:
        raise RecordingError(f"cannot open {folder}: {error.strerror}") from error
    try:
        if known:
            _verify(folder, _read(folder, descriptor), known)
        yield descriptor
    finally:
        os.close(descriptor)


def _verify(folder: Path, present: str | None, known: set[str]) -> None:
    if present is None:
        raise DiskGoneError(f"{folder} has lost its identity file: is its disk still mounted?")
    if present not in known:
        raise DiskGoneError(f"{folder} is another disk than before: the one that was used must be mounted there")


def _read(folder: Path, opened: int | None = None) -> str | None:
    try:
        return read_identity(folder, opened)
    except OSError as error:
        raise RecordingError(f"cannot read {folder / VOLUME_FILE}: {error.strerror}") from error
