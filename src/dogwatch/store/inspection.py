"""Checks a database as a whole, and whether the files of its segments exist; changes nothing."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

from dogwatch.errors import StoreDamagedError, StoreError
from dogwatch.store import faults, schema
from dogwatch.store.connections import uri

if TYPE_CHECKING:
    from dogwatch.store.database import Database

Rows = Callable[..., Sequence[tuple[str]]]
"""Runs a query with its values, `?` in it, in a transaction of its own."""
SHOWN = 10  # problems of a kind that are described; the others are counted
_ROWS = "SELECT path FROM segments WHERE NOT deleting"


@dataclass(frozen=True, slots=True)
class Inspection:
    """What was found: `damage` in SQLite's words, `orphans` by table, and paths of segments whose file is `missing`."""

    revision: str
    damage: list[str]
    orphans: dict[str, int]
    segments: int
    missing: list[str]

    @property
    def is_current(self) -> bool:
        """Whether the tables are those of this version."""
        return self.revision == schema.head()

    @property
    def is_sound(self) -> bool:
        """Whether nothing is wrong."""
        return self.is_current and not (self.damage or self.orphans or self.missing)


def inspect(database: Path, media: Path, progress: Callable[[int], None] = lambda _: None) -> Inspection:
    """Inspect `database`, which may be in use, and look for the files of its segments below `media`.

    Args:
        database: The file.
        media: The directory that paths of segments are relative to.
        progress: Told of every few segments how many they were.

    Raises:
        StoreError: It is not there, or cannot be read, or is no database of Dogwatch.
    """
    if not database.is_file():
        raise StoreError(f"there is no database {database}")
    try:
        revision = schema.revision_of(database)
        if not revision:
            raise StoreDamagedError(f"{database} is no database of Dogwatch")
        with closing(sqlite3.connect(uri(database, "mode=ro"), uri=True)) as connection:
            found = [row[0] for row in connection.execute(f"PRAGMA integrity_check({SHOWN})")]
            orphans = Counter(row[0] for row in connection.execute("PRAGMA foreign_key_check"))
            count, missing = _segments(lambda sql, *of: connection.execute(sql, of).fetchall(), media, progress)
    except (sqlite3.Error, OSError) as error:
        raise faults.of(error, database) or StoreError(f"{database} cannot be read: {error}") from error
    return Inspection(revision, [] if found == ["ok"] else found, dict(orphans), count, missing)


def inspect_server(db: Database, media: Path, progress: Callable[[int], None] = lambda _: None) -> Inspection:
    """Inspect a database on a server, which keeps references itself, and knows itself whether it is damaged.

    Args:
        db: The database.
        media: The directory that paths of segments are relative to.
        progress: Told of every few segments how many they were.

    Raises:
        StoreError: The server does not answer, or has no database of Dogwatch there.
    """
    with db.read() as connection:
        if not connection.dialect.has_table(connection, "alembic_version"):
            raise StoreError(f"there is no database of Dogwatch at {db.url}")
        if connection.dialect.has_table(connection, schema.UNFINISHED):
            raise StoreError(f"the move of a database to {db.url} was not finished")
        revision = str(connection.exec_driver_sql("SELECT max(version_num) FROM alembic_version").scalar() or "")

    def rows(sql: str, *values: str) -> Sequence[tuple[str]]:
        with db.read() as connection:
            return [(path,) for (path,) in connection.exec_driver_sql(sql.replace("?", "%s"), values)]

    count, missing = _segments(rows, media, progress)
    return Inspection(revision, [], {}, count, missing)


def _segments(rows: Rows, media: Path, progress: Callable[[int], None]) -> tuple[int, list[str]]:
    """Return how many segments there are, and the paths of those without a file."""
    count, missing = 0, list[str]()
    for folder, paths in groupby(_paths(rows), lambda path: path.rpartition("/")[0]):
        known = list(paths)
        present = _names(media / folder)
        count += len(known)
        missing += [path for path in known if path.rpartition("/")[2] not in present]
        progress(len(known))
    return count, [path for path in missing if rows(f"{_ROWS} AND path = ?", path)]  # it may have expired since


def _paths(rows: Rows) -> Iterator[str]:
    """Yield the paths in order, in short transactions: a long one would let the log of a busy database grow."""
    after = ""
    while found := rows(f"{_ROWS} AND path > ? ORDER BY path LIMIT 5000", after):
        yield from (path for (path,) in found)
        after = found[-1][0]


def _names(folder: Path) -> set[str]:
    try:
        return {path.name for path in folder.iterdir()}
    except (FileNotFoundError, NotADirectoryError):
        return set()
