"""CPU seconds and proportional memory of a process tree, read from the system."""

import time
from dataclasses import dataclass
from pathlib import Path

import psutil


@dataclass(frozen=True, slots=True)
class Usage:
    """CPU seconds used so far and memory (PSS, MiB) held now, by process name."""

    cpu: dict[str, float]
    pss: dict[str, float]

    @property
    def total_pss(self) -> float:
        return sum(self.pss.values())


def tree(pid: int) -> Usage:
    """Measure process `pid` and all below it."""
    root = psutil.Process(pid)
    cpu: dict[str, float] = {}
    pss: dict[str, float] = {}
    for process in [root, *root.children(recursive=True)]:
        try:
            times = process.cpu_times()
            command = process.cmdline()
            name = next((part for part in command if part.startswith("dogwatch.")), "core")
            if process.name() == "template":
                name = "template"
            key = f"{name} {process.pid}"
            cpu[key] = times.user + times.system
            pss[key] = _pss(process.pid)
        except psutil.NoSuchProcess:
            continue
    return Usage(cpu, pss)


def over(pid: int, seconds: float) -> tuple[dict[str, float], Usage]:
    """Return the CPU seconds that each process of the tree used in the next `seconds`, and its memory then."""
    before = tree(pid)
    time.sleep(seconds)
    after = tree(pid)
    return {key: used - before.cpu.get(key, 0.0) for key, used in after.cpu.items()}, after


def _pss(pid: int) -> float:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return psutil.Process(pid).memory_info().rss / 1048576
    return next(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024
