"""What two replays of the same footage differ in, with reasons, as JSON (docs/api/trials.md). Pure."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from dogwatch.events import reasons
from dogwatch.model import Box
from dogwatch.replay.candidates import Candidate, Reason
from dogwatch.replay.judge import ReplayEvent
from dogwatch.replay.report import compare, told_as

MOST = {"gained": 200, "lost": 200, "changed": 100, "unchanged": 200}
"""How many events of each kind are told, the first ones."""
SHORTEST_GAP_S = 15.0
NEAR_S = 1.0


@dataclass(frozen=True, slots=True)
class TrialEvent:
    """An event of one of the replays; `box` is where it is seen best, in pixels of a `frame` (width, height)."""

    id: str
    event: ReplayEvent
    box: Box
    frame: tuple[int, int]
    has_thumbnail: bool = False


@dataclass(frozen=True, slots=True)
class TrialRun:
    """One of the replays. `unread` are times (epoch s) of files that could not be read, `dropped` counts events."""

    detector: str
    seconds: float
    frames: int
    events: Sequence[TrialEvent]
    candidates: Sequence[Candidate]
    dropped: int = 0
    unread: Sequence[tuple[float, float]] = ()


def result(
    before: TrialRun, after: TrialRun, missing: Iterable[tuple[float, float]]
) -> tuple[dict[str, Any], set[str]]:
    """Return the result as JSON values, and the ids of the events in it."""
    known = {id(one.event): one for one in (*before.events, *after.events)}
    found = compare([one.event for one in before.events], [one.event for one in after.events])
    lists: dict[str, list[Any]] = {
        "gained": [_with_reasons(known[id(one)], before) for one in found.gained],
        "lost": [_with_reasons(known[id(one)], after) for one in found.lost],
        "changed": [],
        "unchanged": [],
    }
    for old, new in found.both:
        changed = told_as(old) != told_as(new)
        pair = {"before": _body(known[id(old)]), "after": _body(known[id(new)])}
        lists["changed" if changed else "unchanged"].append(pair if changed else _body(known[id(new)]))
    counts = {name: len(rows) for name, rows in lists.items()}
    told = {name: rows[: MOST[name]] for name, rows in lists.items()}
    body = {
        "seconds": round(before.seconds, 1),
        "missing": [{"start_time": start, "end_time": end} for start, end in missing],
        "detector": before.detector,
        "before": {"events": len(before.events) + before.dropped, "frames": before.frames},
        "after": {"events": len(after.events) + after.dropped, "frames": after.frames},
        "counts": counts,
        **told,
        "dropped": {name: counts[name] - len(rows) for name, rows in told.items()},
    }
    return body, {str(one["id"]) for rows in told.values() for row in rows for one in _events_of(row)}


def gaps(spans: Iterable[tuple[float, float]], start: float, end: float) -> list[tuple[float, float]]:
    """Return the times between `start` and `end` that none of `spans` covers, but short ones."""
    found: list[tuple[float, float]] = []
    covered = start
    for first, last in sorted(spans):
        if first - covered >= SHORTEST_GAP_S:
            found.append((covered, min(first, end)))
        covered = max(covered, last)
    if end - covered >= SHORTEST_GAP_S:
        found.append((covered, end))
    return found


def why_not(one: TrialEvent, other: TrialRun) -> list[Reason]:
    """Return why the other settings have made no event of what `one` is."""
    near = [
        (_shared(one.event, candidate), one.box.iou(candidate.box), candidate)
        for candidate in other.candidates
        if candidate.label == one.event.label and _shared(one.event, candidate) >= -NEAR_S
    ]
    if near:
        _, _, best = max(near, key=lambda row: (row[1] > 0, row[0], row[1], -row[2].start_time))
        return list(best.reasons)
    if any(two.event.label == one.event.label and _shared(one.event, two.event) > 0 for two in other.events):
        return [Reason("", "it is a part of another event, or has become several")]
    return [Reason("", "nothing of it was detected: its place was not looked at, or only when it was not seen well")]


def _with_reasons(one: TrialEvent, other: TrialRun) -> dict[str, Any]:
    return {**_body(one), "reasons": [asdict(reason) for reason in why_not(one, other)]}


def _body(one: TrialEvent) -> dict[str, Any]:
    event, (width, height) = one.event, one.frame
    return {
        "id": one.id,
        "label": event.label,
        "sub_label": event.sub_label,
        "start_time": event.start_time,
        "end_time": event.end_time,
        "score": event.top_score,
        "box": [round(side, 4) for side in one.box.fractions(width, height)],
        "zones": list(event.zones),
        "severity": event.severity,
        "has_clip": event.has_clip,
        "has_snapshot": event.has_snapshot,
        "has_thumbnail": one.has_thumbnail,
        "why": _why(event),
        "reasons": [],
    }


def _why(event: ReplayEvent) -> dict[str, Any] | None:
    if event.why is None:
        return None
    return {**event.why, "text": list(reasons.lines(event.label, event.why, _utc))}


def _utc(time: float) -> str:
    return datetime.datetime.fromtimestamp(time, datetime.UTC).isoformat(timespec="milliseconds")


def _events_of(row: dict[str, Any]) -> Iterable[dict[str, Any]]:
    return (row["before"], row["after"]) if "before" in row else (row,)


def _shared(one: ReplayEvent, other: ReplayEvent | Candidate) -> float:
    """Return the seconds that both last together; the gap between them as a negative number."""
    return min(one.end_time, other.end_time) - max(one.start_time, other.start_time)
