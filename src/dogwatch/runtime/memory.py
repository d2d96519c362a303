"""Keeps freed memory from staying with us.

glibc gives each thread that asks while others do a heap of its own, up to eight a processor core, and what has once
been used there seldom goes back to the system. One camera's whole program takes 17 MiB less with two heaps a process.
It also begins to keep even large blocks on a heap when some have been freed; in the core, where these are pictures made
for somebody, each shall have its own memory and give it back. What many small things have taken stays, in pieces
between what is still needed: 60 MiB after all kinds of pictures. So free pages are given back when the process has
grown. Where there is no glibc, nothing here does anything.
"""

from __future__ import annotations

import asyncio
import ctypes
import gc
import os
from collections.abc import Callable
from pathlib import Path

HEAPS = 2
SETTING = "MALLOC_ARENA_MAX"
LARGE_BYTES = 1 << 20
TRIM_S = 5.0
GROWN_BYTES = 4 << 20
ROUNDS = 12  # a minute: so long may a client take to fetch what was made for it
M_MMAP_THRESHOLD, M_ARENA_MAX = -3, -8  # malloc.h


def limit_heaps() -> None:
    """Let this process make few heaps, unless the user has chosen, for small things; before threads are started."""
    if SETTING not in os.environ:
        _call("mallopt", M_ARENA_MAX, HEAPS)
    _call("mallopt", M_MMAP_THRESHOLD, LARGE_BYTES)


def settle() -> None:
    """Spare the garbage collector what a long-running process has built at its start; it would look at it for ever."""
    gc.collect()
    gc.freeze()


class Trimmer:
    """Gives back what is free once the process has grown, and for a while after.

    What is freed later makes the process no larger, and so does not show.
    """

    def __init__(self, resident: Callable[[], int] | None = None) -> None:
        """Begin at the present size, in bytes, as `resident` tells."""
        self._resident = resident or resident_bytes
        self._size = self._resident()
        self._rounds = 0

    async def run(self, *, every_s: float = TRIM_S) -> None:
        """Look again and again."""
        while True:
            await asyncio.sleep(every_s)
            if self.is_due():
                await asyncio.to_thread(self.trim)

    def is_due(self) -> bool:
        """Whether there may be something to give back."""
        size = self._resident()
        if size >= self._size + GROWN_BYTES:
            self._rounds = ROUNDS
        return self._rounds > 0

    def trim(self) -> None:
        """Give back what is free, garbage included."""
        before = self._resident()
        gc.collect()
        _call("malloc_trim", 0)
        self._size = self._resident()
        self._rounds = ROUNDS if before - self._size >= GROWN_BYTES else self._rounds - 1


def resident_bytes() -> int:
    """Return how much memory this process has; 0 where the system does not tell."""
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[1])
    except (OSError, ValueError, IndexError):
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE")


def _call(name: str, *arguments: int) -> None:
    try:
        function = getattr(ctypes.CDLL(None), name)
    except (AttributeError, OSError, TypeError):  # another libc
        return
    function(*arguments)
