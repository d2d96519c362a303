"""Where changes become rows, files and messages."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from dogwatch.events import bodies, rendering
from dogwatch.events.files import Files, always
from dogwatch.events.lifecycle import Change, LiveObject
from dogwatch.events.outbox import Outbox, Publish
from dogwatch.events.review import ReviewChange
from dogwatch.events.snapshots import Pictures, Workers
from dogwatch.events.timeline import Entry
from dogwatch.store import events, reviews, timeline
from dogwatch.store.database import Database

_log = logging.getLogger(__name__)

TRY_EVERY_S = 10.0
LATE_S = 5.0  # how far the path in the row of an object that goes on may lag behind its messages


class EventOutputs:
    """The outputs that all cameras share."""

    def __init__(
        self, db: Database, media_root: Path, publish: Publish, clips_present: Callable[[], None] = always
    ) -> None:
        """Write to `db` and under `media_root`, publish with `publish`; see `Files` for `clips_present`."""
        self.db = db
        self.publish = publish
        self.files = Files(media_root, clips_present)
        self.workers = Workers()
        self.pictures = Pictures(self.files, self.workers)
        self.outbox = Outbox(publish)
        self.failed_writes = 0
        self._late: dict[str, LiveObject] = {}
        self._caught_up = self._tried = 0.0

    def tell(self, change: Change) -> None:
        """Store the object if it has earned a row, then publish the change.

        A row of which nothing but path and speed have changed follows later, see `catch_up`.
        """
        live = change.live
        stored: Future[None] | None = None
        if live.qualifies:
            before, live.stored = live.stored, bodies.essence(live)
            if before == live.stored and not live.entries and change.kind == "update":
                self._late[live.obj.id] = live
            else:
                self._late.pop(live.obj.id, None)
                entries, live.entries = live.entries, []
                stored = self.store(bodies.row(live), entries)
                stored.add_done_callback(partial(_note_failure, live))
            if before is None and change.kind != "end":  # later ones stay in memory until the end
                self._thumbnail(live)
        body = {"type": change.kind, "before": change.before, "after": change.after}
        self.outbox.put("events", body, stored)
        if change.kind == "end":
            self.finish(live)

    def catch_up(self, monotonic: float) -> None:
        """Store the newest state of objects whose rows lag behind, all at once; call it about every second.

        Args:
            monotonic: Seconds that nobody sets.
        """
        if monotonic - self._caught_up < LATE_S:
            return
        self._caught_up = monotonic
        rows = [bodies.row(live) for live in self._late.values() if not live.deleted]
        self._late.clear()
        if rows:
            self.submit(partial(events.put_all, rows=rows))

    def write_held(self, monotonic: float) -> None:
        """Try now and then to write pictures that wait for their disk; call it about every second.

        Args:
            monotonic: Monotonic seconds.
        """
        if self.files.bytes_held and monotonic - self._tried >= TRY_EVERY_S:
            self._tried = monotonic
            self.workers.run(self.files.write_held, light=True)

    def finish(self, live: LiveObject) -> None:
        """Put the object's pictures on disk, the full one only if it is its snapshot, and forget them."""
        wanted = live.qualifies and live.has_snapshot
        saved = self.pictures.save(live.obj.id) if wanted else None
        if live.qualifies and saved is None:
            self._thumbnail(live)
        if not wanted:
            self.pictures.drop(live.obj.id)

    def store(self, row: dict[str, Any], entries: Sequence[Entry] = ()) -> Future[None]:
        """Write an event's row and new moments of its timeline."""
        return self.submit(partial(_store, row, [entry.row() for entry in entries]))

    def tell_review(self, change: ReviewChange, *thumbnail: Future[Any] | None) -> None:
        """Store the item, then publish the change."""
        item = change.item
        row = {
            "id": item.id,
            "camera": item.camera,
            "severity": item.severity,
            "start_time": item.start_time,
            "end_time": item.end_time,
            "thumb_path": item.thumb_path,
            "data": change.after["data"],
        }
        stored: Future[list[str]] = self.submit(partial(reviews.put_with_known, values=row))
        stored.add_done_callback(partial(_list_only_stored, change.after["data"]["detections"]))
        self.outbox.put(
            "reviews", {"type": change.kind, "before": change.before, "after": change.after}, stored, *thumbnail
        )

    def review_thumbnail(
        self, camera: str, review_id: str, object_id: str, boxes: Sequence[rendering.Fractions]
    ) -> Future[None] | None:
        """Make and write the thumbnail of a review item from an object's picture."""
        path = self.files.review(camera, review_id)
        return self.draw(
            object_id, camera, lambda clean: self.files.write(path, rendering.review_thumbnail(clean, boxes))
        )

    def draw(
        self, object_id: str, camera: str, job: Callable[[bytes], None], *, light: bool = False
    ) -> Future[None] | None:
        """Run `job` on the object's clean picture in a worker thread; nothing is done if there is none."""
        picture = self.pictures.later(object_id, camera)

        def run() -> None:
            clean = picture()
            if clean is not None:
                job(clean)

        return self.workers.run(run, light=light)

    def submit(self, fn: Any) -> Future[Any]:
        """Queue work for the database; what fails is logged and counted."""
        future: Future[Any] = self.db.submit(fn)
        future.add_done_callback(self._written)
        return future

    def _thumbnail(self, live: LiveObject) -> None:
        if live.picture is not None:
            path = self.files.thumb(live.obj.camera, live.obj.id)
            self.workers.run(partial(self.files.write, path, live.picture.thumb), light=True)

    def _written(self, future: Future[Any]) -> None:
        if (error := future.exception()) is not None:
            self.failed_writes += 1
            _log.error("an event could not be stored: %s", str(error).partition("\n")[0])


def _note_failure(live: LiveObject, stored: Future[None]) -> None:
    """Let the next change of the object, if nothing else, write its row."""
    if stored.exception() is not None:
        live.stored = None


def _list_only_stored(listed: list[str], stored: Future[list[str]]) -> None:
    """Let the message list what the row does."""
    if stored.exception() is None:
        listed[:] = stored.result()


def _store(row: dict[str, Any], entries: Sequence[dict[str, Any]], connection: Connection) -> None:
    events.put(connection, row)
    timeline.add(connection, entries)
