"""Who is who from frame to frame.

Predict every track to the frame's time, then match detections to tracks by optimal assignment, twice: the sure
detections first, the doubtful ones to what is left (the idea of ByteTrack, Zhang et al., ECCV 2022). Boxes are
compared by their overlap after both have been enlarged by how unsure the prediction is (as in C-BIoU, Yang et al., WACV
2023), so a low frame rate or a new track asks for less. All per-track values are rows of arrays; ties fall the same way
every time.
"""

from __future__ import annotations

from dataclasses import dataclass

import lap
import numpy as np
from numpy.typing import NDArray

from dogwatch.vision.kalman import Boxes, Floats, to_center

COST_LIMIT = 0.8  # enlarged boxes must share at least a fifth
FORBIDDEN = 1e3
MIN_SLACK, MAX_SLACK = 0.15, 1.0  # enlargement on each side, in box widths and heights
SLACK_SIGMAS = 1.0
EPSILON = 1e-6

Bools = NDArray[np.bool_]
Rows = NDArray[np.intp]
NOTHING: Rows = np.zeros(0, np.intp)


@dataclass(frozen=True, slots=True)
class Step:
    """What became of the tracks in one frame.

    `seen` maps a track's key to the index of its detection (new tracks among them); `missed` are keys of tracks that
    were looked at and not found; `lost` those that ended.
    """

    seen: dict[int, int]
    missed: tuple[int, ...]
    lost: tuple[int, ...]


class Tracker:
    """All tracks of one camera. Keys count up from 0 and are never used twice."""

    def __init__(self, *, min_initialized: int, max_missing_s: float, frame_s: float) -> None:
        """Begin without tracks.

        Args:
            min_initialized: Consecutive detections after which a track is confirmed.
            max_missing_s: Seconds without a detection after which a confirmed track ends.
            frame_s: Seconds between two frames at the detect rate: what one missed frame counts at least.
        """
        self._min_hits, self._max_missing, self._frame_s = min_initialized, max_missing_s, frame_s
        self.keys: NDArray[np.int64] = np.zeros(0, np.int64)
        self._labels: NDArray[np.int64] = np.zeros(0, np.int64)
        self._hits: NDArray[np.int64] = np.zeros(0, np.int64)
        self._missing: Floats = np.zeros(0)  # time of the first miss, NaN while seen
        self._state = Boxes.first(np.zeros((0, 4)))
        self._time = 0.0
        self._next = 0

    def __len__(self) -> int:
        return len(self.keys)

    @property
    def confirmed(self) -> Bools:
        """Which rows have been seen often enough."""
        return self._hits >= self._min_hits

    @property
    def missing(self) -> Bools:
        """Which rows were not found when last looked for."""
        return ~np.isnan(self._missing)

    def predicted(self, time: float) -> Floats:
        """Return where the tracks should be at `time`: (n, 4) of x1, y1, x2, y2, in the order of `keys`."""
        return self._state.corners(max(0.0, time - self._time))

    def speeds(self) -> Floats:
        """Return the tracks' speeds in pixels a second, (n, 4) of centre x, centre y, width, height."""
        return self._state.speed

    def update(
        self, time: float, boxes: Floats, labels: NDArray[np.int64], sure: Bools, looked: Bools | None = None
    ) -> Step:
        """Take in the detections of the frame at `time`.

        Args:
            time: Epoch seconds; not before the last update's.
            boxes: (m, 4) of x1, y1, x2, y2.
            labels: (m,) any numbers; only equal ones match.
            sure: (m,) detections to match first.
            looked: (n,) which tracks a detector has looked for; None means all. Others cannot be missed.
        """
        step = max(0.0, time - self._time) if len(self) else 0.0
        self._state, self._time = self._state.predicted(step), max(time, self._time)
        centers = to_center(boxes)
        rows, columns = self._match(centers, labels, sure)
        self._state.correct(rows, centers[columns])
        unseen = np.ones(len(self), np.bool_)
        unseen[rows] = False
        self._hits[rows] += 1
        self._missing[rows] = np.nan
        seen = dict(zip(self.keys[rows].tolist(), columns.tolist(), strict=True))
        missed: tuple[int, ...] = ()
        lost: tuple[int, ...] = ()
        if len(rows) < len(self):
            self._state.fade(np.flatnonzero(unseen), step)
            overlooked = unseen if looked is None else unseen & looked
            missed, lost = self._miss(time, overlooked), self._drop(time, overlooked)
        if len(columns) < len(centers):
            seen.update(self._begin(centers, labels, set(columns.tolist())))
        return Step(seen, missed, lost)

    def coast(self, time: float, waited_for: Bools) -> tuple[int, ...]:
        """Count the tracks in `waited_for` as missed at `time` when no detector can look; return those that ended."""
        self._miss(time, waited_for)
        return self._drop(time, np.zeros(len(self), np.bool_))

    def drop(self, keys: set[int]) -> None:
        """Forget the tracks `keys`."""
        if keys:
            self._keep(np.flatnonzero([int(key) not in keys for key in self.keys]))

    # ------------------------------------------------------------ steps

    def _match(self, centers: Floats, labels: NDArray[np.int64], sure: Bools) -> tuple[Rows, Rows]:
        if not len(self) or not len(centers):
            return NOTHING, NOTHING
        cost = self._cost(centers, labels)
        matched = _assign(np.where(sure, cost, FORBIDDEN))
        if not sure.all() and (matched < 0).any():
            cost[matched >= 0] = FORBIDDEN
            cost[:, sure] = FORBIDDEN
            matched = np.maximum(matched, _assign(cost))
        rows = np.flatnonzero(matched >= 0)
        return rows, matched[rows]

    def _cost(self, centers: Floats, labels: NDArray[np.int64]) -> Floats:
        """Return 1 - IoU of enlarged boxes, (n, m)."""
        # Axes come first, also in memory, so that NumPy's inner loops run over detections rather than over two axes.
        mine = np.ascontiguousarray(self._state.mean.T)[:, :, None]
        theirs = np.ascontiguousarray(centers.T)[:, None, :]
        sizes = np.maximum(mine[2:], 1.0)
        slack = SLACK_SIGMAS * np.sqrt(np.ascontiguousarray(self._state.variance.T[:2])[:, :, None])
        slack = np.minimum(np.maximum(slack, MIN_SLACK * sizes), MAX_SLACK * sizes)
        half, other = sizes / 2 + slack, np.maximum(theirs[2:], 1.0) / 2 + slack
        distance = np.abs(mine[:2] - theirs[:2])
        overlap = np.maximum(np.minimum(half + other - distance, 2 * np.minimum(half, other)), 0.0)
        shared = overlap[0] * overlap[1]
        union = 4 * (half[0] * half[1] + other[0] * other[1]) - shared
        cost: Floats = 1.0 - shared / union
        cost[self._labels[:, None] != labels] = FORBIDDEN
        return cost

    def _miss(self, time: float, missed: Bools) -> tuple[int, ...]:
        fresh = missed & np.isnan(self._missing)
        self._missing[fresh] = time
        return tuple(self.keys[missed].tolist())

    def _drop(self, time: float, missed: Bools) -> tuple[int, ...]:
        """End tracks that were missing for too long, and unconfirmed ones at their first miss."""
        overdue = time - self._missing + self._frame_s >= self._max_missing - EPSILON
        gone = overdue | (missed & ~self.confirmed)
        lost = tuple(self.keys[gone].tolist())
        if lost:
            self._keep(np.flatnonzero(~gone))
        return lost

    def _begin(self, centers: Floats, labels: NDArray[np.int64], used: set[int]) -> dict[int, int]:
        fresh = [index for index in range(len(centers)) if index not in used]
        keys = np.arange(self._next, self._next + len(fresh))
        self._next += len(fresh)
        self.keys = np.concatenate((self.keys, keys))
        self._labels = np.concatenate((self._labels, labels[fresh]))
        self._hits = np.concatenate((self._hits, np.ones(len(fresh), np.int64)))
        self._missing = np.concatenate((self._missing, np.full(len(fresh), np.nan)))
        self._state = self._state.joined(Boxes.first(centers[fresh]))
        return dict(zip(keys.tolist(), fresh, strict=True))

    def _keep(self, rows: Rows) -> None:
        self.keys, self._labels, self._hits = self.keys[rows], self._labels[rows], self._hits[rows]
        self._missing, self._state = self._missing[rows], self._state.kept(rows)


def _assign(cost: Floats) -> Rows:
    """Return each row's column in the cheapest assignment, -1 where no column is below the cost limit."""
    matched = lap.lapjv(cost, extend_cost=True, cost_limit=COST_LIMIT, return_cost=False)[0]
    return np.asarray(matched, np.intp)
