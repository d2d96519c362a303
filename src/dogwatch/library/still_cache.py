"""The directory of pictures that were made of video files: bounded, and what was not used for longest goes first.

Names begin with the id of the file. All of it may be deleted at any time.
"""

from __future__ import annotations

import logging
import os
import threading
import time
from contextlib import suppress
from pathlib import Path

PART = ".part"
KEPT = 0.8
"""The share of the limit that is left after pictures were removed, so that this is seldom done."""
_log = logging.getLogger(__name__)


class StillCache:
    """Finished pictures. For any thread."""

    def __init__(self, directory: Path, limit_bytes: int) -> None:
        """Use `directory`, with at most `limit_bytes` in it."""
        self.directory, self.limit_bytes = directory, limit_bytes
        self._lock = threading.Lock()
        self._size: int | None = None

    def find(self, name: str) -> bytes | None:
        """Return a picture, None if there is none; it counts as used now."""
        path = self.directory / name
        try:
            data = path.read_bytes()
            os.utime(path, (time.time(), path.stat().st_mtime))  # the time of access says when it was used
        except OSError:
            return None
        return data or None

    def keep(self, name: str, data: bytes) -> None:
        """Keep a picture; on a disk that fails it is made again the next time."""
        if len(data) > self.limit_bytes:
            return
        path = self.directory / name
        part = path.with_name(f"{name}.{threading.get_ident()}{PART}")
        try:
            self.directory.mkdir(parents=True, exist_ok=True)
            part.write_bytes(data)
            part.replace(path)
        except OSError as error:
            _log.warning("a picture of a video file is not kept: %s", error.strerror)
            with suppress(OSError):
                part.unlink(missing_ok=True)
            return
        with self._lock:
            self._size = len(data) + (self._measured() if self._size is None else self._size)
            if self._size > self.limit_bytes:
                self._size = self._evicted()

    def drop(self, prefix: str) -> None:
        """Remove all pictures whose names begin with `prefix`."""
        for path in self.directory.glob(f"{prefix}*"):
            with suppress(OSError):
                path.unlink(missing_ok=True)
        with self._lock:
            self._size = None

    def sweep(self) -> None:
        """Remove what was not completed when the program ended."""
        for path in self.directory.glob(f"*{PART}"):
            with suppress(OSError):
                path.unlink(missing_ok=True)

    def _entries(self) -> list[tuple[float, int, str]]:
        found = []
        with suppress(OSError):
            for entry in os.scandir(self.directory):
                with suppress(OSError):
                    stat = entry.stat(follow_symlinks=False)
                    found.append((stat.st_atime, stat.st_size, entry.path))
        return found

    def _measured(self) -> int:
        return sum(size for _, size, _ in self._entries())

    def _evicted(self) -> int:
        """Remove pictures; return how many bytes are left."""
        entries = sorted(self._entries())
        total = sum(size for _, size, _ in entries)
        for _, size, path in entries:
            if total <= self.limit_bytes * KEPT:
                break
            with suppress(OSError):
                Path(path).unlink(missing_ok=True)
                total -= size
        return total
