"""Tells systemd that Dogwatch is ready, and as long as it is well (sd_notify(3)).

The unit needs `NotifyAccess=all`, because the core tells and not the first process of the service. With `WatchdogSec=`,
systemd restarts the whole service when it hears nothing for that long: when the core hangs or cannot be started, or
when recording has failed.
"""

from __future__ import annotations

import logging
import os
import socket
from collections.abc import Collection, Iterable, Mapping
from typing import Any

DISKS = frozenset({"disk_missing", "disk_low", "disk_stuck"})
SHARE = 3
"""Times that systemd is told within the time after which it would restart the service."""
log = logging.getLogger(__name__)


class ServiceManager:
    """Sends words to the socket that systemd has named. No other program is told anything."""

    def __init__(self, environment: Mapping[str, str] | None = None, pids: Iterable[int] | None = None) -> None:
        """Read what systemd has set.

        Args:
            environment: The variables of this process.
            pids: Processes that the watchdog may be meant for: this one, and its supervisor.
        """
        found = os.environ if environment is None else environment
        self._address = found.get("NOTIFY_SOCKET", "")
        if self._address.startswith("@"):
            self._address = "\0" + self._address[1:]
        meant = found.get("WATCHDOG_PID", "")
        ours = {str(pid) for pid in (pids or (os.getpid(), os.getppid()))}
        limit = found.get("WATCHDOG_USEC", "") if not meant or meant in ours else ""
        self._limit_s = int(limit) / 1e6 if limit.isascii() and limit.isdigit() else 0.0
        self._unwell = ""

    @property
    def every_s(self) -> float | None:
        """How often `tick` is to be called; None if nobody waits for it."""
        return self._limit_s / SHARE if self._limit_s and self._address else None

    def ready(self) -> None:
        """Tell that the core serves."""
        self.tell("READY=1")

    def tick(self, problems: Iterable[Mapping[str, Any]], recorded: Collection[str]) -> None:
        """Tell that all is well, unless recording has failed; see `unwell`."""
        reason = unwell(problems, recorded)
        if reason and not self._unwell:
            log.error("systemd will restart the service unless this ends: %s", reason)
        self._unwell = reason
        if not reason:
            self.tell("WATCHDOG=1")

    def tell(self, words: str) -> None:
        """Send `words`, if there is a systemd that wants to know."""
        if not self._address:
            return
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender:
                sender.setblocking(False)
                sender.sendto(words.encode(), self._address)
        except OSError as error:
            log.warning("systemd cannot be told %s: %s", words, error)


def unwell(problems: Iterable[Mapping[str, Any]], recorded: Collection[str]) -> str:
    """Return why recording has failed as a whole for a reason that a restart may end; empty if it has not.

    While one camera is recorded, a restart would cost its footage. A camera that cannot be reached, and a disk that is
    full or missing, are not mended by a restart.

    Args:
        problems: What is wrong now.
        recorded: The cameras that should be recorded.
    """
    found = list(problems)
    kinds: dict[str, set[str | None]] = {}
    for one in found:
        kinds.setdefault(one["kind"], set()).add(one["camera"])
    wanted = set(recorded) - kinds.get("camera_unreachable", set())
    failing = kinds.get("no_footage", set()) | kinds.get("process_failing", set())
    if DISKS & kinds.keys() or not wanted or not wanted <= failing:
        return ""
    return str(next(one["text"] for one in found if one["camera"] in wanted))
