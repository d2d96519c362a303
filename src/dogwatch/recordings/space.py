"""Keeps the free-space floor: when space runs short, deletes the oldest footage of all cameras, whatever the rules say.

Ingest checks the free space before it opens a segment, and asks for more. The core also checks regularly by itself, so
that ingest rarely has to ask.

A file that has another name elsewhere, as after an import by hard links, stays: to delete it would free nothing.
"""

from __future__ import annotations

import asyncio
import logging
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from dogwatch.bus.messages import SpaceWanted
from dogwatch.errors import DogwatchError, RecordingError, unexpected
from dogwatch.recordings import removal, volume
from dogwatch.store import segments
from dogwatch.store.database import Database
from dogwatch.store.segments import SegmentRow

if TYPE_CHECKING:
    from dogwatch.config import Config

LOOK_EVERY_S = 30.0
BATCH = 20
PAGE = 500
LINKS_S = 600.0  # between two looks at all files that had another name
MARGIN_S = 60.0  # of recording, beyond the floor: ingest should not have to ask
_log = logging.getLogger(__name__)


def free_bytes(path: Path) -> int:
    """Return how many bytes this user may still write to the disk that `path` is on."""
    stat = os.statvfs(path)
    return stat.f_bavail * stat.f_frsize


def floor_of(config: Config) -> int:
    """Return how many bytes stay free on the disk of the recordings: the most that any camera asks for."""
    floors = [camera.record.space.floor for camera in config.cameras.values()] or [config.record.space.floor]
    return max(floors) << 20


class SpaceKeeper:
    """Deletes the oldest segments when less is free than `floor_bytes` plus the next minute of recording."""

    def __init__(
        self,
        db: Database,
        media_root: Path,
        floor_bytes: int,
        *,
        free: Callable[[Path], int] = free_bytes,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """Keep `floor_bytes` free on the disk of the recordings below `media_root`."""
        self._db, self._media_root, self._floor, self._free, self._clock = db, media_root, floor_bytes, free, clock
        self._asked = asyncio.Event()
        self._wanted = 0
        self._fault = ""
        self._links_seen = float("-inf")
        self._told_links = False
        self._since: float | None = None  # all older files had another name at `_links_seen`
        self.disk_fault = ""
        """Why the disk could not be used the last time; empty if it could."""
        self.failed = False
        """Whether the last time nothing was left to delete."""

    def configure(self, floor_bytes: int) -> None:
        """Keep so much free from now on."""
        self._floor = floor_bytes

    def on_space_wanted(self, message: SpaceWanted) -> None:
        """Free space at once; on the event loop."""
        self._wanted = max(self._wanted, message.bytes_wanted)
        self._asked.set()

    async def run(self) -> None:
        """Keep the floor until cancelled."""
        while True:
            wanted, self._wanted = self._wanted, 0
            self._asked.clear()
            try:
                await asyncio.to_thread(self.make_room, wanted)
            except Exception as error:  # noqa: BLE001 - the next attempt may succeed, and nothing else would make one
                if str(error) != self._fault or not isinstance(error, DogwatchError):  # a disk may be missing for long
                    _log.error("making room for recordings failed: %s", error, exc_info=unexpected(error))
                self._fault = str(error)
                self.disk_fault = str(error) if isinstance(error, RecordingError | OSError) else ""
            else:
                self._fault = self.disk_fault = ""
            try:
                await asyncio.wait_for(self._asked.wait(), LOOK_EVERY_S)
            except TimeoutError:
                continue

    @property
    def floor(self) -> int:
        """How many bytes are to stay free."""
        return self._floor

    def free_now(self) -> int:
        """Return how many bytes are free on the disk of the recordings.

        Raises:
            OSError: It cannot be asked.
        """
        recordings = self._media_root / "recordings"  # this may be a disk of its own
        return self._free(recordings if recordings.is_dir() else self._media_root)

    def make_room(self, wanted: int = 0) -> int:
        """Delete until the floor and a minute of recording are free; return the bytes freed.

        At least `wanted` bytes are freed beyond what is free now, even if the floor is kept. For worker threads.
        """
        volume.verify(self._db, self._media_root)  # the free space of another disk is irrelevant
        free = self.free_now()
        goal = max(self._floor + self._next_bytes(), free + wanted)
        freed = 0
        while freed < goal - free:  # counts sizes: if the free space does not grow, deleting more does not help
            some = self._oldest(goal - free - freed)
            size = removal.remove(
                self._db, self._media_root, some, "free_space", f"{free >> 20} MB were free", clock=self._clock
            )
            freed += size
            if size == 0:
                self._complain(free, goal)
                return freed
        self.failed = False
        return freed

    def _oldest(self, missing: int) -> list[SegmentRow]:
        """Return the oldest segments of `missing` bytes whose deletion frees them; `BATCH` at most."""
        if (now := time.monotonic()) - self._links_seen > LINKS_S:
            self._links_seen, self._since = now, None
        found: dict[str, SegmentRow] = {}
        while True:
            with self._db.read() as connection:
                page = segments.oldest(connection, PAGE, since=self._since)
            for span in page:
                if missing <= 0 or len(found) == BATCH:
                    return list(found.values())
                if self._has_other_name(span):
                    self._note_link()
                elif span.id not in found:
                    found[span.id] = span
                    missing -= span.size_bytes
            if found or len(page) < PAGE or page[-1].start_time == self._since:
                return list(found.values())
            self._since = page[-1].start_time

    def _has_other_name(self, span: SegmentRow) -> bool:
        try:
            return (self._media_root / span.path).stat().st_nlink > 1
        except OSError:
            return False

    def _note_link(self) -> None:
        if not self._told_links:
            self._told_links = True
            _log.warning(
                "space is short, and recordings have another name elsewhere (a hard link, as after an import): they "
                "stay, because to delete them would free nothing. Delete the other directory"
            )

    def _next_bytes(self) -> int:
        with self._db.read() as connection:
            rates = segments.bandwidth(connection, self._clock() - 600)
        return int(sum(rates.values()) * MARGIN_S)

    def _complain(self, free: int, goal: int) -> None:
        if not self.failed:
            _log.error(
                "only %d MB are free, %d MB should be, and there are no recordings left to delete",
                free >> 20,
                goal >> 20,
            )
        self.failed = True
