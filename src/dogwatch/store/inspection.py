"""Checks a database file as a whole, and whether the files of its segments exist; changes nothing."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from dogwatch.errors import StoreDamagedError, StoreError
from dogwatch.store import faults, schema
from dogwatch.store.connections import uri

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
            count, missing = 0, list[str]()
            for folder, paths in groupby(_paths(connection), lambda path: path.rpartition("/")[0]):
                known = list(paths)
                present = _names(media / folder)
                count += len(known)
                missing += [path for path in known if path.rpartition("/")[2] not in present]
                progress(len(known))
            missing = [path for path in missing if _is_known(connection, path)]
    except (sqlite3.Error, OSError) as error:
        raise faults.of(error, database) or StoreError(f"{database} cannot be read: {error}") from error
    return Inspection(revision, [] if found == ["ok"] else found, dict(orphans), count, missing)


def _paths(connection: sqlite3.Connection) -> Iterator[str]:
    """Yield the paths in order, in short transactions: a long one would let the log of a busy database grow."""
    after = ""
    while rows := connection.execute(f"{_ROWS} AND path > ? ORDER BY path LIMIT 5000", (after,)).fetchall():
        yield from (path for (path,) in rows)
        after = rows[-1][0]


def _names(folder: Path) -> set[str]:
    try:
        return {path.name for path in folder.iterdir()}
    except (FileNotFoundError, NotADirectoryError):
        return set()


def _is_known(connection: sqlite3.Connection, path: str) -> bool:
    """Whether a segment still has its row: it may have expired since."""
    return connection.execute(f"{_ROWS} AND path = ?", (path,)).fetchone() is not None
