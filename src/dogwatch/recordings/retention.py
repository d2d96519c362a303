"""Deletes footage that no rule keeps (see `rules`), or that exceeds a camera's budget."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from dogwatch.errors import unexpected
from dogwatch.recordings import removal
from dogwatch.recordings.clock_jumps import ClockJumpGuard, uptime
from dogwatch.recordings.rules import DAY_S, Rules, expired, over_budget, rules_of
from dogwatch.store import deletions, segment_deletion, segments, spans
from dogwatch.store.database import Database
from dogwatch.store.segments import SegmentRow

if TYPE_CHECKING:
    from dogwatch.config import Config

PAGE = 5000
NOTES_KEPT_S = 90 * DAY_S
_log = logging.getLogger(__name__)


def retention_of(config: Config) -> Mapping[str, Rules]:
    """Return the rules of every camera."""
    return {name: rules_of(camera.record, camera.review) for name, camera in config.cameras.items()}


def interval_of(config: Config) -> float:
    """Return how many seconds lie between two clean-ups."""
    return min([camera.record.expire_interval for camera in config.cameras.values()] or [60]) * 60


class Retention:
    """Applies the rules of all cameras, once an interval."""

    def __init__(
        self,
        db: Database,
        media_root: Path,
        cameras: Mapping[str, Rules],
        *,
        clock: Callable[[], float] = time.time,
        monotonic: Callable[[], float] = uptime,
    ) -> None:
        """Delete footage below `media_root` that the rules of `cameras` do not keep.

        Footage of cameras that are no longer configured is deleted only by the free-space floor.
        """
        self._db, self._media_root, self._cameras, self._clock = db, media_root, cameras, clock
        self._clock_guard, self._every_s = ClockJumpGuard(db, clock, monotonic), 0.0

    def configure(self, cameras: Mapping[str, Rules]) -> None:
        """Apply these rules from the next run on."""
        self._cameras = cameras

    def held(self) -> bool:
        """Read the clock; return whether nothing may be deleted for its age, because the clock jumped ahead."""
        return self._clock_guard.holds(self._every_s)

    @property
    def held_until(self) -> float:
        """Until when nothing is deleted for its age, because the clock jumped ahead (epoch s); 0 if it did not."""
        return self._clock_guard.held_until

    async def run(self, interval: Callable[[], float]) -> None:
        """Delete expired footage until cancelled, beginning now; `interval` gives the seconds until the next time."""
        while True:
            interval_s = self._every_s = interval()
            try:
                await asyncio.to_thread(self.expire)
            except Exception as error:  # noqa: BLE001 - the next attempt may succeed, and nothing else would make one
                why = unexpected(error)
                _log.error("retention failed; trying again in %.0f s: %s", interval_s, error, exc_info=why)
            await asyncio.sleep(interval_s)

    def expire(self) -> int:
        """Delete all expired footage; return the bytes freed. For worker threads."""
        freed = 0
        now = self._clock()  # before the guard reads the clock: a jump between the two makes nothing older
        held = self.held()
        for camera, rules in self._cameras.items():
            freed += 0 if held else self._expire_camera(camera, rules, now)
            freed += self._keep_budget(camera, rules)
        if freed:
            self._db.write(segment_deletion.drop_unused_inits)
        if not held:
            self._db.write(lambda connection: deletions.expire(connection, now - NOTES_KEPT_S))
        return freed

    def _expire_camera(self, camera: str, rules: Rules, now: float) -> int:
        cutoff, freed, after = now - max(rules.continuous_s, rules.settle_s), 0, 0.0
        while True:
            page, gone = self._expired_page(camera, rules, now, cutoff, after)
            freed += removal.remove(self._db, self._media_root, gone, "retention", clock=self._clock)
            if len(page) < PAGE:
                return freed
            after = page[-1].start_time

    def _expired_page(
        self, camera: str, rules: Rules, now: float, cutoff: float, after: float
    ) -> tuple[list[SegmentRow], list[SegmentRow]]:
        """Return a page of segments, and those of them that have expired, from one consistent read."""
        with self._db.read() as connection:
            page = segments.ended_before(connection, camera, cutoff, after, PAGE)
            if not page:
                return [], []
            start = page[0].start_time - rules.post_s
            end = max(span.end_time for span in page) + rules.pre_s
            items = spans.items_between(connection, camera, start, end)
            items += spans.events_between(connection, camera, start, end)
            items += spans.exporting_between(connection, camera, start, end)
            unseen = segments.unseen(connection, camera, start, end)
        return page, list(expired(page, items, rules, now, unseen))

    def _keep_budget(self, camera: str, rules: Rules) -> int:
        if rules.budget_bytes is None:
            return 0
        freed = 0
        while True:
            with self._db.read() as connection:
                used = segments.usage(connection, camera).get(camera, 0)
                oldest = segments.oldest(connection, PAGE, camera)
            gone = list(over_budget(oldest, used, rules.budget_bytes))
            size = removal.remove(self._db, self._media_root, gone, "budget", clock=self._clock)
            freed += size
            if size == 0 or len(gone) < len(oldest):
                return freed
