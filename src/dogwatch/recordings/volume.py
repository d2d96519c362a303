"""Makes sure that the recordings directory is the one that the database knows.

An unmounted disk leaves an empty directory behind. Without this check its recordings would count as missing, their
rows would be dropped, and the system disk would be filled. So the directory carries an identity file.
"""

from __future__ import annotations

import os
import time
import uuid
from pathlib import Path

from sqlalchemy import Connection, insert, select

from dogwatch.errors import RecordingError
from dogwatch.model import VOLUME_FILE
from dogwatch.store import segments
from dogwatch.store.database import Database
from dogwatch.store.tables import volumes


def check(db: Database, media_root: Path) -> None:
    """Compare the identity file with the database; make one for a new database or a new disk.

    An empty identity file is the user's word that this directory is meant.

    Raises:
        RecordingError: This is not the directory that the database's recordings are in, or it cannot be written.
    """
    folder = media_root / "recordings"
    path = folder / VOLUME_FILE
    with db.read() as connection:
        known = set(connection.scalars(select(volumes.c.id)))
        count = segments.count(connection) if known else 0
    try:
        present = path.read_text().strip()
    except FileNotFoundError:
        if known:
            raise RecordingError(
                f"{folder} is not the recordings directory that was used before ({count} segments are known): is its "
                f"disk mounted? To use this directory from now on, make an empty file {path} and start again."
            ) from None
        present = ""
    except OSError as error:
        raise RecordingError(f"cannot read {path}: {error.strerror}") from error
    if present and known and present not in known:
        raise RecordingError(
            f"{folder} belongs to another Dogwatch database. To use it with this one, empty the file {path} and start "
            "again; recordings in it will be added to this database."
        )
    if not present:
        present = str(uuid.uuid4())
        _write(path, present)
    if present not in known:
        db.write(lambda connection: _add(connection, present))


def verify(db: Database, media_root: Path) -> None:
    """Make sure, in the course of a run, that the disk is still there.

    Raises:
        RecordingError: It is not: its files only seem to have gone.
    """
    with db.read() as connection:
        known = connection.scalar(select(volumes.c.id).limit(1))
    if known is not None and not (media_root / "recordings" / VOLUME_FILE).exists():
        raise RecordingError(f"{media_root / 'recordings'} has lost its identity file: is its disk still mounted?")


def _add(connection: Connection, volume: str) -> None:
    connection.execute(insert(volumes).values(id=volume, added_at=time.time()))


def _write(path: Path, volume: str) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("w") as file:
            file.write(volume + "\n")
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise RecordingError(f"cannot write to {path.parent}: {error.strerror}") from error
