"""Decides how a camera moves to keep an object in the middle of its picture. Pure: no clock, no requests.

Positions are parts of the picture from its middle: -1 is its left or lower edge, 1 its right or upper one. Times are
epoch seconds, as pictures have them.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

from dogwatch.onvif.settings import TrackingSettings

DEAD_ZONE = 0.15
"""Parts of the picture by which an object may be off the middle before the camera moves."""
SETTLE_S = 0.15
"""Pictures that were taken sooner after a movement show it."""
NEAR = 0.7
"""How far off another object may be the same: the tracker loses some when the camera moves."""
FURTHEST = 0.9
"""The longest movement at once, in parts of the picture."""
USUAL_MOVE_S = 0.5
LONGEST_AHEAD_S = 1.5
ZOOM_STEP = 0.1
CLOCK_SET_S = 90.0
"""What lies further ahead than this was noted before the clock was set back. Nothing here waits as long."""


@dataclass(frozen=True, slots=True)
class SeenObject:
    """An object in one picture; `width` and `height` are parts of the whole picture, from 0 to 1."""

    id: str
    label: str
    x: float
    y: float
    width: float
    height: float
    zones: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Centre:
    """Move by parts of the picture, and zoom by a part of the range."""

    pan: float
    tilt: float
    zoom: float = 0.0


@dataclass(frozen=True, slots=True)
class GoHome:
    """Move to the preset where following begins."""


Step: TypeAlias = Centre | GoHome | None


def waits(time: float, until: float) -> bool:
    """Whether `until` is still to come."""
    return 0 < until - time <= CLOCK_SET_S


class Following:
    """Follows one object after the other with one camera, which is at its home position at first."""

    def __init__(self, settings: TrackingSettings) -> None:
        """Follow nothing yet."""
        self.settings = settings
        self._id: str | None = None
        self._label = ""
        self._last: SeenObject | None = None
        self._last_time = 0.0
        self._before: tuple[float, SeenObject] | None = None
        self._moved_until = float("-inf")
        self._move_s = USUAL_MOVE_S
        self._quiet_until = float("-inf")

    @property
    def active(self) -> bool:
        """Whether an object is followed."""
        return self._id is not None

    def see(self, time: float, objects: Sequence[SeenObject]) -> Step:
        """Return what to do about a picture that was taken at `time`."""
        if waits(time, self._moved_until + SETTLE_S) or waits(time, self._quiet_until):
            return None
        if self._id is None:
            found = self._begin(objects)
            if found is None:
                return None
        else:
            found = self._again(objects)
            if found is None:
                return self.wait(time)
        self._id, self._label = found.id, found.label
        before = self._before
        self._before = time, found
        self._last, self._last_time = found, time
        return self._centre(time, found, before)

    def wait(self, time: float) -> Step:
        """Return what to do when nothing was seen at `time`: go home after the timeout."""
        if self._last_time - time > CLOCK_SET_S:
            self._last_time = time
        if self._id is not None and time - self._last_time >= self.settings.timeout_s:
            return self.stop()
        return None

    def moved(self, began: float, until: float) -> None:
        """Note a movement that has ended."""
        self._moved_until, self._before = until, None
        self._move_s = 0.7 * self._move_s + 0.3 * min(max(until - began, 0.0), 10.0)
        if self._last is not None:
            self._last_time = max(self._last_time, until)  # nobody could have seen it meanwhile

    def stop(self) -> Step:
        """Follow nothing any more; return what to do."""
        was, self._id, self._last, self._before = self._id, None, None, None
        return GoHome() if was is not None else None

    def leave_alone(self, until: float) -> None:
        """Follow nothing until then: somebody moves the camera."""
        self._id, self._last, self._before = None, None, None
        self._quiet_until = until

    def _begin(self, objects: Sequence[SeenObject]) -> SeenObject | None:
        """Return the object to follow: the largest that is wanted and in one of the zones."""
        wanted = [one for one in objects if one.label in self.settings.labels and one.zones & self.settings.zones]
        return max(wanted, key=lambda one: one.width * one.height, default=None)

    def _again(self, objects: Sequence[SeenObject]) -> SeenObject | None:
        """Return the object that is followed, or one that must be it."""
        for one in objects:
            if one.id == self._id:
                return one
        last = self._last
        if last is None:
            return None
        # After a movement it is expected in the middle.
        x, y = (last.x, last.y) if self._before is not None else (0.0, 0.0)
        alike = [one for one in objects if one.label == self._label and math.hypot(one.x - x, one.y - y) < NEAR]
        return min(alike, key=lambda one: math.hypot(one.x - x, one.y - y), default=None)

    def _centre(self, time: float, found: SeenObject, before: tuple[float, SeenObject] | None) -> Step:
        x, y = found.x, found.y
        if before is not None and before[1].id == found.id and 0 < time - before[0] < 2:
            ahead = min(self._move_s, LONGEST_AHEAD_S) / (time - before[0])
            x += (found.x - before[1].x) * ahead
            y += (found.y - before[1].y) * ahead
        zoom = self._zoom(found)
        off_x, off_y = abs(found.x) > DEAD_ZONE, abs(found.y) > DEAD_ZONE
        if not off_x and not off_y and not zoom:
            return None
        limit = FURTHEST
        pan = min(max(x, -limit), limit) if off_x or off_y else 0.0
        tilt = min(max(y, -limit), limit) if off_x or off_y else 0.0
        return Centre(pan, tilt, zoom)

    def _zoom(self, found: SeenObject) -> float:
        """Return by how much to zoom so that the object fills `zoom_factor` of the picture."""
        if self.settings.zooming == "disabled" or max(abs(found.x), abs(found.y)) > 0.5:
            return 0.0
        ratio = max(found.width, found.height) / self.settings.zoom_factor
        if ratio < 0.7:
            return ZOOM_STEP
        return -ZOOM_STEP if ratio > 1.4 else 0.0
