"""Real disks for tests: small file systems in memory, mounted and unmounted as root."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest


class Disk:
    """A tmpfs that keeps what is on it while it is not mounted where it belongs."""

    def __init__(self, store: Path, size: str = "64m") -> None:
        """Make it, mounted at `store`; skips the test where that is not allowed."""
        self._store, self._places = store, list[Path]()
        store.mkdir()
        done = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(store)], capture_output=True, check=False
        )
        if done.returncode:
            pytest.skip("file systems cannot be mounted here (not root)")

    def mount(self, place: Path) -> None:
        """Mount it at `place` too."""
        place.mkdir(parents=True, exist_ok=True)
        subprocess.run(["mount", "--bind", str(self._store), str(place)], check=True)
        self._places.append(place)

    def unmount(self) -> None:
        """Unmount it from where it was mounted last, as by pulling a cable: open files do not hinder that."""
        subprocess.run(["umount", "-l", str(self._places.pop())], check=True)

    def close(self) -> None:
        """Unmount it everywhere."""
        while self._places:
            self.unmount()
        subprocess.run(["umount", "-l", str(self._store)], check=True)
