"""Brings previews and exports over."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from functools import partial
from pathlib import PurePosixPath

from sqlalchemy import Connection

from dogwatch.errors import DogwatchError, MediaError
from dogwatch.importing import media_rows
from dogwatch.importing.files import FileCarrier
from dogwatch.importing.layout import InstallationLayout, LeftOutError
from dogwatch.importing.media_rows import FilmRow
from dogwatch.importing.report import ImportReport
from dogwatch.importing.source import SourceDatabase
from dogwatch.store import exports, previews
from dogwatch.store.database import Database
from dogwatch.store.exports import Export
from dogwatch.store.previews import Preview

PREVIEWS, EXPORTS = "previews", "exports"


class FilmImport:
    """Brings the films of one installation over; without a database it only looks at the files."""

    def __init__(
        self,
        layout: InstallationLayout,
        db: Database | None,
        carrier: FileCarrier,
        report: ImportReport,
        progress: Callable[[int], object],
    ) -> None:
        """Bring files by `carrier` and write to `db`."""
        self._layout, self._db, self._carrier = layout, db, carrier
        self._report, self._progress = report, progress

    def previews(self, source: SourceDatabase) -> None:
        """Bring previews over."""
        try:
            for rows in source.rows(media_rows.PREVIEWS, media_rows.PREVIEW_COLUMNS):
                found: list[Preview] = []
                for row in rows:
                    with self._report.leaving(PREVIEWS, row.get("id")):
                        found.append(self._preview(media_rows.preview(row)))
                self._report_all(PREVIEWS, len(found), self._write(partial(_add_previews, found)))
                self._progress(len(rows))
        except DogwatchError as error:
            self._report.leave(PREVIEWS, str(error))

    def exports(self, source: SourceDatabase) -> None:
        """Bring exports over, and tell of files that belong to none."""
        listed: set[str] = set()
        try:
            for rows in source.rows(media_rows.EXPORTS, media_rows.EXPORT_COLUMNS):
                found: list[Export] = []
                for row in rows:
                    listed.add(PurePosixPath(str(row.get("video_path"))).name)
                    with self._report.leaving(EXPORTS, row.get("id")):
                        found.append(self._export(media_rows.export(row)))
                self._report_all(EXPORTS, len(found), self._write(partial(_add_exports, found)))
                self._progress(len(rows))
        except DogwatchError as error:
            self._report.leave(EXPORTS, str(error))
        self._unlisted(listed)

    def _preview(self, film: FilmRow) -> Preview:
        path = f"clips/previews/{film.camera}/{film.file}"
        self._carrier.bring(self._layout.inside(film.origin), path)
        return Preview(film.id, film.camera, path, film.start_time, film.end_time)

    def _export(self, film: FilmRow) -> Export:
        from dogwatch.media import footage

        origin = self._layout.inside(film.origin)
        found = self._carrier.stat(origin)
        try:
            length = footage.probe(self._carrier.source / origin).duration
        except MediaError:
            raise LeftOutError("its file does not play") from None
        self._carrier.bring(origin, f"exports/{film.file}")
        if film.thumb:
            with suppress(LeftOutError):  # it does without
                self._carrier.bring(self._layout.inside(film.thumb), f"clips/export/{film.id}.webp")
        film = replace(film, end_time=film.start_time + length)
        return Export(
            film.id,
            film.camera,
            film.name,
            film.start_time,
            film.end_time,
            film.file,
            False,
            found.st_size,
            found.st_mtime,
            None,
        )

    def _unlisted(self, listed: set[str]) -> None:
        folder = self._carrier.source / "exports"
        if folder.is_dir():
            for path in sorted(folder.glob("*.mp4")):
                if path.name not in listed:
                    self._report.leave(EXPORTS, "no row names its file", path.name)

    def _write(self, write: Callable[[Connection], int]) -> int | None:
        return self._db.write(write) if self._db is not None else None

    def _report_all(self, kind: str, found: int, fresh: int | None) -> None:
        self._report.bring(kind, found if fresh is None else fresh)
        self._report.keep(kind, 0 if fresh is None else found - fresh)


def _add_previews(found: list[Preview], connection: Connection) -> int:
    fresh = [one for one in found if previews.one(connection, one.id) is None]
    for one in fresh:
        previews.put(connection, one)
    return len(fresh)


def _add_exports(found: list[Export], connection: Connection) -> int:
    count = 0
    for one in found:
        if exports.one(connection, one.id) is None and exports.of_file(connection, one.file) is None:
            exports.add(connection, one)
            count += 1
    return count
