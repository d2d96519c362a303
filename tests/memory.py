"""Where there is room, files of tests lie in memory.

To write through to a disk costs a test of the database or of the API more time than all that it computes.
"""

from __future__ import annotations

import shutil
from pathlib import Path

MEMORY, ROOM = Path("/dev/shm"), 2 << 30


def in_memory() -> Path | None:
    """Return a directory that is kept in memory; None if there is none, or no room in it."""
    return MEMORY if MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > ROOM else None
