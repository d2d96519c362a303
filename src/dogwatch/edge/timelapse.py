"""The edge camera's timelapse: a frame every few minutes, and a video of each day."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping
from datetime import date, tzinfo
from typing import Any

from dogwatch.edge import files
from dogwatch.edge.archive import Archive
from dogwatch.edge.archive_files import THUMBNAIL, ArchivedFile
from dogwatch.edge.settings import Settings
from dogwatch.edge.stitching import Stitcher
from dogwatch.edge.timelapse_days import DayMachine, frame_order, frame_time, video_day
from dogwatch.errors import DogwatchError, unexpected
from dogwatch.media.picture_pool import INTERNAL_CALLER, POOL

log = logging.getLogger(__name__)

MINUTE_S = 60.0
CLOSE_S = 12.0  # longer than a picture may take
MODE = 0o644
SHOWN = ("enabled", "interval_minutes", "fps", "resolution")
SIZES = (
    {"original": None}
    | dict.fromkeys(("640:480", "640x480"), (640, 480))
    | dict.fromkeys(("320:240", "320x240"), (320, 240))
)


class Timelapse:
    """Takes frames, and has days stitched."""

    def __init__(
        self,
        settings: Settings,
        archive: Archive,
        take: Callable[[], bytes],
        stitcher: Stitcher,
        clock: Callable[[], float],
        zone: tzinfo | None = None,
        *,
        writes_time: bool = True,
    ) -> None:
        """Take frames as the settings say.

        Args:
            settings: The edge camera's.
            archive: Where frames and videos go.
            take: Returns the present picture as a JPEG, within some seconds.
            stitcher: Makes videos of days that are over.
            clock: Gives epoch seconds.
            zone: The local time zone; None is the system's.
            writes_time: Whether date and time are written on frames; not if the camera does so itself.
        """
        self._settings, self._archive, self._take, self._stitcher = settings, archive, take, stitcher
        self._clock, self._zone, self._writes_time = clock, zone, writes_time
        self._machine = DayMachine(zone)
        self._lock = threading.Lock()
        self._wake, self._over = threading.Event(), threading.Event()
        self._thread: threading.Thread | None = None
        self._count = 0
        self._last: float | None = None
        settings.follow("Timelapse", self.restart)
        settings.follow("VideoSaveLocation", self._move)

    def start(self) -> None:
        """Begin."""
        self._stitcher.start()
        self._thread = threading.Thread(target=self._run, name="edge-timelapse", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """End; a frame that is being taken is finished."""
        self._over.set()
        self._wake.set()
        if self._thread is not None:
            self._thread.join(CLOSE_S)
        self._stitcher.close()

    def restart(self) -> None:
        """Begin anew with the present settings: if they want frames, the first is taken at once."""
        with self._lock:
            self._machine.restart()
        self._wake.set()

    def configure(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """Change settings, begin anew, and return them all.

        Raises:
            EdgeError: A value will not do.
        """
        before = self._settings.current.timelapse
        self._settings.change({"Timelapse": dict(given)})
        if self._settings.current.timelapse == before:  # else the settings have told
            self.restart()
        return self._shown()

    def status(self) -> dict[str, Any]:
        """Return the answer of `GET /timelapse/status`."""
        shown = self._shown()
        with self._lock:
            last = None if self._last is None else files.iso(self._last)
            return {**shown, "today_frame_count": self._count, "last_capture": last}

    def rows(self) -> list[dict[str, Any]]:
        """Return the answer of `GET /timelapse`."""
        found = [(day, file) for file in self._archive.files("timelapse") if (day := video_day(file.path.name))]
        found.sort(key=lambda pair: pair[0], reverse=True)
        return [self._row(day, file) for day, file in found]

    def step(self) -> float:
        """Do what is due, and return after how many seconds to look again."""
        now, wanted = self._clock(), self._settings.current.timelapse
        interval_s = wanted.interval_minutes * MINUTE_S
        with self._lock:
            due = self._machine.step(now, wanted.enabled, interval_s)
        if due.begins is not None:
            self._begin(due.begins)
        if due.capture:
            self._capture(now, wanted.resolution)
        with self._lock:
            return self._machine.wait_s(self._clock(), self._settings.current.timelapse.enabled, interval_s)

    def _move(self) -> None:
        """Count and stitch the frames in another directory."""
        with self._lock:
            self._machine.day = None
        self._wake.set()

    def _shown(self) -> dict[str, Any]:
        return self._settings.current.timelapse.model_dump(mode="json", include=set(SHOWN))

    def _begin(self, day: date) -> None:
        """Count the frames that the new day has already, and have the days before it stitched."""
        folder = self._archive.timelapses / day.isoformat()
        try:
            names = frame_order(entry.name for entry in folder.iterdir())
        except OSError:
            names = []
        last = self._last
        if names:
            with_time = folder / names[-1]
            last = frame_time(day, names[-1], self._zone, with_time.stat().st_mtime) or last
        with self._lock:
            self._count, self._last = len(names), last
        self._stitcher.request()

    def _capture(self, now: float, resolution: str) -> None:
        try:
            from dogwatch.media.stamped_still import stamped  # NumPy and OpenCV: only when a frame is taken

            data, shown = self._take(), now if self._writes_time else None
            data = POOL.run(INTERNAL_CALLER, lambda: stamped(data, SIZES[resolution], shown, self._zone))
            at = files.local(now, self._zone)
            folder = self._archive.timelapses / f"{at:%Y-%m-%d}"
            files.write(files.free_name(folder, f"frame_{at:%H%M%S}", ".jpg"), data, MODE)
        except (DogwatchError, OSError) as error:
            log.warning("no timelapse frame can be taken: %s", error)
            return
        with self._lock:
            self._count += 1
            self._last = now

    def _run(self) -> None:
        while not self._over.is_set():
            self._wake.clear()
            wait_s = MINUTE_S
            try:
                wait_s = self.step()
            except Exception as error:
                log.error("the timelapse failed: %s", error, exc_info=unexpected(error))
            self._wake.wait(wait_s)

    def _row(self, day: date, file: ArchivedFile) -> dict[str, Any]:
        row = {**self._archive.row(file), "date": day.isoformat()}
        if (thumbnail := file.sidecar(THUMBNAIL)) is not None:
            row["thumbnail"] = str(thumbnail)
        meta = self._archive.meta(file) or {}
        return row | {key: meta[key] for key in ("duration_seconds", "frame_count") if key in meta}
