"""Brings files that a job has made to their places, all of them or none.

Until then they lie below `recordings/.staged/<job id>/` under the paths that they are to have below the media root.
Before the first is moved, the list of all is written and synced. If the program is killed, a list whose job has not
succeeded tells what has to go again, before anybody looks through the disk for files without a row.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import shutil
import threading
from collections.abc import Sequence
from pathlib import Path

from dogwatch.errors import RecordingError
from dogwatch.recordings import removal
from dogwatch.store import jobs
from dogwatch.store.database import Database
from dogwatch.volume import sync_directory

FOLDER = ".staged"
LIST = "moves.json"
_log = logging.getLogger(__name__)
_lock = threading.Lock()
"""A job that begins again makes its directory anew, while a start looks for what jobs have left."""


class Staging:
    """The files of one job."""

    def __init__(self, media_root: Path, job_id: str) -> None:
        """Use the directory of the job `job_id` on the disk of the recordings."""
        self._media = media_root
        self.folder = media_root / "recordings" / FOLDER / job_id

    def begin(self) -> Path:
        """Make the directory, empty, and return it.

        Raises:
            OSError: It cannot be made.
        """
        with _lock:
            self.remove()
            self.folder.mkdir(parents=True, mode=0o700)
        return self.folder

    def publish(self, files: Sequence[str]) -> None:
        """Move `files` to their places below the media root, in this order, and delete what else was made.

        Raises:
            RecordingError: In one of the places lies a file already; nothing has been moved.
            OSError: The disk is full or broken: call `roll_back`.
        """
        taken = next((path for path in files if (self._media / path).exists()), None)
        if taken is not None:
            raise RecordingError(f"{taken} is there already")
        _write(self.folder / LIST, json.dumps(list(files)).encode())
        folders = dict.fromkeys((self._media / path).parent for path in files)
        for folder in folders:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        for path in files:
            _move(self.folder / path, self._media / path)
        for folder in folders:
            sync_directory(folder)
        for entry in list(self.folder.iterdir()):
            if entry.is_dir():
                shutil.rmtree(entry, ignore_errors=True)
            elif entry.name != LIST:
                entry.unlink()

    def roll_back(self) -> None:
        """Delete what `publish` has moved.

        Raises:
            OSError: A file cannot be deleted.
        """
        files = self.moved()
        for path in files:
            (self._media / path).unlink(missing_ok=True)
        recordings = [path for path in files if path.startswith("recordings/")]
        removal.prune(self._media, {(self._media / path).parent for path in recordings})
        (self.folder / LIST).unlink(missing_ok=True)

    def moved(self) -> list[str]:
        """Return the files that `publish` has moved, or was about to move."""
        try:
            found: list[str] = json.loads((self.folder / LIST).read_bytes())
        except FileNotFoundError:
            return []
        return found

    def remove(self) -> None:
        """Delete the directory with what is left in it."""
        shutil.rmtree(self.folder, ignore_errors=True)
        with contextlib.suppress(OSError):  # another job has its files there
            self.folder.parent.rmdir()


def recover(db: Database, media_root: Path, before: float) -> None:
    """Undo what jobs that were cut off before `before` (epoch s) have moved, and tidy up after those that have ended.

    Raises:
        OSError: A file cannot be deleted.
    """
    for staging in _all(media_root):
        with _lock:
            _recover(db, staging, before)


def _recover(db: Database, staging: Staging, before: float) -> None:
    try:
        changed = max(path.stat().st_mtime for path in (staging.folder, staging.folder / LIST) if path.exists())
    except (FileNotFoundError, ValueError):
        return
    if changed >= before:  # its job has begun again
        return
    with db.read() as connection:
        job = jobs.one(connection, staging.folder.name)
    if job is None or job.state != "success":
        if files := staging.moved():
            _log.warning("%s was cut off: %d files are taken away again", staging.folder.name, len(files))
        staging.roll_back()
    staging.remove()


def tidy(db: Database, media_root: Path) -> None:
    """Delete the directories of jobs that have succeeded."""
    for staging in _all(media_root):
        with db.read() as connection:
            job = jobs.one(connection, staging.folder.name)
        if job is not None and job.state == "success":
            staging.remove()


def _all(media_root: Path) -> list[Staging]:
    folder = media_root / "recordings" / FOLDER
    try:
        return [Staging(media_root, path.name) for path in sorted(folder.iterdir())]
    except FileNotFoundError:
        return []


def _move(source: Path, target: Path) -> None:
    """Move a file; whoever looks through the disk meanwhile takes it for one that is being written."""
    os.utime(source)
    try:
        source.rename(target)
    except OSError:
        if source.stat().st_dev == target.parent.stat().st_dev:
            raise
        part = target.with_name(f".{target.name}")  # `clips/` may be a disk of its own
        _write(part, source.read_bytes())
        part.rename(target)
        source.unlink()


def _write(path: Path, data: bytes) -> None:
    with path.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    sync_directory(path.parent)
