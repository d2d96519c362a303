"""Sirens, lamps and relays: on by a rule or a request, and off again in every case.

Each has a thread, so that an address which does not answer delays no siren. All are turned off at the start and at the
end; a line is released by the kernel when the program dies.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

from dogwatch.edge.output_ports import OutputPort, port_of
from dogwatch.edge.output_timer import OutputTimer
from dogwatch.errors import EdgeError, LineError

if TYPE_CHECKING:
    from dogwatch.config.edge_modes import Mode, OutputConfig
    from dogwatch.edge.sensors.pins import Pins
    from dogwatch.outputs.broadcast import Broadcast, Publication

log = logging.getLogger(__name__)

RETRY_S = 5.0
ANSWER_S = 6.0
"""How long a request waits until the output has followed."""
ALERT = "alert"
Told = Callable[[str, bool], None]


class SwitchedOutput:
    """One output, and its thread."""

    def __init__(
        self, name: str, config: OutputConfig, port: OutputPort, told: Told, monotonic: Callable[[], float]
    ) -> None:
        """Turn nothing on or off before `start`; `told` is called when it has gone on or off."""
        self.name, self.config = name, config
        self._port, self._told, self._monotonic = port, told, monotonic
        self._timer = OutputTimer(config.longest_s, config.rest_s)
        self._changed = threading.Condition()
        self._driven: bool | None = None  # None: it is not known, at the start or after a failure
        self._shown = False
        self._error: str | None = None
        self._failed_at: float | None = None
        self._over = False
        self._thread = threading.Thread(target=self._run, name=f"edge-output-{name}", daemon=True)

    def start(self) -> None:
        """Turn it off, and follow what it should be."""
        self._thread.start()

    def close(self) -> None:
        """Turn it off for good."""
        with self._changed:
            self._timer.off()
            self._over = True
            self._changed.notify_all()
        if self._thread.is_alive():
            self._thread.join(ANSWER_S)

    def happen(self) -> None:
        """A rule turns it on."""
        with self._changed:
            self._timer.happen(self._monotonic(), self.config.seconds)
            self._changed.notify_all()

    def ask(self, on: bool, seconds: float | None) -> dict[str, Any]:
        """Turn it on or off by a request; return its state when it has followed.

        Raises:
            EdgeError: 503; it has not followed.
        """
        wanted = self.config.seconds if seconds is None else seconds
        if self.config.dead_man_s is not None:
            wanted = min(wanted, self.config.dead_man_s)
        with self._changed:
            self._failed_at = self._error = None
            if on:
                self._timer.ask(self._monotonic(), wanted)
            else:
                self._timer.off()
            self._changed.notify_all()
            self._changed.wait_for(lambda: self._driven == on or self._error is not None, ANSWER_S)
            if self._driven != on:
                error = self._error or "it takes too long"
                raise EdgeError(503, "output_failed", f"The output '{self.name}' does not follow: {error}")
            return self._body()

    def body(self) -> dict[str, Any]:
        """Return its state as answers have it."""
        with self._changed:
            return self._body()

    def wake(self) -> None:
        """Look at the clock again; for tests, whose clock stands."""
        with self._changed:
            self._changed.notify_all()

    def _body(self) -> dict[str, Any]:
        until = self._timer.until
        left = None if until is None else max(round(until - self._monotonic(), 1), 0.0)
        return {"name": self.name, "on": self._shown, "remaining_seconds": left, "error": self._error}

    def _run(self) -> None:
        while True:
            with self._changed:
                self._timer.advance(self._monotonic())
                while self._driven == self._timer.on or self._resting():
                    if self._over:
                        return self._port.close()
                    self._changed.wait(self._patience())
                    self._timer.advance(self._monotonic())
                wanted = self._timer.on
            self._drive(wanted)

    def _resting(self) -> bool:
        """Whether it has failed so lately that it is not tried again yet."""
        return self._failed_at is not None and self._monotonic() < self._failed_at + RETRY_S

    def _patience(self) -> float | None:
        again = self._failed_at + RETRY_S if self._failed_at is not None else None
        due = [at for at in (self._timer.until, again) if at is not None]
        return max(min(due) - self._monotonic(), 0.0) if due else None

    def _drive(self, wanted: bool) -> None:
        try:
            self._port.drive(on=wanted)
        except LineError as error:
            with self._changed:
                if self._error is None:
                    log.warning("the output '%s' does not go %s: %s", self.name, "on" if wanted else "off", error)
                # It may have followed all the same, and its answer was lost: then it must go off again.
                self._driven = None
                self._error, self._failed_at = str(error), self._monotonic()
                self._changed.notify_all()
            return
        with self._changed:
            before, self._shown, self._driven = self._shown, wanted, wanted
            self._error = self._failed_at = None
            self._changed.notify_all()
        if before != wanted:
            self._told(self.name, wanted)


class Outputs:
    """All outputs. For any thread."""

    def __init__(
        self,
        configs: Mapping[str, OutputConfig],
        pins: Pins,
        broadcast: Broadcast,
        mode: Callable[[], Mode | None],
        told: Told,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """Make them; nothing is turned on or off before `start`."""
        self.by_name = {
            name: SwitchedOutput(name, config, port_of(config, pins), told, monotonic)
            for name, config in configs.items()
        }
        self._broadcast, self._mode = broadcast, mode
        self._listening = ExitStack()

    def start(self) -> None:
        """Turn all of them off, and follow the rules."""
        for output in self.by_name.values():
            output.start()
        if any(ALERT in output.config.on for output in self.by_name.values()):
            self._listening.enter_context(self._broadcast.observed_by(self._published))

    def close(self) -> None:
        """Turn all of them off for good."""
        self._listening.close()
        for output in self.by_name.values():
            output.close()

    def heard(self, kind: str) -> None:
        """Something has happened: turn on what a rule turns on for it. Returns at once."""
        for output in self.by_name.values():
            if kind in output.config.on and (not output.config.modes or self._mode() in output.config.modes):
                output.happen()

    def named(self, name: str) -> SwitchedOutput:
        """Return an output.

        Raises:
            EdgeError: 404; there is none of this name.
        """
        if name not in self.by_name:
            raise EdgeError(404, "not_found", f"There is no output '{name[:64]}'")
        return self.by_name[name]

    def _published(self, publication: Publication) -> None:
        if publication.topic == "reviews" and is_new_alert(publication.payload):
            self.heard(ALERT)


def is_new_alert(payload: object) -> bool:
    """Whether a message about a review item says that it has become an alert."""
    match payload:
        case {"type": str() as kind, "after": {"severity": "alert"}}:
            before = payload.get("before") if isinstance(payload, dict) else None
            return kind == "new" or (isinstance(before, dict) and before.get("severity") != "alert")
    return False
