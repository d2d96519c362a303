"""Options of glibc's heap, on which freed memory stays between blocks that are still in use.

glibc gives a large block a mapping of its own, which is returned to the system when it is freed. But it stops doing so
for blocks as large as those freed before, unless a limit is set. Without glibc, this module does nothing.
"""

from __future__ import annotations

import ctypes
import os

SETTING = "MALLOC_MMAP_THRESHOLD_"  # by which the user may set another limit
M_MMAP_THRESHOLD = -3  # malloc.h


def map_blocks_from(size: int) -> None:
    """Give each block of at least `size` bytes a mapping of its own. Call it before threads are started."""
    if SETTING not in os.environ:
        call("mallopt", M_MMAP_THRESHOLD, size)


def call(name: str, *arguments: int) -> None:
    """Call the function `name` of the C library, if it has one."""
    try:
        function = getattr(ctypes.CDLL(None), name)
    except (AttributeError, OSError, TypeError):  # another libc
        return
    function(*arguments)
