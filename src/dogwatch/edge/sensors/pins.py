"""The lines of the GPIO header, through gpiozero; levels are electrical ones, whatever the pull.

Which library drives them is decided when the first line is used: a pin factory that somebody has set for gpiozero (its
mock pins are set like that), the kernel's interface through `gpiod`, or `lgpio` where the system has it. A machine
without lines is told of as `NoChipError`.
"""

from __future__ import annotations

import errno
import os
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any, Protocol, TypeVar

from dogwatch.edge.sensors.types import Pull
from dogwatch.errors import LineBusyError, LineError, NoChipError

SETTLE_S = 0.002
"""How long a line gets to follow the pull, before it is read for a test."""
INSTALL = "the libraries for GPIO are missing: install dogwatch[edge]"
T = TypeVar("T")
LevelHeard = Callable[[float, bool], None]
"""Told of a change: the monotonic time, and whether the line is HIGH. It must return at once."""


class Line(Protocol):
    """An open input."""

    debounced: bool
    """Whether a change is told only after the level has lasted."""

    def level(self) -> bool:
        """Return whether it is HIGH.

        Raises:
            LineError: It cannot be read.
        """

    def close(self) -> None:
        """Give it back."""


class Output(Protocol):
    """An open output."""

    def write(self, high: bool) -> None:
        """Drive it HIGH or LOW.

        Raises:
            LineError: It cannot be driven.
        """

    def close(self) -> None:
        """Give it back."""


@dataclass(slots=True)
class Libraries:
    """A pin factory, and what is known about it."""

    factory: Any
    debounces: bool = False
    kernel_clock: bool = False
    borrowed: bool = False
    """The factory is that of all gpiozero in this process, which somebody may replace."""


class Pins:
    """Opens lines. For any thread."""

    def __init__(
        self, find: Callable[[], Libraries] | None = None, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        """Use what `find` finds; `monotonic` stamps the changes that the kernel does not stamp."""
        self._find, self._monotonic = find or find_libraries, monotonic
        self._lock = threading.Lock()
        self._found: Libraries | None = None

    def open(self, gpio: int, pull: Pull, debounce_s: float, heard: LevelHeard) -> Line:
        """Open an input and follow it.

        Raises:
            LineError: It cannot be opened: `NoChipError`, there are no lines; `LineBusyError`, somebody has it.
        """
        with self._lock:
            found = self._libraries()
            device = _guarded(gpio, lambda: _input(found.factory, gpio, pull))
            return _guarded(gpio, lambda: _FollowedLine(device, gpio, found, debounce_s, heard, self._monotonic))

    def read(self, gpio: int, pull: Pull) -> bool:
        """Open an input, read its level, and give it back.

        Raises:
            LineError: As `open`.
        """
        with self._lock:
            found = self._libraries()
            device = _guarded(gpio, lambda: _input(found.factory, gpio, pull))
            try:
                time.sleep(SETTLE_S)
                return _guarded(gpio, lambda: bool(device.pin.state))
            finally:
                device.close()

    def drive(self, gpio: int, high: bool) -> Output:
        """Open an output with a level.

        Raises:
            LineError: As `open`.
        """
        with self._lock:
            found = self._libraries()
            return _DrivenLine(_guarded(gpio, lambda: _output(found.factory, gpio, high)), gpio)

    def _libraries(self) -> Libraries:
        if self._found is None or self._found.borrowed:
            self._found = self._find()
        return self._found


class _FollowedLine:
    """An input whose changes are told."""

    def __init__(
        self,
        device: Any,
        gpio: int,
        libraries: Libraries,
        debounce_s: float,
        heard: LevelHeard,
        monotonic: Callable[[], float],
    ) -> None:
        self.debounced = libraries.debounces and debounce_s > 0
        self._device, self._gpio, self._heard = device, gpio, heard
        self._stamp: Callable[[float], float] = (
            (lambda ticks: ticks) if libraries.kernel_clock else lambda _: monotonic()
        )
        try:
            device.pin.bounce = debounce_s if self.debounced else None
            device.pin.edges = "both"
            device.pin.when_changed = self._changed  # gpiozero holds it weakly: it lives as long as this line
        except BaseException:
            device.close()
            raise

    def _changed(self, ticks: float, state: float) -> None:
        self._heard(self._stamp(ticks), bool(state))

    def level(self) -> bool:
        return _guarded(self._gpio, lambda: bool(self._device.pin.state))

    def close(self) -> None:
        if not self._device.closed:
            self._device.pin.when_changed = None
            self._device.close()


class _DrivenLine:
    """An output."""

    def __init__(self, device: Any, gpio: int) -> None:
        self._device, self._gpio = device, gpio

    def write(self, high: bool) -> None:
        _guarded(self._gpio, lambda: self._device.on() if high else self._device.off())

    def close(self) -> None:
        self._device.close()


def find_libraries() -> Libraries:
    """Return what drives the lines of this machine.

    Raises:
        NoChipError: There are none, or no library for them.
    """
    if find_spec("gpiozero") is None:
        raise NoChipError(INSTALL)
    from gpiozero import Device
    from gpiozero.exc import BadPinFactory

    if Device.pin_factory is None and os.environ.get("GPIOZERO_PIN_FACTORY"):
        try:
            Device.ensure_pin_factory()
        except (BadPinFactory, OSError, ImportError) as error:
            raise NoChipError(f"GPIOZERO_PIN_FACTORY cannot be used: {error}") from error
    if Device.pin_factory is not None:
        return Libraries(Device.pin_factory, borrowed=True)
    return _over_gpiod() or _over_lgpio()


def _over_gpiod() -> Libraries | None:
    if find_spec("gpiod") is None:
        return None
    try:
        from dogwatch.edge.sensors.gpiod_factory import GpiodFactory, find_chip

        path = find_chip()
    except ImportError as error:  # a wheel for another C library, for example
        raise NoChipError(f"the library gpiod cannot be loaded: {error}") from error
    except PermissionError as error:
        raise NoChipError(f"{error.strerror}: the user of Dogwatch must be in the group gpio") from error
    if path is None:
        raise NoChipError("this machine has no GPIO chip")
    return Libraries(GpiodFactory(path), debounces=True, kernel_clock=True)


def _over_lgpio() -> Libraries:
    if find_spec("lgpio") is None:
        raise NoChipError(INSTALL)
    from gpiozero.pins.lgpio import LGPIOFactory

    try:
        return Libraries(LGPIOFactory(), debounces=True)
    except Exception as error:  # lgpio has an exception of its own, which is not an OSError
        raise NoChipError(f"this machine has no GPIO chip: {error}") from error


def _input(factory: Any, gpio: int, pull: Pull) -> Any:
    from gpiozero import InputDevice

    fixed = factory.pin(gpio).info.pull  # GPIO 2 and 3 have a pull-up on the board, which nobody can change
    return InputDevice(gpio, pull_up=(fixed or pull) == "up", pin_factory=factory)


def _output(factory: Any, gpio: int, high: bool) -> Any:
    from gpiozero import DigitalOutputDevice

    return DigitalOutputDevice(gpio, initial_value=high, pin_factory=factory)


def _guarded(gpio: int, work: Callable[[], T]) -> T:
    """Do something with a line.

    Raises:
        LineError: It failed, in words.
    """
    from gpiozero.exc import GPIOPinInUse, GPIOZeroError

    try:
        return work()
    except GPIOPinInUse as error:
        raise LineBusyError(f"GPIO {gpio} is in use by Dogwatch itself") from error
    except OSError as error:
        if error.errno == errno.EBUSY:
            raise LineBusyError(f"GPIO {gpio} is in use by another program") from error
        raise LineError(f"GPIO {gpio} cannot be used: {error.strerror or error}") from error
    except GPIOZeroError as error:
        raise LineError(f"GPIO {gpio} cannot be used: {error}") from error
    except Exception as error:  # lgpio's own
        if "busy" in str(error).lower():
            raise LineBusyError(f"GPIO {gpio} is in use by another program") from error
        raise LineError(f"GPIO {gpio} cannot be used: {error}") from error
