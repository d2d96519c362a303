"""Makes files of what cameras have recorded, and of exports: copies, which outlive the recordings."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from dogwatch.errors import FileError, MediaError, NoFootageError, RefusedError
from dogwatch.library.catalogue import NewFile
from dogwatch.library.uploads import Uploads
from dogwatch.media.virtual_file import FileSlice, VirtualFile, portions
from dogwatch.recordings.catalogue import Catalogue
from dogwatch.recordings.clips import LONGEST_S, clip_of_range
from dogwatch.store import exports
from dogwatch.store.video_files import VideoFile

if TYPE_CHECKING:
    from dogwatch.store.database import Database
    from dogwatch.store.exports import Export


class RecordedFiles:
    """Takes recordings of any camera into the library. For the event loop."""

    def __init__(self, uploads: Uploads, recordings: Catalogue, db: Database) -> None:
        """Take `recordings` in by `uploads`; exports have their rows in `db`."""
        self._uploads, self._recordings, self._db = uploads, recordings, db

    def export(self, export_id: str) -> Export | None:
        """Return an export that is finished; for a thread."""
        with self._db.read() as connection:
            found = exports.one(connection, export_id)
        return None if found is None or found.in_progress else found

    async def of_range(self, owner: str, camera: str, start: float, end: float) -> tuple[VideoFile, bool]:
        """Make a file of what `camera` has recorded from `start` to `end` (epoch s).

        Raises:
            FileError: 404; nothing is recorded. 422; that is too long. And as `Uploads.take`.
        """
        if end - start > LONGEST_S:
            raise FileError(422, "clip_too_long", f"A file of recordings has at most {LONGEST_S} seconds")
        try:
            file = await asyncio.to_thread(
                clip_of_range, self._recordings, self._recordings.media_root, camera, start, end
            )
        except (RefusedError, NoFootageError):
            raise FileError(404, "not_found", "Nothing of that time is recorded") from None
        except MediaError as error:
            raise FileError(422, "empty_range", str(error)) from None
        name = f"{camera}_{datetime.fromtimestamp(start, UTC):%Y%m%dT%H%M%SZ}.mp4"
        return await self._take(file, NewFile(owner, name, camera=camera))

    async def of_export(self, owner: str, export: Export) -> tuple[VideoFile, bool]:
        """Make a file of an export.

        Raises:
            FileError: 404; its file is not there. And as `Uploads.take`.
        """
        path = self._recordings.media_root / "exports" / export.file
        try:
            size = (await asyncio.to_thread(path.stat)).st_size
        except OSError:
            raise FileError(404, "source_missing", "The file of the export is not there") from None
        file = VirtualFile((FileSlice(path, 0, size),), None, "")
        return await self._take(file, NewFile(owner, Path(export.file).name, camera=export.camera))

    async def _take(self, file: VirtualFile, new: NewFile) -> tuple[VideoFile, bool]:
        return await self._uploads.take(_bytes(file), file.size, lambda: new)


async def _bytes(file: VirtualFile) -> AsyncIterator[bytes]:
    blocks = chain.from_iterable(portions(part) for part in file.parts)
    try:
        while block := await asyncio.to_thread(next, blocks, b""):
            yield block
    except OSError:
        raise FileError(404, "source_missing", "The recording was deleted meanwhile") from None
