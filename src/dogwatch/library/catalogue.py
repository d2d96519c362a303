"""All video files: how they come in, what is known of them, and how they go.

A file that comes in gets a row with the status `probing` and a folder. A file worker looks at it; then it is `ready`,
or `failed`, or it is refused if it is looked at within the request that has brought it. A file that is deleted has the
status `deleting` until everything of it is gone, and is not found from then on.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import re
import secrets
import threading
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection

from dogwatch.errors import FileError
from dogwatch.library import file_looks, roots
from dogwatch.library.file_looks import FileLooks
from dogwatch.library.file_store import FileStore
from dogwatch.library.ports import Dropped, Indexer
from dogwatch.store import video_files
from dogwatch.store.video_files import Status, VideoFile, VideoFileFilter

if TYPE_CHECKING:
    from dogwatch.store.database import Database

PRESENT: tuple[Status, ...] = ("uploading", "probing", "ready", "failed")
LONGEST_NAME = 255
EXTENSION = re.compile(r"[a-z0-9]{1,10}")


@dataclass(frozen=True, slots=True)
class NewFile:
    """What is said of a file that comes in. `content_hash` is what its SHA-256 has to be, if that was said."""

    owner: str
    name: str
    content_hash: str | None = None
    camera: str | None = None


class FileCatalogue:
    """The rows and folders of video files. Its coroutines are for the event loop, all else is for any thread."""

    def __init__(
        self, db: Database, store: FileStore, indexer: Indexer, clock: Callable[[], float] = time.time
    ) -> None:
        """Keep rows in `db` and bytes in `store`; `indexer` looks at files."""
        self._db, self.store, self._clock = db, store, clock
        self._dropped: list[Dropped] = []
        self._deleting = threading.Lock()
        self.looks = FileLooks(db, store, indexer, self._deleting, self.find, self.give_up)
        self.roots: tuple[str, ...] = ()

    def on_drop(self, dropped: Dropped) -> None:
        """Call `dropped`, in a thread, with each file that is being deleted."""
        self._dropped.append(dropped)

    # ------------------------------------------------------------ what there is

    def find(self, uuid: str) -> VideoFile | None:
        """Return a file, or None."""
        with self._db.read(once=True) as connection:
            found = video_files.one(connection, uuid)
        return None if found is None or found.status == "deleting" else found

    def listed(self, wanted: VideoFileFilter) -> tuple[int, list[VideoFile]]:
        """Return how many files are selected, and one page of them."""
        with self._db.read() as connection:
            return video_files.listed(connection, wanted)

    def source(self, file: VideoFile) -> Path:
        """Return where the bytes of a file are, if they still are those that were looked at.

        Raises:
            FileError: 404; they are gone. 409; they are others.
        """
        path = self.store.source(file)
        try:
            found = path.stat(follow_symlinks=False)
        except OSError:
            raise FileError(404, "source_missing", "The file is not there any more") from None
        if file.original and not (os.path.realpath(path) == str(path) and roots.is_below(path, self.roots)):
            raise FileError(404, "source_missing", "The file does not lie below a directory of files.roots any more")
        if (found.st_size, found.st_mtime_ns) != (file.size_bytes, file.modified_ns):
            raise FileError(409, "source_changed", "The file has changed since it was registered")
        return path

    def note_damage(self, uuid: str) -> None:
        """Note that some of a file cannot be decoded; without waiting, for any thread."""
        self._db.submit(partial(video_files.note_damage, uuid=uuid))

    def owners(self, uuids: Collection[str]) -> dict[str, str]:
        """Return who owns each of these files, of those that there are."""
        with self._db.read() as connection:
            return video_files.owners(connection, uuids)

    def stored_bytes(self) -> int:
        """Return how many bytes stored files take, and unfinished uploads will."""
        with self._db.read() as connection:
            return video_files.stored_bytes(connection)

    # ------------------------------------------------------------ what comes in

    async def register(self, path_text: str, new: NewFile) -> tuple[VideoFile, bool]:
        """Take a file where it lies; return it, and whether it was there already.

        Raises:
            FileError: It may not be registered, or is no video.
        """
        path = await asyncio.to_thread(roots.find, path_text, self.roots)
        stat = await asyncio.to_thread(path.stat)
        file = self._new(replace(new, name=new.name or path.name), path.suffix, str(path))
        file = replace(file, size_bytes=stat.st_size, modified_ns=stat.st_mtime_ns)
        known = await asyncio.to_thread(self._registered, file)
        if known is not None:
            return self._agreeing(known, new), True
        hashing = asyncio.create_task(asyncio.to_thread(hash_of_file, path))
        try:
            digest = await asyncio.wait_for(asyncio.shield(hashing), file_looks.PATIENCE_S)
        except TimeoutError:
            if new.content_hash is not None:
                digest = await hashing
            else:
                await self._db.awrite(partial(video_files.put, file=file))
                return await self.looks.look_at(file, hashing), False
        return await self.add(replace(file, content_hash=digest), new.content_hash)

    async def add(self, file: VideoFile, wanted_hash: str | None = None) -> tuple[VideoFile, bool]:
        """Give a file whose bytes are complete a row, and have it looked at; return it, and whether it was there.

        Raises:
            FileError: 415; it is no video. 422; it is not what was announced. Then nothing of it is left.
        """
        if wanted_hash is not None and wanted_hash != file.content_hash:
            await asyncio.to_thread(self.give_up, file)
            raise _mismatch(file)
        known = await asyncio.to_thread(self._same, file)
        if known is not None:
            await asyncio.to_thread(self.give_up, file)
            return known, True
        return await self.looks.look_at(file, None), False

    def new_upload(self, new: NewFile, uuid: str = "") -> VideoFile:
        """Return a file whose bytes are still to come, or are there; it has no row yet."""
        return self._new(new, Path(new.name).suffix, None, uuid)

    def _new(self, new: NewFile, suffix: str, original: str | None, uuid: str = "") -> VideoFile:
        now = self._clock()
        extension = suffix.lower().removeprefix(".")
        return VideoFile(
            uuid=uuid or secrets.token_hex(16),
            owner=new.owner,
            name=_named(new.name),
            extension=extension if EXTENSION.fullmatch(extension) else "bin",
            original=original,
            camera=new.camera,
            status="probing",
            size_bytes=0,
            created_at=now,
            touched_at=now,
            content_hash=new.content_hash,
        )

    def _registered(self, file: VideoFile) -> VideoFile | None:
        with self._db.read() as connection:
            return video_files.registered(connection, file)

    def _same(self, file: VideoFile) -> VideoFile | None:
        """Return a file of this owner with this content, that is there; else add the row of `file`.

        A registered file that was moved or touched is the same, and is found at the new place from then on.
        """
        moved = {name: getattr(file, name) for name in ("original", "size_bytes", "modified_ns")}

        def work(connection: Connection) -> VideoFile | None:
            for known in video_files.same(connection, file.owner, file.content_hash or "", but=file.uuid):
                if known.status == "probing" or self._is_there(known):
                    return known
                if known.original and file.original:
                    return video_files.change(connection, known.uuid, moved, ("ready",))
            video_files.put(connection, file)
            return None

        known = self._db.write(work)
        if known is not None and known.original and known.original == file.original:
            self.store.label(known)
        return known

    def _is_there(self, file: VideoFile) -> bool:
        try:
            self.source(file)
        except FileError:
            return False
        return True

    @staticmethod
    def _agreeing(known: VideoFile, new: NewFile) -> VideoFile:
        if new.content_hash is not None and known.content_hash not in (None, new.content_hash):
            raise _mismatch(known)
        return known

    async def looked_at(self, file: VideoFile) -> VideoFile:
        """Wait until a file has been looked at that this catalogue has taken in; return it as it is then."""
        return await self.looks.looked_at(file)

    # ------------------------------------------------------------ what goes

    async def delete(self, file: VideoFile) -> None:
        """Delete a file and everything that was made of it; a registered original stays.

        Raises:
            FileError: It has gone already.
        """
        await asyncio.to_thread(self._remove, await asyncio.to_thread(self.mark, file))

    def mark(self, file: VideoFile) -> VideoFile:
        """Make a file one that is not found any more; `finish_deletions` removes it. For a thread.

        Raises:
            FileError: It has gone already.
        """
        values: dict[str, Any] = {"status": "deleting"}
        changed = self._db.write(partial(video_files.change, uuid=file.uuid, values=values, only=PRESENT))
        if changed is None:
            raise FileError(404, "file_not_found", "There is no such file")
        return changed

    def finish_deletions(self) -> None:
        """Remove what was deleted by another process, or when a deletion was cut off. For a thread."""
        with self._db.read() as connection:
            deleting = video_files.in_status(connection, "deleting")
        for file in deleting:
            self._remove(file)

    def _remove(self, file: VideoFile) -> None:
        with self._deleting:
            for dropped in self._dropped:
                dropped(file)
            self.store.remove(file.uuid)
            while self._db.write(partial(video_files.remove_boxes, file_id=file.id)):
                pass
            self._db.write(partial(video_files.drop, file_id=file.id))

    def give_up(self, file: VideoFile) -> None:
        """Leave nothing of a file that is not taken."""
        self.store.remove(file.uuid)
        self._db.write(partial(video_files.forget, uuid=file.uuid))

    async def close(self) -> None:
        """Stop looking at files; the next start goes on."""
        await self.looks.close()


def _named(text: str) -> str:
    """Return a name as it is kept: without directories and characters that nothing can show."""
    last = text.replace("\\", "/").rpartition("/")[2]
    shown = "".join(one for one in last if one.isprintable()).strip()
    return shown[:LONGEST_NAME] or "video"


def _mismatch(file: VideoFile) -> FileError:
    return FileError(422, "hash_mismatch", "The SHA-256 of the file is another one", content_hash=file.content_hash)


def hash_of_file(path: Path) -> str:
    """Return the SHA-256 of a file in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
