"""Figures over time for charts: two rings in memory, a fine one for an hour and a coarse one for a day.

A figure is a row of 32-bit floats, so a hundred figures take 400 KB. What is fine comes with every snapshot of
`/api/stats`, which is made anyway; what is coarse are means.
"""

from __future__ import annotations

import math
import os
import threading
from array import array
from collections import deque
from collections.abc import Iterator, Mapping
from typing import Any

from dogwatch.stats.machine import MIB

Key = tuple[str, ...]
FINE_S, FINE_LENGTH = 15, 240
COARSE_S, COARSE_LENGTH = 120, 720
MOST_KEYS = 2000
GROUPS = ("machine", "processes", "cameras", "detectors", "disks", "gpus", "temperatures")
OF_CAMERA = ("camera_fps", "process_fps", "skipped_fps", "detection_fps", "decoded_fps", "bytes_per_second")
DISKS = {"/media/frigate/recordings": "recordings", "/dev/shm": "shared_memory"}  # noqa: S108 - keys of the snapshot


class Ring:
    """The last values of many figures at common times. Not for several threads."""

    def __init__(self, length: int) -> None:
        """Keep `length` times."""
        self.times: deque[float] = deque(maxlen=length)
        self._length, self._at = length, 0
        self._columns: dict[Key, array[float]] = {}
        self._seen: dict[Key, int] = {}

    def add(self, time: float, figures: Mapping[Key, float]) -> None:
        """Add the figures of a time; those that are missing are unknown then, and forgotten after a whole round."""
        place = self._at % self._length
        for key in figures:
            if key not in self._columns and len(self._columns) < MOST_KEYS:
                self._columns[key] = array("f", [math.nan]) * self._length
        for key, column in list(self._columns.items()):
            column[place] = figures.get(key, math.nan)
            if key in figures:
                self._seen[key] = self._at
            elif self._at - self._seen[key] >= self._length:
                del self._columns[key], self._seen[key]
        self._at += 1
        self.times.append(time)

    def columns(self, last: int) -> Iterator[tuple[Key, list[float | None]]]:
        """Yield the `last` values of each figure, oldest first; None for those that are not known."""
        places = [number % self._length for number in range(self._at - last, self._at)]
        for key, column in self._columns.items():
            yield key, [None if math.isnan(value := column[place]) else round(value, 3) for place in places]


class FigureSeries:
    """Both rings. Safe to use from any thread."""

    def __init__(self) -> None:
        """Start without figures."""
        self._lock = threading.Lock()
        self._rings = {FINE_S: Ring(FINE_LENGTH), COARSE_S: Ring(COARSE_LENGTH)}
        self._sums: dict[Key, tuple[float, int]] = {}
        self._period = -1

    def add(self, snapshot: Mapping[str, Any], time: float) -> None:
        """Add a snapshot of `/api/stats`."""
        figures = dict(figures_of(snapshot))
        with self._lock:
            self._rings[FINE_S].add(time, figures)
            period = int(time // COARSE_S)
            if period != self._period and self._sums:
                means = {key: total / count for key, (total, count) in self._sums.items()}
                self._rings[COARSE_S].add(float((self._period + 1) * COARSE_S), means)
                self._sums = {}
            self._period = period
            for key, value in figures.items():
                total, count = self._sums.get(key, (0.0, 0))
                self._sums[key] = total + value, count + 1

    def body(self, step: int, since: float | None = None) -> dict[str, Any]:
        """Return the figures of one of the two steps (s), those after `since` (epoch s) only, as nested lists."""
        with self._lock:
            ring = self._rings[step]
            times = [time for time in ring.times if since is None or time > since]
            found: dict[str, Any] = {"step": step, "times": times, **{group: {} for group in GROUPS}}
            for key, values in ring.columns(len(times)):
                place = found
                for part in key[:-1]:
                    place = place.setdefault(part, {})
                place[key[-1]] = values
        return found


def figures_of(snapshot: Mapping[str, Any]) -> Iterator[tuple[Key, float]]:
    """Yield the figures of a snapshot that charts show."""
    usages = snapshot["cpu_usages"]
    for name, usage in (("machine", usages["frigate.full_system"]), ("core", usages.get(str(os.getpid())))):
        if usage is not None:
            base: Key = ("machine",) if name == "machine" else ("processes", name)
            yield (*base, "cpu"), float(usage["cpu"])
            yield (*base, "memory"), float(usage["mem"])
    for name, process in snapshot["processes"].items():
        yield ("processes", name, "cpu"), float(process["cpu"])
        yield ("processes", name, "memory"), float(process["mem"])
    for name, camera in snapshot["cameras"].items():
        for figure in OF_CAMERA:
            yield ("cameras", name, figure), float(camera[figure])
    for name, detector in snapshot["detectors"].items():
        yield ("detectors", name, "inference_speed"), float(detector["inference_speed"])
    service = snapshot["service"]
    for path, name in DISKS.items():
        yield ("disks", name, "used_bytes"), service["storage"][path]["used"] * MIB
        yield ("disks", name, "total_bytes"), service["storage"][path]["total"] * MIB
    for sensor, celsius in service["temperatures"].items():
        yield ("temperatures", sensor, "celsius"), celsius
    for name, gpu in snapshot["gpu_usages"].items():
        if (load := _percent(gpu.get("gpu", ""))) is not None:
            yield ("gpus", name, "load"), load


def _percent(text: str) -> float | None:
    """Return the number of a text such as `12.0%`; None if it is none."""
    try:
        return float(text.strip().rstrip("%"))
    except ValueError:
        return None
