"""The result of a replay, as text for a terminal and as JSON, and the difference between two results."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from dogwatch.events import reasons
from dogwatch.media.footage import EPOCH_S
from dogwatch.replay.candidates import Candidate
from dogwatch.replay.judge import ReplayEvent

SHOWN_CANDIDATES = 30
NOTHING: dict[str, Any] = {"decisions": ()}
SAME_OVERLAP = 0.3  # of the longer one's time: two events with one label that overlap like this are the same


@dataclass(frozen=True, slots=True)
class ReplayReport:
    """The result of one replay: `seconds` of footage, `frames` analysed, `regions` shown to the detector."""

    camera: str
    detector: str
    seconds: float
    frames: int
    regions: int
    events: tuple[ReplayEvent, ...]
    candidates: tuple[Candidate, ...]
    dropped_candidates: int = 0
    dropped_events: int = 0

    def limited(self, events: int, candidates: int) -> ReplayReport:
        """Return at most so many of the first events and of the best candidates; the rest is counted."""
        best = sorted(sorted(self.candidates, key=_weight)[:candidates], key=lambda one: one.start_time)
        return replace(
            self,
            events=self.events[:events],
            candidates=tuple(best),
            dropped_events=self.dropped_events + max(0, len(self.events) - events),
            dropped_candidates=self.dropped_candidates + len(self.candidates) - len(best),
        )

    def as_json(self) -> dict[str, Any]:
        """Return everything as JSON values."""
        body = asdict(self)
        for row, candidate in zip(body["candidates"], self.candidates, strict=True):
            row["box"] = candidate.box.as_list()
        return body

    def lines(self, most: int | None = SHOWN_CANDIDATES) -> Iterator[str]:
        """Yield lines of text: all events, and the `most` best candidates, ordered by time."""
        yield (
            f"{self.camera}: {self.seconds:.0f} s of footage, {self.frames} frames analysed, "
            f"{self.regions} regions shown to {self.detector}"
        )
        yield _count(len(self.events), "event")
        for event in self.events:
            yield f"  {_event(event)}"
            yield from (f"      {line}" for line in reasons.lines(event.label, event.why or NOTHING, _time))
        total = len(self.candidates) + self.dropped_candidates
        yield f"{_count(total, 'candidate')} made no event"
        best = sorted(self.candidates, key=_weight)[:most]
        for one in sorted(best, key=lambda one: one.start_time):
            yield f"  {_candidate(one)}"
            yield from (f"      {reason.setting}: {reason.text}" for reason in one.reasons)
        if total > len(best):
            yield f"  and {total - len(best)} more that were seen less often; --all shows them"


@dataclass(frozen=True, slots=True)
class EventDifference:
    """The events of two replays of the same footage: pairs of the same event, and those in only one of them."""

    both: tuple[tuple[ReplayEvent, ReplayEvent], ...]
    lost: tuple[ReplayEvent, ...]
    gained: tuple[ReplayEvent, ...]

    def as_json(self) -> dict[str, Any]:
        """Return everything as JSON values."""
        return asdict(self)

    def lines(self) -> Iterator[str]:
        """Yield lines of text, as `diff` marks them."""
        changed = [(old, new) for old, new in self.both if told_as(old) != told_as(new)]
        same = len(self.both) - len(changed)
        yield f"{same} events are the same, {len(self.lost)} lost, {len(self.gained)} gained, {len(changed)} changed"
        yield from (f"- {_event(one)}" for one in self.lost)
        yield from (f"+ {_event(one)}" for one in self.gained)
        for old, new in changed:
            yield f"~ {_event(old)}"
            yield f"  {_event(new)}"


def compare(old: Sequence[ReplayEvent], new: Sequence[ReplayEvent]) -> EventDifference:
    """Pair the events of two replays by label and time, the largest overlaps first."""
    pairs = [
        (share, a, b)
        for a, one in enumerate(old)
        for b, other in enumerate(new)
        if one.label == other.label and (share := _overlap(one, other)) >= SAME_OVERLAP
    ]
    taken_old: dict[int, int] = {}
    taken_new: set[int] = set()
    for _, a, b in sorted(pairs, key=lambda pair: (-pair[0], pair[1], pair[2])):
        if a not in taken_old and b not in taken_new:
            taken_old[a] = b
            taken_new.add(b)
    return EventDifference(
        tuple((old[a], new[b]) for a, b in sorted(taken_old.items())),
        tuple(one for a, one in enumerate(old) if a not in taken_old),
        tuple(one for b, one in enumerate(new) if b not in taken_new),
    )


def _overlap(one: ReplayEvent, other: ReplayEvent) -> float:
    shared = min(one.end_time, other.end_time) - max(one.start_time, other.start_time)
    longest = max(one.end_time - one.start_time, other.end_time - other.start_time)
    return shared / longest if longest > 0 else float(shared == 0)


def _weight(one: Candidate) -> tuple[float, float]:
    return -min(one.detections, 3), -one.score


def _count(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def told_as(one: ReplayEvent) -> tuple[Any, ...]:
    """Return what has to differ for two replays of the same event to differ."""
    return one.severity, set(one.zones), one.has_clip, one.has_snapshot


def _event(one: ReplayEvent) -> str:
    zones = f" in {', '.join(one.zones)}" if one.zones else ""
    kept = " and ".join(what for what, has in (("clip", one.has_clip), ("snapshot", one.has_snapshot)) if has)
    name = f" ({one.sub_label})" if one.sub_label else ""
    severity = one.severity or "no review item"
    return f"{span(one)} {one.label}{name} {one.top_score:.2f}, {severity}{zones}, {kept}"


def _candidate(one: Candidate) -> str:
    box = one.box
    where = f"{box.width}x{box.height} at {box.x1},{box.y1}"
    return f"{span(one)} {one.label} {one.score:.2f}, {_count(one.detections, 'detection')}, {where}"


def span(one: ReplayEvent | Candidate) -> str:
    """Return from when to when it was, as text."""
    return f"{_time(one.start_time)} - {_time(one.end_time)}"


def _time(time: float) -> str:
    if time > EPOCH_S:
        return datetime.datetime.fromtimestamp(time).astimezone().isoformat(" ", "milliseconds")[:23]
    minutes, seconds = divmod(time, 60)
    return f"{int(minutes // 60)}:{int(minutes % 60):02d}:{seconds:04.1f}"
