"""The small pictures of hours whose preview is still to be made.

They are `clips/preview_restart_cache/<camera>/<hour>/<time>.jpg`, where `<hour>` is its begin in epoch seconds. When
the preview of an hour is to be made, its directory becomes `<hour>.<job id>`: pictures that come later begin a new
directory, and each picture gets into one preview.
"""

from __future__ import annotations

import logging
import os
import re
import shutil
import threading
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from dogwatch.bus.messages import PreviewPicture
from dogwatch.media.preview_files import frame_name, frame_names, frame_time, within
from dogwatch.recordings.space import free_bytes

HOUR_S = 3600
WAITING = 256  # pictures that the disk is too slow for; some 10 KB each
LINGER_S = 5.0  # how long the thread waits for another picture: to start one takes longer than to write the picture
END_OF_IMAGE = b"\xff\xd9"  # the last marker of a JPEG
_HOUR = re.compile(r"(\d{1,11})(?:\.(.+))?")
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class FrameHour:
    """The pictures of a camera from one hour; `job` is the id of the job that makes a preview of them, or empty."""

    camera: str
    start: int
    job: str
    folder: Path

    def names(self) -> list[str]:
        """Return the pictures' file names, in order."""
        return frame_names(self.folder)


class PreviewFrames:
    """Stores the pictures and finds them again. `on_picture` belongs to the event loop, the rest to any thread."""

    def __init__(
        self,
        media_root: Path,
        floor_bytes: int,
        present: Callable[[], None] = lambda: None,
        free: Callable[[Path], int] = free_bytes,
    ) -> None:
        """Use `clips/` below `media_root`.

        Args:
            media_root: That directory.
            floor_bytes: How much stays free on its disk.
            present: Raises an OSError while the disk of `clips/` is not there.
            free: Returns how many bytes may be written to the disk of a path.
        """
        self.folder = media_root / "clips" / "preview_restart_cache"
        self._present, self._free = present, free
        self._waiting: deque[PreviewPicture] = deque()
        self._lock = threading.Condition()
        self._writing = False
        self._fault = ""
        self.dropped = 0
        self.configure(floor_bytes)

    def configure(self, floor_bytes: int) -> None:
        """Keep so much free from now on."""
        self._floor = floor_bytes

    def on_picture(self, picture: PreviewPicture) -> None:
        """Have a picture written by a thread; if too many wait for the disk, it is dropped and counted."""
        with self._lock:
            if len(self._waiting) >= WAITING:
                self.dropped += 1
                return
            self._waiting.append(picture)
            if self._writing:
                self._lock.notify()
                return
            self._writing = True
        threading.Thread(target=self._write_waiting, name="preview frames", daemon=True).start()

    def hours(self, camera: str | None = None) -> Iterator[FrameHour]:
        """Yield the hours that there are pictures of, of `camera` or of all cameras, also of those not configured."""
        for name in [camera] if camera is not None else _listed(self.folder):
            for entry in _listed(self.folder / name):
                if (match := _HOUR.fullmatch(entry)) is not None:
                    yield FrameHour(name, int(match[1]), match[2] or "", self.folder / name / entry)

    def names(self, camera: str, start: float, end: float) -> list[str]:
        """Return the file names of the pictures of `camera` from `start` to `end` (epoch s), in order."""
        found: list[str] = []
        for hour in self.hours(camera):
            if hour.start <= end and hour.start + HOUR_S > start:
                found += within(hour.names(), start, end)
        return sorted(found)

    def read(self, camera: str, time: float) -> bytes | None:
        """Return the picture of `camera` taken at `time` (epoch s), None if it is not there any more."""
        for hour in self.hours(camera):
            if hour.start <= time < hour.start + HOUR_S:
                try:
                    return (hour.folder / frame_name(time)).read_bytes()
                except OSError:
                    continue
        return None

    def newest(self, camera: str) -> tuple[float, bytes] | None:
        """Return time and JPEG of the newest picture of `camera` that no power cut has cut short."""
        for hour in sorted(self.hours(camera), key=lambda hour: hour.start, reverse=True):
            for name in reversed(hour.names()):
                try:
                    data = (hour.folder / name).read_bytes()
                except OSError:
                    continue
                if data.endswith(END_OF_IMAGE):
                    return frame_time(name), data
        return None

    def claim(self, hour: FrameHour, job: str) -> FrameHour:
        """Let a job make a preview of an hour; pictures that come later are not part of it.

        Raises:
            OSError: The directory cannot be renamed.
        """
        claimed = FrameHour(hour.camera, hour.start, job, hour.folder.with_name(f"{hour.start}.{job}"))
        hour.folder.rename(claimed.folder)
        return claimed

    def give_back(self, hour: FrameHour) -> None:
        """Undo `claim`, because the job has made no preview.

        Raises:
            OSError: The files cannot be renamed.
        """
        target = hour.folder.with_name(str(hour.start))
        target.mkdir(exist_ok=True, mode=0o700)
        for name in hour.names():
            (hour.folder / name).rename(target / name)
        self.remove(hour)

    def remove(self, hour: FrameHour) -> None:
        """Delete an hour's pictures.

        Raises:
            OSError: They cannot be deleted.
        """
        shutil.rmtree(hour.folder)

    def _write_waiting(self) -> None:
        while True:
            with self._lock:
                if not self._waiting:
                    self._lock.wait(LINGER_S)
                if not self._waiting:
                    self._writing = False
                    return
                picture = self._waiting.popleft()
            try:
                self._write(picture)
            except OSError as error:
                self._note(str(error.strerror or error))
            else:
                self._note("")

    def _write(self, picture: PreviewPicture) -> None:
        self._present()
        clips = self.folder.parent
        try:
            free = self._free(clips)
        except FileNotFoundError:
            clips.mkdir(parents=True, exist_ok=True, mode=0o700)
            free = self._free(clips)
        if free < self._floor:
            raise OSError(f"less than {self._floor >> 20} MB are free")
        hour = int(picture.frame_time // HOUR_S) * HOUR_S
        folder = self.folder / picture.camera / str(hour)
        path = folder / frame_name(picture.frame_time)
        part = folder / f".{path.name}"
        try:
            part.write_bytes(picture.jpeg)
        except FileNotFoundError:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            part.write_bytes(picture.jpeg)
        try:
            part.rename(path)
        except FileNotFoundError:  # a job has just taken the hour
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            path.write_bytes(picture.jpeg)

    def _note(self, fault: str) -> None:
        """Log a fault once, and that it is over."""
        if fault:
            self.dropped += 1
        if fault and fault != self._fault:
            _log.error("pictures for previews cannot be written: %s", fault)
        elif self._fault and not fault:
            _log.info("pictures for previews are written again")
        self._fault = fault


def _listed(folder: Path) -> list[str]:
    try:
        with os.scandir(folder) as entries:
            return sorted(entry.name for entry in entries)
    except OSError:
        return []
