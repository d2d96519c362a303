"""Films that are made of video files: each is made once, by one encoder, for all who want it meanwhile and later.

While it is made, its bytes go into the cache, and whoever wants it reads them there as they come. Then it is a plain
file. For the event loop, but for `drop`.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import aclosing, suppress
from dataclasses import dataclass
from io import FileIO
from pathlib import Path
from typing import TYPE_CHECKING

from dogwatch.errors import DogwatchError, FileError, unexpected
from dogwatch.library.rendition_cache import RenditionCache
from dogwatch.media.virtual_file import VirtualFile
from dogwatch.workers.files.spec import Pool, RenditionTask

if TYPE_CHECKING:
    from dogwatch.library.file_workers import FileWorkers

READ_BYTES = 256 << 10
ROOM_EVERY_BYTES = 16 << 20
"""After so many bytes, room is made in the cache."""
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class WantedFilm:
    """A film of the file `uuid`: `kind` and `parameters` tell it from others of the same file.

    `task` is called in a thread if it has to be made, of the file at `source` with the index at `index`.
    """

    uuid: str
    kind: str
    parameters: tuple[object, ...]
    source: Path
    index: Path
    task: Callable[[], RenditionTask]

    @property
    def name(self) -> str:
        """What it is called in the cache."""
        digest = hashlib.sha256(repr(self.parameters).encode()).hexdigest()[:16]
        return f"{self.uuid}.{self.kind}.{digest}"


class Growing:
    """A film that is being made."""

    def __init__(self, wanted: WantedFilm, film: Path) -> None:
        """Begin with nothing; `film` is where it will be."""
        self.wanted, self.film = wanted, film
        self.part: Path | None = None
        self.size = 0
        self.readers = 0
        self.kept = True
        self.error: FileError | None = None
        self.finished = False
        self.making: asyncio.Task[None] | None = None
        self._changed = asyncio.Event()

    async def read(self) -> AsyncGenerator[bytes, None]:
        """Yield the bytes from the first one on, as they come.

        Raises:
            FileError: It cannot be made.
        """
        self.readers += 1
        try:
            while not self.size:
                await self._more()
                if self.finished:
                    return
            with await asyncio.to_thread(self._open) as file:
                at = 0
                while True:
                    while at < self.size:
                        data = await asyncio.to_thread(file.read, min(READ_BYTES, self.size - at))
                        at += len(data)
                        yield data
                    if self.finished:
                        return
                    await self._more()
        finally:
            self.readers -= 1
            unwanted = not self.size or not self.kept  # it waits for its turn, or its file was deleted
            if unwanted and not self.readers and self.making is not None:
                self.making.cancel()

    def _open(self) -> FileIO:
        """Open what there is; a film that was finished meanwhile has got its name."""
        assert self.part is not None  # noqa: S101 - it has bytes
        try:
            return self.part.open("rb", 0)
        except FileNotFoundError:
            return self.film.open("rb", 0)

    def grew(self, size: int) -> None:
        """Tell readers that there are `size` bytes."""
        self.size = size
        self._tell()

    def end(self, error: FileError | None) -> None:
        """Tell readers that no more will come."""
        self.error, self.finished = error, error is None
        self._tell()

    def _tell(self) -> None:
        self._changed.set()
        self._changed = asyncio.Event()

    async def _more(self) -> None:
        if self.error is not None:
            raise self.error
        await self._changed.wait()
        if self.error is not None:
            raise self.error


class Renditions:
    """All films that are made of files."""

    def __init__(self, workers: FileWorkers, cache: RenditionCache) -> None:
        """Have `workers` make them, and keep them in `cache`."""
        self._workers, self.cache = workers, cache
        self._growing: dict[str, Growing] = {}
        self._loop: asyncio.AbstractEventLoop | None = None

    async def find(self, wanted: WantedFilm) -> VirtualFile | None:
        """Return the film if it is finished."""
        return await asyncio.to_thread(self.cache.find, wanted.name)

    def growing(self, wanted: WantedFilm) -> Growing:
        """Return the film as it is being made; it begins to be made if it was not."""
        self._loop = asyncio.get_running_loop()
        found = self._growing.get(wanted.name)
        if found is None:
            found = self._growing[wanted.name] = Growing(wanted, self.cache.film(wanted.name))
            found.making = asyncio.create_task(self._make(found))
            found.making.add_done_callback(lambda _: self._ended(found))
        return found

    async def close(self) -> None:
        """Stop making films."""
        making = [one.making for one in self._growing.values() if one.making is not None]
        for task in making:
            task.cancel()
        await asyncio.gather(*making, return_exceptions=True)

    def drop(self, uuid: str, kind: str = "") -> None:
        """Remove the films of a file, or those of one kind, in any thread; who watches one may watch it to its end."""
        prefix = f"{uuid}.{kind}"
        self.cache.drop(prefix)
        if self._loop is not None:
            with suppress(RuntimeError):  # the loop has ended
                self._loop.call_soon_threadsafe(self._forget, prefix)

    def statistics(self) -> dict[str, int]:
        """Return how many films are being made, and for how many who read them."""
        return {"making": len(self._growing), "reading": sum(one.readers for one in self._growing.values())}

    def _forget(self, prefix: str) -> None:
        for name, one in list(self._growing.items()):
            if name.startswith(prefix):
                one.kept = False
                self._growing.pop(name)
                if not one.readers and one.making is not None:
                    one.making.cancel()

    async def _make(self, film: Growing) -> None:
        try:
            await self._write(film)
        except FileError as error:
            film.end(error)
        except (DogwatchError, OSError) as error:
            _log.warning("a film cannot be made: %s", error, exc_info=error if unexpected(error) else None)
            film.end(FileError(500, "encode_failed", f"the film cannot be made: {error}"))
        else:
            film.end(None)

    def _ended(self, film: Growing) -> None:
        """Let go of a film, also if its task was cancelled."""
        if self._growing.get(film.wanted.name) is film:
            del self._growing[film.wanted.name]
        if not film.finished and film.error is None:
            film.end(FileError(500, "encode_failed", "the film is not made any more"))
        if film.part is not None:
            film.part.unlink(missing_ok=True)  # unless it is kept, and has got its name

    async def _write(self, film: Growing) -> None:
        wanted, checked = film.wanted, 0
        task = await asyncio.to_thread(wanted.task)
        async with aclosing(self._workers.stream(task, wanted.source, wanted.index)) as made:
            first = await anext(made)
            film.part = await asyncio.to_thread(self.cache.begin, wanted.name)
            with await asyncio.to_thread(film.part.open, "ab", 0) as out:
                async for data in _after(first, made):
                    await asyncio.to_thread(_write_all, out, data)
                    film.grew(film.size + len(data))
                    if film.size - checked >= ROOM_EVERY_BYTES:
                        checked = film.size
                        await asyncio.to_thread(self.cache.make_room, sum(one.size for one in self._growing.values()))
                    if not film.readers and self._somebody_waits():
                        raise FileError(503, "busy", "others wait, and nobody watches this film")
        if film.kept:
            await asyncio.to_thread(self.cache.finish, wanted.name, film.part)
        if not film.kept:  # it may have been dropped while it got its name
            await asyncio.to_thread(self.cache.drop, wanted.name)

    def _somebody_waits(self) -> bool:
        return self._workers.slots[Pool.ENCODER].statistics()["waiting"] > 0


async def _after(first: bytes, rest: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    yield first
    async for data in rest:
        yield data


def _write_all(out: FileIO, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[out.write(view) or 0 :]
