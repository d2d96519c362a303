"""What follows from a trigger and a release: the edge contract's section 7 as pure steps.

The machine knows no clock, no recorder and no presence. Each step returns what is to be done (`Effect`); whoever does
it reports back by another step. So a slow recorder or a presence that is not known yet delays no edge.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class AskHome:
    """Ask whether somebody is home; the answer goes to `answered` with the same `turn`."""

    turn: int


@dataclass(frozen=True, slots=True)
class StartRecording:
    """Start a recording unless one runs; the outcome goes to `started` with the same `turn`."""

    turn: int


@dataclass(frozen=True, slots=True)
class StopRecording:
    """Stop the recording that the sensor has started."""


@dataclass(frozen=True, slots=True)
class Note:
    """An entry for the event log."""

    kind: str
    detail: str | None = None


Effect: TypeAlias = AskHome | StartRecording | StopRecording | Note


class StartOutcome(Enum):
    """What became of `StartRecording`."""

    STARTED = auto()
    FAILED = auto()
    TAKEN = auto()
    """A recording ran already, which was not the sensor's."""


@dataclass(frozen=True, slots=True)
class SensorFlags:
    """The five flags that clients are told."""

    enabled: bool = False
    armed: bool = False
    triggered: bool = False
    suppressed: bool = False
    recording_from_sensor: bool = False

    def body(self) -> dict[str, bool]:
        """Return them as the event `sensor_state` has them."""
        return {
            "enabled": self.enabled,
            "armed": self.armed,
            "triggered": self.triggered,
            "suppressed": self.suppressed,
            "recording_from_sensor": self.recording_from_sensor,
        }


class SensorMachine:
    """The state of one sensor and of the recording that it owns. One thread calls it; times are monotonic seconds."""

    def __init__(self) -> None:
        """Begin disabled."""
        self.enabled = False
        self.armed = False
        self.triggered = False
        self.suppressed = False
        self.owned = False
        self.hold_until: float | None = None
        self._name = ""
        self._hold_s = 0.0
        self._turn = 0
        self._deciding = self._starting = False
        self._ended_early: bool | None = None

    @property
    def flags(self) -> SensorFlags:
        """The flags as they are now."""
        return SensorFlags(self.enabled, self.armed, self.triggered, self.suppressed, self.owned)

    @property
    def deciding(self) -> bool:
        """Whether an answer or an outcome is awaited."""
        return self._deciding or self._starting

    def arm(self, name: str, hold_s: float) -> list[Effect]:
        """The line is open. A level that is active already is no trigger."""
        effects = self.disarm() if self.armed else []
        self.armed, self._name, self._hold_s = True, name, hold_s
        return [*effects, Note("sensor_armed")]

    def disarm(self) -> list[Effect]:
        """The line is closed: an owned recording ends, and answers that are still awaited count no more."""
        effects: list[Effect] = self._stop("sensor disarmed") if self.owned else []
        if self.armed:
            effects.append(Note("sensor_disarmed"))
        self.armed = self.triggered = self.suppressed = False
        self._deciding = self._starting = False
        self._ended_early = None
        self._turn += 1
        return effects

    def trigger(self) -> list[Effect]:
        """The filter has triggered."""
        if not self.armed or self.triggered:
            return []
        self.triggered, self.suppressed, self.hold_until = True, False, None
        effects: list[Effect] = [Note("sensor_triggered", self._name)]
        if not self.owned and not self.deciding:
            self._deciding = True
            effects.append(AskHome(self._turn))
        return effects

    def answered(self, turn: int, *, home: bool) -> list[Effect]:
        """Whether somebody is home. A trigger whose release came before the answer is recorded too."""
        if turn != self._turn or not self._deciding:
            return []
        self._deciding = False
        if home:
            self.suppressed = self.triggered
            return []
        self._starting = True
        return [StartRecording(turn)]

    def started(self, turn: int, outcome: StartOutcome, now: float, *, alive: bool = True) -> list[Effect]:
        """What became of a start.

        Args:
            turn: That of the effect.
            outcome: What the recorder said.
            now: Monotonic seconds.
            alive: The recording still runs, as far as anybody knows. If it has ended, `ended` has come or will come.
        """
        if turn != self._turn or not self._starting:
            return [StopRecording()] if outcome is StartOutcome.STARTED else []  # nobody wants it any more
        self._starting = False
        crash, self._ended_early = self._ended_early, None
        if outcome is StartOutcome.FAILED:
            return [Note("recording_failed", "sensor trigger")]
        if outcome is StartOutcome.TAKEN:
            return []
        self.owned = True
        effects: list[Effect] = [Note("recording_started", "sensor trigger")]
        if crash is not None and not alive:
            return effects + self.ended(crash=crash)
        return effects if self.triggered else effects + self._released(now)

    def release(self, now: float) -> list[Effect]:
        """The filter has released."""
        if not self.triggered:
            return []
        self.triggered = self.suppressed = False
        effects: list[Effect] = [Note("sensor_released")]
        return effects + self._released(now) if self.owned else effects

    def advance(self, now: float) -> list[Effect]:
        """End the hold if its time has come."""
        if self.hold_until is None or now < self.hold_until:
            return []
        return self._stop("sensor release")

    def ended(self, *, crash: bool) -> list[Effect]:
        """A recording was stopped by hand, or has died. What is not the sensor's changes nothing."""
        if self._starting:
            self._ended_early = crash  # this one, or another before it: `started` will know
        if not self.owned:
            return []
        self.owned, self.hold_until = False, None
        return [Note("recording_stopped", "recorder crash")] if crash else []

    def _released(self, now: float) -> list[Effect]:
        if self._hold_s <= 0:
            return self._stop("sensor release")
        self.hold_until = now + self._hold_s
        return []

    def _stop(self, why: str) -> list[Effect]:
        self.owned, self.hold_until = False, None
        return [StopRecording(), Note("recording_stopped", why)]


def hold_remaining_s(machine: SensorMachine, now: float) -> float | None:
    """Return for how long an owned recording goes on, None while it is not holding."""
    return None if machine.hold_until is None else max(round(machine.hold_until - now, 1), 0.0)
