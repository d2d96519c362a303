"""Takes in the bytes of uploads: of one request, or of several that go on where the last one was cut off.

Each upload has a lock, so that two requests cannot write into one file. How many run at once is limited, and so is what
they may have announced together. The hash is computed as the bytes come; after a restart of the core, the bytes that
are there are read again.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from dogwatch.errors import FileError, NotFoundError
from dogwatch.library.file_store import FileStore

BLOCK_BYTES = 1 << 20
LOOK_BYTES = 64 << 20
"""After so many bytes, it is looked whether there is still room on the disk."""
MOST_REQUESTS = 16
BUSY_S = 5


@dataclass(slots=True)
class _Arriving:
    """What is known of the bytes of one upload that have arrived since the start of the core."""

    hash: Any = field(default_factory=hashlib.sha256)
    hashed: int = 0
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)


class ArrivingBytes:
    """The bytes of uploads that are not complete. For the event loop."""

    def __init__(self, store: FileStore) -> None:
        """Write into `store`."""
        self._store = store
        self._arriving: dict[str, _Arriving] = {}
        self._requests = 0

    @asynccontextmanager
    async def one(self, uuid: str) -> AsyncIterator[None]:
        """Hold an upload for one request.

        Raises:
            FileError: 409; another request writes it. 503; too many write.
        """
        if self._requests >= MOST_REQUESTS:
            raise FileError(503, "busy", "Too many files are being uploaded", retry_s=BUSY_S)
        lock = self._arriving.setdefault(uuid, _Arriving()).lock
        if lock.locked():
            raise FileError(409, "upload_busy", "Another request is sending this file")
        self._requests += 1
        try:
            async with lock:
                yield
        finally:
            self._requests -= 1

    def offset(self, uuid: str) -> int:
        """Return how many bytes of an upload have arrived."""
        try:
            return self._store.incoming(uuid).stat().st_size
        except FileNotFoundError:
            return 0

    async def append(self, uuid: str, parts: AsyncIterator[bytes], most: int) -> int:
        """Write what a client sends after what is there; return how many bytes there are then.

        What has arrived stays when the client goes away. Call it within `one`.

        Raises:
            FileError: 413; there would be more than `most` bytes. 507; the disk is full.
            OSError: The disk is missing or fails.
        """
        arriving = self._arriving[uuid]
        path = self._store.incoming(uuid)
        size = await asyncio.to_thread(self._prepare, path)
        looked, waiting = size, bytearray()
        with path.open("ab", buffering=0) as out:

            def write() -> None:
                nonlocal size, looked
                block = bytes(waiting)
                waiting.clear()
                view = memoryview(block)
                while view:
                    view = view[out.write(view) :]
                if arriving.hashed == size:
                    arriving.hash.update(block)
                    arriving.hashed += len(block)
                size += len(block)
                if size - looked >= LOOK_BYTES:
                    looked = size
                    self._check_room()

            try:
                async for part in parts:
                    waiting += part
                    if size + len(waiting) > most:
                        raise FileError(413, "file_too_large", f"More than {most} bytes were sent")
                    if len(waiting) >= BLOCK_BYTES:
                        await asyncio.to_thread(write)
            finally:
                if waiting and size + len(waiting) <= most:
                    await asyncio.shield(asyncio.to_thread(write))
            await asyncio.to_thread(os.fsync, out.fileno())
        return size

    async def digest(self, uuid: str) -> str:
        """Return the SHA-256 of what has arrived, in hex. Call it within `one`."""
        arriving = self._arriving[uuid]
        return await asyncio.to_thread(self._digest, uuid, arriving)

    def forget(self, uuid: str) -> None:
        """Forget an upload that is complete or given up."""
        self._arriving.pop(uuid, None)

    def _prepare(self, path: Path) -> int:
        self._store.present()
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        return path.stat().st_size

    def _check_room(self) -> None:
        self._store.present()
        if shutil.disk_usage(self._store.root).free < self._store.limits.floor_bytes:
            raise FileError(507, "no_space", "There is not enough room on the disk")

    def _digest(self, uuid: str, arriving: _Arriving) -> str:
        try:
            with self._store.incoming(uuid).open("rb") as file:
                file.seek(arriving.hashed)
                while block := file.read(BLOCK_BYTES):
                    arriving.hash.update(block)
                    arriving.hashed += len(block)
        except FileNotFoundError:
            raise NotFoundError("The upload has gone") from None
        return str(arriving.hash.hexdigest())
