"""What has happened, for people: `client/data/event_log.json`. Kept in memory, and written once a minute at most."""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from dogwatch.edge.files import StateFile, iso
from dogwatch.edge.repeated import Repeated

log = logging.getLogger(__name__)

MOST = 5000
SAME_S = 120.0
WRITE_S = 60.0
CRITICAL = frozenset({"unauthorized_access", "stream_disconnected", "recording_failed"})
WARN = frozenset({"recording_started", "sensor_triggered", "motion_detected"})


@dataclass(frozen=True, slots=True)
class Happening:
    """One entry; `time` is in epoch seconds."""

    time: float
    kind: str
    detail: str | None = None

    @property
    def severity(self) -> str:
        """`ok`, `warn` or `critical`."""
        return "critical" if self.kind in CRITICAL else "warn" if self.kind in WARN else "ok"

    def body(self) -> dict[str, str]:
        """Return it as answers and the file have it."""
        shown = {"ts": iso(self.time), "type": self.kind, "severity": self.severity}
        return shown | ({"detail": self.detail} if self.detail is not None else {})


class EventLog:
    """The entries, newest last. For any thread."""

    def __init__(self, file: StateFile, clock: Callable[[], float]) -> None:
        """Go on with what `file` holds; `clock` gives epoch seconds."""
        self._file, self._clock = file, clock
        self._lock = threading.Lock()
        self._entries: deque[Happening] = deque(_read(file), MOST)
        self._newest = {(one.kind, one.detail): one.time for one in self._entries}
        self._changed = False
        self._followers: list[Callable[[str], None]] = []
        self._writing = Repeated("edge-event-log", WRITE_S, self.flush)

    def start(self) -> None:
        """Write down from now on what is new."""
        self._writing.start()

    def close(self) -> None:
        """Write down what is new, and no more."""
        self._writing.close()
        self.flush()

    def follow(self, tell: Callable[[str], None]) -> None:
        """Call `tell` with the type of all that happens, also what is not noted again; it must return at once."""
        self._followers.append(tell)

    def add(self, kind: str, detail: str | None = None) -> None:
        """Note that something has happened; the same within two minutes is noted once."""
        for tell in self._followers:
            tell(kind)
        now = self._clock()
        with self._lock:
            if 0 <= now - self._newest.get((kind, detail), -SAME_S) < SAME_S:
                return
            if len(self._newest) > MOST:
                self._newest = {(one.kind, one.detail): one.time for one in self._entries}
            self._newest[kind, detail] = now
            self._entries.append(Happening(now, kind, detail))
            self._changed = True

    def since(self, hours: float) -> list[Happening]:
        """Return the entries of the last `hours`, oldest first."""
        oldest = self._clock() - hours * 3600
        with self._lock:
            return [one for one in self._entries if one.time >= oldest]

    def flush(self) -> None:
        """Write the file, if anything is new.

        Raises:
            OSError: It cannot be written; the next time it is tried again.
        """
        with self._lock:
            if not self._changed:
                return
            entries, self._changed = list(self._entries), False
        try:
            self._file.write([one.body() for one in entries])
        except OSError:
            self._changed = True
            raise


def _read(file: StateFile) -> list[Happening]:
    try:
        found = file.read()
    except (OSError, ValueError) as error:
        log.error("the event log begins anew: %s", error)
        return []
    rows = found if isinstance(found, list) else []
    return [one for row in rows if (one := _happening(row)) is not None]


def _happening(row: Any) -> Happening | None:
    """Return what a row of the file says; None if it is none."""
    match row:
        case {"ts": str() as time, "type": str() as kind}:
            detail = row.get("detail")
            try:
                return Happening(
                    datetime.fromisoformat(time).timestamp(), kind, None if detail is None else str(detail)
                )
            except (ValueError, OverflowError, OSError):
                return None
    return None
