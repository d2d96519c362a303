"""Which cameras are shown in the picture of several now."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dogwatch.config.live import BirdseyeMode

AT_ONCE_S = 2.0
"""Cameras whose last activity is no further apart than this are active at the same time."""


@dataclass(frozen=True, slots=True)
class ShownCamera:
    """What the configuration says of one camera's place."""

    mode: BirdseyeMode
    order: int = 0


@dataclass(slots=True)
class LastActivity:
    """When a camera last saw something move, and an object that moves (epoch s); 0 for never."""

    motion: float = 0.0
    objects: float = 0.0

    def of(self, mode: BirdseyeMode) -> float:
        """Return when it was last active in the sense of `mode`."""
        return self.objects if mode == "objects" else max(self.motion, self.objects)


NEVER = LastActivity()


def shown(
    cameras: Mapping[str, ShownCamera],
    activity: Mapping[str, LastActivity],
    now: float,
    threshold_s: float,
    most: int | None = None,
    before: Collection[str] = (),
) -> list[str]:
    """Return the cameras to show, in their order and then by name.

    Args:
        cameras: All that may be shown.
        activity: When each was last active.
        now: Epoch seconds. Activity that is far ahead of it is from before the clock was set back, and does not count.
        threshold_s: How long a camera is shown after it was active; in mode `continuous` it always is.
        most: How many are shown at most; the most recently active ones win.
        before: Which are shown so far. They win among those that are active at the same time, so that the picture does
            not change with every frame.
    """
    found = {
        name: activity.get(name, NEVER).of(camera.mode)
        for name, camera in cameras.items()
        if camera.mode == "continuous" or abs(now - activity.get(name, NEVER).of(camera.mode)) <= threshold_s
    }

    def place(name: str) -> tuple[int, str]:
        return cameras[name].order, name

    if most is not None and len(found) > most:

        def rank(name: str) -> tuple[float, bool, tuple[int, str]]:
            return -min(found[name], now - AT_ONCE_S), name not in before, place(name)

        return sorted(sorted(found, key=rank)[:most], key=place)
    return sorted(found, key=place)
