"""Compares events with the truth.

An event is of the actor that gave it most of its detections, and false if most of them are nobody's. IDF1 (Ristani et
al., ECCV workshops 2016) is computed of the boxes of events, with IoU 0.5; `tests/unit/bench/test_tracks.py` compares
it with figures computed by hand and by motmetrics.
"""

from __future__ import annotations

import statistics
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import lap
import numpy as np

from bench.tracks.camera import FALSE, SeenFrame
from bench.tracks.play import Played, SimEvent
from dogwatch.model import Box

SAME_IOU = 0.5
LEAST_S = 1.5  # who can be seen for less is nobody's appearance
THRESHOLD = 0.7

BoxesByKey = Mapping[int, Mapping[int, Box]]  # of each key, by frame


@dataclass(frozen=True, slots=True)
class Identity:
    """The counts of which IDF1 is made."""

    true: int
    false: int
    missed: int

    @property
    def idf1(self) -> float:
        """IDF1, 0 to 1."""
        total = 2 * self.true + self.false + self.missed
        return 2 * self.true / total if total else 1.0


@dataclass(frozen=True, slots=True)
class Outcome:
    """How the events of some scenes compare with the truth; `delays` are in seconds."""

    appearances: int
    counts: Counter[int]
    false: int
    hours: float
    delays: tuple[float, ...]
    identity: Identity
    cpu_ms: float

    @property
    def events(self) -> float:
        """Events an appearance."""
        return sum(n * count for n, count in self.counts.items()) / max(self.appearances, 1)

    @property
    def once(self) -> float:
        """Share of the appearances with exactly one event."""
        return self.counts[1] / max(self.appearances, 1)

    @property
    def none(self) -> float:
        """Share of the appearances without an event."""
        return self.counts[0] / max(self.appearances, 1)

    @property
    def false_per_hour(self) -> float:
        """False events an hour."""
        return self.false / self.hours

    @property
    def delay_s(self) -> float:
        """Median of the seconds from when an actor could be seen to its first event."""
        return statistics.median(self.delays) if self.delays else 0.0


def outcome(played: Sequence[Played]) -> Outcome:
    """Return how the events of all scenes in `played` compare with the truth."""
    counts: Counter[int] = Counter()
    delays: list[float] = []
    false = 0
    parts: list[Identity] = []
    for one in played:
        seen, events = appearances(one.frames), by_actor(one.events)
        false += len(events.pop(FALSE, []))
        for actor, frames in seen.items():
            mine = events.get(actor, [])
            counts[len(mine)] += 1
            if mine:
                delays.append(min(event.new_time for event in mine) - one.frames[frames[0]].time)
        parts.append(identity(truth_boxes(one.frames), {n: event.boxes for n, event in enumerate(one.events)}))
    total = Identity(*(sum(values) for values in zip(*((p.true, p.false, p.missed) for p in parts), strict=True)))
    analysed = sum(len(one.frames) for one in played)
    hours = sum(one.scene.duration_s for one in played) / 3600
    cpu_ms = sum(one.cpu_s for one in played) / analysed * 1000
    return Outcome(sum(counts.values()), counts, false, hours, tuple(delays), total, cpu_ms)


def appearances(frames: Sequence[SeenFrame]) -> dict[int, list[int]]:
    """Return the frames in which each actor can be seen, without actors that can be seen for a moment only."""
    seen: dict[int, list[int]] = defaultdict(list)
    for n, frame in enumerate(frames):
        for actor in frame.truth:
            seen[actor].append(n)
    step = frames[1].time - frames[0].time
    return {actor: numbers for actor, numbers in seen.items() if len(numbers) * step >= LEAST_S}


def by_actor(events: Sequence[SimEvent]) -> dict[int, list[SimEvent]]:
    """Return the events of each actor; those that are nobody's under `FALSE`."""
    out: dict[int, list[SimEvent]] = defaultdict(list)
    for event in events:
        out[event.of.most_common(1)[0][0]].append(event)
    return out


def truth_boxes(frames: Sequence[SeenFrame]) -> dict[int, dict[int, Box]]:
    """Return the true boxes of each actor by frame, while it can be seen."""
    out: dict[int, dict[int, Box]] = defaultdict(dict)
    for n, frame in enumerate(frames):
        for actor, box in frame.truth.items():
            out[actor][n] = box
    return out


def identity(truth: BoxesByKey, found: BoxesByKey) -> Identity:
    """Return the counts of IDF1: the assignment of keys to actors with the most frames in which both boxes agree."""
    actors, keys = list(truth), list(found)
    total, boxes = sum(map(len, truth.values())), sum(map(len, found.values()))
    if not actors or not keys:
        return Identity(0, boxes, total)
    shared = np.zeros((len(actors), len(keys)))
    for row, actor in enumerate(actors):
        mine = truth[actor]
        for column, key in enumerate(keys):
            shared[row, column] = sum(1 for n, box in found[key].items() if n in mine and mine[n].iou(box) >= SAME_IOU)
    rows = lap.lapjv(-shared, extend_cost=True, return_cost=False)[0]
    true = int(sum(shared[row, column] for row, column in enumerate(rows) if column >= 0))
    return Identity(true, boxes - true, total - true)


# ---------------------------------------------------------------- parked cars


@dataclass(frozen=True, slots=True)
class CarOutcome:
    """Parked cars, those with exactly one event, passing cars whose score allows an event, those without one."""

    parked: int
    once: int
    passing: int
    without: int
    false: int

    @property
    def parked_once(self) -> float:
        """Share of the parked cars with exactly one event."""
        return self.once / max(self.parked, 1)

    @property
    def passing_without(self) -> float:
        """Share of the passing cars without an event, of those whose score allows one."""
        return self.without / max(self.passing, 1)


def car_outcome(played: Sequence[Played]) -> CarOutcome:
    """Return how the events of scenes of cars compare with the truth."""
    parked = once = passing = without = false = 0
    for one in played:
        events = by_actor(one.events)
        false += len(events.get(FALSE, []))
        scores: dict[int, list[float]] = defaultdict(list)
        for frame in one.frames:
            for detection, actor in frame.found:
                scores[actor].append(detection.score)
        for actor in appearances(one.frames):
            number = len(events.get(actor, []))
            if one.scene.actors[actor].stays:
                parked, once = parked + 1, once + (number == 1)
            elif allows(scores[actor]):
                passing, without = passing + 1, without + (number == 0)
    return CarOutcome(parked, once, passing, without, false)


def allows(scores: Sequence[float]) -> bool:
    """Whether detections with `scores` allow an event: at least three, whose median is at least the threshold."""
    good = [score for score in scores if score >= 0.5]
    return len(good) >= 3 and statistics.median(good) >= THRESHOLD
