"""Has the previews of past hours made, and deletes them with their footage.

The disk is the truth, as for footage: file names tell camera and times, and a file without a row gets one.
"""

from __future__ import annotations

import contextlib
import logging
import re
import secrets
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from dogwatch.errors import DogwatchError
from dogwatch.jobs.runner import JobRunner
from dogwatch.recordings.preview_frames import HOUR_S, FrameHour, PreviewFrames
from dogwatch.recordings.preview_job import KIND, add_row
from dogwatch.store import jobs, previews, segments
from dogwatch.store.database import Database

SETTLE_S = 20.0  # the last pictures of an hour arrive until then
AGAIN_S = 600.0  # after a failure, such as a full disk
_FILE = re.compile(r"(\d{1,11}\.\d{3})-(\d{1,11}\.\d{3})\.mp4")
_log = logging.getLogger(__name__)


class PreviewCare:
    """Looks after the previews of one program. The methods wait for disk and database."""

    def __init__(
        self,
        db: Database,
        frames: PreviewFrames,
        runner: JobRunner,
        media_root: Path,
        *,
        present: Callable[[], None] = lambda: None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """Keep previews in `clips/previews/` below `media_root`; `present` raises an OSError if its disk is missing."""
        self._frames = frames
        self._db, self._jobs, self._media, self._present, self._clock = db, runner, media_root, present, clock
        self._failed: dict[tuple[str, int], float] = {}
        self._reconciled = False
        self._folder = media_root / "clips" / "previews"

    def tick(self) -> None:
        """Have the previews of past hours made; call it regularly."""
        try:
            self._present()
        except OSError:
            return  # as the log has it already
        if self._db.away:
            return  # so has this
        if not self._reconciled:
            self._reconcile()
            self._reconciled = True
        now = self._clock()
        for hour in list(self._frames.hours()):
            try:
                self._look_after(hour, now)
            except (OSError, DogwatchError) as error:
                self._failed[hour.camera, hour.start] = now
                _log.error("no preview of %s could be made: %s", hour.camera, error)

    def expire(self) -> int:
        """Delete the previews that no recording overlaps; return how many. Call it when all footage has its rows."""
        try:
            self._present()
        except OSError:
            return 0
        with self._db.read() as connection:
            gone = previews.without_footage(connection)
        for one in gone:
            (self._media / one.path).unlink(missing_ok=True)
            with contextlib.suppress(OSError):
                (self._media / one.path).parent.rmdir()
        if gone:
            self._db.write(partial(previews.drop, ids=[one.id for one in gone]))
            _log.info("deleted %d previews with their recordings", len(gone))
        self._expire_pictures()
        return len(gone)

    def _expire_pictures(self) -> None:
        """Delete the pictures of hours of which no preview could be made as long as there was footage."""
        before = self._clock() - 2 * HOUR_S
        for hour in [one for one in self._frames.hours() if not one.job and one.start < before]:
            with self._db.read() as connection:
                footage = segments.spans(connection, hour.camera, hour.start, hour.start + HOUR_S)
            if not footage:
                with contextlib.suppress(OSError):  # a job has just taken them
                    self._frames.remove(hour)

    def distrust_table(self) -> None:
        """Look through the disk again, because the table was replaced."""
        self._reconciled = False

    def _look_after(self, hour: FrameHour, now: float) -> None:
        if hour.job:
            self._look_after_claimed(hour, now)
        elif self._is_over(hour, now) and now - self._failed.get((hour.camera, hour.start), -AGAIN_S) >= AGAIN_S:
            self._failed.pop((hour.camera, hour.start), None)
            claimed = self._frames.claim(hour, f"preview_{secrets.token_hex(6)}")
            self._jobs.submit(KIND, claimed.job, {"hour": hour.start}, camera=hour.camera)

    def _look_after_claimed(self, hour: FrameHour, now: float) -> None:
        with self._db.read() as connection:
            job = jobs.one(connection, hour.job)
        if job is None or job.state in ("failed", "cancelled"):
            if job is not None:
                self._failed[hour.camera, hour.start] = now
            self._frames.give_back(hour)
        elif job.state == "success":
            self._frames.remove(hour)

    def _is_over(self, hour: FrameHour, now: float) -> bool:
        """Whether no more pictures of this hour will come; it lies ahead when the clock was set back."""
        return not hour.start - SETTLE_S <= now < hour.start + HOUR_S + SETTLE_S

    def _reconcile(self) -> None:
        """Give files without a row one, and drop rows without a file."""
        files = {path: times for path, *times in self._files()}
        with self._db.read() as connection:
            rows = previews.every(connection)
        known = {row.path for row in rows}
        for path, (start, end) in files.items():
            if path not in known:
                camera = Path(path).parent.name
                self._db.write(partial(add_row, camera=camera, path=path, start=start, end=end))
        lost = [row.id for row in rows if row.path not in files and not (self._media / row.path).exists()]
        if lost:
            self._present()  # the disk may have gone meanwhile
            self._db.write(partial(previews.drop, ids=lost))
            _log.warning("the files of %d previews have gone", len(lost))

    def _files(self) -> Iterator[tuple[str, float, float]]:
        for path in self._folder.glob("*/*.mp4"):
            if (match := _FILE.fullmatch(path.name)) is not None:
                yield str(path.relative_to(self._media)), float(match[1]), float(match[2])
