"""Puts a copy in the place of a database that nobody uses."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from dogwatch.errors import StoreDamagedError, StoreError
from dogwatch.store import faults, mending, online_copy, schema
from dogwatch.store.online_copy import Pace


def restore(database: Path, copy: Path) -> Path | None:
    """Put `copy`, which stays, in the place of `database`; return the name under which the present file is kept.

    Raises:
        StoreError: The copy is damaged or of a newer version, or cannot be put in place; the present file stays.
    """
    try:
        revision = schema.revision_of(copy)
        if not revision:
            raise StoreDamagedError("it is no database of Dogwatch")
        if revision > schema.head():
            raise StoreError(f"it was made by a newer version of Dogwatch (revision {revision})")
        online_copy.require_room(database.parent, online_copy.size(copy), "the database")
        fresh = mending.fresh_path(database)
        try:
            online_copy.copy(copy, fresh, Pace(f"restoring {copy.name}"))
            if database.is_file():
                online_copy.make_alike(fresh, database)
            aside = mending.set_aside(database)
            mending.put_in_place(fresh, database)
        finally:
            mending.fresh_path(database)
    except (OSError, sqlite3.Error, StoreError) as error:
        raise StoreError(f"{copy} cannot be restored: {faults.of(error, database) or error}") from error
    return aside
