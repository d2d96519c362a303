"""How well each detection fits each track, and the best assignment of detections to tracks.

Boxes are compared by their overlap after both were enlarged by the uncertainty of the prediction (as in C-BIoU, Yang et
al., WACV 2023): so at a low frame rate, for a new track, or after a while behind something, less overlap is enough. A
detection of another size than expected costs more, unless it may be the part of the object that shows.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from typing import Protocol

import lap
import numpy as np
from numpy.typing import NDArray

from dogwatch.vision.colours import Colours, FrameColours, difference
from dogwatch.vision.kalman import PARTIAL, BoxFilter, Values
from dogwatch.vision.standing import StandingPlace

COST_LIMIT = 1.2  # enlarged boxes must share at least a fifth
FORBIDDEN = 1e3
MIN_SLACK, MAX_SLACK = 0.3, 4.0  # enlargement, both sides together, in box widths and heights
SLACK_SIGMAS = 2.0  # one on each side
SIZE_COST, SIZE_FREE = 0.5, 0.1  # for each unit of |log(ratio of heights)| beyond what is free
PARTIAL_COST = 0.1
FAR_COST, FAR = 0.6, 16.0  # for the squared distance in standard errors, up to `FAR`
SPEED_KNOWN_S = 0.4  # that counts in full from here on: before, speeds are not known, and some objects are very fast
ERRORS = (0.08, 0.05, 0.06)  # of a box beside its filter's: centre x, y and height, in heights
STANDING_REACH, REACH_PER_S = 0.7, 1.0  # heights: what stood does not leap
GHOST_COST, GHOST_MOST = 0.2, 0.5  # for each second for which an object was not seen
COLOUR_COST, ALIKE, UNLIKE = 0.8, 0.08, 0.17  # and differences of colours that cost nothing, and all of it
UNSEEN_S = 0.5  # an object that was not seen for so long may be another one when it is seen again
UNCONFIRMED_COST = 0.1  # an object that is known comes first
MISSED_S, OUT, OUT_COST = 0.3, 0.6, 1.0  # missed for so long, less than this share expected in the frame: has left
ANYWHERE = (math.inf, math.inf)

Floats = NDArray[np.float64]
Costs = dict[tuple[int, int], float]


class TrackState(Protocol):
    """What is to be known of a track."""

    label: int
    box: BoxFilter
    anchor: tuple[float, float, float]
    standing: bool
    known: bool
    home: StandingPlace | None
    colours: Colours | None


def costs_of(
    tracks: Sequence[TrackState],
    centers: Sequence[Values],
    labels: Sequence[int],
    frame: tuple[float, float] = ANYWHERE,
) -> Costs:
    """Return the costs of the pairs that may match, by row (track) and column (detection).

    `frame` has the width and height of the frame in pixels.
    """
    costs: Costs = {}
    found = [(index, x, y, max(width, 1.0), max(height, 1.0)) for index, (x, y, width, height) in enumerate(centers)]
    widest = max([width for _, _, _, width, _ in found], default=0.0)
    for row, track in enumerate(tracks):
        label, box = track.label, track.box
        (x, y, width, height), variance = box.mean, box.variance
        width, height = max(width, 1.0), max(height, 1.0)
        slack_x, slack_y = _slack(width, variance[0]), _slack(height, variance[1])
        wide, high = width + slack_x, height + slack_y
        reach = (wide + widest + slack_x) / 2 + width  # most are further away, and so do not overlap
        least_width, least_height = PARTIAL * width, PARTIAL * height
        most_width, most_height = width / PARTIAL, height / PARTIAL
        stood_x, stood_y, _ = track.anchor
        leap = (STANDING_REACH + REACH_PER_S * box.unseen_s) * height if track.standing else math.inf
        spread_x, spread_y = variance[0] + (ERRORS[0] * height) ** 2, variance[1] + (ERRORS[1] * height) ** 2
        spread_height = variance[3] + (ERRORS[2] * height) ** 2
        extra = _doubt(track, frame)
        sureness = min(box.followed_s / SPEED_KNOWN_S, 1.0)
        home = track.home if track.standing else None
        for column, other_x, other_y, other_width, other_height in found:
            if not -reach < other_x - x < reach or labels[column] != label:
                continue
            if home is not None:
                if (fit := home.cost(centers[column], box.unseen_s)) is not None:
                    costs[row, column] = fit
                continue
            cost = extra
            if not (least_width <= other_width <= most_width and least_height <= other_height <= most_height):
                whole, narrow, low = box.whole((other_x, other_y, other_width, other_height))
                if narrow or low:
                    other_x, other_y, other_width, other_height = whole
                    cost += PARTIAL_COST
            shared = (wide + other_width + slack_x) / 2 - abs(x - other_x)
            shared_high = (high + other_height + slack_y) / 2 - abs(y - other_y)
            if shared <= 0.0 or shared_high <= 0.0:
                continue
            if abs(stood_x - other_x) > leap or abs(stood_y - other_y) > leap:
                continue
            other_wide, other_high = other_width + slack_x, other_height + slack_y
            both = min(shared, wide, other_wide) * min(shared_high, high, other_high)
            cost += 1.0 - both / (wide * high + other_wide * other_high - both)
            if sureness:
                far = (x - other_x) ** 2 / spread_x + (y - other_y) ** 2 / spread_y
                far += (height - other_height) ** 2 / spread_height
                cost += sureness * FAR_COST * min(far / FAR, 1.0)
            ratio = abs(math.log(other_height / height))
            if ratio > SIZE_FREE:
                cost += SIZE_COST * (ratio - SIZE_FREE)
            costs[row, column] = cost
    return costs


def match(
    tracks: Sequence[TrackState],
    centers: Sequence[Values],
    labels: Sequence[int],
    sure: Sequence[bool],
    colours: FrameColours | None = None,
    frame: tuple[float, float] = ANYWHERE,
) -> list[int]:
    """Return each track's detection, -1 where there is none."""
    matched = [-1] * len(tracks)
    costs = costs_of(tracks, centers, labels, frame)
    near = [pair for pair, cost in costs.items() if cost < COST_LIMIT]
    if colours is not None and near:
        near = _add_colours(tracks, costs, near, colours)
    if nothing_to_choose(near):
        for row, column in near:
            matched[row] = column
        return matched
    cost = np.full((len(tracks), len(labels)), FORBIDDEN)
    for pair in near:
        cost[pair] = costs[pair]
    if all(sure):
        return assign(cost)
    matched = assign(np.where(sure, cost, FORBIDDEN))
    if min(matched) < 0:
        cost[[row for row, index in enumerate(matched) if index >= 0]] = FORBIDDEN
        cost[:, [index for index, first in enumerate(sure) if first]] = FORBIDDEN
        matched = [max(pair) for pair in zip(matched, assign(cost), strict=True)]
    return matched


def _add_colours(
    tracks: Sequence[TrackState], costs: Costs, near: list[tuple[int, int]], seen: FrameColours
) -> list[tuple[int, int]]:
    """Add what unlike colours cost to the pairs that may be wrong; return the pairs that still may match."""
    rows, columns = Counter([row for row, _ in near]), Counter([column for _, column in near])
    for row, column in near:
        track = tracks[row]
        if track.colours is None or (track.box.unseen_s <= UNSEEN_S and rows[row] == columns[column] == 1):
            continue
        if (shown := seen.of(column)) is not None:
            unlike = (difference(track.colours, shown) - ALIKE) / (UNLIKE - ALIKE)
            costs[row, column] += COLOUR_COST * min(max(unlike, 0.0), 1.0)
    return [pair for pair in near if costs[pair] < COST_LIMIT]


def nothing_to_choose(near: list[tuple[int, int]]) -> bool:
    """Whether no row and no column is in two of the pairs: that is usual, and needs no solver."""
    return len({row for row, _ in near}) == len(near) == len({column for _, column in near})


def assign(cost: Floats) -> list[int]:
    """Return each row's column in the cheapest assignment, -1 where no column is below the cost limit."""
    matched: list[int] = lap.lapjv(cost, extend_cost=True, cost_limit=COST_LIMIT, return_cost=False)[0].tolist()
    return matched


def inside(box: Sequence[float], frame: tuple[float, float]) -> float:
    """Return the share of `box` (centre, width, height) that lies in the frame."""
    x, y, width, height = box
    across = min(x + width / 2, frame[0]) - max(x - width / 2, 0.0)
    down = min(y + height / 2, frame[1]) - max(y - height / 2, 0.0)
    return max(across, 0.0) * max(down, 0.0) / max(width * height, 1.0)


def _doubt(track: TrackState, frame: tuple[float, float]) -> float:
    """Return what every match of `track` costs: it is not known, was not seen lately, or has left the frame."""
    unseen_s = track.box.unseen_s
    cost = min(GHOST_COST * unseen_s, GHOST_MOST) + (0.0 if track.known else UNCONFIRMED_COST)
    if unseen_s > MISSED_S and (share := inside(track.box.mean, frame)) < OUT:
        cost += OUT_COST * (OUT - share)
    return cost


def _slack(size: float, variance: float) -> float:
    """Return by how much a box of `size` is enlarged along one axis, both sides together."""
    return min(max(SLACK_SIGMAS * math.sqrt(variance), MIN_SLACK * size), MAX_SLACK * size)
