"""Writes that wait for a database's server, kept in a file so that they outlive the program.

A write is kept if it is a `functools.partial` of one of the functions named by `kinds`, and its arguments are JSON. The
next program runs what is in the file before anything else. Each write has a number, and the transaction that commits it
stores that number too: so none is done twice, whenever the program ends. The file is there only while something waits.
"""

from __future__ import annotations

import contextlib
import inspect
import logging
import os
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import IO, Any, get_type_hints

import msgspec
from sqlalchemy import Connection

from dogwatch.store import deferred, kept_times
from dogwatch.store.job_queue import QueuedWrite

DONE, MARK = "last_kept_write", "last_write"
LIMIT_BYTES = 64 << 20
TOGETHER = 200  # writes of an earlier program in one savepoint
_log = logging.getLogger(__name__)

Job = QueuedWrite[Any]
Write = Callable[..., Any]


class _Line(msgspec.Struct, frozen=True):
    """One write; it was committed already if the database's mark is `unless`."""

    number: int
    do: str
    arguments: dict[str, Any]
    unless: float | None = None


class Spool:
    """The file. `keep` may be called by any thread, the rest belongs to the writer thread."""

    def __init__(self, path: Path, kinds: Callable[[], Sequence[Write]], *, limit_bytes: int = LIMIT_BYTES) -> None:
        """Touch nothing yet.

        Args:
            path: The file; its directory exists.
            kinds: Returns the functions whose calls can be kept; called when that is needed.
            limit_bytes: How large the file may become; what waits beyond that is not kept.
        """
        self.path, self._kinds, self._limit = path, kinds, limit_bytes
        self._lock = threading.Lock()
        self._file: IO[bytes] | None = None
        self._full = False
        self._last = self._done = self._noted = 0
        """The newest numbers: of a write in the file, of one that is done, and of one that the database knows of."""

    def keep(self, jobs: Iterable[Job], running: Sequence[Job] = (), unless: float | None = None) -> int:
        """Append what is not in the file yet; return how many of the jobs are in it.

        Args:
            jobs: What waits, oldest first.
            running: Those of `jobs` that are perhaps committed.
            unless: The mark that the database has if they are.
        """
        kept = 0
        with self._lock:
            try:
                for job in jobs:
                    if not (self._full or job.number or not job.kept or job.future.done()):
                        self._append(job, unless if job in running else None)
                    kept += job.number > 0
                if self._file is not None:
                    self._file.flush()
                    os.fsync(self._file.fileno())
            except OSError as error:
                if not self._full:
                    _log.error("what waits for the database is no longer kept on disk: %s", error.strerror)
                self._full = True
        return kept

    def note(self, connection: Connection, jobs: Iterable[Job]) -> None:
        """Note in the transaction which of the kept writes it has done."""
        if (last := max((job.number for job in jobs), default=0)) > self._noted or self._done > self._noted:
            kept_times.save(connection, DONE, max(last, self._done))

    def done(self, jobs: Iterable[Job], *, noted: bool) -> None:
        """Take in that writes are done, or have failed, and remove the file if nothing else is in it.

        Args:
            jobs: The writes.
            noted: Whether they were noted in a transaction that is committed.
        """
        self._done = max(self._done, *(job.number for job in jobs), 0)
        if noted:
            self._noted = self._done
        if (self._file is not None or self._full) and self._done >= self._last:
            self.clear()

    def clear(self) -> None:
        """Remove the file."""
        self.close()
        self._full = False
        with contextlib.suppress(OSError):
            self.path.unlink()

    def close(self) -> None:
        """Close the file; what is in it stays."""
        with self._lock:
            file, self._file = self._file, None
            if file is not None:
                with contextlib.suppress(OSError):  # its disk is full, which was logged
                    file.close()

    def replay(self, connection: Connection) -> None:
        """Do what an earlier program has left undone; what cannot be done is logged and left out."""
        before = kept_times.load(connection, DONE) or 0
        self._last = int(before)
        if not self.path.exists():
            return
        kinds = {_name(kind): kind for kind in self._kinds()}
        mark = kept_times.load(connection, MARK)
        waited = [
            line for line in self._lines() if line.number > before and (line.unless is None or line.unless != mark)
        ]
        last = max((line.number for line in waited), default=0)
        parts = (waited[first : first + TOGETHER] for first in range(0, len(waited), TOGETHER))
        failed = sum(_do_all(kinds, some, connection) for some in parts)
        if last:
            kept_times.save(connection, DONE, last)
        done = len(waited) - failed
        _log.warning("%d writes that waited when Dogwatch ended are done; %d failed", done, failed)

    def _lines(self) -> Iterator[_Line]:
        decoder = msgspec.json.Decoder(_Line)
        try:
            with self.path.open("rb") as file:
                for text in file:
                    try:
                        yield decoder.decode(text)
                    except (msgspec.DecodeError, UnicodeDecodeError):  # the program ended while it wrote the last line
                        _log.warning("%s: a line is torn", self.path.name)
        except OSError as error:
            _log.error("%s cannot be read: %s; writes that waited are lost", self.path, error.strerror)

    def _line(self, job: Job, unless: float | None) -> tuple[int, bytes] | None:
        """Return a write's number and its line; None if it cannot be kept."""
        fn = job.fn
        if not isinstance(fn, partial) or fn.func not in self._kinds():
            return None
        number = max(self._last + 1, time.time_ns() // 1000)
        try:
            bound = inspect.signature(fn.func).bind_partial(*fn.args, **fn.keywords).arguments
            line = _Line(number, _name(fn.func), msgspec.to_builtins(bound), unless)
            return number, msgspec.json.encode(line) + b"\n"
        except (TypeError, ValueError, RecursionError, msgspec.MsgspecError):  # half of a surrogate pair, say
            return None

    def _append(self, job: Job, unless: float | None) -> None:
        line = self._line(job, unless)
        if line is None:
            return
        number, text = line
        if self._file is None:
            self._file = os.fdopen(os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "ab")
        if self._file.tell() + len(text) > self._limit:
            self._file.flush()
            raise OSError(None, f"more than {self._limit / (1 << 20):g} MB wait")
        self._file.write(text)
        job.number = self._last = number


def _name(write: Write) -> str:
    return f"{write.__module__.rpartition('.')[2]}.{write.__name__}"


def _do_all(kinds: Mapping[str, Write], lines: Sequence[_Line], connection: Connection) -> int:
    """Do writes together or, if one of them fails, each alone; return how many have failed."""
    try:
        with connection.begin_nested():
            for line in lines:
                _do(kinds[line.do], line.arguments, connection)
            deferred.send(connection)
    except Exception as error:  # whatever is wrong with one, it must not keep Dogwatch from starting
        if connection.invalidated:
            raise
        deferred.forget(connection)
        if len(lines) > 1:
            return sum(_do_all(kinds, [line], connection) for line in lines)
        _log.error("a write of before the start cannot be done: %s: %s", lines[0].do, type(error).__name__)
        return 1
    return 0


def _do(write: Write, arguments: dict[str, Any], connection: Connection) -> None:
    hints = get_type_hints(write)
    write(connection=connection, **{name: msgspec.convert(value, hints[name]) for name, value in arguments.items()})
