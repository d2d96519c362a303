"""Who is at home: the rule that turns polls into states, without devices or clocks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

MISSES = 3
QUIET_S = 120.0

Transport = Literal["bluetooth", "wifi"]
Key = tuple[Transport, str]
"""A transport and an address in upper case."""


@dataclass(frozen=True, slots=True)
class Tracked:
    """A device whose presence means that somebody is at home; `irk` is set for phones whose address changes."""

    transport: Transport
    address: str
    name: str
    irk: str | None = None

    @property
    def key(self) -> Key:
        """What tells it from others."""
        return self.transport, self.address.upper()


@dataclass(frozen=True, slots=True)
class Change:
    """A device has arrived or left; `logged` and `announced` say whether the event log and clients are told."""

    device: Tracked
    online: bool
    logged: bool
    announced: bool


@dataclass(slots=True)
class _State:
    online: bool | None = None  # None: not polled yet
    misses: int = 0


class PresenceRule:
    """Keeps the state of each tracked device.

    A device that has not been polled yet takes its state silently; only its arrival is logged. Bluetooth devices leave
    after three misses in a row, because a phone that sleeps may not answer; what the access point lists is exact. The
    state always follows, but the same arrival or departure is told once in 120 s.
    """

    def __init__(self) -> None:
        """Track nothing."""
        self._devices: dict[Key, Tracked] = {}
        self._states: dict[Key, _State] = {}
        self._logged: dict[tuple[Key, bool], float] = {}
        self._announced: dict[tuple[Key, bool], float] = {}

    @property
    def tracked(self) -> tuple[Tracked, ...]:
        """The tracked devices."""
        return tuple(self._devices.values())

    def track(self, devices: Iterable[Tracked]) -> None:
        """Track these devices from now on; others are forgotten."""
        self._devices = {device.key: device for device in devices}
        self._states = {key: self._states.get(key) or _State() for key in self._devices}
        for told in (self._logged, self._announced):
            for key, online in list(told):
                if key not in self._devices:
                    del told[key, online]

    def polled(self, found: Mapping[Key, bool], now: float) -> list[Change]:
        """Take the result of a poll at `now` (monotonic s); devices that are not in `found` were not asked."""
        changes = []
        for key, hit in found.items():
            if key in self._devices and (change := self._step(key, hit, now)) is not None:
                changes.append(change)
        return changes

    def online(self, key: Key) -> bool | None:
        """Tell whether a device is here; None if it is not known, or not polled yet."""
        state = self._states.get(key)
        return state.online if state else None

    def anybody(self) -> bool:
        """Tell whether any tracked device is here."""
        return any(state.online for state in self._states.values())

    def states(self, transport: Transport) -> dict[str, bool]:
        """Return the state of each tracked device of a transport by its address."""
        return {key[1]: bool(self._states[key].online) for key in self._devices if key[0] == transport}

    def _step(self, key: Key, hit: bool, now: float) -> Change | None:
        state = self._states[key]
        first, before = state.online is None, bool(state.online)
        state.misses = 0 if hit else state.misses + 1
        gone = not hit and (key[0] == "wifi" or state.misses >= MISSES or not before)
        state.online = hit or not gone
        if state.online == before and not (first and hit):
            return None
        told = key, state.online
        logged = self._once(self._logged, told, now)
        announced = not first and self._once(self._announced, told, now)
        return Change(self._devices[key], state.online, logged, announced)

    @staticmethod
    def _once(told: dict[tuple[Key, bool], float], what: tuple[Key, bool], now: float) -> bool:
        if now - told.get(what, -QUIET_S) < QUIET_S:
            return False
        told[what] = now
        return True
