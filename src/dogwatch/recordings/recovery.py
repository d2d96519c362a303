"""Brings disk and database together: at start in both directions, and while running what messages did not tell.

A day at a time, so that memory stays small, and by names alone: where every file has its row, nothing is opened.
"""

from __future__ import annotations

import logging
import os
import re
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from sqlalchemy import Connection

from dogwatch.errors import MediaError
from dogwatch.media import fragments, plain_file
from dogwatch.media.fragments import SegmentIndex
from dogwatch.model import Segment
from dogwatch.recordings import removal, staging, volume
from dogwatch.store import deletions, segment_deletion, segments
from dogwatch.store.database import Database
from dogwatch.store.deletions import Deletion
from dogwatch.store.segments import SegmentRow

BROKEN = ".broken"
BATCH = 100
OPEN_S = 15.0  # nobody writes to a file that has not grown for so long: a silent camera is given up before
RECENT_S = 5.0  # a younger file may just have been opened: file systems stamp files up to two seconds early
UNFINISHED_S = 60.0  # a file that was written to more recently may be open
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_HOUR = re.compile(r"\d{2}")
_FILE = re.compile(r"\d{2}\.\d{2}(_\d+)?\.mp4")
_log = logging.getLogger(__name__)

Progress = Callable[[int, int], None]
"""Called with the number of days done and the number of all days."""


@dataclass(slots=True)
class RecoveryReport:
    """Counts of a recovery: all files, files that got a row, incomplete ends cut off, files set aside, rows dropped."""

    files: int = 0
    added: int = 0
    trimmed: int = 0
    broken: int = 0
    missing: int = 0
    finished: int = 0


def reconcile(
    db: Database,
    media_root: Path,
    progress: Progress | None = None,
    *,
    changes_files: bool = True,
    since: float | None = None,
) -> RecoveryReport:
    """Index files without a row, drop rows without a file, complete interrupted deletions. For a worker thread.

    Files that are written to while this runs are left to the one who writes them; those that may be are indexed,
    but not changed. In the course of a run any file may be (`changes_files` is false).

    `since` tells that processes have been recording before this is called, of whose open files nobody knows yet: files
    that were changed since then (epoch s) are left alone.

    Raises:
        RecordingError: The recordings directory is not the one of this database.
    """
    now = time.time()
    began = now if since is None else min(now, since)
    volume.check(db, media_root)
    if changes_files:
        staging.recover(db, media_root, began)
    report = RecoveryReport(finished=removal.finish(db, media_root))
    with db.read() as connection:
        known = set(segments.folders(connection))
    days = sorted(known | {f"recordings/{name}" for name in _folders(media_root / "recordings", _DAY)})
    for done, day in enumerate(days):
        if progress is not None:
            progress(done, len(days))
        _reconcile_day(db, media_root, day, began, report, changes_files=changes_files)
    if progress is not None:
        progress(len(days), len(days))
    db.write(segment_deletion.drop_unused_inits)
    _log.info("recordings: %s in %.1f s", report, time.time() - now)
    return report


def unmatched(db: Database, media_root: Path, check: Callable[[], None]) -> tuple[int, int]:
    """Return how many files have no row, and how many rows no file; nothing is changed. For a worker thread.

    Files that were written in the last minute are left out. `check` is called for each day, and may raise.
    """
    files_alone, rows_alone, young = 0, 0, time.time() - UNFINISHED_S
    with db.read() as connection:
        known = set(segments.folders(connection))
    for day in sorted(known | {f"recordings/{name}" for name in _folders(media_root / "recordings", _DAY)}):
        check()
        with db.read() as connection:
            rows = segments.paths_below(connection, day)
        files = set(_files(media_root, day))
        rows_alone += sum(not (media_root / path).exists() for path in rows.keys() - files)
        files_alone += sum(_written_before(media_root / path, young) for path in files - rows.keys())
    return files_alone, rows_alone


def _written_before(path: Path, time_: float) -> bool:
    try:
        return path.stat().st_mtime < time_
    except FileNotFoundError:
        return False


def reindex(db: Database, media_root: Path, camera: str, since: float, skip: Collection[str] = ()) -> int:
    """Index files of `camera` without a row, from the hour of `since` (epoch s) on; return their number.

    For a worker thread, while recording: no file is changed, and files in `skip` get their rows by messages.
    """
    db.write(lambda _: None)  # wait for rows in the write queue
    young = time.time() - RECENT_S
    first = datetime.fromtimestamp(since, UTC).strftime("%Y-%m-%d/%H")
    added = 0
    for day in sorted(_folders(media_root / "recordings", _DAY)):
        for hour in sorted(_folders(media_root / "recordings" / day, _HOUR)):
            if f"{day}/{hour}" < first:
                continue
            folder = f"recordings/{day}/{hour}/{camera}"
            with db.read() as connection:
                rows = segments.paths_below(connection, folder)
            missing = sorted(set(_names(media_root, folder)) - rows.keys() - set(skip))
            found = [one for path in missing if (one := _look(media_root, path, young)) is not None]
            db.write(partial(_add, found))
            added += len(found)
    return added


def _look(media_root: Path, path: str, young: float) -> tuple[Segment, bytes] | None:
    try:
        if (media_root / path).stat().st_mtime >= young:
            return None
        segment, init, _ = index(media_root, path)
    except (MediaError, OSError) as error:
        _log.warning("cannot index %s: %s", path, error)
        return None
    return segment, init


def index(media_root: Path, path: str) -> tuple[Segment, bytes, bool]:
    """Scan the file at `path`; return its segment, its init section and whether it is complete.

    Raises:
        MediaError: It is not playable.
        OSError: It cannot be read.
    """
    found = _scan(media_root, path)
    segment = Segment(
        camera=path.split("/")[3],
        path=path,
        start_time=found.start_time,
        end_time=found.end_time,
        size_bytes=found.valid_bytes,
        init_id=found.init_id,
        fragments=found.fragments,
        has_audio=found.has_audio,
    )
    return segment, found.init, found.complete


def _scan(media_root: Path, path: str) -> SegmentIndex:
    try:
        return fragments.scan(media_root / path)
    except MediaError:
        with suppress(MediaError):  # or it is another program's, which has been imported
            return plain_file.scan(media_root / path, named_time(path))
        raise


def named_time(path: str) -> float:
    """Return when a file began (epoch s) by its path, `recordings/YYYY-MM-DD/HH/<camera>/MM.SS.mp4` (UTC)."""
    _, day, hour, _, name = path.split("/")
    return datetime.strptime(f"{day} {hour} {name[:5]} +0000", "%Y-%m-%d %H %M.%S %z").timestamp()


def _reconcile_day(
    db: Database, media_root: Path, day: str, began: float, report: RecoveryReport, *, changes_files: bool
) -> None:
    with db.read() as connection:
        rows = segments.paths_below(connection, day)
    files = set(_files(media_root, day))
    report.files += len(files)
    missing = [span for path, span in rows.items() if path not in files and not (media_root / path).exists()]
    if missing:
        volume.verify(db, media_root)  # the disk may have gone since the beginning
        report.missing += db.write(partial(_drop_missing, missing))
    found: list[tuple[Segment, bytes]] = []
    for path in sorted(files - rows.keys()):
        one = _recover(db, media_root, path, began, report, changes_files=changes_files)
        if one is not None:
            found.append(one)
        if len(found) >= BATCH:
            db.write(partial(_add, found))
            found = []
    if found:
        db.write(partial(_add, found))


def _recover(
    db: Database, media_root: Path, path: str, began: float, report: RecoveryReport, *, changes_files: bool
) -> tuple[Segment, bytes] | None:
    def recent(modified: float) -> bool:
        return not changes_files or modified >= began - RECENT_S

    try:
        stat = (media_root / path).stat()
        if stat.st_mtime >= began:
            return None
        segment, init, complete = index(media_root, path)
        if not complete and not recent(stat.st_mtime):
            os.truncate(media_root / path, segment.size_bytes)
            report.trimmed += 1
    except MediaError as error:
        if recent(stat.st_mtime):
            return None
        try:
            _set_aside(media_root, path)
        except OSError as failure:
            _log.error("%s, and cannot be moved to recordings/%s: %s", error, BROKEN, failure)
            return None
        report.broken += 1
        camera = path.split("/")[3]
        note = Deletion(time.time(), camera, stat.st_mtime, stat.st_mtime, 1, stat.st_size, "broken", str(error))
        db.write(partial(deletions.add, deletion=note))
        _log.warning("%s: moved to recordings/%s", error, BROKEN)
        return None
    except OSError as error:
        _log.error("cannot read %s: %s", path, error)
        return None
    report.added += 1
    return segment, init


def _set_aside(media_root: Path, path: str) -> None:
    target = media_root / "recordings" / BROKEN / path.removeprefix("recordings/")
    target.parent.mkdir(parents=True, exist_ok=True)
    (media_root / path).replace(target)
    removal.prune(media_root, [(media_root / path).parent])


def _add(found: list[tuple[Segment, bytes]], connection: Connection) -> None:
    for segment, init in found:
        segments.add(connection, segment, init)


def _drop_missing(missing: list[SegmentRow], connection: Connection) -> int:
    """Drop those of the rows that still exist: some may have been deleted meanwhile, for another reason."""
    still = segment_deletion.unmarked(connection, [span.id for span in missing])
    gone = [span for span in missing if span.id in still]
    segment_deletion.drop(connection, [span.id for span in gone])
    for one in removal.stretches(gone, time.time(), "missing", "the files are not there any more"):
        deletions.add(connection, one)
        _log.warning("%d files of %s are missing, %.0f to %.0f", one.segments, one.camera, one.start_time, one.end_time)
    return len(gone)


def _folders(parent: Path, pattern: re.Pattern[str]) -> Iterator[str]:
    try:
        with os.scandir(parent) as entries:
            yield from [e.name for e in entries if pattern.fullmatch(e.name) and e.is_dir(follow_symlinks=False)]
    except FileNotFoundError:
        return


def _files(media_root: Path, day: str) -> Iterator[str]:
    anything = re.compile(r"[^.].*")
    for hour in _folders(media_root / day, _HOUR):
        for camera in _folders(media_root / day / hour, anything):
            yield from _names(media_root, f"{day}/{hour}/{camera}")


def _names(media_root: Path, folder: str) -> list[str]:
    try:
        with os.scandir(media_root / folder) as entries:
            return [f"{folder}/{entry.name}" for entry in entries if _FILE.fullmatch(entry.name)]
    except FileNotFoundError:
        return []  # the camera has no such folder, or it was empty and just removed
