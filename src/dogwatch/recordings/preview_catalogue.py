"""Finds previews, and the pictures that are in none yet."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from dogwatch.media.preview_files import PreviewSource
from dogwatch.recordings.preview_frames import HOUR_S, PreviewFrames
from dogwatch.store import previews
from dogwatch.store.database import Database
from dogwatch.store.previews import Preview


class PreviewCatalogue:
    """The previews of all cameras, below `media_root`. The methods wait for disk and database."""

    def __init__(self, db: Database, frames: PreviewFrames, media_root: Path) -> None:
        """Look in `db` and at `frames`."""
        self.frames = frames
        self._db, self._media = db, media_root

    def find(self, cameras: Collection[str], start: float, end: float, limit: int | None = None) -> list[Preview]:
        """Return the previews of `cameras` that overlap `start` to `end` (epoch s), oldest first.

        If there are more than `limit`, the newest are returned.
        """
        with self._db.read() as connection:
            return previews.overlapping(connection, cameras, start, end, limit)

    def sources(self, camera: str, start: float, end: float) -> list[PreviewSource]:
        """Return where the pictures of a camera from `start` to `end` (epoch s) are, oldest first."""
        frames = [
            PreviewSource(str(hour.folder), float(hour.start), float(hour.start + HOUR_S))
            for hour in self.frames.hours(camera)
            if hour.start < end and hour.start + HOUR_S > start
        ]
        films = [self._source(one) for one in self.find([camera], start, end)]
        return sorted(films + frames, key=lambda one: one.start)

    def newest(self, camera: str) -> PreviewSource | None:
        """Return the newest preview of a camera, whose last pictures may be in none yet."""
        with self._db.read() as connection:
            found = previews.newest(connection, camera)
        return self._source(found) if found is not None else None

    def has_pictures(self, camera: str, start: float, end: float) -> bool:
        """Whether there is any picture of a camera from `start` to `end` (epoch s)."""
        return bool(self.find([camera], start, end) or self.frames.names(camera, start, end))

    def _source(self, preview: Preview) -> PreviewSource:
        return PreviewSource(str(self._media / preview.path), preview.start_time, preview.end_time)
