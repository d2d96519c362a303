"""Which measured values are alarming, and which changes of that are worth telling. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Level = Literal["ok", "warn", "critical"]
ORDER: tuple[Level, ...] = ("ok", "warn", "critical")
WARN_AT = {"cpu_temp": 65.0, "storage": 85.0, "sd_health": 0x03}
CRITICAL_AT = {"cpu_temp": 80.0, "storage": 95.0, "sd_health": 0x0B}


@dataclass(frozen=True, slots=True)
class Vitals:
    """What was measured; None could not be read. Degrees Celsius, percent, flags of the firmware, tenths of a life."""

    temp: float | None = None
    load: float | None = None
    storage_pct: float | None = None
    sd_life_est: int | None = None
    throttled: bool | None = None
    ram_pct: float | None = None

    def values(self) -> dict[str, object]:
        """Return what answers tell, where it could be read."""
        found = {
            "temp": self.temp,
            "load": self.load,
            "storage_pct": self.storage_pct,
            "sd_life_est": self.sd_life_est,
            "throttled": self.throttled,
        }
        return {name: value for name, value in found.items() if value is not None}


def levels(measured: Vitals) -> dict[str, Level]:
    """Return the level of each metric that could be read."""
    numbers = {"cpu_temp": measured.temp, "storage": measured.storage_pct, "sd_health": measured.sd_life_est}
    found: dict[str, Level] = {
        name: "critical" if value >= CRITICAL_AT[name] else "warn" if value >= WARN_AT[name] else "ok"
        for name, value in numbers.items()
        if value is not None
    }
    if measured.throttled is not None:
        found["throttle"] = "critical" if measured.throttled else "ok"
    return found


def overall(found: Mapping[str, Level]) -> Level:
    """Return the worst level."""
    return max(found.values(), key=ORDER.index, default="ok")


@dataclass(frozen=True, slots=True)
class Transition:
    """A change of a metric's level."""

    metric: str
    before: Level
    after: Level

    def body(self) -> dict[str, str]:
        """Return it as the event has it."""
        return {"metric": self.metric, "from": self.before, "to": self.after}


@dataclass(slots=True)
class Damping:
    """Announces a rise at once, and a fall when two evaluations in a row agree; `announced` is what was told last."""

    announced: dict[str, Level] = field(default_factory=dict)
    _last: dict[str, Level] = field(default_factory=dict)

    def step(self, found: Mapping[str, Level]) -> list[Transition]:
        """Take an evaluation; return what is to be told. A metric that cannot be read any more counts as `ok`."""
        told: list[Transition] = []
        for metric in {**self.announced, **found}:
            before, after = self.announced.get(metric, "ok"), found.get(metric, "ok")
            rises = ORDER.index(after) > ORDER.index(before)
            if rises or (after != before and self._last.get(metric) == after):
                told.append(Transition(metric, before, after))
                self.announced[metric] = after
            else:
                self.announced.setdefault(metric, before)
            self._last[metric] = after
        return told
