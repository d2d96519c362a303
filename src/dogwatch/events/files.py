"""The files of pictures below `clips/`, and what waits in memory because it cannot be written there now."""

from __future__ import annotations

import logging
import os
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from dogwatch.errors import DiskGoneError

READ_BYTES = 1 << 15  # thumbnails are smaller; what is not used of it is allocated for each
HELD_BYTES = 64 << 20  # about a day of snapshots of a quiet street
_log = logging.getLogger(__name__)


def always() -> None:
    """Say that the disk is there."""


class PictureFiles:
    """Where the pictures of events and review items lie under the media root. Safe to use from any thread.

    A picture that cannot be written, since its disk is full, broken or not there, is kept in memory, where readers find
    it, until `write_held` gets rid of it. Beyond `HELD_BYTES` the oldest are lost, and counted.
    """

    def __init__(self, media_root: Path, present: Callable[[], None] = always, held_bytes: int = HELD_BYTES) -> None:
        """Take the directory that holds `clips/`.

        Args:
            media_root: That directory.
            present: Raises an OSError while the disk of `clips/` is not there.
            held_bytes: How much may wait in memory.
        """
        self.clips = media_root / "clips"
        self.root = media_root
        self._present, self._limit = present, held_bytes
        self._held: OrderedDict[Path, bytes] = OrderedDict()
        self._lock = threading.Lock()
        self.bytes_held = 0
        self.lost = 0

    def clean(self, camera: str, event_id: str) -> Path:
        """The clean full-size picture of an event; there may be one of `elsewhere` instead."""
        return self.clips / f"{camera}-{event_id}-clean.jpg"

    def elsewhere(self, camera: str, event_id: str) -> tuple[Path, Path]:
        """Where the clean picture of an event is that another program has made."""
        clean = self.clean(camera, event_id)
        return clean.with_suffix(".webp"), clean.with_suffix(".png")

    def drawn(self, camera: str, event_id: str) -> Path:
        """The snapshot that another program has made of an event, with boxes drawn on it."""
        return self.clips / f"{camera}-{event_id}.jpg"

    def read_clean(self, camera: str, event_id: str) -> bytes | None:
        """Return the clean full-size picture of an event, None if there is none.

        Raises:
            OSError: It cannot be read.
        """
        places = (self.clean(camera, event_id), *self.elsewhere(camera, event_id))
        return next((data for path in places if (data := self.read(path)) is not None), None)

    def thumb(self, camera: str, event_id: str) -> Path:
        """The thumbnail of an event; there may be a WebP of that name, made elsewhere, instead."""
        return self.clips / "thumbs" / camera / f"{event_id}.jpg"

    def review(self, camera: str, review_id: str) -> Path:
        """The thumbnail of a review item; there may be a WebP of that name, made elsewhere, instead."""
        return self.clips / "review" / f"thumb-{camera}-{review_id}.jpg"

    def there(self) -> bool:
        """Whether the disk is there."""
        try:
            self._present()
        except OSError:
            return False
        return True

    def verify(self) -> None:
        """Make sure that the disk is there, before rows go whose pictures are to go with them.

        Raises:
            DiskGoneError: It is not.
        """
        try:
            self._present()
        except OSError as error:
            raise DiskGoneError(error.strerror or str(error)) from error

    def write(self, path: Path, data: bytes) -> None:
        """Write a picture, now or as soon as that can be done; a reader finds the old one or the whole new one."""
        try:
            self.write_asked(path, data)
        except OSError as error:
            self._hold(path, data, error)

    def write_asked(self, path: Path, data: bytes) -> None:
        """Do as `write` for somebody who waits for an answer: only a disk that is not there is waited for.

        Raises:
            OSError: The disk is there, but full or broken.
        """
        try:
            self._present()
        except OSError as error:
            self._hold(path, data, error)
            return
        write(path, data)
        with self._lock:
            self._forget(path)  # an older one that waits

    def read(self, path: Path) -> bytes | None:
        """Return a picture, None if there is none.

        Raises:
            OSError: It cannot be read.
        """
        with self._lock:
            held = self._held.get(path)
        if held is not None:
            return held
        try:
            return path.read_bytes()
        except FileNotFoundError:
            return None

    def read_thumbs(self, wanted: Iterable[tuple[str, str]]) -> list[bytes | None]:
        """Return the thumbnails (JPEG, or WebP if made elsewhere) of events, of which it takes cameras and ids.

        For lists of thousands: with a `Path` for each, reading one took ten times as long.

        Raises:
            OSError: One cannot be read.
        """
        with self._lock:
            held = {os.fspath(path): data for path, data in self._held.items()}
        root = os.fspath(self.clips / "thumbs")
        found = []
        for camera, event_id in wanted:
            stem = f"{root}/{camera}/{event_id}"
            found.append(_content(f"{stem}.jpg", held) or _content(f"{stem}.webp", held) or None)
        return found

    def remove(self, path: Path) -> None:
        """Remove a picture, wherever it is."""
        with self._lock:
            self._forget(path)
        path.unlink(missing_ok=True)

    def forget_event(self, camera: str, event_id: str) -> None:
        """Remove every picture of an event."""
        thumb = self.thumb(camera, event_id)
        for path in (thumb, thumb.with_suffix(".webp")):
            self.remove(path)
        self.forget_snapshot(camera, event_id)

    def forget_snapshot(self, camera: str, event_id: str) -> None:
        """Remove the full-size pictures of an event."""
        places = (self.clean(camera, event_id), *self.elsewhere(camera, event_id), self.drawn(camera, event_id))
        for path in places:
            self.remove(path)

    def forget_review(self, camera: str, review_id: str) -> None:
        """Remove the thumbnail of a review item."""
        thumb = self.review(camera, review_id)
        for path in (thumb, thumb.with_suffix(".webp")):
            self.remove(path)

    def write_held(self) -> int:
        """Write what waits, as far as that goes; return how many pictures still wait."""
        written = 0
        while True:
            with self._lock:
                if not self._held:
                    break
                path, data = next(iter(self._held.items()))
            try:
                self._present()
                write(path, data)
            except OSError:
                break
            written += 1
            with self._lock:
                if self._held.get(path) is data:  # else it was removed, or replaced, meanwhile
                    self._forget(path)
                elif path not in self._held:
                    path.unlink(missing_ok=True)
        with self._lock:
            left = len(self._held)
        if written:
            _log.info("%d pictures that waited have been written, %d still wait", written, left)
        return left

    def _hold(self, path: Path, data: bytes, error: OSError) -> None:
        with self._lock:
            first, before = not self._held, self.lost
            self._forget(path)
            self._held[path] = data
            self.bytes_held += len(data)
            while self.bytes_held > self._limit and len(self._held) > 1:
                self._forget(next(iter(self._held)))
                self.lost += 1
        if first:
            _log.error(
                "pictures cannot be written (%s); they wait in memory, up to %d MB",
                error.strerror or error,
                self._limit >> 20,
            )
        if self.lost > before and before % 100 == 0:
            _log.error("too many pictures wait to be written: the oldest are lost, %d so far", self.lost)

    def _forget(self, path: Path) -> None:
        held = self._held.pop(path, None)
        if held is not None:
            self.bytes_held -= len(held)


def write(path: Path, data: bytes) -> None:
    """Write `data` to `path` so that a reader finds either the old file or the whole new one.

    Raises:
        OSError: It cannot be written; the old file is still there.
    """
    part = path.with_name(f".{path.name}.{threading.get_ident()}")
    try:
        file = part.open("wb", buffering=0)
    except FileNotFoundError:
        path.parent.mkdir(parents=True, exist_ok=True)
        file = part.open("wb", buffering=0)
    try:
        with file:
            rest = memoryview(data)
            while rest:
                rest = rest[file.write(rest) :]
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def _content(path: str, held: Mapping[str, bytes]) -> bytes | None:
    """Return what is kept in memory for a file, or what is in it; None without both."""
    if path in held:
        return held[path]
    try:
        file = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return None
    try:
        parts = [os.read(file, READ_BYTES)]
        while len(parts[-1]) == READ_BYTES:
            parts.append(os.read(file, READ_BYTES))
    finally:
        os.close(file)
    return b"".join(parts)
