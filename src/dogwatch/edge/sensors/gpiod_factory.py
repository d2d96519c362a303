"""A pin factory for gpiozero over the official bindings of libgpiod: edges and debouncing are the kernel's.

gpiozero has none of its own for these bindings. This module imports both libraries, so it is imported only where pins
are used. A line is requested when a device uses its pin, and given back when the device is closed.
"""

from __future__ import annotations

import logging
import os
import select
import threading
import time
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path
from typing import Any

import gpiod
from gpiod.line import Bias, Direction, Edge, Value
from gpiozero.exc import PinFixedPull, PinInvalidFunction, PinInvalidPull, PinPWMUnsupported, PinSetInput, PinUnknownPi
from gpiozero.pins.local import get_pi_revision
from gpiozero.pins.pi import PiFactory, PiPin

log = logging.getLogger(__name__)

HEADER_LINES = 28
"""GPIO 0 to 27 are on the header of every Raspberry Pi with 40 pins."""
HEADER_CHIP = "pinctrl-"
"""What the label of the chip with the header's lines begins with: `pinctrl-bcm2711`, `pinctrl-rp1` and others. Its
number differs between boards and kernels."""
ANY_PI = 0xA02082
"""The revision of a Raspberry Pi 3B: its header stands for that of any board that does not tell what it is."""
EVENTS = 64
"""How many events of a line the kernel keeps until they are read."""

_BIAS = {"up": Bias.PULL_UP, "down": Bias.PULL_DOWN, "floating": Bias.DISABLED}
_EDGES = {"both": Edge.BOTH, "rising": Edge.RISING, "falling": Edge.FALLING, "none": Edge.NONE}


def find_chip(paths: Iterable[Path] | None = None) -> str | None:
    """Return the path of the chip that has the header's lines, None if there is none.

    Raises:
        PermissionError: There are chips, but this user may not open them.
    """
    refused: PermissionError | None = None
    for path in sorted(Path("/dev").glob("gpiochip*")) if paths is None else paths:
        try:
            with gpiod.Chip(str(path)) as chip:
                info = chip.get_info()
        except PermissionError as error:
            refused = error
            continue
        except OSError:
            continue
        if info.label.startswith(HEADER_CHIP) and info.num_lines >= HEADER_LINES:
            return str(path)
    if refused is not None:
        raise refused
    return None


class GpiodFactory(PiFactory):  # type: ignore[misc]  # gpiozero has no types
    """Makes pins on one GPIO chip; the number of a line on it is its BCM number."""

    def __init__(self, path: str) -> None:
        """Use the chip at `path`, such as `/dev/gpiochip0`."""
        super().__init__()
        self.path = path
        self.pin_class = GpiodPin

    def _get_revision(self) -> int:
        try:
            return int(get_pi_revision())
        except PinUnknownPi:
            return ANY_PI

    @staticmethod
    def ticks() -> float:
        """Return the time by the clock of the kernel's events: monotonic seconds."""
        return time.monotonic()

    @staticmethod
    def ticks_diff(later: float, earlier: float) -> float:
        """Return the seconds between two times."""
        return later - earlier


class GpiodPin(PiPin):  # type: ignore[misc]  # gpiozero has no types
    """One line of the chip."""

    def __init__(self, factory: GpiodFactory, info: Any) -> None:
        """Request nothing yet."""
        super().__init__(factory, info)
        self._request: Any = None
        self._watch: _Watch | None = None
        self._reset()

    def _reset(self) -> None:
        self._direction, self._pull, self._edges = "input", self.info.pull or "floating", "both"
        self._bounce: float | None = None
        self._value = False

    def close(self) -> None:
        """Give the line back."""
        self.when_changed = None
        self._stop_watching()
        if self._request is not None:
            self._request.release()
            self._request = None
        self._reset()

    def _apply(self) -> None:
        """Request the line as it is wanted now, or change the request."""
        watched = self._watch is not None
        if self._direction == "input":
            settings = gpiod.LineSettings(
                direction=Direction.INPUT,
                bias=Bias.AS_IS if self.info.pull else _BIAS[self._pull],
                edge_detection=_EDGES[self._edges] if watched else Edge.NONE,
                debounce_period=timedelta(seconds=self._bounce or 0.0),
            )
        else:
            settings = gpiod.LineSettings(
                direction=Direction.OUTPUT, output_value=Value.ACTIVE if self._value else Value.INACTIVE
            )
        if self._request is None:
            self._request = gpiod.request_lines(
                self.factory.path, {self._number: settings}, consumer="dogwatch", event_buffer_size=EVENTS
            )
        else:
            self._request.reconfigure_lines({self._number: settings})

    def _get_function(self) -> str:
        return self._direction

    def _set_function(self, value: str) -> None:
        if value not in ("input", "output"):
            raise PinInvalidFunction(f'invalid function "{value}" for pin {self!r}')
        if value == "output":
            self._stop_watching()
        self._direction = value
        self._apply()

    def _get_state(self) -> bool:
        return self._asked().get_value(self._number) is Value.ACTIVE

    def _set_state(self, value: float) -> None:
        if self._direction != "output":
            raise PinSetInput(f"cannot set state of pin {self!r}")
        self._value = bool(value)
        self._asked().set_value(self._number, Value.ACTIVE if self._value else Value.INACTIVE)

    def _asked(self) -> Any:
        if self._request is None:
            self._apply()
        return self._request

    def _get_pull(self) -> str:
        return self._pull

    def _set_pull(self, value: str) -> None:
        if self._direction != "input":
            raise PinFixedPull(f"cannot set pull on non-input pin {self!r}")
        if value not in _BIAS:
            raise PinInvalidPull(f'invalid pull "{value}" for pin {self!r}')
        if self.info.pull not in (value, ""):
            raise PinFixedPull(f"{self!r} has a physical pull-{self.info.pull} resistor")
        self._pull = value
        self._apply()

    def _get_frequency(self) -> None:
        return None

    def _set_frequency(self, value: float | None) -> None:
        if value is not None:
            raise PinPWMUnsupported(f"PWM is not supported on pin {self!r}")

    def _get_bounce(self) -> float | None:
        return self._bounce

    def _set_bounce(self, value: float | None) -> None:
        self._bounce = value
        self._apply()

    def _get_edges(self) -> str:
        return self._edges

    def _set_edges(self, value: str) -> None:
        self._edges = value
        self._apply()

    def _enable_event_detect(self) -> None:
        self._watch = _Watch(self)
        self._apply()
        self._watch.start(self._request)

    def _disable_event_detect(self) -> None:
        self._stop_watching()
        if self._request is not None:
            self._apply()

    def _stop_watching(self) -> None:
        watch, self._watch = self._watch, None
        if watch is not None:
            watch.stop()

    def tell(self, at: float, high: bool) -> None:
        """Hand a change to whoever follows the pin."""
        followed = self._when_changed
        method = followed() if followed is not None else None
        if method is not None:
            method(at, high)


class _Watch:
    """Reads the events of one pin in a thread."""

    def __init__(self, pin: GpiodPin) -> None:
        self._pin = pin
        self._wake, self._waker = os.pipe()
        self._thread: threading.Thread | None = None

    def start(self, request: Any) -> None:
        self._thread = threading.Thread(target=self._run, args=(request,), name=f"gpio-{self._pin!r}", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        os.close(self._waker)
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join(1.0)
        os.close(self._wake)

    def _run(self, request: Any) -> None:
        poller = select.poll()
        poller.register(request.fd, select.POLLIN)
        poller.register(self._wake, select.POLLIN)
        number = 0
        try:
            while True:
                if any(fd == self._wake for fd, _ in poller.poll()):
                    return
                for event in request.read_edge_events():
                    missed = number and event.line_seqno != number + 1
                    number = event.line_seqno
                    self._pin.tell(event.timestamp_ns / 1e9, event.event_type is event.Type.RISING_EDGE)
                    if missed:  # the kernel had no room for some; the last one may be among them
                        self._pin.tell(time.monotonic(), self._pin.state)
        except (OSError, gpiod.RequestReleasedError) as error:
            log.error("%r is not followed any more: %s", self._pin, error)
