"""What counts as a trigger and as its end: rules over the times at which a line became active or inactive.

`active` means that the line has its trigger level, after inversion. Filters know no clock: whoever drives them gives
the monotonic time with each change, and calls `advance` again when `due` has come.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterator, Mapping
from typing import Any, Protocol

from dogwatch.edge.sensors.types import SensorType

RELEASE_S = 1.0
"""How long after its last pulse a pulse type releases itself."""
SAMPLE_S = 0.1
SLACK_S = 1e-6
"""Monotonic times are sums of floats; a deadline that is this near has come."""


class LineFilter(Protocol):
    """Turns changes of a line into changes between triggered (True) and released (False)."""

    @property
    def due(self) -> float | None:
        """When `advance` must be called even if the line does not change; None if never."""

    def begin(self, active: bool) -> None:
        """Learn the level at arming; it is no trigger."""

    def advance(self, now: float, active: bool | None = None) -> list[bool]:
        """Go on to `now`, with the level that the line takes then; return the changes in order."""


class StableLevel:
    """Follows the line when a level has lasted: `rise_s` into the trigger level, `fall_s` out of it."""

    def __init__(self, rise_s: float, fall_s: float) -> None:
        """Start inactive."""
        self._rise_s, self._fall_s = rise_s, fall_s
        self._on = self._active = False
        self._since = 0.0

    @property
    def due(self) -> float | None:
        """When the level that the line has now will have lasted."""
        if self._active == self._on:
            return None
        return self._since + (self._rise_s if self._active else self._fall_s)

    def begin(self, active: bool) -> None:
        """Take the level as it is."""
        self._on = self._active = active

    def advance(self, now: float, active: bool | None = None) -> list[bool]:
        """See `LineFilter`."""
        changes = list(self._settle(now))
        if active is not None and active != self._active:
            self._active, self._since = active, now
            changes += self._settle(now)
        return changes

    def _settle(self, now: float) -> Iterator[bool]:
        due = self.due
        if due is not None and due <= now + SLACK_S:
            self._on = self._active
            yield self._on


class PulseCount:
    """Triggers when `count` edges into the trigger level come within `window_s`; releases itself after silence.

    For `lockout_s` after an edge that counted no other counts. Contacts of these sensors close for less than a
    millisecond, so their pulses must not be required to last: a debouncer like that of the kernel would drop them.
    """

    def __init__(self, count: int, window_s: float, lockout_s: float) -> None:
        """Start without pulses."""
        self._count, self._window_s, self._lockout_s = count, window_s, lockout_s
        self._pulses: deque[float] = deque(maxlen=count)
        self._last = -math.inf
        self._on = self._active = False

    @property
    def due(self) -> float | None:
        """When the silence will have lasted."""
        return self._last + RELEASE_S if self._on else None

    def begin(self, active: bool) -> None:
        """Forget all pulses."""
        self._pulses.clear()
        self._last, self._on, self._active = -math.inf, False, active

    def advance(self, now: float, active: bool | None = None) -> list[bool]:
        """See `LineFilter`."""
        changes = []
        due = self.due
        if due is not None and due <= now + SLACK_S:
            self._on = False
            changes.append(False)
        if active is None or active == self._active:
            return changes
        self._active = active
        if active and now - self._last >= self._lockout_s - SLACK_S and self._pulse(now):
            changes.append(True)
        return changes

    def _pulse(self, now: float) -> bool:
        """Count a pulse; tell whether it triggers."""
        self._last = now
        if self._on:
            return False
        self._pulses.append(now)
        if len(self._pulses) < self._count or now - self._pulses[0] > self._window_s + SLACK_S:
            return False
        self._pulses.clear()  # these have been reacted to; a stray one later needs as many of its own
        self._on = True
        return True


class SampleMajority:
    """Follows the line when more than half of the last `samples` at 10 Hz were active.

    Nothing is sampled while all of them are equal and the line does not change, so a quiet line costs nothing.
    """

    def __init__(self, samples: int) -> None:
        """Start inactive."""
        self._samples = deque([False] * samples, maxlen=samples)
        self._on = self._active = False
        self._last = -math.inf

    @property
    def due(self) -> float | None:
        """When the next sample is to be taken."""
        if all(sample == self._active for sample in self._samples):
            return None
        return self._last + SAMPLE_S

    def begin(self, active: bool) -> None:
        """Take the level as it is for all samples."""
        self._samples.extend([active] * len(self._samples))
        self._on = self._active = active
        self._last = -math.inf

    def advance(self, now: float, active: bool | None = None) -> list[bool]:
        """See `LineFilter`."""
        changes = list(self._sample_until(now))
        if active is not None and active != self._active:
            self._active = active
            self._last = max(self._last, now - SAMPLE_S)  # after a pause the edge itself is the next sample
            changes += self._sample_until(now)
        return changes

    def _sample_until(self, now: float) -> Iterator[bool]:
        while (due := self.due) is not None and due <= now + SLACK_S:
            self._last = due
            self._samples.append(self._active)
            on = sum(self._samples) * 2 > len(self._samples)
            if on != self._on:
                self._on = on
                yield on


def filter_for(kind: SensorType, calibration: Mapping[str, Any], *, debounced: bool) -> LineFilter:
    """Return the filter of a type.

    Args:
        kind: The type.
        calibration: What the user has set; the type's defaults hold for the rest.
        debounced: The line reports a level only after it has lasted for the type's debounce time.
    """
    if kind.family == "pulse":
        count, window = kind.value_of(calibration, "pulse_count"), kind.value_of(calibration, "pulse_window")
        return PulseCount(count, float(window), kind.debounce_s)
    if kind.type == "pir":
        return SampleMajority(11 - kind.value_of(calibration, "sensitivity"))
    lasting = [one.key for one in kind.calibration]  # settle_time or touch_duration, in tenths of a second
    rise = max([kind.debounce_s, *(kind.value_of(calibration, key) / 10 for key in lasting)])
    spent = kind.debounce_s if debounced else 0.0
    return StableLevel(rise - spent, kind.debounce_s - spent)
