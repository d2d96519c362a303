"""Uploads: in one request, or in several that go on where the last one was cut off.

An upload of one request has no row until it is complete. One of several has the status `uploading` from its beginning,
and expires when nothing more comes for a day, or for an hour if nothing has come at all. It takes its room from its
beginning, so what one owner has begun may take a part of the room only.
"""

from __future__ import annotations

import asyncio
import contextlib
import secrets
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from sqlalchemy import Connection

from dogwatch.errors import FileError, StoreError
from dogwatch.library.arriving_bytes import ArrivingBytes
from dogwatch.library.catalogue import FileCatalogue, NewFile
from dogwatch.store import video_files
from dogwatch.store.video_files import VideoFile

if TYPE_CHECKING:
    from dogwatch.store.database import Database

LIFE_S = 86_400.0
EMPTY_LIFE_S = 3600.0
"""How long an upload lasts of which no byte has come."""
MOST_UNFINISHED = 50
"""How many uploads of several requests each owner may have begun."""
SHARE_OF_ROOM = 2
"""All uploads that an owner has begun take at most a half of the room; a single one may take all."""
BUSY_S = 60


class Uploads:
    """Takes in files. For the event loop."""

    def __init__(self, db: Database, catalogue: FileCatalogue, clock: Callable[[], float] = time.time) -> None:
        """Put what has come in into `catalogue`; `clock` gives epoch seconds."""
        self._db, self._catalogue, self._clock = db, catalogue, clock
        self._store = catalogue.store
        self._bytes = ArrivingBytes(self._store)
        self._promised = 0
        """How many bytes the requests that are being read have announced: two must not count on the same room."""

    async def take(
        self, parts: AsyncIterator[bytes], announced: int, said: Callable[[], NewFile]
    ) -> tuple[VideoFile, bool]:
        """Take in a file that comes in one request; return it, and whether it was there already.

        Args:
            parts: Its bytes.
            announced: About how many there are; 0 if that is not known.
            said: Returns what is said of it, once all of it has come.

        Raises:
            FileError: It is not taken; nothing of it is left.
        """
        uuid = secrets.token_hex(16)
        announced = min(announced, self._store.limits.file_bytes)  # what comes around the file counts too
        try:
            async with self._bytes.one(uuid):
                promised, self._promised = self._promised, self._promised + announced
                try:
                    await asyncio.to_thread(self._make_room, announced, promised)
                    size = await self._bytes.append(uuid, parts, self._store.limits.file_bytes)
                    if size > announced:  # which is on the disk already
                        await asyncio.to_thread(self._make_room, 0, self._promised - announced + size)
                finally:
                    self._promised -= announced
                digest = await self._bytes.digest(uuid)
            new = said()
            file = replace(self._catalogue.new_upload(new, uuid), size_bytes=size, content_hash=digest)
        except BaseException:
            self._bytes.forget(uuid)
            await asyncio.shield(asyncio.to_thread(self._store.remove, uuid))
            raise
        self._bytes.forget(uuid)
        try:
            return await self._catalogue.add(file, new.content_hash)
        except StoreError:
            await asyncio.to_thread(self._store.remove, uuid)
            raise

    async def begin(self, new: NewFile, size_bytes: int) -> VideoFile:
        """Begin an upload of `size_bytes` that comes in several requests.

        Raises:
            FileError: 413, 507; it is too large. 503; the owner has begun too many.
        """
        room = await asyncio.to_thread(self._make_room, size_bytes, self._promised)
        file = replace(self._catalogue.new_upload(new), size_bytes=size_bytes, status="uploading")

        def write(connection: Connection) -> bool:
            count, taken = video_files.uploads(connection, new.owner)
            if count >= MOST_UNFINISHED or (count and taken + size_bytes > (room + taken) / SHARE_OF_ROOM):
                return False
            video_files.put(connection, file)
            return True

        if not await self._db.awrite(write):
            text = f"Finish other uploads first: at most {MOST_UNFINISHED}, and half of the room, may be begun"
            raise FileError(503, "busy", text, retry_s=BUSY_S)
        return file

    def offset(self, file: VideoFile) -> int:
        """Return how many bytes of an upload have arrived."""
        return self._bytes.offset(file.uuid) if file.status == "uploading" else file.size_bytes

    def expires_at(self, file: VideoFile) -> float:
        """Return when an upload expires (epoch s) if nothing more comes; waits for the disk."""
        return file.touched_at + (LIFE_S if self._bytes.offset(file.uuid) else EMPTY_LIFE_S)

    async def go_on(self, file: VideoFile, offset: int, parts: AsyncIterator[bytes]) -> tuple[VideoFile, int, bool]:
        """Take in more of an upload; return the file, how many bytes there are then, and whether it was there already.

        What has arrived stays when the client goes away, or the core is killed.

        Raises:
            FileError: 409; another offset is expected, or another request is at it.
        """
        async with self._bytes.one(file.uuid):
            if await asyncio.to_thread(self.offset, file) != offset:
                raise FileError(409, "upload_offset", "The upload is at another offset", offset=self.offset(file))
            left = file.size_bytes - offset
            await asyncio.to_thread(self._store.make_room, 0, 0)
            try:
                size = await self._bytes.append(file.uuid, parts, file.size_bytes)
            finally:
                touched = partial(
                    video_files.change, uuid=file.uuid, values={"touched_at": self._clock()}, only=("uploading",)
                )
                if left:
                    await asyncio.shield(self._db.awrite(touched))
            if size < file.size_bytes:
                return replace(file, touched_at=self._clock()), size, False
            digest = await self._bytes.digest(file.uuid)
        self._bytes.forget(file.uuid)
        done = replace(file, status="probing", content_hash=digest)
        found, known = await self._catalogue.add(done, file.content_hash)
        return found, size, known

    async def give_up(self, file: VideoFile) -> None:
        """End an upload, and leave nothing of it.

        Raises:
            FileError: 409; it is complete, or a request is sending it.
        """
        if file.status != "uploading":
            raise FileError(409, "upload_complete", "The upload is complete: delete the file")
        async with self._bytes.one(file.uuid):
            await asyncio.to_thread(self._catalogue.give_up, file)
        self._bytes.forget(file.uuid)

    async def expire(self) -> None:
        """Give up the uploads of which nothing more has come for too long."""
        for file in await asyncio.to_thread(self._unfinished):
            if await asyncio.to_thread(self.expires_at, file) < self._clock():
                with contextlib.suppress(FileError):  # a request has just come for it
                    await self.give_up(file)

    def _unfinished(self) -> list[VideoFile]:
        with self._db.read() as connection:
            return video_files.in_status(connection, "uploading")

    def _make_room(self, more: int, promised: int) -> int:
        return self._store.make_room(more, self._catalogue.stored_bytes() + promised)
