"""The sensor at work: its line, its filter and its state machine in one thread, the recorder and presence in another.

The first thread takes every edge at once, with the time at which it happened. What may block is done by the second one,
in order, which reports back: asking whether somebody is home, starting a recording, and finishing it. So a recording
that takes seconds to finish delays no edge.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from dogwatch.edge.sensors.arming import ArmedSensor, armed_with
from dogwatch.edge.sensors.choice import SensorChoice
from dogwatch.edge.sensors.machine import Effect, Note, SensorMachine, hold_remaining_s
from dogwatch.edge.sensors.slow_steps import SlowSteps, Step
from dogwatch.edge.sensors.types import TYPES
from dogwatch.errors import EdgeError, LineError, unexpected

if TYPE_CHECKING:
    from dogwatch.edge.ports import EdgeRecording, Home
    from dogwatch.edge.sensors.pins import Pins

log = logging.getLogger(__name__)

RETRY_S = 30.0
"""How often a line that cannot be opened is tried again, and one that is open is looked after."""
MOST_EDGES = 1000
"""How many edges may wait. A line that floats makes thousands a second, of which the newest count."""
SETTLED_S = 15.0
"""How long a request waits until everything that follows from it is done: finishing a recording takes up to 10 s."""


class SensorRunner:
    """Watches the sensor that the settings choose. For any thread."""

    def __init__(
        self,
        choice: Callable[[], SensorChoice],
        save: Callable[[Mapping[str, Any], bool], None],
        pins: Pins,
        recorder: EdgeRecording,
        home: Home,
        publish: Callable[[str, Mapping[str, Any]], None],
        note: Callable[[str, str | None], None],
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """Watch nothing before `start`.

        Args:
            choice: Returns what the settings choose.
            save: Changes members of that, or all of it if its second argument is false; calls `follow`.
            pins: The lines.
            recorder: Records; its `ended` is set to tell this sensor.
            home: Knows whether somebody is home.
            publish: Tells clients of an event.
            note: Writes into the event log.
            monotonic: Gives seconds.
        """
        self._choice, self._save, self._pins = choice, save, pins
        self._publish, self._note, self._monotonic = publish, note, monotonic
        self._machine = SensorMachine()
        self._armed: ArmedSensor | None = None
        self._error: str | None = None
        self._look_at: float | None = None
        self._edges: deque[tuple[ArmedSensor, float, bool]] = deque(maxlen=MOST_EDGES)
        self._tasks: deque[Step] = deque()
        self._changed = threading.Condition()  # its lock is one that its holder may take again
        self._lock = threading.RLock()
        self._slow = SlowSteps(recorder, home, self._reported)
        self._slow_ones = 0
        self._rearmed = 0
        self._busy = self._over = False
        self._thread = threading.Thread(target=self._run, name="edge-sensor", daemon=True)
        recorder.ended = self._recording_ended

    def start(self) -> None:
        """Arm what is enabled, and watch it."""
        self._post(lambda _machine, _now: self._rearm())
        self._slow.start()
        self._thread.start()

    def close(self) -> None:
        """Disarm; returns when an owned recording is finished."""
        if not self._runs():
            return
        self._do(lambda _machine, _now: self._disarm())
        with self._changed:
            self._over = True
            self._changed.notify_all()
        self._slow.close()
        self._thread.join(1.0)

    def wait_settled(self) -> None:
        """Look at the clock again, and wait until all that has come is worked off; for tests, whose clock stands."""
        with self._changed:
            self._changed.notify_all()
            self._changed.wait_for(lambda: not self._busy and not self._has_work() and self._settled(), SETTLED_S)

    def follow(self) -> None:
        """Arm what the settings choose now; returns when that is done. For those who change the settings."""
        if self._runs():
            self._do(lambda _machine, _now: self._rearm())

    def configure(self, choice: SensorChoice) -> None:
        """Choose a sensor in place of the one before, and arm it anew even if it is the same.

        Raises:
            EdgeError: 503; the program is starting or ending.
            OSError: The settings cannot be written; nothing has changed.
        """
        before = self._rearmed
        self._save(choice.body(), False)
        if self._rearmed == before:
            self._do(lambda _machine, _now: self._rearm())

    def enable(self, enabled: bool) -> None:
        """Arm or disarm, and write it into the settings; see `configure`. If it is so already, nothing happens."""
        self._save({"enabled": enabled}, True)

    def trigger(self) -> None:
        """Trigger the software sensor; returns when the machine has taken the step.

        Raises:
            EdgeError: 400; it is not armed.
        """
        self._check_mock()
        self._do(lambda machine, _: machine.trigger())

    def release(self) -> None:
        """Release the software sensor; see `trigger`."""
        self._check_mock()
        self._do(SensorMachine.release)

    def level(self, gpio: int) -> bool | None:
        """Return the level of the open line, None if the sensor has not got this one open.

        Raises:
            LineError: It cannot be read.
        """
        with self._lock:
            armed = self._armed
            if armed is None or armed.line is None or armed.choice.gpio != gpio:
                return None
            return armed.line.level()

    def flags(self) -> dict[str, bool]:
        """Return the data of the event `sensor_state`."""
        with self._lock:
            return self._machine.flags.body()

    def status(self) -> dict[str, Any]:
        """Return the body of `GET /sensor/status`."""
        with self._lock:
            choice, machine, kind = self._choice(), self._machine, TYPES.get(self._choice().type)
            shown = None
            if choice.enabled and kind is not None:
                shown = {"type": kind.type, "name": kind.name, "gpio": choice.gpio, "running": machine.armed}
            return {
                **machine.flags.body(),
                "enabled": choice.enabled,
                "hold_seconds": choice.hold_seconds,
                "hold_remaining_seconds": hold_remaining_s(machine, self._monotonic()),
                "config": choice.body(),
                "sensor": shown,
                "sensor_error": self._error,
            }

    @property
    def error(self) -> str | None:
        """Why the sensor is not armed although it is enabled."""
        return self._error

    def _check_mock(self) -> None:
        with self._lock:
            if self._armed is None or self._armed.kind.family != "software":
                raise EdgeError(400, "mock_not_active", "The armed sensor is not the mock sensor")

    def _heard(self, armed: ArmedSensor, at: float, high: bool) -> None:
        with self._changed:
            self._edges.append((armed, at, high))
            self._changed.notify_all()

    def _recording_ended(self, crash: bool) -> None:
        self._post(lambda machine, _: machine.ended(crash=crash))

    def _reported(self, step: Step) -> None:
        with self._changed:
            self._slow_ones -= 1
            self._post(step)

    def _post(self, task: Step) -> None:
        with self._changed:
            self._tasks.append(task)
            self._changed.notify_all()

    def _do(self, task: Step) -> None:
        """Have a step taken, and wait for what follows from it.

        Raises:
            EdgeError: 503; the program is starting or ending.
        """
        if not self._runs():
            raise EdgeError(503, "not_ready", "The sensor is not watched at the moment")
        taken = threading.Event()

        def step(machine: SensorMachine, now: float) -> list[Effect]:
            try:
                return task(machine, now)
            finally:
                taken.set()

        self._post(step)
        with self._changed:
            if not self._changed.wait_for(lambda: taken.is_set() and self._settled(), SETTLED_S):
                log.warning("what follows from a step of the sensor is not done after %g s", SETTLED_S)

    def _settled(self) -> bool:
        return not self._slow_ones and not self._tasks

    def _runs(self) -> bool:
        return self._thread.is_alive() and not self._over

    def _run(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(self._has_work, self._patience())
                if self._over and not self._tasks:
                    return
                task = self._tasks[0] if self._tasks else None  # first, so that a line that floats can be disarmed
                edge = self._edges.popleft() if task is None and self._edges else None
                self._busy = True
            try:
                self._step(edge, task)
            except Exception as error:
                log.error("a step of the sensor failed: %s", error, exc_info=unexpected(error))
            with self._changed:
                self._busy = False
                if task is not None:
                    self._tasks.popleft()
                self._changed.notify_all()

    def _has_work(self) -> bool:
        due = self._due()
        return bool(self._edges or self._tasks or self._over) or (due is not None and due <= self._monotonic())

    def _patience(self) -> float | None:
        due = self._due()
        return None if due is None else max(due - self._monotonic(), 0.0)

    def _due(self) -> float | None:
        waiting = self._armed.filter.due if self._armed is not None and self._armed.filter is not None else None
        return min((at for at in (waiting, self._machine.hold_until, self._look_at) if at is not None), default=None)

    def _step(self, edge: tuple[ArmedSensor, float, bool] | None, task: Step | None) -> None:
        with self._lock:
            before = self._machine.flags
            now = self._monotonic()
            effects: list[Effect] = []
            if edge is not None and edge[0] is self._armed:
                effects += self._advance(edge[1], self._armed.active(edge[2]))
            if task is not None:
                effects += task(self._machine, now)
            elif edge is None or not self._edges:
                effects += self._advance(now)
                effects += self._look(now)
            kind = self._armed.kind.type if self._armed is not None else ""
            after = self._machine.flags
        self._carry_out(effects, kind)
        if after != before:
            self._publish("sensor_state", after.body())

    def _advance(self, now: float, active: bool | None = None) -> list[Effect]:
        effects = self._machine.advance(now)
        if self._armed is not None and self._armed.filter is not None:
            for on in self._armed.filter.advance(now, active):
                effects += self._machine.trigger() if on else self._machine.release(now)
        return effects

    def _carry_out(self, effects: list[Effect], kind: str) -> None:
        for effect in effects:
            if isinstance(effect, Note):
                self._note(effect.kind, effect.detail)
            else:
                with self._changed:
                    self._slow_ones += 1
                self._slow.put(effect, kind)

    def _rearm(self) -> list[Effect]:
        effects = self._disarm()
        self._rearmed += 1
        choice = self._choice()
        self._machine.enabled = choice.enabled
        return effects + self._arm(choice) if choice.enabled else effects

    def _arm(self, choice: SensorChoice) -> list[Effect]:
        self._look_at = self._monotonic() + RETRY_S
        try:
            armed = armed_with(choice, self._pins, self._heard)
        except (LineError, EdgeError) as error:
            if self._error != str(error):
                log.warning("the sensor is not armed: %s", error)
            self._error = str(error)
            return []
        self._armed, self._error = armed, None
        return self._machine.arm(armed.kind.name, choice.hold_seconds)

    def _disarm(self) -> list[Effect]:
        armed, self._armed = self._armed, None
        self._error = self._look_at = None
        if armed is not None:
            armed.close()
        self._machine.enabled = False
        return self._machine.disarm()

    def _look(self, now: float) -> list[Effect]:
        """Try again to open the line; or read it, as edges may have been lost and lines may go away."""
        if self._look_at is None or now < self._look_at:
            return []
        self._look_at = now + RETRY_S
        if self._armed is None:
            return self._arm(self._choice())
        if self._armed.line is None:
            return []
        try:
            return self._advance(now, self._armed.active(self._armed.line.level()))
        except LineError as error:
            effects = self._disarm()
            self._machine.enabled = True
            log.warning("the sensor's line is lost: %s", error)
            self._error, self._look_at = str(error), now + RETRY_S
            return effects
