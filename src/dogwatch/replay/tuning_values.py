"""Which values of a filter are tried: a bounded grid around those in force."""

from __future__ import annotations

import math
from collections.abc import Sequence

import msgspec

from dogwatch.analysis import ObjectFilter
from dogwatch.replay.tuning import FilterChange
from dogwatch.vision.filters import NO_LIMIT, pixels
from dogwatch.vision.geometry import Geometry

SCORE_STEP, LOWER, HIGHER = 0.05, 2, 6  # how far scores are tried
LEAST_SIZES = 20  # detections, below which sizes and shapes are not tried
SHARES = (0.05, 0.1, 0.2, 0.3, 0.5)  # of the detections that a limit would drop
LOWEST_SCORE = 0.2  # detectors report nothing below
HIGHEST_SCORE = 0.95

Size = tuple[float, int, float]
"""Score, area (px) and ratio of a detection."""


def scores(rule: ObjectFilter) -> list[FilterChange]:
    """Return the thresholds and smallest scores to try, in hundredths."""
    return [*_scores("threshold", rule.threshold, rule.min_score), *_scores("min_score", rule.min_score, 0)]


def floor(rule: ObjectFilter) -> float:
    """Return the smallest score that any value to try lets pass."""
    return min(rule.min_score, *(one.value for one in scores(rule) if one.setting == "min_score"))


def sizes(rule: ObjectFilter, geometry: Geometry, seen: Sequence[Size], false: Sequence[Size]) -> list[FilterChange]:
    """Return the areas and ratios to try, by what was `seen`, and by the boxes that users have called `false`."""
    least, most = pixels(rule.min_area, geometry), pixels(rule.max_area, geometry)
    passing = [
        one
        for one in seen
        if one[0] >= rule.min_score and least <= one[1] <= most and rule.min_ratio <= one[2] <= rule.max_ratio
    ]
    if len(passing) < LEAST_SIZES:
        return []
    areas, ratios = sorted(float(one[1]) for one in passing), sorted(one[2] for one in passing)
    false_areas, false_ratios = [float(one[1]) for one in false], [one[2] for one in false]
    found: list[FilterChange] = []
    for setting, now, values, wrong, digits in (
        ("area", (least, most), areas, false_areas, 0),
        ("ratio", (rule.min_ratio, rule.max_ratio), ratios, false_ratios, 2),
    ):
        low = {_round(_quantile(values, share), digits) for share in SHARES}
        high = {_round(_quantile(values, 1 - share), digits) for share in SHARES}
        if wrong:  # just beyond the largest, the smallest and the middle false one
            marks = [_quantile(sorted(wrong), share) for share in (0, 0.5, 1)]
            low |= {_round(mark * 1.15, digits) for mark in marks}
            high |= {_round(mark / 1.15, digits) for mark in marks}
        found += _limits(f"min_{setting}", now[0], sorted(one for one in low if one > now[0]))
        found += _limits(f"max_{setting}", now[1], sorted((one for one in high if one < now[1]), reverse=True))
    return found


def changed(rule: ObjectFilter, changes: Sequence[FilterChange]) -> ObjectFilter:
    """Return the filter with these changes."""
    return msgspec.structs.replace(rule, **{one.setting: one.value for one in changes})


def is_limit(value: float) -> bool:
    """Whether a value says anything: the largest default lets everything pass."""
    return value < NO_LIMIT


def _scores(setting: str, now: float, least: float) -> list[FilterChange]:
    tried = [(step, round(now + step * SCORE_STEP, 2)) for step in range(-LOWER, HIGHER + 1) if step]
    lowest = max(least, LOWEST_SCORE)
    return [FilterChange(setting, now, value, abs(step)) for step, value in tried if lowest <= value <= HIGHEST_SCORE]


def _limits(setting: str, now: float, values: Sequence[float]) -> list[FilterChange]:
    return [FilterChange(setting, now, value, step) for step, value in enumerate(values, 1)]


def _quantile(values: Sequence[float], share: float) -> float:
    return values[min(int(share * len(values)), len(values) - 1)]


def _round(value: float, digits: int) -> float:
    """Round to `digits`, and to two significant ones above."""
    if value <= 0:
        return 0.0
    return round(value, max(digits, 1 - math.floor(math.log10(value))) if digits else 1 - math.floor(math.log10(value)))
