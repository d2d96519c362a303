"""Matches detections to tracks, frame by frame.

Every track is predicted to the frame's time. Then detections are matched to tracks by optimal assignment, twice: first
those with high scores, then those with low scores to the remaining tracks (the idea of ByteTrack, Zhang et al., ECCV
2022). Boxes are compared by their overlap after both were enlarged by the uncertainty of the prediction (as in C-BIoU,
Yang et al., WACV 2023): so at a low frame rate, or for a new track, less overlap is enough. Ties are broken the same
way every time.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import lap
import msgspec
import numpy as np
from numpy.typing import NDArray

from dogwatch.vision.kalman import BoxFilter, Corners, Values, to_center

COST_LIMIT = 0.8  # enlarged boxes must share at least a fifth
FORBIDDEN = 1e3
MIN_SLACK, MAX_SLACK = 0.3, 2.0  # enlargement, both sides together, in box widths and heights
SLACK_SIGMAS = 2.0  # one on each side
EPSILON = 1e-6

Floats = NDArray[np.float64]


class TrackerUpdate(msgspec.Struct, frozen=True, gc=False):
    """The changes to the tracks by one frame.

    `seen` maps a track's key to the index of its detection, also for new tracks; `missed` are keys of tracks that were
    looked for and not found; `lost` are keys of those that ended.
    """

    seen: dict[int, int]
    missed: tuple[int, ...]
    lost: tuple[int, ...]


@dataclass(slots=True)
class _Track:
    key: int
    label: int
    box: BoxFilter
    hits: int = 1
    missing_since: float | None = None


class Tracker:
    """All tracks of one camera. Keys count up from 0 and are never reused."""

    def __init__(self, *, min_initialized: int, max_missing_s: float, frame_s: float) -> None:
        """Begin without tracks.

        Args:
            min_initialized: Consecutive detections after which a track is confirmed.
            max_missing_s: Seconds without a detection after which a confirmed track ends.
            frame_s: Seconds between two frames at the detect rate: the least time that a missed frame counts for.
        """
        self._min_hits, self._max_missing, self._frame_s = min_initialized, max_missing_s, frame_s
        self._tracks: list[_Track] = []
        self._time = 0.0
        self._next = 0

    def __len__(self) -> int:
        return len(self._tracks)

    @property
    def keys(self) -> list[int]:
        """The tracks' keys, oldest first; all other properties have the same order."""
        return [track.key for track in self._tracks]

    @property
    def confirmed(self) -> list[bool]:
        """Which tracks have been seen often enough."""
        return [track.hits >= self._min_hits for track in self._tracks]

    @property
    def missing(self) -> list[bool]:
        """Which tracks were not found when last looked for."""
        return [track.missing_since is not None for track in self._tracks]

    def predicted(self, time: float) -> list[Corners]:
        """Return where the tracks should be at `time`."""
        step = max(0.0, time - self._time)
        return [track.box.corners(step) for track in self._tracks]

    def speeds(self) -> list[list[float]]:
        """Return the tracks' speeds in pixels a second, each of centre x, centre y, width, height."""
        return [track.box.speed for track in self._tracks]

    def update(
        self,
        time: float,
        boxes: Sequence[Corners],
        labels: Sequence[int],
        sure: Sequence[bool],
        looked: Sequence[bool] | None = None,
    ) -> TrackerUpdate:
        """Match the detections of the frame at `time`.

        Args:
            time: Epoch seconds; not before the last update's.
            boxes: The detections.
            labels: A number for each detection; only tracks with the same number match.
            sure: Which detections have a high score, and are matched first.
            looked: Which tracks a detector has looked for; None means all. Others do not count as missed.
        """
        step = max(0.0, time - self._time)
        for track in self._tracks:
            track.box.advance(step)
        self._time = max(time, self._time)
        centers = [to_center(box) for box in boxes]
        matched = self._match(centers, labels, sure)
        seen: dict[int, int] = {}
        unseen: list[int] = []
        for row, (track, index) in enumerate(zip(self._tracks, matched, strict=True)):
            if index < 0:
                unseen.append(row)
                continue
            seen[track.key], track.missing_since = index, None
            track.hits += 1
            track.box.correct(centers[index])
        missed: tuple[int, ...] = ()
        lost: tuple[int, ...] = ()
        if unseen:
            for row in unseen:
                self._tracks[row].box.fade(step)
            overlooked = [row for row in unseen if looked is None or looked[row]]
            missed, lost = self._miss(time, overlooked), self._drop(time, overlooked)
        if len(seen) < len(labels):
            used = set(seen.values())
            seen.update(self._begin(centers, labels, [index for index in range(len(labels)) if index not in used]))
        return TrackerUpdate(seen, missed, lost)

    def coast(self, time: float, waited_for: Sequence[bool]) -> tuple[int, ...]:
        """Count the tracks in `waited_for` as missed at `time`, without a detection; return those that ended."""
        self._miss(time, [row for row, waited in enumerate(waited_for) if waited])
        return self._drop(time, ())

    def drop(self, keys: Sequence[int]) -> None:
        """Forget the tracks `keys`."""
        if keys:
            self._keep([row for row, track in enumerate(self._tracks) if track.key not in keys])

    # ------------------------------------------------------------ steps

    def _match(self, centers: list[Values], labels: Sequence[int], sure: Sequence[bool]) -> list[int]:
        """Return each track's detection, -1 where there is none."""
        matched = [-1] * len(self._tracks)
        costs = self._costs(centers, labels)
        near = [pair for pair, cost in costs.items() if cost <= COST_LIMIT]
        if _nothing_to_choose(near):
            for row, column in near:
                if costs[row, column] < COST_LIMIT:
                    matched[row] = column
            return matched
        cost = self._matrix(costs, labels)
        if all(sure):
            return _assign(cost)
        matched = _assign(np.where(sure, cost, FORBIDDEN))
        if min(matched) < 0:
            cost[[row for row, index in enumerate(matched) if index >= 0]] = FORBIDDEN
            cost[:, [index for index, first in enumerate(sure) if first]] = FORBIDDEN
            matched = [max(pair) for pair in zip(matched, _assign(cost), strict=True)]
        return matched

    def _costs(self, centers: list[Values], labels: Sequence[int]) -> dict[tuple[int, int], float]:
        """Return 1 - IoU of enlarged boxes by row and column of the pairs that overlap and have the same label."""
        costs: dict[tuple[int, int], float] = {}
        found = [
            (index, x, y, max(width, 1.0), max(height, 1.0)) for index, (x, y, width, height) in enumerate(centers)
        ]
        widest = max([width for _, _, _, width, _ in found], default=0.0)
        for row, track in enumerate(self._tracks):
            label, (x, y, width, height) = track.label, track.box.mean
            width, height = max(width, 1.0), max(height, 1.0)
            slack_x, slack_y = _slack(width, track.box.variance[0]), _slack(height, track.box.variance[1])
            wide, high = width + slack_x, height + slack_y
            reach = (wide + widest + slack_x) / 2 + 1.0  # most are further away, and so do not overlap
            near = [one for one in found if -reach < one[1] - x < reach]
            for column, other_x, other_y, other_width, other_height in near:
                other_wide, other_high = other_width + slack_x, other_height + slack_y
                shared = (wide + other_wide) / 2 - abs(x - other_x)
                shared_high = (high + other_high) / 2 - abs(y - other_y)
                if shared > 0.0 and shared_high > 0.0 and labels[column] == label:
                    both = min(shared, wide, other_wide) * min(shared_high, high, other_high)
                    costs[row, column] = 1.0 - both / (wide * high + other_wide * other_high - both)
        return costs

    def _matrix(self, costs: dict[tuple[int, int], float], labels: Sequence[int]) -> Floats:
        """Return the costs of all pairs, (n, m)."""
        cost = np.ones((len(self._tracks), len(labels)))
        for pair, value in costs.items():
            cost[pair] = value
        own = [track.label for track in self._tracks]
        if len({*own, *labels}) > 1:
            cost[np.not_equal.outer(own, labels)] = FORBIDDEN
        return cost

    def _miss(self, time: float, missed: Sequence[int]) -> tuple[int, ...]:
        """Note that the tracks in the rows `missed` were not found at `time`; return their keys."""
        tracks = [self._tracks[row] for row in missed]
        for track in tracks:
            if track.missing_since is None:
                track.missing_since = time
        return tuple([track.key for track in tracks])

    def _drop(self, time: float, missed: Sequence[int]) -> tuple[int, ...]:
        """End tracks that were missing for too long, and unconfirmed ones at their first miss."""
        gone = {
            row
            for row, track in enumerate(self._tracks)
            if track.missing_since is not None
            and time - track.missing_since + self._frame_s >= self._max_missing - EPSILON
        }
        gone.update([row for row in missed if self._tracks[row].hits < self._min_hits])
        if not gone:
            return ()
        lost = tuple([self._tracks[row].key for row in sorted(gone)])
        self._keep([row for row in range(len(self._tracks)) if row not in gone])
        return lost

    def _begin(self, centers: list[Values], labels: Sequence[int], fresh: list[int]) -> dict[int, int]:
        """Begin a track for each of the detections `fresh`; return their indices by key."""
        begun = {self._next + count: index for count, index in enumerate(fresh)}
        self._next += len(fresh)
        self._tracks += [_Track(key, labels[index], BoxFilter(centers[index])) for key, index in begun.items()]
        return begun

    def _keep(self, rows: list[int]) -> None:
        self._tracks = [self._tracks[row] for row in rows]


def _slack(size: float, variance: float) -> float:
    """Return by how much a box of `size` is enlarged along one axis, both sides together."""
    return min(max(SLACK_SIGMAS * math.sqrt(variance), MIN_SLACK * size), MAX_SLACK * size)


def _nothing_to_choose(near: list[tuple[int, int]]) -> bool:
    """Whether no row and no column is in two of the pairs: that is usual, and needs no solver."""
    return len({row for row, _ in near}) == len(near) == len({column for _, column in near})


def _assign(cost: Floats) -> list[int]:
    """Return each row's column in the cheapest assignment, -1 where no column is below the cost limit."""
    matched: list[int] = lap.lapjv(cost, extend_cost=True, cost_limit=COST_LIMIT, return_cost=False)[0].tolist()
    return matched
