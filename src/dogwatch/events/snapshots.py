"""The best pictures of objects: on disk once they are snapshots, until then in memory unless that is short."""

from __future__ import annotations

import logging
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import TypeVar

from dogwatch.bus.messages import BestPicture
from dogwatch.errors import DogwatchError
from dogwatch.events.files import PictureFiles

T = TypeVar("T")
_log = logging.getLogger(__name__)

MEMORY_BYTES = 96 << 20  # about 100 pictures of 4K cameras, 300 of 1080p ones
THREADS = 2
LIGHT_LIMIT = 64  # waiting jobs above which thumbnails are left out
HARD_LIMIT = 512  # waiting jobs above which nothing more is taken


class PictureWorkers:
    """A few threads for disk and image work, with a bounded queue; what it refuses or fails at is counted."""

    def __init__(self) -> None:
        """Start with nothing to do; threads come with the first job."""
        self._pool = ThreadPoolExecutor(THREADS, thread_name_prefix="events")
        self._waiting = 0
        self._lock = threading.Lock()
        self.dropped = 0
        self.failed = 0

    @property
    def waiting(self) -> int:
        """How many jobs are not done yet."""
        return self._waiting

    def run(self, job: Callable[[], T], *, light: bool = False) -> Future[T] | None:
        """Queue `job`; None when there is too much to do. `light` jobs, such as thumbnails, are refused first."""
        with self._lock:
            if self._waiting >= (LIGHT_LIMIT if light else HARD_LIMIT):
                self.dropped += 1
                return None
            self._waiting += 1
        try:
            future = self._pool.submit(job)
        except RuntimeError:  # the pool has been closed
            with self._lock:
                self._waiting -= 1
                self.dropped += 1
            return None
        future.add_done_callback(self._done)
        return future

    def close(self) -> None:
        """Finish what is queued."""
        self._pool.shutdown(wait=True)

    def _done(self, future: Future[T]) -> None:
        with self._lock:
            self._waiting -= 1
        error = future.exception()
        if error is not None:
            self.failed += 1
            expected = isinstance(error, OSError | DogwatchError)
            _log.error("a picture could not be made: %s", error, exc_info=None if expected else error)


class ObjectPictures:
    """The clean pictures of live objects. Safe to use from any thread.

    `budget` bytes stay in memory; beyond it the object whose picture is oldest goes to its file early.
    """

    def __init__(self, files: PictureFiles, workers: PictureWorkers, budget: int = MEMORY_BYTES) -> None:
        """Begin with none."""
        self._files, self._workers, self._budget = files, workers, budget
        self._held: OrderedDict[str, BestPicture] = OrderedDict()
        self._spilled: dict[str, tuple[str, Future[None] | None]] = {}
        self._thumbs: set[str] = set()  # objects whose thumbnail is written with their picture, whoever writes that
        self._lock = threading.Lock()
        self._writing = threading.Lock()
        self.bytes_held = 0
        self.lost = 0

    def keep(self, picture: BestPicture) -> None:
        """Replace the object's picture."""
        with self._lock:
            self._remove(picture.object_id)
            self._held[picture.object_id] = picture
            self.bytes_held += len(picture.jpeg)
            while self.bytes_held > self._budget and len(self._held) > 1:
                self._spill(next(iter(self._held)))

    def later(self, object_id: str, camera: str) -> Callable[[], bytes | None]:
        """Return a function that does as `get`, for another thread; what is in memory now stays within its reach.

        So the event loop never waits for a disk, and an object that ends meanwhile still gets its thumbnail.
        """
        with self._lock:
            held = self._held.get(object_id)
        return (lambda: held.jpeg) if held is not None else (lambda: self.get(object_id, camera))

    def get(self, object_id: str, camera: str) -> bytes | None:
        """Return the object's clean picture, from memory or from disk: a JPEG, unless another program has made it."""
        with self._lock:
            held = self._held.get(object_id)
        if held is not None:
            return held.jpeg
        return self._files.read_clean(camera, object_id)

    def save(self, object_id: str, *, last: bool = False, thumb: bool = True) -> Future[None] | None:
        """Write the object's picture to its file, and its thumbnail if `thumb` says so, then let go of the memory.

        None when nothing is written: the picture has gone to its file before, or there is too much to do. In that case
        it stays in memory for a later time, and is lost if this was the `last` one.
        """
        with self._lock:
            self._spilled.pop(object_id, None)
            if object_id not in self._held:
                self._thumbs.discard(object_id)
                return None
            if thumb:
                self._thumbs.add(object_id)
        future = self._workers.run(lambda: self._write_newest(object_id))
        if future is None and last:
            self.lost += 1
            self.drop(object_id)
        return future

    def save_all(self, object_ids: Iterable[str]) -> None:
        """Write the pictures of several objects one after the other, without thumbnails; see `save`."""
        with self._lock:
            for object_id in (found := [each for each in object_ids if each in self._held]):
                self._spilled.pop(object_id, None)

        def job() -> None:
            for object_id in found:
                self._write_newest(object_id)

        if found:
            self._workers.run(job)

    def take_over(self, object_id: str, camera: str, *, kept: bool) -> bool:
        """Return whether the object's picture lies in its file, where a core before this one has put it.

        `drop` removes that file unless it is to be `kept`.
        """
        there = self._files.clean(camera, object_id).exists()
        if there and not kept:
            written: Future[None] = Future()
            written.set_result(None)
            self._spilled[object_id] = camera, written
        return there

    def forget(self, object_id: str, camera: str) -> None:
        """Remove every picture of a deleted event, also one that is just being written.

        Raises:
            OSError: A file cannot be removed.
        """
        with self._writing:
            with self._lock:
                self._remove(object_id)
                self._spilled.pop(object_id, None)
                self._thumbs.discard(object_id)
            self._files.forget_event(camera, object_id)

    def drop(self, object_id: str) -> None:
        """Forget the object's picture, and its file if it has gone there early."""
        with self._lock:
            self._remove(object_id)
            self._thumbs.discard(object_id)
            camera, written = self._spilled.pop(object_id, ("", None))
        if written is not None:
            path = self._files.clean(camera, object_id)

            def job() -> None:
                wait([written])  # it was queued before, but another thread may still be at it
                self._files.remove(path)

            self._workers.run(job)

    def _write_newest(self, object_id: str) -> None:
        with self._writing:  # else an older picture might be written over a newer one
            with self._lock:
                picture, thumb = self._held.get(object_id), object_id in self._thumbs
            if picture is None:
                return
            self._files.write(self._files.clean(picture.camera, object_id), picture.jpeg)
            if thumb:
                self._files.write(self._files.thumb(picture.camera, object_id), picture.thumb)
            with self._lock:
                # Else a newer one has come meanwhile, or the thumbnail is wanted since.
                if self._held.get(object_id) is picture and (thumb or object_id not in self._thumbs):
                    self._remove(object_id)
                    self._thumbs.discard(object_id)

    def _spill(self, object_id: str) -> None:
        picture = self._held[object_id]
        path = self._files.clean(picture.camera, object_id)
        self._remove(object_id)
        written = self._workers.run(lambda: self._files.write(path, picture.jpeg))
        self._spilled[object_id] = picture.camera, written
        if written is None:
            self.lost += 1

    def _remove(self, object_id: str) -> None:
        held = self._held.pop(object_id, None)
        if held is not None:
            self.bytes_held -= len(held.jpeg)
