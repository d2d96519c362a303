"""Rows of the disks that belong to this database, by their identity.

The identity of a directory other than `recordings` begins with that directory's name.
"""

from __future__ import annotations

import time
import uuid

from sqlalchemy import Connection, insert, select

from dogwatch.store.tables import volumes

RECORDINGS = "recordings"
OTHERS = ("clips", "exports", "files", "logs", "backups")


def known(connection: Connection, name: str) -> set[str]:
    """Return the identities of the disks that directory `name` has been on."""
    ids = connection.scalars(select(volumes.c.id))
    return {one for one in ids if _of(one) == name}


def add(connection: Connection, identity: str) -> None:
    """Add a disk."""
    connection.execute(insert(volumes).values(id=identity, added_at=time.time()))


def new_identity(name: str) -> str:
    """Return an identity for a disk of directory `name`."""
    return str(uuid.uuid4()) if name == RECORDINGS else f"{name}-{uuid.uuid4().hex}"


def _of(identity: str) -> str:
    name = identity.partition("-")[0]
    return name if name in OTHERS else RECORDINGS
