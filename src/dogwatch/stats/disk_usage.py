"""Counts what lies below the data directory, by kind and camera. To count takes a while, so it is done rarely.

Recordings are not counted here: the database knows their sizes.
"""

from __future__ import annotations

import os
import re
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from dogwatch.errors import DogwatchError

KEPT_S = 600.0
LEAST_S = 10.0
"""So long a result is used again, also if somebody wants a new one."""
FOLDERS = {"exports": "exports", "files": "files", "logs": "logs", "models": "models", "backups": "backups"}
CLIPS = {
    "thumbs": "thumbnails",
    "review": "thumbnails",
    "previews": "previews",
    "preview_restart_cache": "previews",
    "export": "exports",
    "faces": "faces",
}
KINDS = ("snapshots", "thumbnails", "previews", "exports", "files", "faces", "models", "database", "backups", "logs")
"""What is counted, beside `other`."""
OTHER = "other"
_SNAPSHOT = re.compile(r"(?P<camera>.+)-\d+\.\d+-\w+?(?:-clean)?\.(?:jpg|png|webp)")
_THUMB = re.compile(r"thumb-(?P<camera>.+)-\d+\.\d+-\w+?\.(?:jpg|webp)")


class CountingError(DogwatchError):
    """Somebody else is counting, and there is no earlier result."""

    status = 503


@dataclass(slots=True)
class KindUsage:
    """How many files of a kind there are, and their bytes."""

    files: int = 0
    bytes: int = 0

    def add(self, size: int) -> None:
        """Count a file."""
        self.files += 1
        self.bytes += size


@dataclass(slots=True)
class FileUsage:
    """What was found at a time (epoch s); `cameras` has bytes by camera and kind."""

    measured_at: float
    kinds: dict[str, KindUsage] = field(default_factory=lambda: {kind: KindUsage() for kind in (*KINDS, OTHER)})
    cameras: defaultdict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))

    def add(self, kind: str, size: int, camera: str = "") -> None:
        """Count a file, of a camera if one is given."""
        self.kinds[kind].add(size)
        if camera:
            self.cameras[camera][kind] += size


class FileUsageMeter:
    """Counts when somebody asks, one thread at a time; safe to use from any thread."""

    def __init__(self, data: Path, database: Callable[[], Path | None], clock: Callable[[], float] = time.time) -> None:
        """Count below `data`.

        Args:
            data: The data directory.
            database: Returns the file of the database, None if it is on a server.
            clock: Gives epoch seconds.
        """
        self._data, self._database, self._clock = data, database, clock
        self._lock = threading.Lock()
        self._last: FileUsage | None = None

    def usage(self, *, refresh: bool = False) -> FileUsage:
        """Return what was counted last, or count now if that was long ago or `refresh` says so.

        Raises:
            CountingError: Somebody else counts for the first time.
        """
        last, patience = self._last, LEAST_S if refresh else KEPT_S
        if last is not None and abs(self._clock() - last.measured_at) < patience:
            return last
        if not self._lock.acquire(blocking=False):
            if last is None:
                raise CountingError("The files are being counted; try again in some seconds")
            return last
        try:
            self._last = self._counted()
            return self._last
        finally:
            self._lock.release()

    def _counted(self) -> FileUsage:
        found, database = FileUsage(self._clock()), self._database()
        names = set() if database is None else {database.name, f"{database.name}-wal", f"{database.name}-shm"}
        here = database is not None and database.parent == self._data
        for entry in _entries(self._data):
            if entry.name == "recordings":
                continue
            if entry.name == "clips":
                _count_clips(found, entry.path)
            elif not entry.is_dir():
                kind = "database" if here and entry.name in names else OTHER
                found.add(kind, _size(entry))
            else:
                kind = FOLDERS.get(entry.name, OTHER)
                for file in _files(entry.path):
                    found.add(kind, _size(file))
        if database is not None and not here:
            for entry in _entries(database.parent):
                if entry.name in names:
                    found.add("database", _size(entry))
        return found


def _count_clips(found: FileUsage, clips: str) -> None:
    for entry in _entries(clips):
        if not entry.is_dir():
            named = _SNAPSHOT.fullmatch(entry.name)
            found.add("snapshots" if named else OTHER, _size(entry), named["camera"] if named else "")
            continue
        kind = CLIPS.get(entry.name, OTHER)
        if entry.name in ("thumbs", "previews", "preview_restart_cache"):
            for camera in _entries(entry.path):
                for file in _files(camera.path) if camera.is_dir() else ():
                    found.add(kind, _size(file), camera.name)
            continue
        for file in _files(entry.path):
            named = _THUMB.fullmatch(file.name) if entry.name == "review" else None
            found.add(kind, _size(file), named["camera"] if named else "")


def _files(folder: str) -> Iterator[os.DirEntry[str]]:
    """Yield the files below a directory; links to other places are not followed."""
    waiting = [folder]
    while waiting:
        for entry in _entries(waiting.pop()):
            if entry.is_dir(follow_symlinks=False):
                waiting.append(entry.path)
            else:
                yield entry


def _entries(folder: str | Path) -> Iterator[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            yield from entries
    except OSError:  # it is not there, or has gone
        return


def _size(entry: os.DirEntry[str]) -> int:
    try:
        return entry.stat(follow_symlinks=False).st_size
    except OSError:
        return 0
