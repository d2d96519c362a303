"""Makes the covered copy of what a link shows: a kind of job."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection

from dogwatch.errors import MediaError, NoFootageError
from dogwatch.jobs.kinds import JobControl, JobError
from dogwatch.model import LONGEST_SEGMENT_S
from dogwatch.recordings import encoder_process
from dogwatch.sharing.content import Content
from dogwatch.sharing.heads import PERSON, head_path, heads_in_picture
from dogwatch.sharing.requests import LONGEST_COVERED_S
from dogwatch.sharing.shares import KIND
from dogwatch.sharing.spec import CoveredSpec, HeadPath
from dogwatch.store import events, shares
from dogwatch.store.event_filter import EventFilter
from dogwatch.store.jobs import Job
from dogwatch.store.shares import Share
from dogwatch.volume import sync_directory

if TYPE_CHECKING:
    from dogwatch.events.media import EventMedia
    from dogwatch.polygon import Polygon

ENCODER = (sys.executable, "-m", "dogwatch.sharing.encoder")
COPY_BYTES = 800_000  # a second at 1080p takes about this much
QUEUE_LIMIT = 50
LONGEST_VISIT_S = 3600.0  # persons who came longer before the range are not looked for
MOST_PERSONS = 1000
SAME_S = 2.0  # an export as long as its range, within this, plays at its usual speed


@dataclass(frozen=True, slots=True)
class _Film:
    """What the film is made of; `timed` says that its times are epoch seconds."""

    paths: tuple[str, ...]
    start: float
    end: float
    shifts: tuple[float, ...]
    timed: bool
    footage_s: float


class CopyKind:
    """The kind of job; see `JobKind`."""

    name = KIND
    workers = 1
    queue_limit = QUEUE_LIMIT

    def __init__(
        self,
        content: Content,
        media: EventMedia,
        floor_bytes: Callable[[], int],
        verify: Callable[[], None] = lambda: None,
    ) -> None:
        """Copy what `content` has and pictures that `media` has.

        `floor_bytes` returns what must stay free on the disk, `verify` raises an `OSError` if the disk is missing.
        """
        self._content, self._media, self._floor, self._verify = content, media, floor_bytes, verify

    def run(self, job: Job, control: JobControl) -> dict[str, Any]:
        """Make film and picture; return how much footage is in the film."""
        share = self._share(job)
        film_part, picture_part = (
            self._part(path) for path in (self._content.film(share), self._content.picture(share))
        )
        clean = self._content.folder / f"{share.id}.clean"
        try:
            self._verify()
            self._content.folder.mkdir(parents=True, exist_ok=True)
            film = self._film(share)
            row = self._content.event(share.target) if share.kind == "event" else None
            has_picture = self._write_clean(share, clean)
            if not (film.paths or has_picture):
                raise JobError("there is nothing to show any more")
            self._ask_for_room(film)
            cover: dict[str, Any] = share.cover or {}
            polygons: list[Polygon] = [tuple((x, y) for x, y in points) for points in cover.get("polygons", ())]
            faces = bool(cover.get("faces"))
            spec = CoveredSpec(
                film.paths,
                film.start,
                film.end,
                str(film_part),
                tuple(polygons),
                faces,
                self._heads(share) if faces and film.timed else (),
                film.shifts,
                str(clean) if has_picture else "",
                str(picture_part),
                heads_in_picture(row) if row else (),
            )
            control.step("encoding", 0)
            encoder_process.encode(spec, control, ENCODER)
            self._verify()
            for part in (film_part, picture_part):
                if part.exists():
                    _sync(part)
                    part.rename(part.with_suffix(""))
            sync_directory(self._content.folder)
        except (NoFootageError, MediaError) as error:
            raise JobError(str(error)) from error
        except OSError as error:
            raise JobError(f"the copy cannot be written: {error.strerror or error}") from error
        finally:
            clean.unlink(missing_ok=True)
        return {"footage_s": film.footage_s}

    def undo(self, job: Job) -> None:
        """Remove what was made."""
        self._content.delete_copies(_share_id(job))

    def settle(self, connection: Connection, job: Job) -> None:
        """Let the link show its copy, or end it when there is none."""
        if job.state == "success" and job.result is not None:
            shares.ready(connection, _share_id(job), float(job.result["footage_s"]))
        else:
            shares.end(connection, _share_id(job), job.ended_at or 0.0, f"no copy could be made: {job.error}")

    def _share(self, job: Job) -> Share:
        with self._content.db.read() as connection:
            found = shares.one(connection, _share_id(job))
        if found is None or found.state == shares.ENDED:
            raise JobError("the link has ended")
        return found

    def _film(self, share: Share) -> _Film:
        if share.kind == "export":
            return self._exported(share)
        found = self._content.catalogue.segments(share.camera, share.start_time, share.end_time)
        covered = sum(min(one.end_time, share.end_time) - max(one.start_time, share.start_time) for one in found)
        paths = tuple(str(self._content.media / one.path) for one in found)
        shifts = tuple(one.start_time if one.plain else 0.0 for one in found)
        return _Film(paths, share.start_time, share.end_time, shifts, True, covered)

    def _exported(self, share: Share) -> _Film:
        from dogwatch.media import footage  # PyAV

        export = self._content.export(share.target)
        if export is None:
            raise JobError("the export was deleted")
        path = self._content.exported(export)
        length = footage.probe(path).duration
        if length > LONGEST_COVERED_S:
            raise JobError(f"at most {LONGEST_COVERED_S / 60:.0f} minutes can be shared with covered parts")
        usual = abs(length - (export.end_time - export.date)) < SAME_S
        start = export.date if usual else 0.0
        return _Film((str(path),), start, start + length + SAME_S, (start,), usual, 0.0)

    def _heads(self, share: Share) -> tuple[HeadPath, ...]:
        wanted = EventFilter(
            cameras=(share.camera,), labels=(PERSON,), after=share.start_time - LONGEST_VISIT_S, before=share.end_time,
            limit=MOST_PERSONS,
        )  # fmt: skip
        with self._content.db.read() as connection:
            rows = events.find(connection, wanted)
        # Who is still there has no end yet, and is covered to the end of the film where he was seen last.
        ended = ({**row, "end_time": row["end_time"] or share.end_time} for row in rows)
        found = (head_path(row) for row in ended if row["end_time"] >= share.start_time)
        return tuple(path for path in found if path is not None)

    def _write_clean(self, share: Share, path: Path) -> bool:
        """Write the event's picture to `path`; whether there is one."""
        found = self._media.find(share.target) if share.kind == "event" else None
        data = self._media.clean(found) if found is not None and found.has_snapshot else None
        if data is None:
            return False
        path.write_bytes(data)
        return True

    def _ask_for_room(self, film: _Film) -> None:
        size = int(min(film.end - film.start, LONGEST_SEGMENT_S + LONGEST_COVERED_S) * COPY_BYTES) if film.paths else 0
        if shutil.disk_usage(self._content.folder).free < size + self._floor():
            raise JobError(f"no room: {size >> 20} MiB are needed, and {self._floor() >> 20} MiB must stay free")

    @staticmethod
    def _part(path: Path) -> Path:
        return path.with_name(f"{path.name}.part")


def _share_id(job: Job) -> str:
    return job.id.removeprefix(f"{KIND}_")


def _sync(path: Path) -> None:
    with path.open("rb") as written:
        os.fsync(written.fileno())
