"""Ends what has outlived its days: snapshots, clips without footage, then whole events (contract, section 20.7)."""

from __future__ import annotations

import logging
import time as time_module
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection

from dogwatch.events.snapshots import Files
from dogwatch.store import event_expiry, events
from dogwatch.store.database import Database

if TYPE_CHECKING:
    from dogwatch.config import Config

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


class Expiry:
    """Runs on a worker thread, each `record.expire_interval` minutes.

    Cameras that the configuration no longer has keep their snapshots for as long as `default` says.
    """

    def __init__(
        self, db: Database, media_root: Path, cameras: Mapping[str, Keep], default: Keep | None = None
    ) -> None:
        """Take the rules of every configured camera."""
        self._db, self._files = db, Files(media_root)
        self._root = media_root
        self._cameras, self._default = cameras, default or Keep()

    @classmethod
    def of_config(cls, config: Config, db: Database, media_root: Path) -> Expiry:
        """Return the expiry of `config`."""
        cameras = {
            name: Keep(camera.snapshots.retain.default, camera.snapshots.retain.objects)
            for name, camera in config.cameras.items()
        }
        kept = config.snapshots.retain
        return cls(db, media_root, cameras, Keep(kept.default, kept.objects))

    def run(self, now: float | None = None) -> Expired:
        """Do all that is due at `now` (epoch s); return what was done."""
        time = time_module.time() if now is None else now
        clips = self._db.write(lambda connection: event_expiry.forget_clips(connection, time))
        snapshots = self._snapshots(time)
        gone = self._events(time)
        reviews = self._reviews(time)
        done = Expired(clips, snapshots, gone, reviews)
        if any((clips, snapshots, gone, reviews)):
            _log.info("expired %d clips, %d snapshots, %d events, %d review items", clips, snapshots, gone, reviews)
        return done

    def _snapshots(self, now: float) -> int:
        with self._db.read() as connection:
            pairs = event_expiry.snapshot_groups(connection)
        return sum(self._expire_group(camera, label, now) for camera, label in pairs)

    def _expire_group(self, camera: str, label: str, now: float) -> int:
        keep = self._cameras.get(camera, self._default)
        before = now - keep.objects.get(label, keep.default) * DAY_S
        count = 0
        while True:
            with self._db.read() as connection:
                ids = event_expiry.old_snapshots(connection, camera, label, before, BATCH)
            if not ids:
                return count
            for event_id in ids:
                self._files.clean(camera, event_id).unlink(missing_ok=True)
            self._db.write(partial(_forget, ids))
            count += len(ids)

    def _events(self, now: float) -> int:
        count = 0
        while True:
            with self._db.read() as connection:
                rows = event_expiry.empty_events(connection, now, BATCH)
            if not rows:
                return count
            for event_id, camera in rows:
                self._files.forget_event(camera, event_id)
            self._db.write(partial(_remove, [event_id for event_id, _ in rows]))
            count += len(rows)

    def _reviews(self, now: float) -> int:
        paths = self._db.write(lambda connection: event_expiry.drop_reviews(connection, now))
        for path in paths:
            (self._root / path).unlink(missing_ok=True)
        return len(paths)


def _forget(ids: list[str], connection: Connection) -> None:
    event_expiry.forget_snapshots(connection, ids)


def _remove(ids: list[str], connection: Connection) -> None:
    events.remove(connection, ids)
