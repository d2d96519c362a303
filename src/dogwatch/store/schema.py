"""Brings a database's tables up to date."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, text

from dogwatch.errors import StoreError
from dogwatch.store import faults, postgres
from dogwatch.store.connections import uri
from dogwatch.store.tables import metadata

GO_BACK = "The version of Dogwatch that ran before can still use it: go back to that one, and report this"
UNFINISHED = "unfinished_move"  # a table that is there while a database is moved to this place
if TYPE_CHECKING:
    from alembic.config import Config

MIGRATIONS = Path(__file__).parent / "migrations"
REVISION = "CREATE TABLE IF NOT EXISTS alembic_version (version_num VARCHAR(32) NOT NULL PRIMARY KEY)"


def head() -> str:
    """Return the newest revision: the number that the last migration's file name begins with."""
    return max(path.name for path in (MIGRATIONS / "versions").glob("[0-9]*.py")).split("_")[0]


def revision_of(database: Path) -> str:
    """Return the revision of the SQLite database at `database`, empty if it has none.

    Raises:
        sqlite3.Error: It cannot be read.
    """
    with closing(sqlite3.connect(uri(database, "mode=ro"), uri=True)) as connection:
        if connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'alembic_version'").fetchone() is None:
            return ""
        return str(connection.execute("SELECT max(version_num) FROM alembic_version").fetchone()[0] or "")


def bring_up_to_date(connection: Connection) -> None:
    """Create all tables in an empty database; migrate one of an older version.

    Raises:
        StoreError: The database was made by a newer version of Dogwatch, or cannot be migrated.
    """
    if connection.dialect.name == "postgresql":
        postgres.without_limits(connection)
    _bring_up_to_date(connection)
    if connection.dialect.name == "postgresql":
        postgres.binary_order(connection)
        postgres.as_they_are(connection)
        postgres.keep_up(connection)


def _bring_up_to_date(connection: Connection) -> None:
    if connection.dialect.has_table(connection, UNFINISHED):
        raise StoreError("a move of a database to this place was not finished: run `dogwatch database move` again")
    if not connection.dialect.has_table(connection, "alembic_version"):
        create(connection)
        return
    present = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    if present == head():
        return
    if present is not None and present > head():
        raise StoreError(f"the database is at revision {present}, this version of Dogwatch knows only {head()}")
    try:
        migrate(connection)
    except Exception as error:
        if faults.of(error) is not None or getattr(error, "connection_invalidated", False):
            raise
        reason = getattr(error, "orig", None) or error
        raise StoreError(f"it cannot be brought up to date, and is as it was: {reason}. {GO_BACK}") from error


def create(connection: Connection) -> None:
    """Create the missing tables in the newest schema.

    This does without Alembic, whose import takes a third of a second and 13 MiB of memory.
    """
    metadata.create_all(connection)
    connection.execute(text(REVISION))
    if connection.execute(text("SELECT count(*) FROM alembic_version")).scalar() == 0:
        connection.execute(text("INSERT INTO alembic_version VALUES (:revision)"), {"revision": head()})


def migrate(connection: Connection, to: str = "head") -> None:
    """Run the missing migrations up to the revision `to`; in an empty database, all."""
    from alembic import command

    command.upgrade(alembic_config(connection), to)


def alembic_config(connection: Connection) -> Config:
    """Return what Alembic's commands need to change the database behind `connection`."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config
