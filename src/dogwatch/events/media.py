"""Pictures of events, wherever they are now: in memory while the object lives, else on disk."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from dogwatch.events import bodies, rendering
from dogwatch.events.hub import EventHub
from dogwatch.events.rendering import Shown, Style
from dogwatch.store import events
from dogwatch.store.database import Database


@dataclass(frozen=True, slots=True)
class Found:
    """An event and what is needed to make pictures of it; `running` pictures may still get better.

    `thumb` is the JPEG of a live object's thumbnail, if it has a picture.
    """

    id: str
    camera: str
    running: bool
    has_snapshot: bool
    shown: Shown
    thumb: bytes | None = None


class EventMedia:
    """Looks events up and makes their pictures; for worker threads."""

    def __init__(self, db: Database, hub: EventHub) -> None:
        """Read rows from `db` and live objects from `hub`."""
        self._db, self._hub = db, hub

    def find(self, event_id: str) -> Found | None:
        """Return the event, live or stored; None if there is none."""
        live = self._hub.live(event_id)
        if live is not None and live.published and not live.deleted:
            row = bodies.row(live)
            data = {**row["data"], "score": row["score"]}
            found = self.of_row({**row, "data": data}, running=True)
            return replace(found, thumb=live.picture.thumb) if live.picture else found
        with self._db.read() as connection:
            stored = events.one(connection, event_id)
        return self.of_row(stored) if stored else None

    def of_row(self, row: dict[str, Any], *, running: bool | None = None) -> Found:
        """Return what a row in the form of docs/api/events.md tells."""
        unfinished = row["end_time"] is None if running is None else running
        return Found(row["id"], row["camera"], unfinished, row["has_snapshot"], rendering.of_row(row))

    def thumbnail(self, found: Found, fmt: str, *, ratio: float | None = None) -> bytes | None:
        """Return the thumbnail as `fmt`, padded to `ratio` if given; None if there is no picture."""
        thumb = found.thumb or self._hub.outputs.files.read_thumbs([(found.camera, found.id)])[0]
        if thumb is None and (clean := self.clean(found)) is not None:
            thumb = rendering.thumbnail(clean, found.shown.box)
        return None if thumb is None else rendering.converted(thumb, fmt, ratio=ratio)

    def clean(self, found: Found) -> bytes | None:
        """Return the clean full-size picture, None if there is none: a JPEG, unless another program has made it."""
        return self._hub.outputs.pictures.get(found.id, found.camera)

    def snapshot(self, found: Found, style: Style) -> bytes | None:
        """Return the snapshot in `style`, None if there is none or not yet."""
        if not found.has_snapshot:
            return None
        if (clean := self.clean(found)) is not None:
            return rendering.snapshot(clean, found.shown, style)
        files = self._hub.outputs.files
        drawn = files.read(files.drawn(found.camera, found.id))
        if drawn is None:
            return None
        # Another program has drawn on it, and may have cut it.
        return rendering.snapshot(drawn, found.shown, replace(style, bbox=False, timestamp=False, crop=False))
