"""Brings files and rows together while Dogwatch runs: a kind of job.

Recordings and exports without a row get one, because footage is never deleted for it: the database may be that of a
backup. Rows without a file go. Pictures of events and review items that are no more are deleted.
"""

from __future__ import annotations

import datetime
import re
import time
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from dogwatch.errors import DiskGoneError
from dogwatch.jobs.kinds import JobControl
from dogwatch.recordings import recovery
from dogwatch.recordings.exports import of_path
from dogwatch.store import exports, picture_owners
from dogwatch.store.database import Database
from dogwatch.store.exports import ExportFilter
from dogwatch.store.jobs import Job

KIND = "media_sync"
YOUNG_S = 3600.0  # a picture is there before its row, and an unfinished one belongs to nobody
BATCH = 400
_ID = r"(?P<id>\d+\.\d+-\w+?)"
_EVENT = re.compile(rf".+-{_ID}(-clean)?\.(jpg|png|webp)")
_THUMB = re.compile(rf"{_ID}\.(jpg|webp)")
_REVIEW = re.compile(rf"thumb-.+-{_ID}\.(jpg|webp)")
Owned = Callable[[Connection, list[str]], set[str]]


class MediaSyncKind:
    """The kind of job; see `JobKind`."""

    name = KIND
    workers = 1
    queue_limit = 1

    def __init__(
        self,
        db: Database,
        media_root: Path,
        verify: Callable[[], None],
        zone: Callable[[], datetime.tzinfo | None],
        *,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """Look through the directories below `media_root`.

        Args:
            db: The database.
            media_root: That directory.
            verify: Raises an `OSError` if a disk is missing.
            zone: Returns the timezone by which exports are named, None for the machine's.
            clock: Gives epoch seconds.
        """
        self._db, self._media, self._present, self._zone, self._clock = db, media_root, verify, zone, clock

    def run(self, job: Job, control: JobControl) -> dict[str, Any]:
        """Count what does not belong together, and unless it is a dry run, put it right.

        Raises:
            DiskGoneError: A disk is missing.
        """
        dry = bool(job.params.get("dry_run"))
        self._verify()
        recordings = self._recordings(control, dry=dry)
        control.step("pictures", 60)
        clips = self._media / "clips"
        pictures = self._pictures(_files(clips), _EVENT, picture_owners.events_among, control, dry=dry)
        for folder in _folders(clips / "thumbs"):
            pictures += self._pictures(_files(folder), _THUMB, picture_owners.events_among, control, dry=dry)
        pictures += self._pictures(_files(clips / "review"), _REVIEW, picture_owners.reviews_among, control, dry=dry)
        control.step("exports", 90)
        return {
            "dry_run": dry,
            "recordings": recordings,
            "pictures": {"files": pictures},
            "exports": self._exports(dry=dry),
        }

    def undo(self, job: Job) -> None:
        """Do nothing: each step leaves things right."""

    def settle(self, connection: Connection, job: Job) -> None:
        """Change no rows."""

    def _verify(self) -> None:
        try:
            self._present()
        except OSError as error:
            raise DiskGoneError(error.strerror or str(error)) from error

    def _recordings(self, control: JobControl, *, dry: bool) -> dict[str, int]:
        if dry:
            files, rows = recovery.unmatched(self._db, self._media, control.check)
            return {"files": files, "rows": rows}

        def progress(done: int, days: int) -> None:
            control.step("recordings", 60 * done / max(days, 1))

        report = recovery.reconcile(self._db, self._media, progress, changes_files=False)
        return {"files": report.added, "rows": report.missing}

    def _pictures(
        self, files: Iterable[Path], pattern: re.Pattern[str], owned: Owned, control: JobControl, *, dry: bool
    ) -> int:
        """Delete pictures whose owner is no more; return how many. Files with other names are not ours."""
        before, count = self._clock() - YOUNG_S, 0
        left = iter(files)
        while some := list(islice(left, BATCH)):
            control.check()
            named = {path: found["id"] for path in some if (found := pattern.fullmatch(path.name))}
            with self._db.read() as connection:
                known = owned(connection, list(named.values()))
            gone = [path for path, key in named.items() if key not in known and _older(path, before)]
            count += len(gone)
            for path in () if dry else gone:
                path.unlink(missing_ok=True)
        return count

    def _exports(self, *, dry: bool) -> dict[str, int]:
        folder, zone = self._media / "exports", self._zone()
        with self._db.read() as connection:
            listed = exports.listed(connection, ExportFilter())
        known = {one.file for one in listed}
        lost = [one.id for one in listed if not one.in_progress and not (folder / one.file).exists()]
        alone = (path for path in _files(folder) if path.name not in known and _older(path, self._clock() - YOUNG_S))
        found = [one for path in alone if (one := of_path(path, zone)) is not None]
        self._verify()  # the disk may have gone meanwhile

        def work(connection: Connection) -> None:
            exports.drop(connection, lost)
            taken = {one.id for one in exports.some(connection, [one.id for one in found])}
            for one in found:
                if one.id not in taken:
                    exports.add(connection, one)

        if not dry and (lost or found):
            self._db.write(work)
        return {"files": len(found), "rows": len(lost)}


def _files(folder: Path) -> Iterator[Path]:
    try:
        yield from (path for path in folder.iterdir() if path.is_file())
    except FileNotFoundError:
        return


def _folders(folder: Path) -> list[Path]:
    try:
        return [path for path in folder.iterdir() if path.is_dir()]
    except FileNotFoundError:
        return []


def _older(path: Path, time_: float) -> bool:
    try:
        return path.stat().st_mtime < time_
    except FileNotFoundError:
        return False
