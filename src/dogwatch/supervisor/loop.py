"""Waits for descriptors and timers, and calls their callbacks."""

from __future__ import annotations

import selectors
import time
from collections.abc import Callable

READ, WRITE = selectors.EVENT_READ, selectors.EVENT_WRITE
LONGEST_WAIT_S = 60.0


class Loop:
    """A loop over descriptors and timers. An exception in a callback goes to `failed`, and ends only that callback."""

    def __init__(self, failed: Callable[[Exception], None]) -> None:
        """Start without descriptors and timers."""
        self._selector = selectors.DefaultSelector()
        self._timers: dict[object, tuple[float, Callable[[], None]]] = {}
        self._failed = failed

    def watch(self, fd: int, events: int, call: Callable[[int], None]) -> None:
        """Call `call` with the events for which `fd` is ready (`READ`, `WRITE`), each time until `forget`."""
        if fd in self._selector.get_map():
            self._selector.modify(fd, events, call)
        else:
            self._selector.register(fd, events, call)

    def forget(self, fd: int) -> None:
        """Stop waiting for `fd`; call it before closing `fd`."""
        if fd in self._selector.get_map():
            self._selector.unregister(fd)

    def after(self, key: object, seconds: float, call: Callable[[], None]) -> None:
        """Call `call` once after `seconds`; this replaces an earlier timer of `key`."""
        self._timers[key] = (time.monotonic() + seconds, call)

    def cancel(self, key: object) -> None:
        """Drop the timer of `key`."""
        self._timers.pop(key, None)

    def once(self) -> None:
        """Wait for the next event, and call all callbacks that are due."""
        now = time.monotonic()
        wait = min((due - now for due, _ in self._timers.values()), default=LONGEST_WAIT_S)
        for key, events in self._selector.select(min(max(0.0, wait), LONGEST_WAIT_S)):
            if self._selector.get_map().get(key.fd) is key:  # an earlier call may have closed it
                self._guarded(lambda key=key, events=events: key.data(events))  # type: ignore[misc]
        now = time.monotonic()
        for name, (due, call) in list(self._timers.items()):
            if due <= now and self._timers.get(name) == (due, call):
                del self._timers[name]
                self._guarded(call)

    def _guarded(self, call: Callable[[], None]) -> None:
        try:
            call()
        except Exception as error:  # noqa: BLE001 - this process must not end
            self._failed(error)
