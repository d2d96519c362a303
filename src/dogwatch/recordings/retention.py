"""Decides what is old enough to go (contract, section 20.7), and lets it go.

A segment stays while any of these holds: it is younger than `continuous` days; it is younger than `motion` days and
holds motion or sound; it overlaps an alert or a detection (with `pre_capture` and `post_capture` around it) that is
younger than its own days, and satisfies that one's mode. What nobody has analysed counts as motion and as active
objects: recordings are never deleted because detection was down or off.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from dogwatch.config.record import RecordConfig, ReviewRecordConfig
from dogwatch.recordings import removal
from dogwatch.recordings.leaps import LeapGuard
from dogwatch.store import deletions, segments
from dogwatch.store.database import Database
from dogwatch.store.segments import Span
from dogwatch.store.spans import Item, items_before

DAY_S = 86400.0
SOUND_DBFS = -36.3  # 20 log10(500 / 32768): the contract's default `audio.min_volume`
PAGE = 5000
NOTES_KEPT_S = 90 * DAY_S
MEGABYTE = 1 << 20
Mode = Literal["all", "motion", "active_objects"]
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ItemRule:
    """How long footage of review items of one severity is kept, and which of it; times in seconds."""

    keep_s: float
    mode: Mode
    pre_s: float = 5.0
    post_s: float = 5.0


@dataclass(frozen=True, slots=True)
class Rules:
    """The retention of one camera; times in seconds, `budget_bytes` None for no limit."""

    continuous_s: float
    motion_s: float
    items: Mapping[str, ItemRule]
    budget_bytes: int | None = None


def rules_of(record: RecordConfig) -> Rules:
    """Return the rules that a camera's `record` section means."""

    def item(section: ReviewRecordConfig) -> ItemRule:
        keep = section.retain
        return ItemRule(keep.days * DAY_S, keep.mode, section.pre_capture, section.post_capture)

    budget = None if record.budget is None else record.budget * MEGABYTE
    items = {"alert": item(record.alerts), "detection": item(record.detections)}
    return Rules(record.continuous.days * DAY_S, record.motion.days * DAY_S, items, budget)


def satisfies(span: Span, mode: Mode) -> bool:
    """Whether `span` holds what `mode` asks for, or might: nobody has looked."""
    if mode == "motion":
        return span.motion is None or span.motion > 0 or (span.dbfs is not None and span.dbfs > SOUND_DBFS)
    if mode == "active_objects":
        return span.objects is None or span.objects > 0
    return True


def expired(spans: Iterable[Span], items: Iterable[Item], rules: Rules, now: float) -> Iterator[Span]:
    """Yield those of `spans` (oldest first) that no rule keeps. Pure.

    `items` are the camera's review items in any order; those still running have no `end_time`.
    """
    keepers = sorted(_keepers(items, rules, now), key=lambda keeper: keeper[0])
    current: list[tuple[float, float, Mode]] = []
    at = 0
    for span in spans:
        age = now - span.end_time
        while at < len(keepers) and keepers[at][0] < span.end_time:
            current.append(keepers[at])
            at += 1
        current = [keeper for keeper in current if keeper[1] > span.start_time]
        if age < rules.continuous_s or (age < rules.motion_s and satisfies(span, "motion")):
            continue
        if not any(keeper[0] < span.end_time and satisfies(span, keeper[2]) for keeper in current):
            yield span


def over_budget(oldest: Iterable[Span], used: int, budget: int | None) -> Iterator[Span]:
    """Yield from `oldest` (oldest first) until no more than `budget` of the `used` bytes is left. Pure."""
    if budget is None:
        return
    for span in oldest:
        if used <= budget:
            return
        used -= span.size_bytes
        yield span


def _keepers(items: Iterable[Item], rules: Rules, now: float) -> Iterator[tuple[float, float, Mode]]:
    """Yield what the items that still count keep: from, to, and the mode that a segment must satisfy."""
    for item in items:
        rule = rules.items.get(item.severity)
        if rule is None:
            continue
        end = float("inf") if item.end_time is None else item.end_time
        if now - end < rule.keep_s:
            yield item.start_time - rule.pre_s, end + rule.post_s, rule.mode


class Retention:
    """Applies the rules of all cameras, once an interval."""

    def __init__(
        self,
        db: Database,
        media_root: Path,
        records: Callable[[], Mapping[str, RecordConfig]],
        *,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """Delete below `media_root` what `records` (camera -> its `record` section) does not keep.

        Cameras that are no longer configured are left alone: only the free-space floor takes their footage.
        """
        self._db, self._media_root, self._records, self._clock = db, media_root, records, clock
        self._leaps, self._every_s = LeapGuard(db, clock), 0.0
        self.held = False
        """Whether nothing goes for its age, because the clock has leapt ahead; see `leaps`."""

    async def run(self, interval_s: float) -> None:
        """Expire every `interval_s` seconds until cancelled, beginning now."""
        self._every_s = interval_s
        while True:
            try:
                await asyncio.to_thread(self.expire)
            except Exception:  # noqa: BLE001 - the next try may go better, and nobody else would make one
                _log.exception("retention failed; trying again in %.0f s", interval_s)
            await asyncio.sleep(interval_s)

    def expire(self) -> int:
        """Delete all that has expired; return how many bytes that freed. For worker threads."""
        freed = 0
        self.held = self._leaps.holds(self._every_s)
        for camera, record in self._records().items():
            rules = rules_of(record)
            freed += 0 if self.held else self._expire_camera(camera, rules)
            freed += self._keep_budget(camera, rules)
        if freed:
            self._db.write(segments.drop_unused_inits)
        if not self.held:
            self._db.write(lambda connection: deletions.expire(connection, self._clock() - NOTES_KEPT_S))
        return freed

    def _expire_camera(self, camera: str, rules: Rules) -> int:
        now, freed, after = self._clock(), 0, 0.0
        cutoff = now - rules.continuous_s
        with self._db.read() as connection:
            items = items_before(connection, camera, cutoff + max(rule.pre_s for rule in rules.items.values()))
        while True:
            with self._db.read() as connection:
                page = segments.ended_before(connection, camera, cutoff, after, PAGE)
            freed += removal.remove(
                self._db, self._media_root, list(expired(page, items, rules, now)), "retention", clock=self._clock
            )
            if len(page) < PAGE:
                return freed
            after = page[-1].start_time

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
