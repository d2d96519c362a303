"""CPU seconds and proportional memory of a process tree, read from the system."""

import time
from array import array
from dataclasses import dataclass
from pathlib import Path

import psutil

PAGE = 4096
PRESENT, NUMBER = 1 << 63, (1 << 55) - 1  # of an entry of /proc/PID/pagemap (Documentation/admin-guide/mm/pagemap.rst)
KINDS = ("heap", "anonymous", "ring", "tensors", "file", "other")
Mappings = dict[tuple[str, str], float]
"""MiB (PSS) by process name, without its pid, and one of `KINDS`."""


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
            key = f"{_name(process)} {process.pid}"
            cpu[key] = times.user + times.system
            pss[key] = _pss(process.pid)
        except psutil.NoSuchProcess:
            continue
    return Usage(cpu, pss)


def alone(pid: int) -> float:
    """Return the memory (MiB) of process `pid` and all below it, each page counted once and as a whole.

    PSS counts pages in part that other programs use too, as they do those of libraries, so it is lower while more of
    these run. This does not depend on them. 0 without the rights to see the numbers of pages.
    """
    pages: set[int] = set()
    root = psutil.Process(pid)
    for process in [root, *root.children(recursive=True)]:
        try:
            maps = Path(f"/proc/{process.pid}/maps").read_text().splitlines()
            with Path(f"/proc/{process.pid}/pagemap").open("rb") as table:
                for line in maps:
                    if "[v" in line:  # the kernel's own
                        continue
                    first, last = (int(part, 16) // PAGE for part in line.split()[0].split("-"))
                    table.seek(first * 8)
                    pages.update(one & NUMBER for one in array("Q", table.read((last - first) * 8)) if one & PRESENT)
        except OSError:
            continue
    return len(pages - {0}) * PAGE / 1048576


def mappings(pid: int) -> Mappings:
    """Return the memory of process `pid` and all below it, by kind of mapping."""
    found: Mappings = {}
    root = psutil.Process(pid)
    for process in [root, *root.children(recursive=True)]:
        try:
            name, lines = _name(process), Path(f"/proc/{process.pid}/smaps").read_text().splitlines()
        except (psutil.NoSuchProcess, OSError):
            continue
        kind = "other"
        for line in lines:
            words = line.split()
            if not words[0].endswith(":"):
                kind = _kind(words[5] if len(words) > 5 else "")
            elif words[0] == "Pss:":
                found[name, kind] = found.get((name, kind), 0.0) + int(words[1]) / 1024
    return found


def _kind(path: str) -> str:
    if path == "[heap]":
        return "heap"
    if not path or path.startswith("[anon"):
        return "anonymous"
    if "/dogwatch-" in path and "/shm/" in path:
        return "tensors" if "-tensors-" in path else "ring"
    return "file" if path.startswith("/") else "other"


def _name(process: psutil.Process) -> str:
    if "--template" in process.cmdline():  # the template, and what is forked from it
        return process.name().split()[0]
    return next((part for part in process.cmdline() if part.startswith("dogwatch.")), "core")


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
