"""Keeps disk and database in step: reconciles them at the start, then deletes what has expired."""

from __future__ import annotations

import asyncio
import logging
from functools import partial

from dogwatch.config import Keeper
from dogwatch.recordings import recovery
from dogwatch.recordings.retention import interval_of
from dogwatch.runtime.parts import CoreParts
from dogwatch.runtime.periodic import every_in_thread, guarded

log = logging.getLogger(__name__)

TOLD_S = 20.0  # by when workers that ran before this core have told of their open files, and others have not grown


class FootageCare:
    """Looks after footage and events on the disk. `run` belongs to the event loop; all work is done in threads."""

    def __init__(self, parts: CoreParts, keeper: Keeper, *, taken_over: bool, began: float) -> None:
        """Do nothing yet.

        Args:
            parts: The parts that do the work.
            keeper: The configuration in force.
            taken_over: Whether cameras were recorded when this core began.
            began: When it began to record, or to take over the recording (epoch s).
        """
        self._parts, self._keeper, self._taken_over = parts, keeper, taken_over
        self._since = began - recovery.OPEN_S if taken_over else began
        self._reconciled = False
        self._returns = 0

    async def run(self) -> None:
        """Reconcile disk and table, and only then begin to delete expired footage; until cancelled."""
        await asyncio.to_thread(guarded, partial(self._reconcile, changes_files=True))
        if self._taken_over:
            await asyncio.sleep(TOLD_S)
            cameras = list(self._keeper.config.cameras)
            await asyncio.to_thread(guarded, partial(self._parts.catalogue.reindex, cameras))

        def interval() -> float:
            return interval_of(self._keeper.config)

        async with asyncio.TaskGroup() as jobs:
            jobs.create_task(self._parts.retention.run(interval))
            jobs.create_task(every_in_thread(interval, self._expire_events))

    def index_anew(self) -> None:
        """Fill the table of a new database from the disk."""
        self._reconcile(changes_files=False)

    def distrust_table(self) -> None:
        """Let nothing expire until the table, which has been replaced, holds all footage again."""
        self._reconciled = False

    def _reconcile(self, *, changes_files: bool) -> None:
        returns = self._parts.catalogue.db.returns
        self._parts.catalogue.reconcile(
            _say_progress, changes_files=changes_files, since=self._since if changes_files else None
        )
        self._reconciled, self._returns = True, returns

    def _expire_events(self) -> None:
        """Expire events and pictures, but not while retention distrusts the clock.

        Nor before the table is known to hold all footage on the disk: an event whose footage has no row would count as
        having lost it. A server that was away may be back before anybody is told of it.
        """
        if not self._reconciled or self._returns != self._parts.catalogue.db.returns:
            self._reconcile(changes_files=False)
        if not self._parts.retention.held():
            self._parts.expiry.run()
        self._parts.preview_care.expire()


def _say_progress(done: int, days: int) -> None:
    if days > 1:
        log.info("looking through the recordings: day %d of %d", done, days)
