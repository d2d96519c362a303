"""Pictures of single frames of video files: made by workers, kept in a cache, made once for all who ask at once."""

from __future__ import annotations

import asyncio
import hashlib
import logging
import zlib
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from dogwatch.library.file_workers import FileWorkers
from dogwatch.library.still_cache import StillCache
from dogwatch.media.overlay_rows import Overlay, pack
from dogwatch.store import video_files, video_traces
from dogwatch.store.video_files import VideoFile
from dogwatch.workers.files.spec import FilmDrawing, StillTask

if TYPE_CHECKING:
    from dogwatch.store.database import Database

LONGEST_S = 10.0
REST_S = 0.1
"""A picture is kept so much later than it is made: until then it is being sent, and is asked for again from memory."""
TAG_DIGITS = 32
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class FrameStill:
    """A picture: its file, where that and its index are, what to make, and `version`, which changes with it."""

    uuid: str
    source: Path
    index: Path
    task: StillTask
    version: tuple[int, ...]

    @property
    def tag(self) -> str:
        """What identifies the content of the picture."""
        said = msgspec.json.encode((self.uuid, self.version, self.task))
        return hashlib.sha256(said).hexdigest()[:TAG_DIGITS]

    @property
    def name(self) -> str:
        """Its name in the cache."""
        return f"{self.uuid}-{self.tag}.jpg"


@dataclass(slots=True)
class _Making:
    """A picture that is being made, and how many wait for it."""

    task: asyncio.Task[bytes]
    waiting: int = 0


class FrameStills:
    """Makes pictures. For the event loop."""

    def __init__(self, db: Database, workers: FileWorkers, cache: StillCache) -> None:
        """Have `workers` make pictures, and keep them in `cache`; boxes to draw are in `db`."""
        self._db, self._workers, self.cache = db, workers, cache
        self._making: dict[str, _Making] = {}
        self._keeping: set[asyncio.Task[None]] = set()

    async def jpeg(self, still: FrameStill) -> bytes:
        """Return a picture as JPEG.

        Raises:
            FileError: 503 `busy`, 504 `timeout`, or why it cannot be made.
        """
        name = still.name
        making = self._making.get(name)
        if making is None:
            found = await asyncio.to_thread(self.cache.find, name)
            if found is not None:
                return found
            making = self._making.get(name) or self._begin(still)  # somebody else may have asked meanwhile
        making.waiting += 1
        try:
            return await asyncio.shield(making.task)
        finally:
            making.waiting -= 1
            if not making.waiting and not making.task.done():  # nobody wants it any more
                making.task.cancel()
                self._forget(name, making)

    def at_hand(self, name: str) -> bytes | None:
        """Return a picture that is in memory, or in the cache; None if there is none. For a thread."""
        making = self._making.get(name)
        done = making is not None and making.task.done() and not making.task.cancelled()
        if making is not None and done and making.task.exception() is None:
            return making.task.result()
        return self.cache.find(name)

    def drawing(self, file: VideoFile, n: int) -> FilmDrawing:
        """Return what debug mode draws on frame `n`. For a thread."""
        with self._db.read() as connection:
            found = [(box, box.identity or box.label) for box in video_traces.boxes(connection, file.id, n, n)]
        labels = tuple(dict.fromkeys(label for _, label in found))
        rows = (
            (n, box.trace_id, box.x, box.y, box.width, box.height, labels.index(label), box.interpolated,
             box.confidence)
            for box, label in found
        )  # fmt: skip
        return FilmDrawing(Overlay.BOXES, zlib.compress(pack(rows)), labels, debug=True)

    def _begin(self, still: FrameStill) -> _Making:
        making = self._making[still.name] = _Making(asyncio.create_task(self._made(still)))
        making.task.add_done_callback(lambda _: self._made_once(still, making))
        return making

    def _made_once(self, still: FrameStill, making: _Making) -> None:
        """Keep a picture that is made; nobody waits for that, and who asks meanwhile gets it from memory."""
        if making.task.cancelled() or making.task.exception() is not None:
            self._forget(still.name, making)
            return
        keeping = asyncio.create_task(self._keep_later(still, making.task.result()))
        self._keeping.add(keeping)
        keeping.add_done_callback(lambda _: self._kept(still.name, making, keeping))

    async def _keep_later(self, still: FrameStill, data: bytes) -> None:
        await asyncio.sleep(REST_S)
        await asyncio.to_thread(self._keep, still, data)

    def _kept(self, name: str, making: _Making, keeping: asyncio.Task[None]) -> None:
        self._keeping.discard(keeping)
        self._forget(name, making)
        if not keeping.cancelled() and (error := keeping.exception()) is not None:
            _log.error("a picture of a video file could not be kept", exc_info=error)

    def _forget(self, name: str, making: _Making) -> None:
        if self._making.get(name) is making:
            del self._making[name]

    async def close(self) -> None:
        """Stop making pictures."""
        for making in list(self._making.values()):
            making.task.cancel()
            with suppress(asyncio.CancelledError, Exception):
                await making.task
        await self.kept()

    async def kept(self) -> None:
        """Wait until the pictures are kept that are made."""
        await asyncio.gather(*self._keeping, return_exceptions=True)

    async def _made(self, still: FrameStill) -> bytes:
        data, _ = await self._workers.ask(still.task, still.source, still.index, within_s=LONGEST_S)
        return data

    def _keep(self, still: FrameStill, data: bytes) -> None:
        """Keep a picture, unless its file was deleted meanwhile: nothing would remove it any more."""
        self.cache.keep(still.name, data)
        with self._db.read() as connection:
            found = video_files.one(connection, still.uuid)
        if found is None or found.status == "deleting":
            self.cache.drop(still.uuid)
