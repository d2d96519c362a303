"""The log file: limited in size; a failure to write it affects nothing else.

Lines that cannot be written (the disk is full, read-only or missing) are dropped and counted; standard error has them
anyway. One line there tells why, and when the file can be written again, one line in it tells how many are missing.
"""

from __future__ import annotations

import logging
import os
import time
from collections import deque
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

LINE_BYTES = 64 << 10  # of one record, with its traceback
RETRY_S = 10.0
LOOK_EVERY_S = 5.0  # how often to check whether the file, or its disk, was removed
HELD = 1000  # lines kept until the directory was checked
MODE = 0o600


class LogFile(logging.Handler):
    """Writes records to `path`; a file of `max_bytes` is renamed to `path.1`, and so on up to `path.<older>`.

    Nothing is written before `begin`, so that the directory can be checked first.
    """

    def __init__(
        self,
        path: Path,
        *,
        max_bytes: int,
        older: int,
        complain: Callable[[str], None],
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """Open no file yet; `complain` takes a line for the user when the file cannot be written."""
        super().__init__()
        self._path, self._max_bytes, self._older = path, max_bytes, older
        self._complain, self._monotonic = complain, monotonic
        self._present: Callable[[], None] | None = None
        self._held: deque[bytes] = deque(maxlen=HELD)
        self._fd = -1
        self._size = 0
        self._looked = 0.0
        self._retry_at: float | None = None
        self._missed = 0

    def begin(self, present: Callable[[], None] | None = None) -> None:
        """Start writing, beginning with the records so far.

        Args:
            present: Raises an OSError while the directory's disk is missing; called regularly.
        """
        self.acquire()
        try:
            self._present = present or _always
            while self._held:
                self._take(self._held.popleft())
        finally:
            self.release()

    def emit(self, record: logging.LogRecord) -> None:
        """Write a record; never raises, so that logging cannot fail."""
        try:
            text = self.format(record)
        except Exception as error:  # noqa: BLE001 - arguments that do not fit the message, an exception without text ...
            text = f"{record.name} {record.levelname}: {record.msg!r} cannot be formatted: {error!r}"
        line = text.encode(errors="backslashreplace")
        self._take(line[:LINE_BYTES] + (b" ... (cut)\n" if len(line) > LINE_BYTES else b"\n"))

    def close(self) -> None:
        """Close the file; records still held, because the start failed, are written now."""
        self.acquire()
        try:
            if self._held:
                self.begin()
            self._shut()
        finally:
            self.release()
        super().close()

    def _take(self, line: bytes) -> None:
        if self._present is None:
            self._held.append(line)
            return
        now = self._monotonic()
        if self._retry_at is not None and now < self._retry_at:
            self._missed += 1
            return
        try:
            self._write(line, now)
        except OSError as error:
            self._missed += 1
            self._shut()
            if self._retry_at is None:
                self._complain(f"{self._path} cannot be written ({error.strerror or error}); the log goes on here only")
            self._retry_at = now + RETRY_S

    def _write(self, line: bytes, now: float) -> None:
        if self._fd >= 0 and now - self._looked >= LOOK_EVERY_S and not self._still_there():
            self._shut()
        if self._fd < 0:
            self._open()
            self._looked = now
        if self._missed:
            line = b"%d lines could not be written here\n" % self._missed + line
        if self._size and self._size + len(line) > self._max_bytes:
            self._rotate()
        rest = memoryview(line)
        while rest:
            count = os.write(self._fd, rest)
            self._size += count
            rest = rest[count:]
        self._missed, self._retry_at = 0, None

    def _still_there(self) -> bool:
        self._looked = self._monotonic()
        self._check()
        try:
            return os.path.samestat(self._path.stat(), os.fstat(self._fd))
        except FileNotFoundError:
            return False

    def _check(self) -> None:
        if self._present is not None:
            self._present()

    def _open(self) -> None:
        self._check()
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW
        self._fd = os.open(self._path, flags, MODE)
        self._size = os.fstat(self._fd).st_size

    def _rotate(self) -> None:
        """Delete the oldest file first, which also makes room on a full disk, and rename the others."""
        self._check()
        names = [self._path, *(Path(f"{self._path}.{n}") for n in range(1, self._older + 1))]
        for newer, older in reversed(list(pairwise(names))):
            if newer.exists():
                newer.replace(older)
        self._shut()
        self._open()

    def _shut(self) -> None:
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1


def _always() -> None:
    """Assume that the disk is there."""
