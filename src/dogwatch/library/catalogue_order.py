"""Puts the video files in order at the start: what was cut off goes on, and what belongs to nothing goes."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from dogwatch.errors import DogwatchError
from dogwatch.library.catalogue import FileCatalogue, hash_of_file
from dogwatch.store import video_files
from dogwatch.store.video_files import VideoFile

if TYPE_CHECKING:
    from dogwatch.store.database import Database

LOST_S = 3600.0
"""A folder that belongs to nothing goes after this time."""
_log = logging.getLogger(__name__)


class CatalogueOrder:
    """Compares the rows of video files with their folders."""

    def __init__(self, db: Database, catalogue: FileCatalogue, clock: Callable[[], float] = time.time) -> None:
        """Put `catalogue`, whose rows are in `db`, in order."""
        self._db, self._catalogue, self._store, self._clock = db, catalogue, catalogue.store, clock

    async def tidy(self) -> None:
        """Remove what is left of deletions and uploads that were cut off."""
        await asyncio.to_thread(self._tidy)

    def _tidy(self) -> None:
        self._catalogue.finish_deletions()
        with self._db.read() as connection:
            known = video_files.uuids(connection)
        for path in self._store.arrivals():
            if path.name not in known and self._clock() - path.stat().st_mtime > LOST_S:  # else it may be coming in
                path.unlink(missing_ok=True)

    async def resume(self) -> None:
        """Tidy, and look at files that were cut off, and at those whose rows were lost; for a task at the start."""
        await self.tidy()
        for file in await asyncio.to_thread(self._unseen):
            try:
                unknown = file.content_hash is None
                hashing = (
                    asyncio.create_task(asyncio.to_thread(hash_of_file, self._store.source(file))) if unknown else None
                )
                await self._catalogue.looks.succeed(file, hashing, [])
            except (DogwatchError, OSError) as error:
                _log.warning("the video file %s could not be looked at: %s", file.uuid, error)

    def _unseen(self) -> list[VideoFile]:
        """Return the files that are to be looked at, those too whose rows were lost."""
        with self._db.read() as connection:
            known = video_files.uuids(connection)
        for uuid in self._store.folders():
            if uuid not in known:
                self._take_back(uuid)
        with self._db.read() as connection:
            return video_files.in_status(connection, "probing")

    def _take_back(self, uuid: str) -> None:
        """Give a folder without a row one again: its database was lost, or is an older one."""
        label = self._store.read_label(uuid)
        folder = self._store.folder(uuid)
        if label is None:
            if self._clock() - folder.stat().st_mtime > LOST_S:
                self._store.remove(uuid)
            return
        file = VideoFile(
            uuid, label.owner, label.name, label.extension, label.original, label.camera, "probing", 0,
            label.created_at, label.created_at, label.content_hash,
        )  # fmt: skip
        if self._store.source(file).is_file():
            _log.warning("the video file %s is not in the database: it is taken in again", uuid)
            self._db.write(partial(video_files.put_missing, file=file))
        elif label.original is None:
            self._store.remove(uuid)
