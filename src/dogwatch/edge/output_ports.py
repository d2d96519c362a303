"""What an output is behind: a GPIO line, or addresses that are asked."""

from __future__ import annotations

import urllib.error
import urllib.request
from http.client import HTTPException
from typing import TYPE_CHECKING, Protocol

from dogwatch.errors import LineError

if TYPE_CHECKING:
    from dogwatch.config.edge_modes import OutputConfig
    from dogwatch.edge.sensors.pins import Output, Pins

TIMEOUT_S = 5.0
LONGEST_ANSWER = 64 << 10


class OutputPort(Protocol):
    """Turns something on and off; may block for some seconds."""

    def drive(self, *, on: bool) -> None:
        """Turn it on or off.

        Raises:
            LineError: It did not work.
        """

    def close(self) -> None:
        """Give it back."""


class LinePort:
    """A line, which is opened when it is first driven."""

    def __init__(self, pins: Pins, gpio: int, *, active_low: bool) -> None:
        """Use a line; HIGH is on, unless LOW is."""
        self._pins, self._gpio, self._active_low = pins, gpio, active_low
        self._line: Output | None = None

    def drive(self, *, on: bool) -> None:
        """See `OutputPort`."""
        high = on != self._active_low
        if self._line is None:
            self._line = self._pins.drive(self._gpio, high)
        else:
            self._line.write(high)

    def close(self) -> None:
        """See `OutputPort`."""
        if self._line is not None:
            self._line.close()


class WebPort:
    """Addresses. They may hold passwords, so no error tells them."""

    def __init__(self, url_on: str, url_off: str | None, method: str) -> None:
        """Ask one address for on, and another for off; without that, it goes off by itself."""
        self._urls, self._method = {True: url_on, False: url_off}, method

    def drive(self, *, on: bool) -> None:
        """See `OutputPort`."""
        url = self._urls[on]
        if url is None:
            return
        data = None if self._method == "GET" else b""
        request = urllib.request.Request(url, data, method=self._method)  # noqa: S310 - the configuration takes http(s) only
        try:
            with urllib.request.urlopen(request, timeout=TIMEOUT_S) as answer:  # noqa: S310
                answer.read(LONGEST_ANSWER)
        except urllib.error.HTTPError as error:
            error.close()
            raise LineError(f"the address has answered with status {error.code}") from None
        except (OSError, HTTPException, ValueError) as error:
            raise LineError(f"the address cannot be reached ({type(error).__name__})") from None

    def close(self) -> None:
        """See `OutputPort`."""


def port_of(config: OutputConfig, pins: Pins) -> OutputPort:
    """Return what an output is behind."""
    if config.gpio is not None:
        return LinePort(pins, config.gpio, active_low=config.active_low)
    return WebPort(config.url_on or "", config.url_off, config.method)
