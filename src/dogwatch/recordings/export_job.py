"""Makes one export: copies segments into one file, or has a timelapse encoded in another process."""

from __future__ import annotations

import logging
import os
import shutil
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection

from dogwatch.errors import MediaError, NoFootageError
from dogwatch.jobs.kinds import JobControl, JobError
from dogwatch.media.encoder_spec import PreviewSpec, TimelapseSpec
from dogwatch.media.picture_pool import INTERNAL_CALLER, POOL, TooManyWaitingError
from dogwatch.media.preview_files import HOLD_S
from dogwatch.media.virtual_file import VirtualFile, portions
from dogwatch.model import Segment
from dogwatch.recordings import encoder_process, preview_clips
from dogwatch.recordings.catalogue import Catalogue
from dogwatch.recordings.exports import KIND
from dogwatch.recordings.preview_catalogue import PreviewCatalogue
from dogwatch.store import exports, reviews
from dogwatch.store.database import Database
from dogwatch.store.jobs import Job
from dogwatch.volume import sync_directory

if TYPE_CHECKING:
    from dogwatch.config import Config
    from dogwatch.media.sample_tables import Chapter

log = logging.getLogger(__name__)

IMAGE_BYTES = 32 << 20
QUEUE_LIMIT = 100
COPY_BYTES = 4 << 20
SYNC_BYTES = 64 << 20  # copied data is synced in such portions, so that recording never waits for gigabytes
PLANS = 3  # attempts: a segment may be deleted between being looked up and being read
THUMBNAIL_HEIGHT = 360
THUMBNAIL_QUALITY = 70
PREVIEW_BYTES, PREVIEW_CRF = 8_000, 24  # a second of previews takes at most about this much
TIMELAPSE_SPEED = 25.0
TIMELAPSE_BYTES = 400_000  # a second of timelapse at 1080p takes about this much


@dataclass(frozen=True, slots=True)
class ExportSettings:
    """How many exports are made at once, what stays free on the disk, and what makes chapters if a job does not say."""

    workers: int
    floor_bytes: int
    chapters: str


def exports_of(config: Config) -> ExportSettings:
    """Return how exports are made."""
    export, space = config.record.export, config.record.space
    return ExportSettings(export.max_concurrent, space.floor << 20, export.chapters)


class ExportKind:
    """Exports as a kind of job."""

    name = KIND
    queue_limit = QUEUE_LIMIT

    def __init__(
        self,
        db: Database,
        catalogue: Catalogue,
        previews: PreviewCatalogue,
        media_root: Path,
        settings: ExportSettings,
        verify: Callable[[], None] = lambda: None,
    ) -> None:
        """Export to `exports/` below `media_root`.

        Args:
            db: The database of exports and review items.
            catalogue: The recordings.
            previews: The previews.
            media_root: The directory that holds `recordings/`, `clips/` and `exports/`.
            settings: How exports are made.
            verify: Raises an `OSError` if the disk of `exports/` is missing.
        """
        self._previews = previews
        self._db, self._catalogue, self._media, self._verify = db, catalogue, media_root, verify
        self.configure(settings)

    def configure(self, settings: ExportSettings) -> None:
        """Make exports by `settings` from now on, those that run already by what was set when they began."""
        self.workers = settings.workers
        self._floor, self._chapters = settings.floor_bytes, settings.chapters

    def run(self, job: Job, control: JobControl) -> dict[str, Any]:
        """Make the file, then the picture; return the file's path and size."""
        camera, file = str(job.camera), str(job.params["file"])
        start, end = float(job.params["start"]), float(job.params["end"])
        target, part = self._target(file), self._part(file)
        try:
            self._verify()
            target.parent.mkdir(parents=True, exist_ok=True)
            if job.params.get("source") == "preview":
                self._encode_previews(job, part, control)
            else:
                self._export_recordings(job, part, control)
            control.step("finalizing", 99)
            self._picture(job, camera, start, end)
            self._verify()
            part.rename(target)
            sync_directory(target.parent)
        except (NoFootageError, MediaError) as error:
            raise JobError(str(error)) from error
        except OSError as error:
            raise JobError(f"the export cannot be written: {error.strerror or error}") from error
        return {"file": file, "size_bytes": target.stat().st_size}

    def undo(self, job: Job) -> None:
        """Remove the file, its unfinished part, and the picture."""
        file = str(job.params["file"])
        for path in (self._part(file), self._target(file), self._thumb(job.id)):
            path.unlink(missing_ok=True)

    def settle(self, connection: Connection, job: Job) -> None:
        """Complete the export's row, or drop it when the job has not succeeded."""
        if job.state == "success" and job.result is not None:
            exports.finish(connection, job.id, int(job.result["size_bytes"]))
        else:
            exports.drop(connection, [job.id])

    def _export_recordings(self, job: Job, part: Path, control: JobControl) -> None:
        segments = self._catalogue.segments(str(job.camera), float(job.params["start"]), float(job.params["end"]))
        if not segments:
            raise JobError("No recordings found for time range")
        if job.params["playback"] == "realtime":
            self._copy(job, segments, part, control)
        else:
            self._encode(job, segments, part, control)

    # ------------------------------------------------------------ realtime

    def _copy(self, job: Job, segments: list[Segment], part: Path, control: JobControl) -> None:
        from dogwatch.media import clip  # NumPy: the core holds 12 MiB less until the first clip

        start, end, camera = float(job.params["start"]), float(job.params["end"]), str(job.camera)
        for attempt in range(PLANS):
            chapters = self._chapters_of(job, segments)
            planned = clip.plan(segments, start, end, self._media, chapters)
            self._ask_for_room(planned.size)
            try:
                _write(
                    planned, part, control, lambda: self._ask_for_room(0)
                )  # something else may write at the same time
            except FileNotFoundError:
                if attempt == PLANS - 1:
                    raise
                segments = self._catalogue.segments(camera, start, end)
            else:
                return

    def _chapters_of(self, job: Job, segments: Sequence[Segment]) -> list[Chapter]:
        from dogwatch.media.sample_tables import Chapter

        kind = job.params.get("chapters") or self._chapters
        if kind == "recording_segments":
            return [Chapter(one.start_time, f"Segment {number}") for number, one in enumerate(segments, 1)]
        if kind != "review_items":
            return []
        wanted = reviews.ReviewFilter((str(job.camera),), after=job.params["start"], before=job.params["end"])
        with self._db.read() as connection:
            rows = reviews.find(connection, wanted, "")
        return [Chapter(row["start_time"], _title(row)) for row in reversed(rows)]

    # ------------------------------------------------------------ timelapse

    def _encode(self, job: Job, segments: Sequence[Segment], part: Path, control: JobControl) -> None:
        start, end = float(job.params["start"]), float(job.params["end"])
        self._ask_for_room(int((end - start) / 25 * TIMELAPSE_BYTES))
        paths = tuple(str(self._media / segment.path) for segment in segments)
        shifts = tuple(segment.start_time if segment.plain else 0.0 for segment in segments)
        self._run_encoder(TimelapseSpec(paths, start, end, str(part), shifts=shifts), part, control)

    def _encode_previews(self, job: Job, part: Path, control: JobControl) -> None:
        start, end = float(job.params["start"]), float(job.params["end"])
        self._ask_for_room(int((end - start) * PREVIEW_BYTES))
        sources = tuple(self._previews.sources(str(job.camera), start - HOLD_S, end))
        speed = 1.0 if job.params["playback"] == "realtime" else TIMELAPSE_SPEED
        spec = PreviewSpec(sources, start, end, str(part), PREVIEW_CRF, speed, skip_gaps=True)
        if not self._run_encoder(spec, part, control):
            raise JobError("No previews found for time range")

    def _run_encoder(self, spec: TimelapseSpec | PreviewSpec, part: Path, control: JobControl) -> int:
        control.step("encoding", 0)
        count = encoder_process.encode(spec, control)
        with part.open("rb") as written:
            os.fsync(written.fileno())
        return count

    # ------------------------------------------------------------ picture and paths

    def _picture(self, job: Job, camera: str, start: float, end: float) -> None:
        """Write the export's picture; if it cannot be made, the export does without."""
        thumb = self._thumb(job.id)
        try:
            data = POOL.run(INTERNAL_CALLER, partial(self._made_picture, job, camera, start, end))
            thumb.parent.mkdir(parents=True, exist_ok=True)
            thumb.write_bytes(data)
        except (MediaError, NoFootageError, TooManyWaitingError, OSError) as error:
            log.warning("export %s has no picture: %s", job.id, error)
            with suppress(OSError):
                thumb.unlink(missing_ok=True)

    def _made_picture(self, job: Job, camera: str, start: float, end: float) -> bytes:
        """Return the picture as WebP; a job of the picture pool."""
        from dogwatch.media import jpeg, picture
        from dogwatch.media.still import BYTES_PER_PX, frame_at

        if job.params["image"]:
            file = Path(job.params["image"])
            if file.stat().st_size > IMAGE_BYTES:
                raise MediaError(f"{file.name} is too large for a picture")
            data = file.read_bytes()
            columns, rows = jpeg.size(data) or (0, 0)
            POOL.need(columns * rows * BYTES_PER_PX)
            bgr = picture.decode(data)
        elif job.params.get("source") == "preview":
            bgr = preview_clips.first_picture(self._previews, camera, start, end)
        else:
            near = self._catalogue.segments(camera, start, start + 86_400)[:1]
            at = max(start, near[0].start_time) if near else start
            bgr = frame_at(near, at, self._media)
        small = picture.resize_to_height(bgr, min(THUMBNAIL_HEIGHT, bgr.shape[0]))
        return picture.encode(small, "webp", THUMBNAIL_QUALITY)

    def _ask_for_room(self, size: int) -> None:
        free = shutil.disk_usage(self._target("x").parent).free
        if free < size + self._floor:
            raise JobError(f"no room: {size >> 20} MiB are needed, and {self._floor >> 20} MiB must stay free")

    def _target(self, file: str) -> Path:
        return self._media / "exports" / file

    def _part(self, file: str) -> Path:
        return self._media / "exports" / f".{file}.part"

    def _thumb(self, export_id: str) -> Path:
        return self._media / "clips" / "export" / f"{export_id}.webp"


def _write(planned: VirtualFile, part: Path, control: JobControl, look: Callable[[], None]) -> None:
    """Write `planned` to `part`, in portions that are synced one by one; `look` is called after each."""
    done = since = 0
    with part.open("wb") as out:
        for one in planned.parts:
            size = len(one) if isinstance(one, bytes) else one.size
            for data in portions(one, COPY_BYTES):
                out.write(data)
                done, since = done + len(data), since + len(data)
                if since >= SYNC_BYTES:
                    out.flush()
                    os.fdatasync(out.fileno())
                    since = 0
                    look()
                control.step("copying", 98 * done / max(1, planned.size))
            if size == 0:
                control.check()
        out.flush()
        os.fsync(out.fileno())
    if done != planned.size:
        raise JobError("a recording became shorter while it was exported")


def _title(row: Any) -> str:
    things = [*row["data"].get("objects", []), *row["data"].get("audio", [])]
    return f"{row['severity'].capitalize()}: {', '.join(map(str, things))}" if things else row["severity"].capitalize()
