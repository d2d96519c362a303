"""Reports footage that could not be recorded to the core."""

from __future__ import annotations

import errno
from collections.abc import Callable

from dogwatch.bus.messages import FootageLost, Message

REPORT_EVERY_S = 10.0  # a continuing loss is reported this often, not only at its end
FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def reason_of(error: Exception) -> str:
    """Return the `FootageLost.reason` of a failed write."""
    if not isinstance(error, OSError):
        return "bad_stream"
    return "no_space" if error.errno in FULL else "write_error"


class Losses:
    """Tracks one range of lost footage at a time; for one thread."""

    def __init__(self, camera: str, send: Callable[[Message], object]) -> None:
        """Report losses of `camera` through `send`."""
        self._camera, self._send = camera, send
        self._since: float | None = None
        self._until = 0.0
        self._reason = self._detail = ""

    def begin(self, start: float, reason: str, detail: str, *, until: float | None = None) -> None:
        """Footage is lost from `start` (epoch s) on, or was lost until `until`."""
        if self._since is None:
            self._since, self._until = start, start
        self._reason, self._detail = reason, detail
        if until is not None:
            self.extend(until)

    def extend(self, time: float) -> None:
        """The present loss, if any, has lasted until `time` (epoch s)."""
        if self._since is None:
            return
        self._until = max(self._until, time)
        if self._until - self._since >= REPORT_EVERY_S:
            self.flush()
            self._since = self._until

    def resume(self, time: float) -> None:
        """A segment begins at `time` (epoch s): the present loss ends here."""
        if self._since is not None:
            self._until = max(self._until, time)
            self.flush()
            self._since = None

    def flush(self) -> None:
        """Report the present loss so far."""
        if self._since is not None and self._until > self._since:
            self._send(FootageLost(self._camera, self._since, self._until, self._reason, self._detail))

    def forget(self) -> None:
        """Recording was switched off: footage not recorded from now on is not lost."""
        self.flush()
        self._since = None
