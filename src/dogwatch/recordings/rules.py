"""What a camera's settings keep (docs/retention.md). Pure.

A segment stays while any of these holds: it is younger than `continuous` days; it is younger than `motion` days and
holds motion or sound; it overlaps an alert or a detection (with `pre_capture` and `post_capture` around it) that is
younger than its own days, and satisfies that one's mode; it overlaps an event that a user has retained.

Footage that was not analysed is kept as if it had everything. What nobody has analysed for motion counts as motion.
Footage not analysed for objects may be an alert or a detection, and so keeps the footage before and after it. Footage
younger than `settle_s` may belong to a review item that does not exist yet.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from dogwatch.config.record import RecordConfig, ReviewRecordConfig
from dogwatch.config.review import ReviewConfig
from dogwatch.store.segments import SegmentRow
from dogwatch.store.spans import RETAINED, ItemSpan

DAY_S = 86400.0
SOUND_DBFS = -36.3  # 20 log10(500 / 32768): the default of `audio.min_volume`
MEGABYTE = 1 << 20
LATE_S = 600.0  # analysis that lags further behind does not count, see `activity.WATCHES`
Mode = Literal["all", "motion", "active_objects"]
_FOREVER = float("inf")


@dataclass(frozen=True, slots=True)
class ItemRule:
    """How long footage of review items of one severity is kept, and in which mode; times in seconds."""

    keep_s: float
    mode: Mode
    pre_s: float = 5.0
    post_s: float = 5.0


@dataclass(frozen=True, slots=True)
class Rules:
    """The retention of one camera; times in seconds, `budget_bytes` None for no limit.

    Footage younger than `settle_s` may still become part of a new review item, or of the time before one.
    """

    continuous_s: float
    motion_s: float
    items: Mapping[str, ItemRule]
    budget_bytes: int | None = None
    settle_s: float = LATE_S

    @property
    def pre_s(self) -> float:
        """The longest time before an item that is kept."""
        return max((rule.pre_s for rule in self.items.values()), default=0.0)

    @property
    def post_s(self) -> float:
        """The longest time after an item that is kept."""
        return max((rule.post_s for rule in self.items.values()), default=0.0)

    @property
    def items_s(self) -> float:
        """How long footage is kept that was not analysed for objects."""
        return max((rule.keep_s for rule in self.items.values()), default=0.0)

    @property
    def longest_s(self) -> float:
        """How long footage is kept that was not analysed at all."""
        return max(self.continuous_s, self.motion_s, self.items_s)


def rules_of(record: RecordConfig, review: ReviewConfig | None = None) -> Rules:
    """Return the rules of a camera's `record` and `review` sections."""

    def item(section: ReviewRecordConfig) -> ItemRule:
        keep = section.retain
        return ItemRule(keep.days * DAY_S, keep.mode, section.pre_capture, section.post_capture)

    review = review or ReviewConfig()
    budget = None if record.budget is None else record.budget * MEGABYTE
    items = {"alert": item(record.alerts), "detection": item(record.detections)}
    # An item may begin this far in the past: activity beside an alert becomes an item of its own after the alert.
    late = LATE_S + review.alerts.cutoff_time + review.detections.cutoff_time
    settle = late + max(rule.pre_s for rule in items.values())
    return Rules(record.continuous.days * DAY_S, record.motion.days * DAY_S, items, budget, settle)


def satisfies(span: SegmentRow, mode: Mode) -> bool:
    """Whether `span` has what `mode` asks for, or might have it because it was not analysed."""
    if mode == "motion":
        return span.motion is None or span.motion > 0 or (span.dbfs is not None and span.dbfs > SOUND_DBFS)
    if mode == "active_objects":
        return span.objects is None or span.objects > 0
    return True


def expired(
    spans: Iterable[SegmentRow],
    items: Iterable[ItemSpan],
    rules: Rules,
    now: float,
    unseen: Sequence[tuple[float, float]] = (),
) -> Iterator[SegmentRow]:
    """Yield those of `spans` (oldest first) that no rule keeps.

    Args:
        spans: Segments of one camera.
        items: Its review items, and events that are retained, in any order; those still running have no `end_time`.
        rules: What is kept.
        now: Epoch seconds.
        unseen: Times of footage that was not analysed and may be next to `spans`, in any order.
    """
    keepers = sorted([*_keepers(items, rules, now), *_possible(unseen, rules, now)], key=lambda keeper: keeper[0])
    current: list[tuple[float, float, Mode]] = []
    at = 0
    for span in spans:
        while at < len(keepers) and keepers[at][0] < span.end_time:
            current.append(keepers[at])
            at += 1
        current = [keeper for keeper in current if keeper[1] > span.start_time]
        if _kept_for_its_age(span, rules, now - span.end_time):
            continue
        if not any(keeper[0] < span.end_time and satisfies(span, keeper[2]) for keeper in current):
            yield span


def over_budget(oldest: Iterable[SegmentRow], used: int, budget: int | None) -> Iterator[SegmentRow]:
    """Yield from `oldest` (oldest first) until no more than `budget` of the `used` bytes is left."""
    if budget is None:
        return
    for span in oldest:
        if used <= budget:
            return
        used -= span.size_bytes
        yield span


def _kept_for_its_age(span: SegmentRow, rules: Rules, age: float) -> bool:
    if age < max(rules.continuous_s, rules.settle_s):
        return True
    if age < rules.motion_s and satisfies(span, "motion"):
        return True
    return (span.motion is None and age < rules.longest_s) or (span.objects is None and age < rules.items_s)


def _keepers(items: Iterable[ItemSpan], rules: Rules, now: float) -> Iterator[tuple[float, float, Mode]]:
    """Yield the times that unexpired items keep: start, end, and the mode that a segment must satisfy."""
    for item in items:
        end = _FOREVER if item.end_time is None else item.end_time
        if item.severity == RETAINED:
            yield item.start_time - rules.pre_s, end + rules.post_s, "all"
            continue
        rule = rules.items.get(item.severity)
        if rule is not None and now - end < rule.keep_s:
            yield item.start_time - rule.pre_s, end + rule.post_s, rule.mode


def _possible(unseen: Iterable[tuple[float, float]], rules: Rules, now: float) -> Iterator[tuple[float, float, Mode]]:
    """Like `_keepers`, for items that may be in footage that was not analysed."""
    for start, end in _joined(unseen):
        for rule in rules.items.values():
            if now - end < rule.keep_s:
                yield start - rule.pre_s, end + rule.post_s, rule.mode


def _joined(spans: Iterable[tuple[float, float]]) -> Iterator[tuple[float, float]]:
    """Yield `spans` with adjacent ones joined: there may be thousands in a row."""
    current: tuple[float, float] | None = None
    for start, end in sorted(spans):
        if current is not None and start <= current[1] + 1.0:
            current = (current[0], max(current[1], end))
            continue
        if current is not None:
            yield current
        current = (start, end)
    if current is not None:
        yield current
