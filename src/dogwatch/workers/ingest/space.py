"""Checks that there is free space for the next segment."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from pathlib import Path

from dogwatch.volume import gone, read_identity

WAIT_S = 2.0  # the core deletes a file within milliseconds; if it takes longer, it cannot
POLL_S = 0.05
ASK_EVERY_S = 10.0
FIRST_ESTIMATE_BYTES = 16 << 20


def free_bytes(root: Path) -> int:
    """Return the bytes that this process may still write to the recordings below `root`, maybe a disk of their own."""
    recordings = root / "recordings"
    stat = os.statvfs(recordings if recordings.is_dir() else root)
    return stat.f_bavail * stat.f_frsize


class SpaceGuard:
    """Keeps the free-space floor for one camera: asks the core to delete footage, and waits a little for it."""

    def __init__(self, root: Path, floor: int, ask: Callable[[int], None], volume: str = "") -> None:
        """Watch the disk of `root`; `ask` tells the core how many bytes are missing.

        `volume` is the text of the recordings' identity file, if it is known already.
        """
        self._root, self.floor, self._ask = root, floor, ask
        self._folder = root / "recordings"
        self._volume = volume or None
        self._estimate = FIRST_ESTIMATE_BYTES
        self._asked = -ASK_EVERY_S
        self.stopping = threading.Event()  # set when the process stops: then nothing waits any more

    def learn(self, size: int) -> None:
        """Use the size of the last segment, with a margin, as the estimate for the next one."""
        self._estimate = max(1 << 20, size + size // 4)

    def reserve(self) -> bool:
        """Return whether the floor and the next segment fit; if not, ask the core to delete footage, and wait.

        It is called in the recorder's thread, whose queue holds the packets meanwhile. After waiting in vain it does
        not wait again for a while: recording then continues below the floor while there is any space.

        Raises:
            OSError: The disk fails, or has been unmounted.
        """
        self._verify()
        missing = self._missing()
        if missing <= 0:
            return True
        now = time.monotonic()
        if now - self._asked < ASK_EVERY_S:
            return False
        self._asked = now
        self._ask(missing)
        while time.monotonic() - now < WAIT_S:
            if self.stopping.wait(POLL_S):
                break
            if self._missing() <= 0:
                self._asked = -ASK_EVERY_S
                break
        self._verify()
        return self._asked < now

    def _verify(self) -> None:
        present = read_identity(self._folder)
        if self._volume is None:
            self._volume = present
        elif present != self._volume:
            raise gone(self._folder)

    def _missing(self) -> int:
        return self.floor + self._estimate - free_bytes(self._root)
