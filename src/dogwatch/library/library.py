"""The library of video files: its parts, and what the configuration says about them."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from dogwatch.errors import unexpected
from dogwatch.jobs.kinds import JobKind
from dogwatch.jobs.runner import JobRunner
from dogwatch.library.analyses import FileAnalyses
from dogwatch.library.analysis_job import FileAnalysisKind, Searches
from dogwatch.library.catalogue import FileCatalogue
from dogwatch.library.catalogue_order import CatalogueOrder
from dogwatch.library.clip_spool import ClipSpool
from dogwatch.library.file_store import FileStore, StoreLimits
from dogwatch.library.file_workers import FileWorkers
from dogwatch.library.film_choices import FilmChoices
from dogwatch.library.frame_indexes import FrameIndexes
from dogwatch.library.indexing import FileIndexer
from dogwatch.library.ports import FaceNames, Indexer
from dogwatch.library.rendition_cache import RenditionCache
from dogwatch.library.renditions import Renditions
from dogwatch.library.still_cache import StillCache
from dogwatch.library.stills import FrameStills
from dogwatch.library.traces import FileTraces
from dogwatch.library.uploads import Uploads

if TYPE_CHECKING:
    from dogwatch.config import Config
    from dogwatch.store.database import Database
    from dogwatch.store.jobs import Job

EXPIRY_S = 600.0
STILLS, STILL_SHARE = "stills", 10
"""The part of the cache that pictures of single frames may take: a tenth."""
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class LibrarySettings:
    """What the library takes from the configuration; `encoders` is 0 for as many as suit this machine."""

    roots: tuple[str, ...]
    limits: StoreLimits
    encoders: int
    cache_bytes: int
    clip_max_s: int


def library_of(config: Config) -> LibrarySettings:
    """Return the settings of the library."""
    files = config.files
    total = files.max_total_mb
    limits = StoreLimits(
        floor_bytes=config.record.space.floor << 20,
        total_bytes=None if total is None else total << 20,
        file_bytes=files.max_size_mb << 20,
    )
    return LibrarySettings(tuple(files.roots), limits, files.encoders or 0, files.cache_mb << 20, files.clip_max_s)


class FileLibrary:
    """Video files and what is made of them. One for the program."""

    def __init__(
        self,
        db: Database,
        root: Path,
        settings: LibrarySettings,
        searches: Searches,
        *,
        indexer: Indexer | None = None,
        faces: FaceNames | None = None,
        present: Callable[[], None] = lambda: None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """Keep files below `root`; nothing runs until `start`.

        Args:
            db: The database.
            root: The directory of the files.
            settings: As `library_of` returns them.
            searches: Returns which detector looks for what.
            indexer: Looks at files; None for file workers.
            faces: Names the faces that are found in files; None if nobody does.
            present: Raises an `OSError` while the disk of `root` is missing.
            clock: Gives epoch seconds.
        """
        self.store = FileStore(root, settings.limits, present)
        self.workers = FileWorkers(settings.encoders)
        self.catalogue = FileCatalogue(db, self.store, indexer or FileIndexer(self.workers), clock)
        self.order = CatalogueOrder(db, self.catalogue, clock)
        self.workers.damaged = self.catalogue.note_damage
        self.uploads = Uploads(db, self.catalogue, clock)
        self.indexes = FrameIndexes(self.store)
        self.films = FilmChoices(db, self.indexes)
        self.clips = ClipSpool(self.store.cache)
        self.renditions = Renditions(self.workers, RenditionCache(self.store.cache, 0))
        self.catalogue.on_drop(lambda file: self.renditions.drop(file.uuid))
        self.traces = FileTraces(db)
        self.analysis_kind = FileAnalysisKind(db, self.catalogue, self.workers, searches, self.renditions.drop, faces)
        self.db = db
        stills = StillCache(self.store.cache / STILLS, settings.cache_bytes // STILL_SHARE)
        self.stills = FrameStills(db, self.workers, stills)
        self.catalogue.on_drop(lambda file: self.stills.cache.drop(file.uuid))
        self._care: asyncio.Task[None] | None = None
        self.settings = settings
        self.configure(settings)

    def kinds(self) -> list[JobKind]:
        """Return the kinds of jobs that work on files."""
        return [self.analysis_kind]

    def use(self, jobs: JobRunner) -> None:
        """Take the runner with which `kinds` are registered."""
        self.analyses = FileAnalyses(self.db, jobs, self.analysis_kind)
        self.catalogue.on_drop(self.analyses.drop)

    def job_changed(self, job: Job) -> None:
        """Take note of a job that has changed."""
        self.analyses.changed(job)

    def configure(self, settings: LibrarySettings) -> None:
        """Use these settings from now on."""
        self.settings = settings
        self.workers.set_encoders(settings.encoders)
        self.store.limits = settings.limits
        self.renditions.cache.limit_bytes = settings.cache_bytes - settings.cache_bytes // STILL_SHARE
        self.renditions.cache.floor_bytes = self.clips.floor_bytes = settings.limits.floor_bytes
        self.stills.cache.limit_bytes = settings.cache_bytes // STILL_SHARE
        self.catalogue.roots = settings.roots

    def start(self) -> None:
        """Go on with what was cut off, and look after what expires. Call it in the event loop."""
        self._care = asyncio.create_task(self._look_after())

    async def close(self) -> None:
        """Stop what runs; the next start goes on with it."""
        if self._care is not None:
            self._care.cancel()
            await asyncio.gather(self._care, return_exceptions=True)
        await self.renditions.close()
        await self.stills.close()
        await self.catalogue.close()
        await asyncio.to_thread(self.workers.close)

    async def _look_after(self) -> None:
        await _guarded(partial(asyncio.to_thread, self.renditions.cache.sweep))
        await _guarded(partial(asyncio.to_thread, self.stills.cache.sweep))
        await _guarded(self.order.resume)
        await _guarded(partial(asyncio.to_thread, self.analyses.sweep))
        while True:
            await _guarded(self.uploads.expire)
            await _guarded(self.order.tidy)
            await asyncio.sleep(EXPIRY_S)


async def _guarded(work: Callable[[], Coroutine[None, None, None]]) -> None:
    """Do something again and again, whatever happens: what fails is logged."""
    try:
        await work()
    except Exception as error:  # noqa: BLE001 - it is logged, and tried again
        _log.warning("video files are not looked after: %s", error, exc_info=error if unexpected(error) else None)
