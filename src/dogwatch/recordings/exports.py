"""Exports: a range of recordings as a file that stays until a user deletes it.

An export is a row, a job and a file. The row is added when the export is requested, and is `in_progress` until its job
has succeeded. The job writes `exports/.<file>.part`, syncs it, and renames it. When a job fails or is cancelled, its
row is deleted in the same transaction.
"""

from __future__ import annotations

import datetime
import re
import secrets
import zoneinfo
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from dogwatch.errors import ConflictError, NoFootageError, NotFoundError, RefusedError
from dogwatch.jobs.runner import JobRunner
from dogwatch.model import ID_ALPHABET
from dogwatch.recordings.catalogue import Catalogue
from dogwatch.recordings.export_cases import ExportCases
from dogwatch.recordings.preview_catalogue import PreviewCatalogue
from dogwatch.store import exports
from dogwatch.store.database import Database
from dogwatch.store.exports import Export, ExportFilter

KIND = "export"
NAME_LIMIT = 256
_FILE = re.compile(
    r"(?P<camera>[\w-]{1,100})_(?P<first>\d{8}_\d{6})-(?P<last>\d{8}_\d{6})_(?P<tag>[a-z0-9]{6})\.mp4", re.ASCII
)

Playback = Literal["realtime", "timelapse_25x"]
Source = Literal["recordings", "preview"]
Chapters = Literal["none", "recording_segments", "review_items"]


@dataclass(frozen=True, slots=True)
class ExportRequest:
    """A requested export; see docs/api/exports.md. `image` is a file, checked already."""

    camera: str
    start: float
    end: float
    playback: Playback = "realtime"
    name: str | None = None
    image: str | None = None
    case_id: str | None = None
    chapters: Chapters | None = None
    owner: str = ""
    source: Source = "recordings"


def of_path(path: Path, zone: datetime.tzinfo | None) -> Export | None:
    """Return the export whose file lies at `path`, as far as file and name tell; None if it is no export's.

    Names have times of `zone`, or of the machine's.

    Raises:
        OSError: There is no such file.
    """
    found = _FILE.fullmatch(path.name)
    if found is None:
        return None
    stat = path.stat()
    try:
        first, last = (_read_time(found[name], zone) for name in ("first", "last"))
    except (ValueError, OverflowError, OSError):
        return None
    camera = found["camera"]
    return Export(
        id=f"{camera}_{found['tag']}",
        camera=camera,
        name=path.stem.replace("_", " ")[:NAME_LIMIT],
        date=first,
        end_time=last,
        file=path.name,
        in_progress=False,
        size_bytes=stat.st_size,
        created_at=stat.st_mtime,
        case_id=None,
    )


def _read_time(text: str, zone: datetime.tzinfo | None) -> float:
    return datetime.datetime.strptime(text, "%Y%m%d_%H%M%S").replace(tzinfo=zone).timestamp()


class Exports:
    """All exports of one program. The methods wait for the database."""

    def __init__(
        self,
        db: Database,
        catalogue: Catalogue,
        previews: PreviewCatalogue,
        jobs: JobRunner,
        media_root: Path,
        *,
        clock: Callable[[], float],
        timezone: str | None = None,
        verify: Callable[[], None] = lambda: None,
    ) -> None:
        """Keep exports in `exports/` below `media_root`; names are made in `timezone` (IANA), or the machine's.

        `verify` raises an `OSError` if the disk of `exports/` is missing.
        """
        self._verify = verify
        self._previews = previews
        self._db, self._catalogue, self._jobs, self._media, self._clock = db, catalogue, jobs, media_root, clock
        self.cases = ExportCases(db, clock)
        self.configure(timezone)

    def configure(self, timezone: str | None) -> None:
        """Name exports in `timezone` from now on."""
        self.zone = zoneinfo.ZoneInfo(timezone) if timezone else None

    def begin(self, wanted: ExportRequest) -> Export:
        """Queue an export.

        Raises:
            NoFootageError: Nothing was recorded in the range.
            RefusedError: The range is empty.
            NotFoundError: There is no such case.
            QueueFullError: Too many exports are waiting.
        """
        if wanted.end <= wanted.start:
            raise RefusedError("The end of the range is not after its start.")
        end = min(wanted.end, self._clock())
        of_previews = wanted.source == "preview"
        find = self._previews.has_pictures if of_previews else self._catalogue.segments
        if wanted.start >= end or not find(wanted.camera, wanted.start, end):
            raise NoFootageError(f"No {'previews' if of_previews else 'recordings'} found for time range")
        if wanted.case_id is not None:
            self.cases.one(wanted.case_id)
        tag = "".join(secrets.choice(ID_ALPHABET) for _ in range(6))
        first, last = (self._local(time).strftime("%Y%m%d_%H%M%S") for time in (wanted.start, wanted.end))
        export = Export(
            id=f"{wanted.camera}_{tag}",
            camera=wanted.camera,
            name=wanted.name or self._name(wanted),
            date=wanted.start,
            end_time=end,
            file=f"{wanted.camera}_{first}-{last}_{tag}.mp4",
            in_progress=True,
            size_bytes=0,
            created_at=self._clock(),
            case_id=wanted.case_id,
        )
        params = {
            "start": wanted.start,
            "end": end,
            "playback": wanted.playback,
            "source": wanted.source,
            "image": wanted.image,
            "chapters": wanted.chapters,
            "name": export.name,
            "file": export.file,
            "case_id": export.case_id,
        }
        self._jobs.submit(
            KIND,
            export.id,
            params,
            camera=wanted.camera,
            owner=wanted.owner,
            beside=lambda connection: exports.add(connection, export),
        )
        return export

    def listed(self, wanted: ExportFilter) -> list[Export]:
        """Return exports, newest range first."""
        with self._db.read(once=True) as connection:
            return exports.listed(connection, wanted)

    def one(self, export_id: str) -> Export:
        """Return an export.

        Raises:
            NotFoundError: There is no such export.
        """
        with self._db.read() as connection:
            found = exports.one(connection, export_id)
        if found is None:
            raise NotFoundError("Export not found")
        return found

    def named(self, name: str) -> Export:
        """Return an export by its id or by its file's name, with or without `.mp4`, as older clients use it.

        Raises:
            NotFoundError: There is no such export.
        """
        with self._db.read() as connection:
            found = exports.one(connection, name)
            found = found or exports.of_file(connection, name) or exports.of_file(connection, f"{name}.mp4")
        if found is None:
            raise NotFoundError("Export not found")
        return found

    def rename(self, name: str, new: str) -> Export:
        """Give an export another name.

        Raises:
            NotFoundError: There is no such export.
        """
        export = self.named(name)
        self._db.write(lambda connection: exports.rename(connection, export.id, new))
        return export

    def delete(self, names: Iterable[str]) -> list[Export]:
        """Delete exports with their files, all or none of them.

        Raises:
            NotFoundError: One of them does not exist.
            ConflictError: One of them is in progress.
            OSError: The disk is missing, or a file cannot be deleted.
        """
        found = [self.named(name) for name in names]
        if any(one.in_progress for one in found):
            raise ConflictError("The export is still in progress.")
        self._verify()
        for one in found:
            self.file(one).unlink(missing_ok=True)
            self.thumb(one).unlink(missing_ok=True)
        self._db.write(lambda connection: exports.drop(connection, [one.id for one in found]))
        return found

    def assign(self, ids: Iterable[str], case_id: str | None) -> None:
        """Put exports into a case, or into none.

        Raises:
            NotFoundError: One of them, or the case, does not exist.
        """
        found = [self.one(one).id for one in ids]
        if case_id is not None:
            self.cases.one(case_id)
        self._db.write(lambda connection: exports.assign(connection, found, case_id))

    def remove_leftovers(self) -> None:
        """Remove unfinished files, and rows in progress that have no job. Call it at start."""
        folder = self._media / "exports"
        running = {job.id for job in self._jobs.listed(KIND, None, live=True)}
        rows = [one for one in self.listed(ExportFilter()) if one.in_progress and one.id not in running]
        if rows:
            self._db.write(lambda connection: exports.drop(connection, [one.id for one in rows]))
        for path in folder.glob(".*.part"):
            path.unlink(missing_ok=True)

    def file(self, export: Export) -> Path:
        """Return the path of an export's file, which may not exist yet."""
        return self._media / "exports" / export.file

    def thumb(self, export: Export) -> Path:
        """Return the path of an export's picture, which may not exist yet."""
        return self._media / "clips" / "export" / f"{export.id}.webp"

    def delete_case(self, case_id: str, *, with_exports: bool) -> None:
        """Delete a case, and its exports if asked for.

        Raises:
            NotFoundError: There is no such case.
            ConflictError: One of the exports is in progress.
        """
        self.cases.one(case_id)
        if with_exports:
            self.delete([one.id for one in self.listed(ExportFilter(case=case_id))])
        self._db.write(lambda connection: exports.drop_case(connection, case_id))

    # ------------------------------------------------------------ names

    def _local(self, time: float) -> datetime.datetime:
        at = datetime.datetime.fromtimestamp(time, datetime.UTC)
        return at.astimezone(self.zone)

    def _name(self, wanted: ExportRequest) -> str:
        first, last = (f"{self._local(time):%Y-%m-%d %H:%M:%S}" for time in (wanted.start, wanted.end))
        return f"{wanted.camera.replace('_', ' ')} {first} {last}"[:NAME_LIMIT]
