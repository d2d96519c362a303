"""Reads the database of an installation: SQLite, of any of its versions, without writing to it.

A database that was closed is read as a file that nobody changes. One with a write-ahead log, because its program runs
or was killed, is opened for reading beside it, for which SQLite needs the file `-shm`. Rows are read some at a time,
each time in a short transaction, so nobody who writes has to wait.
"""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from dogwatch.errors import DogwatchError
from dogwatch.store.connections import uri

BATCH = 500
Row = dict[str, Any]
_NO_DATABASE = (
    "cannot be read: {}. If it has a write-ahead log (-wal) beside it, stop the program that uses it, or give a copy "
    "of both files in a directory that can be written with --database"
)


class SourceDatabase:
    """An open database of an installation. What a version of it lacks reads as absent."""

    def __init__(self, path: Path) -> None:
        """Open the file at `path`.

        Raises:
            DogwatchError: It cannot be read, or is no such database.
        """
        self.path = path
        log = path.with_name(f"{path.name}-wal")
        alone = not (log.exists() and log.stat().st_size)
        try:
            self._connection = sqlite3.connect(uri(path, "mode=ro&immutable=1" if alone else "mode=ro"), uri=True)
            self._connection.text_factory = lambda data: data.decode(errors="replace")
            found = self._connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
            self._columns = {name: self._read_columns(name) for (name,) in found}
        except sqlite3.Error as error:
            raise DogwatchError(f"{path} {_NO_DATABASE.format(error)}") from error
        if "event" not in self._columns and "recordings" not in self._columns:
            raise DogwatchError(f"{path} is no database of Frigate: it has neither events nor recordings")

    def has(self, table: str) -> bool:
        """Whether there is such a table."""
        return table in self._columns

    def columns(self, table: str) -> frozenset[str]:
        """Return the names of a table's columns; none without such a table."""
        return self._columns.get(table, frozenset())

    def count(self, table: str) -> int:
        """Return how many rows a table has; 0 without such a table."""
        if table not in self._columns:
            return 0
        try:
            return int(self._connection.execute(f"SELECT count(*) FROM {_quoted(table)}").fetchone()[0])  # noqa: S608
        except sqlite3.Error:
            return 0  # it is damaged: `rows` tells where

    def rows(self, table: str, wanted: Sequence[str]) -> Iterator[list[Row]]:
        """Yield the rows of a table, some at a time, with those of the `wanted` columns that it has.

        Raises:
            DogwatchError: The table cannot be read from here on.
        """
        names = [name for name in wanted if name in self.columns(table)]
        if not names:
            return
        columns = ", ".join(map(_quoted, names))
        query = f"SELECT rowid, {columns} FROM {_quoted(table)} WHERE rowid > ? ORDER BY rowid LIMIT {BATCH}"  # noqa: S608
        last = -(1 << 63)
        while True:
            try:
                found = self._connection.execute(query, (last,)).fetchall()
            except sqlite3.Error as error:
                raise DogwatchError(f"the table {table} cannot be read from row {last + 1} on: {error}") from error
            if not found:
                return
            last = found[-1][0]
            yield [dict(zip(names, values[1:], strict=True)) for values in found]

    def close(self) -> None:
        """Close it."""
        with contextlib.suppress(sqlite3.Error):
            self._connection.close()

    def _read_columns(self, table: str) -> frozenset[str]:
        return frozenset(row[1] for row in self._connection.execute(f"PRAGMA table_info({_quoted(table)})"))


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
