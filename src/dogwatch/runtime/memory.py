"""Makes glibc return freed memory to the system.

glibc gives threads that allocate at the same time a heap each, up to eight for each processor core, and memory once
used there rarely returns to the system. One camera's whole program takes 17 MiB less with two heaps in each process.
glibc also starts to keep large blocks on a heap once some were freed. In the core these are pictures made for clients:
each should have its own mapping, which is returned when it is freed. Memory of many small blocks stays, in gaps between
blocks still in use: 60 MiB after all kinds of pictures. So free pages are returned when the process has grown. Without
glibc, this module does nothing.
"""

from __future__ import annotations

import asyncio
import gc
import os
from collections.abc import Callable

from dogwatch.bus import heap

HEAPS = 2
SETTING = "MALLOC_ARENA_MAX"
LARGE_BYTES = 1 << 20
YOUNG = 10_000
TRIM_S = 5.0
GROWN_BYTES = 4 << 20
ROUNDS = 12  # a minute: a client may take so long to fetch its picture
M_ARENA_MAX = -8  # malloc.h


def limit_heaps() -> None:
    """Limit the heaps of this process, unless the user has set a number, and keep large blocks off them.

    Call it before threads are started.
    """
    if SETTING not in os.environ:
        heap.call("mallopt", M_ARENA_MAX, HEAPS)
    heap.map_blocks_from(LARGE_BYTES)


def hurry() -> None:
    """Collect no garbage before `settle`: a sixth of the time that loading takes, and there is little."""
    gc.disable()


def settle() -> None:
    """Exclude all objects made at the start from garbage collection: otherwise every collection would visit them.

    Half a MiB of them is garbage. To find it would take 0.15 s, just when the first requests come in.
    Later, garbage is looked for after each `YOUNG` new objects. With Python's own 700, that took a fifth of the time of
    a list with thousands of rows, none of which is garbage. With 50,000 or more it takes less in all, but up to 0.2 s
    at a time, in which nothing else can run.
    """
    gc.freeze()
    gc.set_threshold(YOUNG, *gc.get_threshold()[1:])
    gc.enable()


class Trimmer:
    """Returns free memory once the process has grown, and for a while after.

    Memory freed later does not make the process grow, so that it would go unnoticed.
    """

    def __init__(self, resident: Callable[[], int] | None = None) -> None:
        """Start with the present size; `resident` returns it in bytes."""
        self._resident = resident or resident_bytes
        self._size = self._resident()
        self._rounds = 0

    async def run(self, *, every_s: float = TRIM_S) -> None:
        """Check regularly, until cancelled."""
        while True:
            await asyncio.sleep(every_s)
            if self.is_due():
                await asyncio.to_thread(self.trim)

    def is_due(self) -> bool:
        """Whether there may be memory to return."""
        size = self._resident()
        if size >= self._size + GROWN_BYTES:
            self._rounds = ROUNDS
        return self._rounds > 0

    def trim(self) -> None:
        """Return free memory, after collecting garbage in the first round and in the last one: that takes 12 ms."""
        before = self._resident()
        if self._rounds in (ROUNDS, 1):
            gc.collect()
        heap.call("malloc_trim", 0)
        self._size = self._resident()
        self._rounds = ROUNDS if before - self._size >= GROWN_BYTES else self._rounds - 1


def resident_bytes() -> int:
    """Return the resident memory of this process; 0 if the system does not tell."""
    try:
        with open("/proc/self/statm", "rb", buffering=0) as file:  # noqa: PTH123 - a path object takes as long again
            pages = int(file.read().split()[1])
    except (OSError, ValueError, IndexError):
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE")
