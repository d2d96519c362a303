"""Real disks for tests: small file systems in memory, mounted and unmounted as root."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


@contextmanager
def small_disk(place: Path, size: str) -> Iterator[Path]:
    """Mount an empty disk of `size` at the new directory `place`."""
    _mount_tmpfs(place, size)
    try:
        yield place
    finally:
        _unmount(place)


@contextmanager
def bound(source: Path, place: Path) -> Iterator[None]:
    """Mount the file `source` at the file `place`; skips the test where that is not allowed."""
    mount = ["mount", "--bind", str(source), str(place)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("files cannot be mounted here (not root)")
    try:
        yield
    finally:
        _unmount(place)


def _mount_tmpfs(place: Path, size: str) -> None:
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(place)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("file systems cannot be mounted here (not root)")


def _unmount(place: Path) -> None:
    subprocess.run(["umount", "-l", str(place)], check=True)


class Disk:
    """A tmpfs that keeps what is on it while it is not mounted where it belongs."""

    def __init__(self, store: Path, size: str = "64m") -> None:
        """Make it, mounted at `store`; skips the test where that is not allowed."""
        self._store, self._places = store, list[Path]()
        _mount_tmpfs(store, size)

    def mount(self, place: Path) -> None:
        """Mount it at `place` too."""
        place.mkdir(parents=True, exist_ok=True)
        subprocess.run(["mount", "--bind", str(self._store), str(place)], check=True)
        self._places.append(place)

    def unmount(self) -> None:
        """Unmount it from where it was mounted last, as by pulling a cable: open files do not hinder that."""
        _unmount(self._places.pop())

    def close(self) -> None:
        """Unmount it everywhere."""
        while self._places:
            self.unmount()
        _unmount(self._store)
