"""Counters of one camera's ingest, from which `IngestStats` is made every few seconds."""

from __future__ import annotations

from dataclasses import dataclass

from dogwatch.media.packets import Unit

MEASURED_S = 3.0


@dataclass(slots=True)
class Counters:
    """Totals since the process started. One thread writes each field, so no lock is needed."""

    decoded: int = 0
    dropped_decode: int = 0


@dataclass(slots=True)
class InputCounters:
    """Totals of one input since the process started; only its thread writes them."""

    packets: int = 0
    bytes_in: int = 0
    reconnects: int = 0
    stalls: int = 0
    repaired: int = 0
    audio_faults: int = 0
    fps: float = 0.0


class RateMeter:
    """Measures the frame rate over the first seconds of a connection that does not state it."""

    def __init__(self, counters: InputCounters) -> None:
        """Write the measured rate to `counters.fps`."""
        self._counters = counters
        self._since: float | None = None
        self._pictures = 0

    def feed(self, unit: Unit) -> None:
        """Count one unit, until the rate is known."""
        if self._counters.fps or not unit.video:
            return
        if self._since is None or unit.jumped:
            self._since, self._pictures = unit.dts, 0
            return
        self._pictures += 1
        measured = unit.dts - self._since
        if measured >= MEASURED_S:
            self._counters.fps = self._pictures / measured
