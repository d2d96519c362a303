"""Has files looked at that have come in: within the request that has brought them, or in the background."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any

from dogwatch.errors import FileError, unexpected
from dogwatch.library.file_store import FileStore
from dogwatch.library.ports import Indexer
from dogwatch.store import video_files
from dogwatch.store.video_files import VideoFile

if TYPE_CHECKING:
    from dogwatch.store.database import Database

PATIENCE_S = 2.0
"""A request waits so long for the file that it has brought; later, it is looked at in the background."""
BUSY_S = 5.0
_log = logging.getLogger(__name__)


class FileLooks:
    """The looks at files that are going on. Its coroutines are for the event loop."""

    def __init__(
        self,
        db: Database,
        store: FileStore,
        indexer: Indexer,
        removing: threading.Lock,
        find: Callable[[str], VideoFile | None],
        give_up: Callable[[VideoFile], None],
    ) -> None:
        """Have `indexer` look at files of `store`; what it finds comes into their rows in `db`.

        `removing` is held while a file is removed. `find` and `give_up` are those of the catalogue.
        """
        self._db, self._store, self._indexer, self._removing = db, store, indexer, removing
        self._find, self._give_up = find, give_up
        self._looks: set[asyncio.Task[VideoFile]] = set()

    async def look_at(self, file: VideoFile, hashing: asyncio.Task[str] | None) -> VideoFile:
        """Have a file looked at; return it as it is after `PATIENCE_S` at the latest.

        Raises:
            FileError: It is no video, which was found within that time.
        """
        refusing = [True]
        look = asyncio.create_task(self.succeed(file, hashing, refusing))
        self._looks.add(look)
        look.add_done_callback(self._done)
        done, _ = await asyncio.wait([look], timeout=PATIENCE_S)
        if done:
            return look.result()
        refusing.clear()  # whoever has sent it is told that it is `probing`: from now on the row tells what comes of it
        return await asyncio.to_thread(self._find, file.uuid) or file

    async def looked_at(self, file: VideoFile) -> VideoFile:
        """Wait until a file has been looked at that this catalogue has taken in; return it as it is then."""
        await asyncio.gather(*self._looks, return_exceptions=True)
        return await asyncio.to_thread(self._find, file.uuid) or file

    def _done(self, look: asyncio.Task[VideoFile]) -> None:
        self._looks.discard(look)
        if not look.cancelled() and (error := look.exception()) is not None and unexpected(error):
            _log.error("a file could not be looked at", exc_info=error)

    async def succeed(self, file: VideoFile, hashing: asyncio.Task[str] | None, refusing: list[bool]) -> VideoFile:
        """Look at a file until that succeeds; while `refusing`, nothing is left of one that is not taken."""
        try:
            values = await self._examined(file, refusing)
            if hashing is not None:
                with suppress(OSError):  # it has gone, which whoever wants it is told
                    values["content_hash"] = await hashing
        except BaseException:
            if refusing:
                await asyncio.shield(asyncio.to_thread(self._give_up, file))
            raise
        changed = await self._db.awrite(partial(video_files.change, uuid=file.uuid, values=values, only=("probing",)))
        if changed is None:
            raise FileError(404, "file_not_found", "The file was deleted meanwhile")
        return changed

    async def _examined(self, file: VideoFile, refusing: list[bool]) -> dict[str, Any]:
        while True:
            try:
                return await asyncio.to_thread(self._examine, file)
            except FileError as error:
                if refusing:
                    raise
                if error.code != "busy":
                    return {"status": "failed", "error": error.code}
            await asyncio.sleep(BUSY_S)

    def _examine(self, file: VideoFile) -> dict[str, Any]:
        """Put a file into its folder and look at it; return what its row is to say."""
        source = self._store.source(file)
        try:
            with self._removing:  # else a folder could be made of a file that has just been removed
                self._check_wanted(file)
                if file.original is None and self._store.incoming(file.uuid).exists():
                    self._store.take_in(file)
                else:
                    self._store.label(file)
            before = source.stat()
            facts = self._indexer.index(source, self._store.folder(file.uuid))
            after = source.stat()
        except FileNotFoundError as error:
            raise FileError(404, "source_missing", "The file is not there any more") from error
        if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
            raise FileError(409, "source_changed", "The file changes while it is looked at")
        return {
            "status": "ready",
            "error": None,
            "facts": facts,
            "duration": facts["duration"],
            "size_bytes": after.st_size,
            "modified_ns": after.st_mtime_ns,
        }

    def _check_wanted(self, file: VideoFile) -> None:
        """Check that a file was not deleted while it waited.

        Raises:
            FileError: 404; it was.
        """
        with self._db.read() as connection:
            found = video_files.one(connection, file.uuid)
        if found is None or found.status != "probing":
            raise FileError(404, "file_not_found", "The file was deleted meanwhile")

    async def close(self) -> None:
        """Stop looking at files; the next start goes on."""
        for look in self._looks:
            look.cancel()
        await asyncio.gather(*self._looks, return_exceptions=True)
