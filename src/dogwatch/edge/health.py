"""Looks after the computer's health: samples, alerts, and the event `system_info` for who listens."""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable
from typing import Any

from dogwatch.edge.alerts import Damping, Level, Vitals, levels, overall
from dogwatch.edge.files import StateFile, iso
from dogwatch.edge.news import News
from dogwatch.edge.repeated import Repeated

log = logging.getLogger(__name__)

SAMPLE_S, MOST = 300.0, 864
EVALUATE_S = 30.0
INFO_S = 10.0


class Health:
    """Samples every five minutes, alerts every half. For any thread."""

    def __init__(
        self,
        measure: Callable[[], Vitals],
        info: Callable[[], dict[str, Any]],
        news: News,
        file: StateFile,
        clock: Callable[[], float],
    ) -> None:
        """Go on with the samples in `file`; `info` is the body of `GET /system_info`."""
        self._measure, self._info, self._news, self._file, self._clock = measure, info, news, file, clock
        self._lock = threading.Lock()
        self._samples: deque[dict[str, Any]] = deque(_read(file), MOST)
        self._damping = Damping()
        self._measured: Vitals | None = None
        self._running = (
            Repeated("edge-samples", SAMPLE_S, self.sample),
            Repeated("edge-alerts", EVALUATE_S, self.evaluate),
            Repeated("edge-system-info", INFO_S, self.tell),
        )

    def start(self) -> None:
        """Begin."""
        for one in self._running:
            one.start()

    def close(self) -> None:
        """End."""
        for one in self._running:
            one.close()

    def state(self) -> dict[str, Any]:
        """Return the alerts by their plain thresholds, as at the last evaluation."""
        measured = self._measured
        if measured is None:
            return {"overall": "ok", "alerts": {}, "values": {}}
        found = levels(measured)
        return {"overall": overall(found), "alerts": found, "values": measured.values()}

    def evaluate(self) -> None:
        """Measure, and tell of levels that have changed."""
        measured = self._measure()
        with self._lock:
            self._measured = measured
            told = self._damping.step(levels(measured))
            announced: dict[str, Level] = dict(self._damping.announced)
        if told:
            body = {
                "overall": overall(announced),
                "alerts": announced,
                "transitions": [one.body() for one in told],
                "values": measured.values(),
                "ts": iso(self._clock()),
            }
            self._news.publish("system_alert", body)

    def sample(self) -> None:
        """Add a sample.

        Raises:
            OSError: The samples cannot be written; they are kept in memory.
        """
        measured = self._measure()
        found = levels(measured)
        row = {
            "ts": iso(self._clock()),
            "status": overall(found) if found else "unknown",
            "temp": measured.temp,
            "load": measured.load,
            "throttle_active": measured.throttled,
            "ram_pct": measured.ram_pct,
        }
        with self._lock:
            self._samples.append(row)
            rows = list(self._samples)
        self._file.write(rows)

    def history(self, hours: float) -> list[dict[str, Any]]:
        """Return the samples of the last `hours`, oldest first."""
        oldest = iso(self._clock() - hours * 3600)
        with self._lock:
            return [row for row in self._samples if row["ts"] >= oldest]

    def tell(self) -> None:
        """Tell connected clients how the computer is."""
        if self._news.readers:
            self._news.publish("system_info", self._info())


def _read(file: StateFile) -> list[dict[str, Any]]:
    try:
        found = file.read()
    except (OSError, ValueError) as error:
        log.error("the health log begins anew: %s", error)
        return []
    rows = found if isinstance(found, list) else []
    return [row for row in rows if isinstance(row, dict) and isinstance(row.get("ts"), str)]
