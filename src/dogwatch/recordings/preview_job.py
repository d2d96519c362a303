"""Makes the preview of one hour: an MP4 file and its row."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection

from dogwatch.jobs.kinds import JobControl, JobError
from dogwatch.media.encoder_spec import PreviewSpec
from dogwatch.media.preview_files import HOLD_S, PreviewSource, frame_time
from dogwatch.recordings import encoder_process
from dogwatch.recordings.preview_frames import HOUR_S, FrameHour, PreviewFrames
from dogwatch.recordings.space import free_bytes
from dogwatch.store import previews
from dogwatch.store.jobs import Job
from dogwatch.store.previews import Preview
from dogwatch.volume import sync_directory

if TYPE_CHECKING:
    from dogwatch.config import Config

KIND = "preview"
QUEUE_LIMIT = 1000
ALONE_S = 1.0  # how long the last picture stays if no other was to come
CRF = {"very_low": 36, "low": 32, "medium": 28, "high": 24, "very_high": 20}  # of x264; 6 more is half the size


@dataclass(frozen=True, slots=True)
class PreviewSettings:
    """How previews are encoded, for each camera, and what stays free on the disk."""

    crf: Mapping[str, int]
    usual_crf: int
    floor_bytes: int


def previews_of(config: Config) -> PreviewSettings:
    """Return how previews are made; those of a camera that is no longer configured as `record` says for all."""
    crf = {name: CRF[camera.record.preview.quality] for name, camera in config.cameras.items()}
    floors = [camera.record.space.floor for camera in config.cameras.values()] or [config.record.space.floor]
    return PreviewSettings(crf, CRF[config.record.preview.quality], max(floors) << 20)


class PreviewKind:
    """Previews as a kind of job; its pictures are those of an hour that has been claimed for it."""

    name = KIND
    queue_limit = QUEUE_LIMIT
    workers = 1

    def __init__(
        self,
        frames: PreviewFrames,
        media_root: Path,
        settings: PreviewSettings,
        present: Callable[[], None] = lambda: None,
        free: Callable[[Path], int] = free_bytes,
    ) -> None:
        """Write to `clips/previews/` below `media_root`.

        Args:
            frames: Where the pictures are.
            media_root: The directory that holds `clips/`.
            settings: How previews are made.
            present: Raises an `OSError` if the disk of `clips/` is missing.
            free: Returns how many bytes may be written to the disk of a path.
        """
        self._frames, self._media, self._present, self._free = frames, media_root, present, free
        self.configure(settings)

    def configure(self, settings: PreviewSettings) -> None:
        """Make previews by `settings` from now on."""
        self._settings = settings

    def run(self, job: Job, control: JobControl) -> dict[str, Any]:
        """Make the file; return its path and times, or nothing when there were no pictures."""
        hour = self._hour(job)
        times = [frame_time(name) for name in hour.names()] if hour is not None else []
        if hour is None or not times:
            return {}
        camera, start, end = hour.camera, times[0], shown_until(times[-1], hour.start + HOUR_S)
        path = self._media / path_of(camera, start, end)
        part = path.with_name(f".{path.name}")
        try:
            self._present()
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            if self._free(path.parent) < self._settings.floor_bytes:
                raise JobError(f"no room: {self._settings.floor_bytes >> 20} MiB must stay free")
            source = PreviewSource(str(hour.folder), start, end)
            crf = self._settings.crf.get(camera, self._settings.usual_crf)
            if not encoder_process.encode(PreviewSpec((source,), start, end, str(part), crf), control):
                part.unlink(missing_ok=True)  # not one of them can be decoded
                return {}
            self._present()
            with part.open("rb") as written:
                os.fsync(written.fileno())
            part.rename(path)
            sync_directory(path.parent)
        except OSError as error:
            raise JobError(f"the preview cannot be written: {error.strerror or error}") from error
        return {"path": path_of(camera, start, end), "start": start, "end": end}

    def undo(self, job: Job) -> None:
        """Remove an unfinished file; a finished one gets its row when the disk is looked through."""
        for part in (self._media / "clips" / "previews" / str(job.camera)).glob(".*.mp4"):
            part.unlink(missing_ok=True)

    def settle(self, connection: Connection, job: Job) -> None:
        """Add the preview's row."""
        if job.state == "success" and job.result:
            add_row(connection, str(job.camera), job.result["path"], job.result["start"], job.result["end"])

    def _hour(self, job: Job) -> FrameHour | None:
        found = (hour for hour in self._frames.hours(str(job.camera)) if hour.job == job.id)
        return next(found, None)


def path_of(camera: str, start: float, end: float) -> str:
    """Return the path of a preview below the media root."""
    return f"clips/previews/{camera}/{start:.3f}-{end:.3f}.mp4"


def add_row(connection: Connection, camera: str, path: str, start: float, end: float) -> None:
    """Add the row of a preview; if the clock was set back, another one may end at the same time."""
    shift = 0.0
    while (known := previews.one(connection, _id(camera, end - shift))) is not None and known.path != path:
        shift += 0.001
    previews.put(connection, Preview(_id(camera, end - shift), camera, path, start, end))


def _id(camera: str, end: float) -> str:
    return f"{camera}_{end:.3f}"


def shown_until(last: float, hour_end: float) -> float:
    """Return until when the last picture of an hour is shown."""
    return float(hour_end) if hour_end - last <= HOLD_S else last + ALONE_S
