"""Writes changes of events as rows and files, and then publishes them through `outputs.broadcast`."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from dogwatch.bus.messages import BestPicture
from dogwatch.events import bodies, reasons, rendering, takeover, writes
from dogwatch.events.files import PictureFiles, always
from dogwatch.events.live_object import LiveObject, ObjectChange
from dogwatch.events.outbox import EventOutbox
from dogwatch.events.review import ReviewChange
from dogwatch.events.review_item import ReviewItem
from dogwatch.events.snapshots import ObjectPictures, PictureWorkers
from dogwatch.events.timeline import TimelineEntry
from dogwatch.outputs.broadcast import Publish
from dogwatch.store import ongoing
from dogwatch.store.database import Database

_log = logging.getLogger(__name__)

Row = dict[str, Any]

TRY_EVERY_S = 10.0
LATE_S = 5.0  # how far path and picture in the row of an object that goes on may lag behind its messages


def unnoticed(_live: LiveObject) -> None:
    """Learn nothing from an object."""


def unread(_live: LiveObject, _picture: BestPicture) -> None:
    """Learn nothing from a picture."""


class EventOutputs:
    """The outputs that all cameras share."""

    def __init__(
        self,
        db: Database,
        media_root: Path,
        publish: Publish,
        clips_present: Callable[[], None] = always,
        seen: Callable[[LiveObject], None] = unnoticed,
        pictured: Callable[[LiveObject, BestPicture], None] = unread,
        rejected: Callable[[LiveObject], None] = unnoticed,
    ) -> None:
        """Write to `db` and under `media_root`, publish with `publish`; see `PictureFiles` for `clips_present`.

        `seen` is called with each object of which something is told while it goes on, `pictured` with each better
        picture of one, `rejected` with each that has ended and was a false positive all the time.
        """
        self.db, self._seen, self.pictured, self.rejected = db, seen, pictured, rejected
        self.publish = publish
        self.files = PictureFiles(media_root, clips_present)
        self.workers = PictureWorkers()
        self.pictures = ObjectPictures(self.files, self.workers)
        self.outbox = EventOutbox(publish)
        self.failed_writes = 0
        self._late: dict[str, LiveObject] = {}
        self._late_items: dict[str, ReviewItem] = {}
        self._caught_up = self._tried = 0.0

    def tell(self, change: ObjectChange) -> None:
        """Store the object if it has earned a row, then publish the change.

        A row of which nothing but path, speed and picture have changed follows later, see `catch_up`, and so does the
        picture's file. What a new core must know is stored with the row, and of an object without a row alone.
        """
        live = change.live
        key, stored, saved = live.obj.id, None, None
        if live.qualifies:
            before, live.stored = live.stored, bodies.essence(live)
            late = before == live.stored and not live.entries
        else:
            remembered, live.remembered = live.remembered, (*bodies.essence(live), len(live.entries))
            late = remembered == live.remembered
        if late and change.kind == "update":
            self._late[key] = live
        else:
            self._late.pop(key, None)
            stored = self._store_now(live, why=change.kind == "end" or (live.qualifies and before is None))
            if change.kind != "end" and live.qualifies:
                saved = self._save(live, first=before is None)
        if change.kind == "end":
            saved = self.finish(live)
        else:
            self._seen(live)
        body = {"type": change.kind, "before": change.before, "after": change.after}
        self.outbox.put("events", body, stored, saved, told=self._noting(change.kind, key, stored, writes.note_told))

    def note_picture(self, live: LiveObject) -> None:
        """Store a better picture that is not told of now, and what its row says of it, with `catch_up`."""
        if live.qualifies and live.stored:
            self._late[live.obj.id] = live

    def catch_up(self, monotonic: float) -> None:
        """Store the newest state of what lags behind, all at once; call it about every second.

        Args:
            monotonic: Monotonic seconds.
        """
        if monotonic - self._caught_up >= LATE_S:
            self._caught_up = monotonic
            self._store_late()

    def leave(self, lives: Sequence[LiveObject], items: Sequence[ReviewItem], manual: Sequence[Row]) -> None:
        """Store the newest state of all that goes on while there is no core."""
        self._late |= {live.obj.id: live for live in lives if live.stored}
        self._late_items |= {item.id: item for item in items}
        self._store_late([takeover.object_row(live) for live in lives if not live.deleted] + list(manual))

    def write_held(self, monotonic: float) -> None:
        """Try now and then to write pictures that wait for their disk; call it about every second.

        Args:
            monotonic: Monotonic seconds.
        """
        if self.files.bytes_held and monotonic - self._tried >= TRY_EVERY_S:
            self._tried = monotonic
            self.workers.run(self.files.write_held, light=True)

    def finish(self, live: LiveObject) -> Future[None] | None:
        """Put the object's pictures on disk, the full one only if it is its snapshot, and forget them."""
        wanted = live.qualifies and live.has_snapshot
        saved = self.pictures.save(live.obj.id, last=True) if wanted else None
        if live.qualifies and saved is None:
            self._thumbnail(live)
        if not wanted:
            self.pictures.drop(live.obj.id)
        return saved

    def store(
        self,
        row: Row,
        entries: Sequence[TimelineEntry] = (),
        state: Row | None = None,
        *,
        why: Row | None = None,
        keep: bool = True,
    ) -> Future[None]:
        """Write an event's row, moments of its timeline, what a new core must know, and why it is one; see `submit`."""
        write = partial(writes.put_event, row, [entry.row() for entry in entries], state, reasons=why)
        return self.submit(write, keep=keep)

    def tell_review(self, change: ReviewChange, *thumbnail: Future[Any] | None) -> None:
        """Store the item, then publish the change."""
        item = change.item
        self._late_items.pop(item.id, None)
        row = {
            "id": item.id,
            "camera": item.camera,
            "severity": item.severity,
            "start_time": item.start_time,
            "end_time": item.end_time,
            "thumb_path": item.thumb_path,
            "data": change.after["data"],
        }
        stored: Future[list[str]] = self.submit(partial(writes.put_review, row, takeover.review_row(item)))
        stored.add_done_callback(partial(_list_only_stored, change.after["data"]["detections"]))
        body = {"type": change.kind, "before": change.before, "after": change.after}
        told = self._noting(change.kind, item.id, stored, writes.note_review_told)
        self.outbox.put("reviews", body, stored, *thumbnail, told=told)

    def tell_missed(self, missed: takeover.MissedMessage) -> None:
        """Publish what a core before this one has not published."""
        body = {"type": missed.kind, "before": missed.before, "after": missed.after}
        write = writes.note_told if missed.topic == "events" else writes.note_review_told
        self.outbox.put(missed.topic, body, told=self._noting(missed.kind, missed.id, None, write))

    def note_activity(self, item: ReviewItem, *, changed: bool) -> None:
        """Store how long an item's activity has lasted: at once if it has begun or stopped, else with `catch_up`."""
        self._late_items[item.id] = item
        if changed:
            self.submit(partial(ongoing.put, rows=[takeover.review_row(self._late_items.pop(item.id))]))

    def forget_item(self, item: ReviewItem) -> None:
        """Store no more of an item that a user deletes."""
        self._late_items.pop(item.id, None)

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

    def submit(self, fn: Any, *, keep: bool = True) -> Future[Any]:
        """Queue work for the database, see `Database.submit`; what fails is logged and counted."""
        future: Future[Any] = self.db.submit(fn, keep=keep)
        future.add_done_callback(self._written)
        return future

    def wait(self, fn: Callable[[Connection], Any]) -> Any:
        """Do work in the database and return its result.

        Raises:
            TimeoutError: The database does not answer; the work will not be done later.
        """
        return writes.result(self.submit(fn, keep=False))

    def _noting(
        self, kind: str, key: str, stored: Future[Any] | None, write: Callable[..., None]
    ) -> Callable[[], None]:
        """Return what notes that the message `kind` about `key` was published, if its row is `stored`."""
        if kind == "update":
            return _nothing

        def note() -> None:
            if not (stored is not None and stored.done() and stored.exception() is not None):
                self.submit(partial(write, key, kind))

        return note

    def _store_late(self, states: Sequence[Row] = ()) -> None:
        lives = [live for live in self._late.values() if live.qualifies]
        # What a new core must know of an object with a row has been stored with all that the row lags behind.
        rowless = [takeover.object_row(live) for live in self._late.values() if not (live.qualifies or live.deleted)]
        items = [takeover.review_row(item) for item in self._late_items.values()]
        self._late.clear()
        self._late_items.clear()
        for live in lives:
            live.stored = bodies.essence(live)
        self.pictures.save_all(live.obj.id for live in lives if live.has_snapshot)
        if lives or rowless or items or states:
            rows = [bodies.row(live) for live in lives]
            stored = self.submit(partial(writes.put_all, rows, [*rowless, *items, *states]))
            stored.add_done_callback(partial(_note_failure, lives))

    def _store_now(self, live: LiveObject, *, why: bool) -> Future[None]:
        """Write the row of an object; with `why` also why it is an event, which memory has while it goes on."""
        if not live.qualifies:
            return self.submit(partial(ongoing.put, rows=[takeover.object_row(live)]))
        entries, live.entries = live.entries, []
        kept = reasons.kept_of(live) if why else None
        stored = self.store(bodies.row(live), entries, takeover.object_row(live), why=kept)
        stored.add_done_callback(partial(_note_failure, [live]))
        return stored

    def _save(self, live: LiveObject, *, first: bool) -> Future[None] | None:
        """Write a picture of an object that goes on; its later thumbnails stay in memory until the end."""
        saved = self.pictures.save(live.obj.id, thumb=first) if live.has_snapshot else None
        if first and saved is None:
            self._thumbnail(live)
        return saved

    def _thumbnail(self, live: LiveObject) -> None:
        if live.picture is not None and live.picture.thumb:  # else a core before this one has written it
            path = self.files.thumb(live.obj.camera, live.obj.id)
            self.workers.run(partial(self.files.write, path, live.picture.thumb), light=True)

    def _written(self, future: Future[Any]) -> None:
        if (error := future.exception()) is not None:
            self.failed_writes += 1
            _log.error("an event could not be stored: %s", str(error).partition("\n")[0])


def _nothing() -> None:
    """Note nothing."""


def _note_failure(lives: Sequence[LiveObject], stored: Future[None]) -> None:
    """Let the next change of each object, if nothing else, write its row."""
    if stored.exception() is not None:
        for live in lives:
            live.stored = None


def _list_only_stored(listed: list[str], stored: Future[list[str]]) -> None:
    """Let the message list what the row does."""
    if stored.exception() is None:
        listed[:] = stored.result()
