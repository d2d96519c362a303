"""Runs an import: one kind after the other, each resumable."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from dogwatch.auth.accounts import BUILT_IN
from dogwatch.auth.caller import ANONYMOUS_ADMIN
from dogwatch.errors import DogwatchError
from dogwatch.importing import accounts, event_rows, faces, history_rows, media_rows
from dogwatch.importing.files import FileCarrier
from dogwatch.importing.films import FilmImport
from dogwatch.importing.footage import FootageImport
from dogwatch.importing.history import HistoryImport
from dogwatch.importing.layout import InstallationLayout
from dogwatch.importing.pictures import PictureImport
from dogwatch.importing.report import ImportReport
from dogwatch.importing.source import SourceDatabase
from dogwatch.recordings import volume
from dogwatch.store.database import Database

Wanted = Literal["link", "copy", "none"]
_SMALL = ("clips", "exports")
_TABLES = (
    event_rows.TABLE,
    history_rows.REVIEWS,
    history_rows.SEEN,
    history_rows.TIMELINE,
    media_rows.RECORDINGS,
    media_rows.PREVIEWS,
    media_rows.EXPORTS,
)


@dataclass(frozen=True, slots=True)
class ImportTask:
    """What is asked for: an installation, where it goes, and how footage comes over.

    `roles` are those of the configuration beside admin and viewer; `floor_bytes` stay free on the disk.
    """

    layout: InstallationLayout
    media: Path
    footage: Wanted
    roles: Sequence[str] = ()
    floor_bytes: int = 0


def total(layout: InstallationLayout) -> int:
    """Return how many rows an import reads.

    Raises:
        DogwatchError: The database cannot be read.
    """
    if layout.database is None:
        return 0
    source = SourceDatabase(layout.database)
    try:
        return sum(source.count(table) for table in _TABLES)
    finally:
        source.close()


def run(
    task: ImportTask, db: Database | None, report: ImportReport, progress: Callable[[int], object] = lambda _: None
) -> None:
    """Bring everything but the configuration over; without a database, only look at it.

    Raises:
        DogwatchError: Files cannot be brought in the way that is asked for, or a database cannot be read or written.
    """
    layout = task.layout
    if layout.media == task.media.resolve():
        raise DogwatchError(f"{layout.media} is the data directory itself: give Dogwatch another one (--data)")
    carrier = FileCarrier(layout.media, task.media, "copy" if task.footage == "copy" else "link", dry=db is None)
    if db is not None:
        volume.check(db, task.media)
        carrier = _checked(task, carrier)
    faces.bring(carrier, report)
    if layout.database is None:
        report.note("there is no database: only faces are brought over")
        return
    source = SourceDatabase(layout.database)
    try:
        _bring_rows(task, source, db, carrier, report, progress)
    finally:
        source.close()
        carrier.sync()


def _checked(task: ImportTask, carrier: FileCarrier) -> FileCarrier:
    """Return a carrier that works: pictures are copied where they cannot be linked, if footage is not asked for."""
    if task.footage != "none":
        carrier.check(("recordings", "clips", "exports"), task.floor_bytes)
        return carrier
    try:
        carrier.check(_SMALL, task.floor_bytes)
    except DogwatchError:
        carrier = FileCarrier(carrier.source, carrier.target, "copy")
        carrier.check(_SMALL, task.floor_bytes)
    return carrier


def _bring_rows(
    task: ImportTask,
    source: SourceDatabase,
    db: Database | None,
    carrier: FileCarrier,
    report: ImportReport,
    progress: Callable[[int], object],
) -> None:
    names = accounts.bring(source, db, task.roles, report)
    history = HistoryImport(source, db, PictureImport(task.layout, carrier, report), report, progress)
    if task.footage == "none":
        for kind, table in (("recordings", media_rows.RECORDINGS), ("previews", media_rows.PREVIEWS)):
            if number := source.count(table):
                report.leave(kind, "it was not asked for", number=number)
    else:
        # Footage first: events and items without any are deleted when Dogwatch runs.
        FootageImport(task.layout, source, db, carrier, report, progress).bring()
        FilmImport(task.layout, db, carrier, report, progress).previews(source)
    history.events()
    history.reviews(list(dict.fromkeys([ANONYMOUS_ADMIN.username, BUILT_IN, *names])))
    history.timeline()
    FilmImport(task.layout, db, carrier, report, progress).exports(source)
