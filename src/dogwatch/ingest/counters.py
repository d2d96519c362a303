"""What one camera's ingest counts; `IngestStats` is made from it every few seconds."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class Counters:
    """Totals since the process began. Each field has one writing thread, so that nothing is lost without locks."""

    decoded: int = 0
    published: int = 0
    dropped_decode: int = 0
    dropped_live: int = 0


@dataclass(slots=True)
class InputCounters:
    """Totals of one input since the process began; written by its thread alone."""

    packets: int = 0
    bytes_in: int = 0
    reconnects: int = 0
    stalls: int = 0
    repaired: int = 0
    audio_faults: int = 0
    fps: float = 0.0
