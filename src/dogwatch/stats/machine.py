"""Measures the machine and our processes. The calls are slow, so they need a thread of their own."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import psutil

from dogwatch.stats import gpu

MIB = 1 << 20
SMOOTHING = 0.2  # weight of the newest sample in the moving average


@dataclass(frozen=True, slots=True)
class Load:
    """A process's use in percent: of one processor core (now and on average) and of all memory."""

    cpu: float
    average: float
    memory: float


@dataclass(frozen=True, slots=True)
class Sample:
    """One measurement of the machine; loads by pid."""

    loads: dict[int, Load] = field(default_factory=dict)
    cpu: float = 0.0
    memory: float = 0.0
    temperatures: dict[str, float] = field(default_factory=dict)
    gpus: dict[str, dict[str, str]] = field(default_factory=dict)


class Machine:
    """Measures processes, and keeps the last measurement to compute rates. For one thread."""

    def __init__(self) -> None:
        """Start measuring."""
        self._processes: dict[int, psutil.Process] = {}
        self._averages: dict[int, float] = {}
        psutil.cpu_percent(None)

    def look(self, pids: Iterable[int]) -> Sample:
        """Measure the processes `pids` since the last call; those that have gone are left out."""
        loads: dict[int, Load] = {}
        for pid in pids:
            try:
                process = self._processes.setdefault(pid, psutil.Process(pid))
                cpu, memory = process.cpu_percent(None), process.memory_percent()
            except psutil.Error:
                self._processes.pop(pid, None)
                continue
            average = self._averages.get(pid, cpu)
            self._averages[pid] = average + SMOOTHING * (cpu - average)
            loads[pid] = Load(cpu, self._averages[pid], memory)
        self._processes = {pid: process for pid, process in self._processes.items() if pid in loads}
        self._averages = {pid: average for pid, average in self._averages.items() if pid in loads}
        return Sample(loads, psutil.cpu_percent(None), psutil.virtual_memory().percent, temperatures(), gpu.usages())


def temperatures() -> dict[str, float]:
    """Return the machine's temperatures in degrees Celsius, by sensor."""
    read = getattr(psutil, "sensors_temperatures", None)  # not on every platform
    if read is None:
        return {}
    return {
        f"{chip}:{sensor.label}" if sensor.label else chip: float(sensor.current)
        for chip, sensors in read().items()
        for sensor in sensors
    }


def storage(directory: Path) -> dict[str, Any]:
    """Return size and use in MiB of the volume that holds `directory`, and its file system's name."""
    try:
        usage = shutil.disk_usage(directory)
    except OSError:
        return {"total": 0.0, "used": 0.0, "free": 0.0, "mount_type": "", "mnt_type": ""}
    kind = filesystem(directory)
    return {
        "total": round(usage.total / MIB, 1),
        "used": round(usage.used / MIB, 1),
        "free": round(usage.free / MIB, 1),
        "mount_type": kind,
        "mnt_type": kind,
    }


@lru_cache(maxsize=16)
def filesystem(directory: Path) -> str:
    """Return the name of the file system that holds `directory`, such as `ext4`; empty if unknown."""
    path = directory.resolve()
    mounts = [part for part in psutil.disk_partitions(all=True) if path.is_relative_to(part.mountpoint)]
    return max(mounts, key=lambda part: len(part.mountpoint)).fstype if mounts else ""
