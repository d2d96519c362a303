"""Ends what has outlived its days: snapshots, clips without footage, then whole events (docs/retention.md)."""

from __future__ import annotations

import logging
import time as time_module
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from sqlalchemy import Connection

from dogwatch.events import takeover
from dogwatch.events.files import PictureFiles
from dogwatch.store import (
    event_days,
    event_expiry,
    event_groups,
    event_removal,
    ongoing,
    review_sets,
    reviews,
)
from dogwatch.store.database import Database

if TYPE_CHECKING:
    from dogwatch.config import Config

T = TypeVar("T")
_log = logging.getLogger(__name__)

DAY_S = 86_400
BATCH = 200  # rows a transaction: the writer must not be held up for long


@dataclass(frozen=True, slots=True)
class Keep:
    """How many days a camera's snapshots are kept: `default`, or what `objects` says for a label."""

    default: float = 10.0
    objects: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Expired:
    """What one run has ended."""

    clips: int = 0
    snapshots: int = 0
    events: int = 0
    reviews: int = 0


def keep_of(config: Config) -> tuple[Mapping[str, Keep], Keep]:
    """Return how long the snapshots of each camera are kept, and those of cameras that are no longer configured."""
    cameras = {name: camera.snapshots.retain for name, camera in config.cameras.items()}
    kept = config.snapshots.retain
    return {name: Keep(one.default, one.objects) for name, one in cameras.items()}, Keep(kept.default, kept.objects)


class Expiry:
    """Runs on a worker thread, each `record.expire_interval` minutes.

    Cameras that the configuration no longer has keep their snapshots for as long as `default` says.
    """

    def __init__(
        self, db: Database, files: PictureFiles, cameras: Mapping[str, Keep], default: Keep | None = None
    ) -> None:
        """Take the rules of every configured camera."""
        self._db, self._files = db, files
        self._cameras, self._default = cameras, default or Keep()

    def configure(self, cameras: Mapping[str, Keep], default: Keep) -> None:
        """Apply these rules from the next run on."""
        self._cameras, self._default = cameras, default

    def run(self, now: float | None = None) -> Expired:
        """Do all that is due at `now` (epoch s); return what was done. Nothing is while the disk of pictures is away.

        What is due is looked for by a reader; the writer is only held up for batches.
        """
        if not self._files.there():
            return Expired()  # rows would go, and their pictures stay for ever
        time = time_module.time() if now is None else now
        done = Expired(self._clips(time), self._snapshots(time), self._events(time), self._reviews(time))
        self._db.write(partial(ongoing.forget_ended, before=time - takeover.REMEMBERED_S))
        self._db.write(event_groups.forget_empty)
        self._db.write(review_sets.forget_unused)
        self._pack()
        if done != Expired():
            _log.info(
                "expired %d clips, %d snapshots, %d events, %d review items",
                done.clips, done.snapshots, done.events, done.reviews,
            )  # fmt: skip
        return done

    def _pack(self) -> None:
        """Pack the counts of days that are over, or of which something has expired."""
        with self._db.read() as connection:
            days = event_days.changed(connection)
        for camera, day in days:
            self._db.write(partial(event_days.pack, camera=camera, day=day))

    def _clips(self, now: float) -> int:
        with self._db.read() as connection:
            ids = event_expiry.lost_clips(connection, now)
        return sum(self._db.write(partial(event_expiry.forget_clips, ids=batch)) for batch in _batches(ids))

    def _snapshots(self, now: float) -> int:
        with self._db.read() as connection:
            groups = event_expiry.snapshot_groups(connection)
        return sum(self._expire_group(camera, label, now) for camera, label in groups)

    def _expire_group(self, camera: str, label: str, now: float) -> int:
        keep = self._cameras.get(camera, self._default)
        before = now - keep.objects.get(label, keep.default) * DAY_S
        with self._db.read() as connection:
            ids = event_expiry.old_snapshots(connection, camera, label, before)
        for batch in _batches(ids):
            for event_id in batch:
                self._files.forget_snapshot(camera, event_id)
            self._db.write(partial(event_expiry.forget_snapshots, ids=batch))
        return len(ids)

    def _events(self, now: float) -> int:
        with self._db.read() as connection:
            rows = event_expiry.empty_events(connection, now)
        for batch in _batches(rows):
            for event_id, camera in batch:
                self._files.forget_event(camera, event_id)
            self._db.write(partial(event_removal.remove, ids=[event_id for event_id, _ in batch]))
        return len(rows)

    def _reviews(self, now: float) -> int:
        with self._db.read() as connection:
            rows = event_expiry.lost_reviews(connection, now)
        count = 0
        for batch in _batches(rows):
            gone = self._db.write(partial(_remove_lost, [review_id for review_id, _ in batch]))
            count += len(gone)
            for row in gone:
                self._files.forget_review(row["camera"], row["id"])
        return count


def _remove_lost(ids: Sequence[str], connection: Connection) -> list[reviews.Row]:
    return reviews.remove(connection, event_expiry.still_lost(connection, ids))


def _batches(found: Sequence[T]) -> Iterator[Sequence[T]]:
    return (found[start : start + BATCH] for start in range(0, len(found), BATCH))
