"""The directory of what was made of video files: bounded, and what was not used for longest goes first.

Each rendition is a fragmented MP4 and the head that makes a plain one of it (`media.finished_film`). Names begin with
the id of the file. All of it may be deleted at any time.
"""

from __future__ import annotations

import logging
import os
import secrets
import shutil
import struct
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from dogwatch.errors import FileError
from dogwatch.media.virtual_file import VirtualFile

FILM, HEAD, PART = ".mp4", ".head", ".part"
_PLACE = struct.Struct(">QQ")
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Kept:
    """A file of the cache: when it was used last, and its size."""

    used: float
    size: int
    path: Path


class RenditionCache:
    """The finished renditions, and room for new ones. For any thread."""

    def __init__(self, directory: Path, limit_bytes: int, floor_bytes: int = 0) -> None:
        """Use `directory`, with at most `limit_bytes` in it, while `floor_bytes` of its disk are free."""
        self.directory, self.limit_bytes, self.floor_bytes = directory, limit_bytes, floor_bytes
        self._lock = threading.Lock()

    def begin(self, name: str) -> Path:
        """Return a new file for the bytes of a rendition.

        Raises:
            OSError: The disk is missing, or fails.
        """
        self.directory.mkdir(parents=True, exist_ok=True)
        part = self.directory / f"{name}.{secrets.token_hex(4)}{PART}"
        part.touch(mode=0o600)
        return part

    def find(self, name: str) -> VirtualFile | None:
        """Return a finished rendition, None if there is none; it counts as used now."""
        film, head = self.film(name), self.directory / (name + HEAD)
        try:
            data, stat = head.read_bytes(), film.stat()
            start, end = _PLACE.unpack_from(data)
        except (OSError, struct.error):
            return None
        if stat.st_size < end:
            return None
        with suppress(OSError):
            for path in (film, head):
                os.utime(path, ns=(time.time_ns(), stat.st_mtime_ns))  # the time of access says when it was used
        from dogwatch.media.finished_film import FilmHead  # which loads NumPy

        parts = FilmHead(data[_PLACE.size :], start, end).parts(film)
        return VirtualFile(parts, stat.st_mtime, f"{name[-16:]}-{stat.st_mtime_ns:x}-{end:x}")

    def film(self, name: str) -> Path:
        """Return where the bytes of a finished rendition are."""
        return self.directory / (name + FILM)

    def finish(self, name: str, part: Path) -> None:
        """Keep `part`, which is complete, as `name`.

        Raises:
            MediaError: It is no film.
            OSError: The disk fails.
        """
        from dogwatch.media.finished_film import head_of

        head = head_of(part)
        written = self.directory / (name + HEAD + PART)
        written.write_bytes(_PLACE.pack(head.start, head.end) + head.data)
        written.rename(self.directory / (name + HEAD))
        part.rename(self.film(name))
        self.evict(0, keep=name)

    def make_room(self, size: int) -> None:
        """Make room for renditions that are being made, `size` bytes so far.

        Raises:
            FileError: 507; they are larger than the cache may be, or the disk is full.
        """
        if size > self.limit_bytes:
            raise FileError(507, "no_space", "What is made of the file is larger than files.cache_mb allows")
        self.evict(size)
        if shutil.disk_usage(self.directory).free < self.floor_bytes:
            raise FileError(507, "no_space", "There is not enough room on the disk")

    def evict(self, size: int, keep: str = "") -> None:
        """Remove what was not used for longest, until all together, with `size` bytes more, are within the limit."""
        with self._lock:
            kept = sorted(self._kept(), key=lambda one: one.used)
            total = size + sum(one.size for one in kept)
            for one in kept:
                if total <= self.limit_bytes:
                    return
                if keep and one.path.name.startswith(keep):
                    continue
                total -= one.size
                self._remove(one.path)
                if one.path.suffix == FILM:
                    self._remove(one.path.with_suffix(HEAD))

    def drop(self, prefix: str) -> None:
        """Remove all finished renditions whose names begin with `prefix`."""
        for path in self.directory.glob(f"{prefix}*"):
            if path.suffix != PART:
                self._remove(path)

    def sweep(self) -> None:
        """Remove what was not completed when the program ended."""
        for path in self.directory.glob(f"*{PART}"):
            self._remove(path)
        self.evict(0)

    def bytes(self) -> int:
        """Return how many bytes the finished ones take."""
        return sum(one.size for one in self._kept())

    def _kept(self) -> list[_Kept]:
        found = []
        with suppress(FileNotFoundError):
            for entry in os.scandir(self.directory):
                with suppress(FileNotFoundError):
                    if entry.is_file(follow_symlinks=False) and not entry.name.endswith(PART):
                        stat = entry.stat(follow_symlinks=False)
                        found.append(_Kept(stat.st_atime, stat.st_size, Path(entry.path)))
        return found

    @staticmethod
    def _remove(path: Path) -> None:
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            _log.warning("%s stays in the cache: %s", path.name, error)
