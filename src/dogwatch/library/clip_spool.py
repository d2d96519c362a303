"""Lets a clip be made as fast as it can be, however slowly its client reads.

What the client has not read yet lies in a file without a name in the cache's directory, so that a slow client does not
keep an encoder that others wait for. For the event loop.
"""

from __future__ import annotations

import asyncio
import logging
import os
import shutil
import tempfile
import threading
from collections.abc import AsyncGenerator
from contextlib import aclosing
from pathlib import Path
from typing import IO

MOST_BYTES = 1 << 30
"""What all clips together may have waiting for their clients; beyond that, their encoders wait."""
PIECE_BYTES = 256 << 10
CHECK_EVERY_BYTES = 16 << 20
"""After so many bytes, it is looked whether the disk still has room."""
_log = logging.getLogger(__name__)


class ClipSpool:
    """What clients of clips have not read yet."""

    def __init__(self, directory: Path, floor_bytes: int = 0, most_bytes: int = MOST_BYTES) -> None:
        """Use `directory`, at most `most_bytes` of it, while `floor_bytes` of its disk are free."""
        self.directory, self.floor_bytes, self._most = directory, floor_bytes, most_bytes
        self._waiting: set[_Unread] = set()
        self._unchecked, self._has_room = 0, True

    @property
    def waiting_bytes(self) -> int:
        """How many bytes were made that no client has read."""
        return sum(one.size for one in self._waiting)

    async def follow(self, made: AsyncGenerator[bytes, None]) -> AsyncGenerator[bytes, None]:
        """Yield what `made` yields, while that goes on by itself; closing this ends that too.

        Raises:
            DogwatchError: As `made`.
        """
        try:
            unread = _Unread(await asyncio.to_thread(self._open))
        except OSError as error:
            _log.warning("clips wait for their clients, as nothing can be written to %s: %s", self.directory, error)
            async with aclosing(made):
                async for data in made:
                    yield data
            return
        self._waiting.add(unread)
        making = asyncio.create_task(self._make(made, unread))
        try:
            while data := await unread.read():
                yield data
            await making
        finally:  # without waiting: whoever is cancelled may not
            making.cancel()
            making.add_done_callback(lambda task: task.cancelled() or task.exception())
            self._waiting.discard(unread)
            unread.close()

    def _open(self) -> IO[bytes]:
        self.directory.mkdir(parents=True, exist_ok=True)
        return tempfile.TemporaryFile(dir=self.directory, buffering=0)

    async def _make(self, made: AsyncGenerator[bytes, None], unread: _Unread) -> None:
        try:
            async with aclosing(made):
                async for data in made:
                    change = unread.change  # of now: the client may read while it is looked for room
                    while unread.size and not await self._room_for(len(data)):
                        await change.wait()
                        change = unread.change
                    await unread.write(data)
        finally:
            unread.end()

    async def _room_for(self, size: int) -> bool:
        if self.waiting_bytes + size > self._most:
            return False
        self._unchecked += size
        if self._unchecked >= CHECK_EVERY_BYTES or not self._has_room:
            self._unchecked = 0
            free = (await asyncio.to_thread(shutil.disk_usage, self.directory)).free
            self._has_room = free >= self.floor_bytes
        return self._has_room


class _Unread:
    """What one client has not read yet: `size` bytes of a file, which begins anew whenever all of it was read."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file, self._lock = file, threading.Lock()
        self._start = self._end = 0
        self._over = False
        self.change = asyncio.Event()
        """Set when something is written or read next."""

    @property
    def size(self) -> int:
        return self._end - self._start

    async def write(self, data: bytes) -> None:
        """Append."""
        if not self.size:
            self._start = self._end = 0
        await asyncio.to_thread(self._put, data, self._end)
        self._end += len(data)
        self._tell()

    async def read(self) -> bytes:
        """Return the next bytes, once there are some; none at the end."""
        while not self.size:
            if self._over:
                return b""
            await self.change.wait()
        data = await asyncio.to_thread(self._get, min(PIECE_BYTES, self.size), self._start)
        self._start += len(data)
        self._tell()
        return data

    def end(self) -> None:
        """Nothing more will be written."""
        self._over = True
        self._tell()

    def close(self) -> None:
        """Remove the file. A thread may still be using it, which takes milliseconds."""
        with self._lock:
            self._file.close()

    def _tell(self) -> None:
        self.change.set()
        self.change = asyncio.Event()

    def _put(self, data: bytes, at: int) -> None:
        with self._lock:
            if self._file.closed:  # nobody wants it any more
                return
            if not at:
                self._file.truncate(0)
            view = memoryview(data)
            while view:
                written = os.pwrite(self._file.fileno(), view, at)
                view, at = view[written:], at + written

    def _get(self, size: int, at: int) -> bytes:
        with self._lock:
            return b"" if self._file.closed else os.pread(self._file.fileno(), size, at)
