"""Deletes segments: mark the row, unlink the file, drop the row. Each deletion has a reason and is logged.

If the power fails at any moment, the only rows without a file are marked ones, which `finish` (called at start) drops,
and the only files without a row are those that recovery would index again.
"""

from __future__ import annotations

import contextlib
import logging
import os
import time
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from functools import partial
from itertools import groupby
from pathlib import Path

from sqlalchemy import Connection

from dogwatch.errors import StoreFullError
from dogwatch.recordings import volume
from dogwatch.store import deletions, segment_deletion, segments
from dogwatch.store.database import Database
from dogwatch.store.deletions import Deletion
from dogwatch.store.segments import SegmentRow

_log = logging.getLogger(__name__)


def remove(
    db: Database,
    media_root: Path,
    spans: Sequence[SegmentRow],
    reason: str,
    detail: str = "",
    *,
    clock: Callable[[], float] = time.time,
) -> int:
    """Delete `spans`; return how many bytes were freed. For worker threads.

    A file that cannot be unlinked keeps its marked row and is tried again at the next start.

    Raises:
        RecordingError: The disk is missing: nothing is deleted.
    """
    if not spans:
        return 0
    with volume.opened(db, media_root) as folder:
        try:
            db.write(partial(segment_deletion.mark, ids=[span.id for span in spans], reason=reason))
        except StoreFullError:
            if reason != "free_space":
                raise
            # On a completely full disk there is no room for the marks, so files have to go first. If the power fails
            # now, recovery drops the rows.
            _log.warning("the database has no room to mark segments before they are deleted")
        gone = [span for span in spans if _unlink(span.path, folder)]
    notes = db.write(partial(_drop, gone, clock(), reason, detail))
    prune(media_root, {(media_root / span.path).parent for span in gone})
    for one in notes:
        _log.info(
            "deleted %d segments of %s, %.0f to %.0f, %.1f MB: %s %s",
            one.segments, one.camera, one.start_time, one.end_time, one.size_bytes / 1e6, reason, detail,
        )  # fmt: skip
    return sum(one.size_bytes for one in notes)


def remove_range(
    db: Database, media_root: Path, camera: str, start: float, end: float, reason: str, detail: str
) -> int:
    """Delete the segments of `camera` that overlap `start` to `end` (epoch s); otherwise as `remove`."""
    with db.read() as connection:
        spans = segments.spans(connection, camera, start, end)
    return remove(db, media_root, spans, reason, detail)


def finish(db: Database, media_root: Path) -> int:
    """Complete deletions that were interrupted; return how many."""
    with db.read() as connection:
        left = segment_deletion.marked(connection)
    for reason, spans in left.items():
        remove(db, media_root, spans, reason, "completed after a restart")
    return sum(len(spans) for spans in left.values())


def prune(media_root: Path, folders: Iterable[Path]) -> None:
    """Remove `folders`, and their parents below `recordings/`, if they are empty.

    Folders of this hour and the last stay, because ingest may be about to open a file there.
    """
    top = media_root / "recordings"
    recent = datetime.fromtimestamp(time.time() - 3600, UTC).strftime("%Y-%m-%d/%H")
    for folder in folders:
        if "/".join(folder.relative_to(top).parts[:2]) >= recent:
            continue
        current = folder
        with contextlib.suppress(OSError):  # not empty, or already gone
            while current != top and top in current.parents:
                current.rmdir()
                current = current.parent


def _unlink(path: str, folder: int) -> bool:
    """Unlink a file by its path in the open recordings directory, so that a disk mounted meanwhile does not matter."""
    try:
        os.unlink(path.removeprefix("recordings/"), dir_fd=folder)
    except FileNotFoundError:
        return True
    except OSError as error:
        _log.error("cannot delete %s: %s", path, error)
        return False
    return True


def stretches(spans: Sequence[SegmentRow], now: float, reason: str, detail: str) -> Iterable[Deletion]:
    """Yield one deletion for each camera of `spans`."""
    ordered = sorted(spans, key=lambda span: (span.camera, span.start_time))
    for camera, mine in groupby(ordered, key=lambda span: span.camera):
        group = list(mine)
        size = sum(span.size_bytes for span in group)
        ends = max(span.end_time for span in group)
        yield Deletion(now, camera, group[0].start_time, ends, len(group), size, reason, detail)


def _drop(gone: Sequence[SegmentRow], now: float, reason: str, detail: str, connection: Connection) -> list[Deletion]:
    """Drop the rows and return the notes of it, but for rows that somebody else has dropped and noted meanwhile."""
    there = segment_deletion.present(connection, [span.id for span in gone])
    notes = list(stretches([span for span in gone if span.id in there], now, reason, detail))
    segment_deletion.drop(connection, [span.id for span in gone])
    for one in notes:
        deletions.add(connection, one)
    return notes
