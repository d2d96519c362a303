"""A sensor at work on gpiozero's mock pins, with a recorder, presence and clients that only take notes."""

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from gpiozero.pins.mock import MockFactory

from dogwatch.edge.ports import Reason, RecordingState
from dogwatch.edge.sensors.choice import SensorChoice
from dogwatch.edge.sensors.pins import Libraries, Pins
from dogwatch.edge.sensors.runner import SensorRunner
from dogwatch.testing.clock import StandingClock

PATIENCE_S = 10.0


class FakeRecording:
    """Records nothing, and notes when it was asked to."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self.clock = clock
        self.ended: Callable[[bool], None] = lambda _: None
        self.state = RecordingState()
        self.started: list[tuple[float, str | None]] = []
        self.stops = 0
        self.works = True
        self.stopping = threading.Event()
        self.stopping.set()

    def begin(self) -> None:
        """Do nothing."""

    def close(self) -> None:
        """Do nothing."""

    def start(self, reason: Reason, sensor_type: str | None = None) -> bool:
        """Begin, if it works."""
        self.started.append((time.monotonic(), sensor_type))
        if self.works:
            self.state = RecordingState(True, self.clock(), reason)
        return self.works

    def stop(self) -> None:
        """End, as soon as `stopping` is set."""
        self.stopping.wait(PATIENCE_S)
        self.stops += 1
        self.state = RecordingState()

    def end(self, *, crash: bool) -> None:
        """End without being asked to by the sensor."""
        self.state = RecordingState()
        self.ended(crash)


class FakeHome:
    """Answers as it is told to, as soon as `known` is set."""

    def __init__(self) -> None:
        self.home = False
        self.known = threading.Event()
        self.known.set()
        self.polls = 0

    def start(self) -> None:
        """Do nothing."""

    def close(self) -> None:
        """Do nothing."""

    def is_home(self, wait_s: float = 5.0) -> bool:
        """Answer."""
        self.known.wait(wait_s)
        return self.home

    def poll_soon(self) -> None:
        """Count."""
        self.polls += 1

    def connections(self) -> dict[str, Any]:
        """Return nothing."""
        return {}


class Bench:
    """A sensor and everything around it."""

    def __init__(self, choice: SensorChoice, find: Callable[[], Libraries] | None = None) -> None:
        self.clock = StandingClock(1000.0)
        self.factory = MockFactory()
        self.choice = choice
        self.recorder, self.home = FakeRecording(self.clock), FakeHome()
        self.told: list[Mapping[str, Any]] = []
        self.notes: list[tuple[str, str | None]] = []
        self.pins = Pins(find or (lambda: Libraries(self.factory)), self.clock)
        self.runner = SensorRunner(
            lambda: self.choice, self._save, self.pins, self.recorder, self.home, self._publish, self._note, self.clock
        )

    def _save(self, values: Mapping[str, Any], merge: bool) -> None:
        after = replace(self.choice, **values) if merge else SensorChoice(**values)
        if after != self.choice:
            self.choice = after
            self.runner.follow()

    def _publish(self, event: str, data: Mapping[str, Any]) -> None:
        assert event == "sensor_state"
        self.told.append(dict(data))

    def _note(self, kind: str, detail: str | None) -> None:
        self.notes.append((kind, detail))

    def pin(self) -> Any:
        """Return the mock pin that the sensor is wired to."""
        return self.factory.pin(self.choice.gpio)

    def drive(self, *levels: bool) -> None:
        """Drive the pin to levels, one after the other at once."""
        for high in levels:
            (self.pin().drive_high if high else self.pin().drive_low)()

    def go_on(self, seconds: float, step: float = 0.05) -> None:
        """Let the clock go on in steps, each of which the sensor has seen when this returns."""
        for _ in range(round(seconds / step)):
            self.clock.advance(step)
            self.settle()

    def settle(self) -> None:
        """Wait until everything that has come is worked off."""
        self.runner.wait_settled()

    def until(self, holds: Callable[[], object]) -> None:
        """Wait until a condition holds."""
        deadline = time.monotonic() + PATIENCE_S
        while not holds():
            assert time.monotonic() < deadline, (self.notes, self.runner.status())
            time.sleep(0.002)

    def records(self) -> bool:
        """Whether anything records."""
        return self.recorder.state.recording

    @property
    def kinds(self) -> list[str]:
        """What was written into the event log, without details."""
        return [kind for kind, _ in self.notes]

    @contextmanager
    def running(self) -> Iterator["Bench"]:
        """Run the sensor, armed as the choice says."""
        self.runner.start()
        self.settle()
        try:
            yield self
        finally:
            self.runner.close()


@contextmanager
def bench(choice: SensorChoice, find: Callable[[], Libraries] | None = None) -> Iterator[Bench]:
    """Make everything, and run it."""
    with Bench(choice, find).running() as made:
        yield made
