"""Checks the database while Dogwatch runs: that its file is in place, undamaged, and backed up."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from dogwatch.errors import StoreDamagedError, StoreError, unexpected
from dogwatch.store import backup
from dogwatch.store.backup import Account
from dogwatch.store.database import Database
from dogwatch.store.mending import Mending
from dogwatch.store.online_copy import Pace

LOOK_S = 5.0
DUE_S = 20.0  # between looks whether a backup is due
HOUR_S, DAY_S = 3600.0, 86_400.0
S_PER_BYTE = 60 / (1 << 20)  # a large database is backed up less often: a MiB a minute is written, or once a day
SOON_S = 300.0  # between backups when accounts have changed: an old backup must not bring a deleted one back
RETRY_S = 10.0  # after a backup that failed, as on a disk that was full or read-only for a while
_log = logging.getLogger(__name__)


class DatabaseCare:
    """Checks a database, and backs up one of SQLite. `run` belongs to the event loop; all work is done in threads."""

    def __init__(
        self,
        db: Database,
        mended: Callable[[], None],
        *,
        returned: Callable[[], None] = lambda: None,
        place_present: Callable[[], None] = lambda: None,
        clock: Callable[[], float] = time.time,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """Look after `db`.

        Args:
            db: The database.
            mended: Called when its file was replaced.
            returned: Called when its server is there again after it was away.
            place_present: Raises an OSError while the disk of the backups is missing.
            clock: Gives the epoch time in seconds.
            monotonic: Gives monotonic seconds.
        """
        self._place_present = place_present
        self._db, self._mended, self._returned = db, mended, returned
        self._clock, self._monotonic = clock, monotonic
        self._handled, self._returns = self._latest(), db.returns
        self._compared: tuple[Path, list[Account] | None] | None = None
        self._tried = self._looked = float("-inf")
        self._leaving = False
        self.failing = ""
        """Why the last backup failed; empty if it did not."""
        self.last_backup: float | None = None

    async def run(self) -> None:
        """Check every few seconds, until cancelled."""
        jobs: dict[str, asyncio.Task[None]] = {"inspect": self._in_thread(self._db.inspect)}
        due: set[str] = set()
        try:
            while True:
                await asyncio.to_thread(self._guarded, self._db.look)
                looks = {
                    "mended": self._is_new(self._latest()),
                    "returned": self._has_returned(),
                    "backup": self._looks(),
                }
                due.update(name for name, found in looks.items() if found)
                # These take as long as there is footage, and the file may vanish again meanwhile.
                for name, job in (("mended", self._mended), ("returned", self._returned), ("backup", self.back_up)):
                    if name in due and (name not in jobs or jobs[name].done()):
                        jobs[name] = self._in_thread(job)
                        due.discard(name)
                await asyncio.sleep(LOOK_S)
        finally:
            self._leaving = True
            for task in jobs.values():
                task.cancel()

    def back_up(self) -> None:
        """Back up the database if that is due."""
        path, now = self._db.path, self._clock()
        if path is None or not self._may_try():
            return
        found = backup.existing(path)
        stat = found[0].stat() if found else None
        if stat is not None:
            self.last_backup = stat.st_mtime
            wait = SOON_S if self._accounts_changed(found[0]) else max(HOUR_S, stat.st_size * S_PER_BYTE)
            if 0 <= now - stat.st_mtime < min(wait, DAY_S):
                return
        self._tried = self._monotonic()
        try:
            self._place_present()
            made = backup.make(path, now, Pace("backing up the database", rests=True, stop=lambda: self._leaving))
        except StoreDamagedError:
            self._db.inspect()
            raise
        except (StoreError, OSError) as error:
            if str(error) != self.failing:
                _log.error("%s", error)
            self.failing = str(error)
            return
        self.failing, self.last_backup = "", now
        _log.info("the database was backed up: %s", made.name)

    def state(self) -> dict[str, Any]:
        """Return what `/api/stats` tells of the database."""
        return {
            "problem": self._db.problem or self.failing,
            "last_backup": self.last_backup,
            "mended": [asdict(one) for one in list(self._db.mendings)],
        }

    def _may_try(self) -> bool:
        return self._monotonic() - self._tried >= (RETRY_S if self.failing else SOON_S)

    def _looks(self) -> bool:
        """Whether to look now if a backup is due: reading accounts and backups every few seconds would cost more."""
        wanted = self._may_try() and (bool(self.failing) or self._monotonic() - self._looked >= DUE_S)
        if wanted:
            self._looked = self._monotonic()
        return wanted

    def _accounts_changed(self, newest: Path) -> bool:
        """Whether the accounts are others than in the backup `newest`."""
        if self._compared is None or self._compared[0] != newest:
            try:
                self._compared = newest, backup.accounts(newest)
            except sqlite3.Error:  # it is damaged
                self._compared = newest, None
        with self._db.read() as connection:
            return backup.accounts_now(connection) != self._compared[1]

    def _latest(self) -> Mending | None:
        return self._db.mendings[-1] if self._db.mendings else None

    def _is_new(self, latest: Mending | None) -> bool:
        new, self._handled = latest is not self._handled, latest
        return new

    def _has_returned(self) -> bool:
        before, self._returns = self._returns, self._db.returns
        return self._returns != before

    def _in_thread(self, job: Callable[[], None]) -> asyncio.Task[None]:
        return asyncio.create_task(asyncio.to_thread(self._guarded, job))

    def _guarded(self, job: Callable[[], None]) -> None:
        try:
            job()
        except Exception as error:  # noqa: BLE001 - the next check may succeed
            if self._leaving:
                return
            _log.error("the database cannot be looked after: %s", error, exc_info=unexpected(error))
