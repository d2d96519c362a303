"""What a sensor wants done that may block: asking whether somebody is home, starting and finishing a recording."""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeAlias, TypeVar

from dogwatch.edge.sensors.machine import (
    AskHome,
    Effect,
    Note,
    SensorMachine,
    StartOutcome,
    StartRecording,
    StopRecording,
)
from dogwatch.errors import unexpected

if TYPE_CHECKING:
    from dogwatch.edge.ports import EdgeRecording, Home

log = logging.getLogger(__name__)

T = TypeVar("T")
Step: TypeAlias = Callable[[SensorMachine, float], list[Effect]]
"""A step of the machine at a monotonic time."""


class SlowSteps:
    """Does one thing after the other in a thread of its own, and reports each back as a step of the machine."""

    def __init__(self, recorder: EdgeRecording, home: Home, report: Callable[[Step], None]) -> None:
        """Report to `report`, which must not block."""
        self._recorder, self._home, self._report = recorder, home, report
        self._waiting: queue.SimpleQueue[tuple[Effect, str] | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="edge-sensor-slow", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def close(self) -> None:
        """End after what waits, without waiting for it for long."""
        self._waiting.put(None)
        self._thread.join(1.0)

    def put(self, effect: AskHome | StartRecording | StopRecording, kind: str) -> None:
        """Have something done for a sensor of a type; `report` is called once for it, whatever happens."""
        self._waiting.put((effect, kind))

    def _run(self) -> None:
        while (job := self._waiting.get()) is not None:
            self._report(self._done(*job))

    def _done(self, effect: Effect, kind: str) -> Step:
        match effect:
            case AskHome(turn):
                home = _tried(self._ask, otherwise=False)
                return lambda machine, _: machine.answered(turn, home=home)
            case StartRecording(turn):
                outcome = _tried(lambda: self._start(kind), otherwise=StartOutcome.FAILED)
                return lambda machine, now: machine.started(turn, outcome, now, alive=self._runs())
            case StopRecording():
                _tried(self._stop, otherwise=None)
            case Note():
                pass
        return lambda _machine, _now: []

    def _ask(self) -> bool:
        home = self._home.is_home()
        self._home.poll_soon()
        return home

    def _start(self, kind: str) -> StartOutcome:
        state = self._recorder.state
        if state.recording and state.reason != "sensor":  # one of the sensor's own is left from an earlier core
            return StartOutcome.TAKEN
        if self._recorder.start("sensor", kind):
            return StartOutcome.STARTED
        return StartOutcome.TAKEN if self._recorder.state.recording else StartOutcome.FAILED  # by hand, just now

    def _stop(self) -> None:
        if self._runs():  # one that was begun by hand since then is left alone
            self._recorder.stop()

    def _runs(self) -> bool:
        return self._recorder.state.reason == "sensor"


def _tried(work: Callable[[], T], otherwise: T) -> T:
    try:
        return work()
    except Exception as error:
        log.error("the sensor could not do its work: %s", error, exc_info=unexpected(error))
        return otherwise
