"""Makes a video of the frames of each day that is over, in the background and at low priority.

A video gets its name when it is complete, then the frames are deleted. `MARK` in a day's directory holds the name in
between, so that a crash makes neither two videos of one day nor none.
"""

from __future__ import annotations

import logging
import os
import re
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, tzinfo
from pathlib import Path

import msgspec

from dogwatch.edge import files
from dogwatch.edge.archive import Archive
from dogwatch.edge.archive_files import META, THUMBNAIL, sidecar
from dogwatch.edge.settings import Settings
from dogwatch.edge.timelapse_days import day_of, frame_order, today_of
from dogwatch.errors import DogwatchError, unexpected
from dogwatch.jobs.kinds import CancelledError, JobControl
from dogwatch.media.encoder_spec import FramesSpec
from dogwatch.recordings import encoder_process
from dogwatch.volume import sync_directory

log = logging.getLogger(__name__)

LIMIT_S = 600.0
CLOSE_S = 5.0
MARK = ".stitched"
MODE = 0o644
_MARKED = re.compile(r"timelapse_[0-9]{8}(?:_[0-9]+)?\.mp4")

Encode = Callable[[FramesSpec, JobControl], int]
"""Encodes a film and returns its number of pictures; raises a `DogwatchError` if that fails."""


@dataclass(frozen=True, slots=True)
class _Day:
    """A day's directory, its frames in order, and the files that become the video."""

    day: date
    folder: Path
    frames: tuple[str, ...]

    @property
    def film(self) -> Path:
        return self.folder.parent / f".timelapse_{self.day:%Y%m%d}.mp4"

    @property
    def thumbnail(self) -> Path:
        return self.folder.parent / f".timelapse_{self.day:%Y%m%d}.jpg"


class Stitcher:
    """Stitches days when asked to, one after another."""

    def __init__(
        self,
        archive: Archive,
        settings: Settings,
        clock: Callable[[], float],
        zone: tzinfo | None = None,
        encode: Encode = encoder_process.encode,
        limit_s: float = LIMIT_S,
    ) -> None:
        """Make videos in the archive as the settings say, by `encode`, each within `limit_s`."""
        self._archive, self._settings, self._clock, self._zone = archive, settings, clock, zone
        self._encode, self._limit_s = encode, limit_s
        self._over, self._asked = threading.Event(), threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Wait for requests."""
        self._thread = threading.Thread(target=self._run, name="edge-stitching", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """End; a video that is being made is made at the next start."""
        self._over.set()
        self._asked.set()
        if self._thread is not None:
            self._thread.join(CLOSE_S)

    def request(self) -> None:
        """Stitch all days before today soon."""
        self._asked.set()

    @property
    def requested(self) -> bool:
        """Whether a request waits."""
        return self._asked.is_set()

    def stitch_requested(self) -> None:
        """Do what was asked for; the thread calls it."""
        self._asked.clear()
        self.stitch_all()

    def stitch_all(self) -> None:
        """Stitch all days before today, the oldest first; those that fail keep their frames."""
        today = today_of(self._clock(), self._zone)
        if today is None:
            return
        root = self._archive.timelapses
        try:
            found = sorted((day, path) for path in root.iterdir() if (day := day_of(path.name)) and path.is_dir())
        except OSError:
            return  # nothing was ever taken
        for day, folder in found:
            if day >= today or self._over.is_set():
                return
            try:
                self._stitch(day, folder)
            except CancelledError:
                if self._over.is_set():
                    return
                log.error("the timelapse of %s takes more than %.0f s, its frames are kept", day, self._limit_s)
            except (DogwatchError, OSError) as error:
                log.error("no timelapse of %s can be made, its frames are kept: %s", day, error)

    def _run(self) -> None:
        while True:
            self._asked.wait()
            if self._over.is_set():
                return
            try:
                self.stitch_requested()
            except Exception as error:
                log.error("stitching failed: %s", error, exc_info=unexpected(error))

    def _stitch(self, day: date, folder: Path) -> None:
        names = [entry.name for entry in folder.iterdir() if entry.is_file()]
        found = _Day(day, folder, tuple(frame_order(names)))
        if (done := _marked(folder)) is not None and done.is_file():
            self._clear(found, names)  # cut off before the last frame was deleted
            return
        if found.frames:
            try:
                self._make(found)
            finally:
                found.film.unlink(missing_ok=True)
                found.thumbnail.unlink(missing_ok=True)
        self._clear(found, names)

    def _make(self, found: _Day) -> None:
        fps, until = self._settings.current.timelapse.fps, time.monotonic() + self._limit_s
        control = JobControl(lambda: self._over.is_set() or time.monotonic() >= until, lambda _step, _progress: None)
        paths = tuple(str(found.folder / name) for name in found.frames)
        count = self._encode(FramesSpec(paths, fps, str(found.film), str(found.thumbnail)), control)
        video = files.free_name(found.folder.parent, f"timelapse_{found.day:%Y%m%d}", ".mp4")
        files.write(found.folder / MARK, video.name.encode(), MODE)
        meta = {"reason": "timelapse", "frame_count": count, "duration_seconds": round(count / fps, 1)}
        files.write(sidecar(video, META), msgspec.json.encode(meta), MODE)
        with suppress(FileNotFoundError):
            found.thumbnail.rename(sidecar(video, THUMBNAIL))
        _synced(found.film)
        found.film.rename(video)
        sync_directory(video.parent)
        log.info("a timelapse of %s was made: %d frames", found.day, count)
        self._archive.finished(video, "timelapse")

    def _clear(self, found: _Day, names: list[str]) -> None:
        """Delete a day's frames and what was left unfinished, then its directory if nothing else is in it."""
        unfinished = [name for name in names if name.startswith((".frame_", f".{MARK}"))]
        for name in (*found.frames, *unfinished, MARK):
            (found.folder / name).unlink(missing_ok=True)
        with suppress(OSError):  # somebody has put other files there
            found.folder.rmdir()


def _marked(folder: Path) -> Path | None:
    """Return the video that was made of a day's frames, if its name was written down."""
    try:
        name = (folder / MARK).read_text("ascii", "replace").strip()
    except OSError:
        return None
    return folder.parent / name if _MARKED.fullmatch(name) else None


def _synced(path: Path) -> None:
    with path.open("rb") as file:
        os.fsync(file.fileno())
