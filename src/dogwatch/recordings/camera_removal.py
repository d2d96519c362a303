"""Deletes all that was kept of a camera which is no longer configured: a kind of job."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any, Protocol

from sqlalchemy import Connection

from dogwatch.dataset.folder import Dataset
from dogwatch.jobs.kinds import JobControl, JobError
from dogwatch.recordings import recovery, removal, volume
from dogwatch.recordings.exports import Exports
from dogwatch.store import camera_rows, event_removal, reviews, segments
from dogwatch.store.database import Database
from dogwatch.store.exports import ExportFilter
from dogwatch.store.jobs import Job

KIND = "camera_removal"
SETTLE_S = 8.0  # its processes end, and what was open is written
BATCH = 200
FOLDERS = ("clips/thumbs", "clips/previews", "clips/preview_restart_cache", "tries")
"""Below the media root; each has a directory for each camera."""


class Pictures(Protocol):
    """Who deletes pictures; `events.files.PictureFiles` does."""

    def verify(self) -> None:
        """Make sure that their disk is there.

        Raises:
            DiskGoneError: It is not.
        """

    def forget_event(self, camera: str, event_id: str) -> None:
        """Delete every picture of an event."""

    def forget_review(self, camera: str, review_id: str) -> None:
        """Delete the thumbnail of a review item."""


class CameraRemovalKind:
    """The kind of job; see `JobKind`."""

    name = KIND
    workers = 1
    queue_limit = 100

    def __init__(
        self,
        db: Database,
        media_root: Path,
        files: Pictures,
        configured: Callable[[], Collection[str]],
        *,
        settle_s: float = SETTLE_S,
    ) -> None:
        """Delete what lies below `media_root`, unless the camera is among those `configured`."""
        self._db, self._media, self._files, self._configured = db, media_root, files, configured
        self._settle_s = settle_s
        self.exports: Exports | None = None
        """Who deletes exports, which need the runner of jobs themselves."""

    def run(self, job: Job, control: JobControl) -> dict[str, Any]:
        """Delete recordings, events, review items, previews and, if asked for, exports.

        Raises:
            JobError: The camera is configured again; what is left of it stays.
            DiskGoneError: A disk is missing.
        """
        camera = job.camera or ""
        self._settle(camera, control)
        self._files.verify()
        found: dict[str, Any] = {"segments": self._segments(camera, control)}
        self._check(camera, control)
        found["files"] = self._unindexed(camera)
        found["events"] = self._in_batches(camera, "events", camera_rows.event_ids, self._remove_events, control)
        found["reviews"] = self._in_batches(camera, "reviews", camera_rows.review_ids, self._remove_reviews, control)
        self._check(camera, control)
        self._db.write(partial(camera_rows.forget, camera=camera))
        for folder in FOLDERS:
            shutil.rmtree(self._media / folder / camera, ignore_errors=True)
        if not job.params.get("keep_dataset") and (gone := Dataset(self._media / "dataset").remove_camera(camera)):
            found["labelled_pictures"] = gone
        if job.params.get("delete_exports") and self.exports is not None:
            control.step("exports", 90)
            rows = [one for one in self.exports.listed(ExportFilter(cameras=(camera,))) if not one.in_progress]
            found["exports"] = len(self.exports.delete([one.id for one in rows]))
        return found

    def undo(self, job: Job) -> None:
        """Do nothing: what is deleted stays deleted, and the rest is deleted when the job is repeated."""

    def settle(self, connection: Connection, job: Job) -> None:
        """Change no rows."""

    def _settle(self, camera: str, control: JobControl) -> None:
        end = time.monotonic() + self._settle_s
        while True:
            self._check(camera, control)
            if time.monotonic() >= end:
                return
            time.sleep(0.2)

    def _check(self, camera: str, control: JobControl) -> None:
        """Make sure that the job is to go on: a camera that is configured again is being recorded."""
        if camera in self._configured():
            raise JobError("the camera is configured again")
        control.check()

    def _segments(self, camera: str, control: JobControl) -> int:
        recovery.reindex(self._db, self._media, camera, 0.0)  # a file without a row would stay
        count = 0
        while True:
            self._check(camera, control)
            control.step("recordings", 10)
            with self._db.read() as connection:
                spans = segments.oldest(connection, BATCH, camera)
            if not spans:
                return count
            removal.remove(self._db, self._media, spans, "api", "the camera was removed")
            count += len(spans)

    def _unindexed(self, camera: str) -> int:
        """Delete what nobody could index, with what was set aside of it; return how many files that were."""
        top, count = self._media / "recordings", 0
        if not top.is_dir():
            return 0
        with volume.opened(self._db, self._media) as folder:
            for found in [*top.glob(f"*/*/{camera}"), *top.glob(f"{recovery.BROKEN}/*/*/{camera}")]:
                count += sum(1 for path in found.iterdir() if path.is_file())
                # Relative to the open directory, so that a disk that is mounted meanwhile does not matter.
                shutil.rmtree(str(found.relative_to(top)), dir_fd=folder)
                removal.prune(self._media, [found.parent])
        return count

    def _in_batches(
        self,
        camera: str,
        step: str,
        find: Callable[[Connection, str, int], list[str]],
        remove: Callable[[str, Sequence[str]], None],
        control: JobControl,
    ) -> int:
        count = 0
        while True:
            self._check(camera, control)
            control.step(step, 60)
            with self._db.read() as connection:
                ids = find(connection, camera, BATCH)
            if not ids:
                return count
            remove(camera, ids)
            count += len(ids)

    def _remove_events(self, camera: str, ids: Sequence[str]) -> None:
        self._db.write(partial(event_removal.remove, ids=ids))
        for event_id in ids:
            with suppress(OSError):  # without a row nobody finds them
                self._files.forget_event(camera, event_id)

    def _remove_reviews(self, camera: str, ids: Sequence[str]) -> None:
        self._db.write(partial(reviews.remove, ids=ids))
        for review_id in ids:
            with suppress(OSError):
                self._files.forget_review(camera, review_id)
