"""Slots of shared memory in which an analysis process passes region tensors to detectors.

The analysis process owns the pool: it fills a slot, names it in a `DetectRequest`, and reuses it after the reply or its
time-out. The detector only reads.
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dogwatch.bus import shared


class TensorPool:
    """`slots` slots of `slot_bytes` bytes each."""

    def __init__(self, path: Path, memory: Any, slot_bytes: int) -> None:
        """Map an array onto `memory`; use `create` or `open`."""
        self.path, self.slot_bytes = path, slot_bytes
        self._memory = memory
        self._slots = np.frombuffer(memory, np.uint8).reshape(-1, slot_bytes)
        self._tensors: dict[tuple[int, tuple[int, ...]], NDArray[np.uint8]] = {}
        self._free = list(range(len(self._slots)))

    @property
    def slots(self) -> int:
        """How many slots there are."""
        return len(self._slots)

    @property
    def name(self) -> str:
        """The name by which detectors open the pool."""
        return self.path.name

    @classmethod
    def create(cls, directory: str, name: str, slots: int, slot_bytes: int) -> TensorPool:
        """Make a pool.

        Raises:
            RingError: There is not enough shared memory.
        """
        path = Path(directory) / name
        return cls(path, shared.create(path, slots * slot_bytes), slot_bytes)

    @classmethod
    def open(cls, directory: str, name: str, slot_bytes: int) -> TensorPool:
        """Attach to a pool whose slots have `slot_bytes` bytes.

        Raises:
            RingError: There is no such pool any more.
        """
        path = Path(directory) / name
        return cls(path, shared.attach(path), slot_bytes)

    def tensor(self, slot: int, shape: tuple[int, ...]) -> NDArray[np.uint8]:
        """Return slot `slot` as an array of `shape`, in place."""
        tensor = self._tensors.get((slot, shape))
        if tensor is None:  # made once, since each frame takes several
            tensor = self._tensors[slot, shape] = self._slots[slot, : math.prod(shape)].reshape(shape)
        return tensor

    def take(self) -> int | None:
        """Take a free slot; None when all are in use, which limits the work in flight."""
        return self._free.pop() if self._free else None

    def give_back(self, slots: tuple[int, ...]) -> None:
        """Free slots after their reply."""
        self._free.extend(slots)

    def close(self, *, unlink: bool = False) -> None:
        """Release the memory; the owner also unlinks the file."""
        if unlink:
            self.path.unlink(missing_ok=True)
        del self._slots, self._tensors, self._memory
