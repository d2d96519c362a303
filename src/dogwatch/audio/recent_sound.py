"""The last moments of a camera's sound, as long as a model wants it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


class RecentSound:
    """Keeps the newest samples. Not thread-safe."""

    def __init__(self, length: int) -> None:
        """Keep `length` samples; at first they are silence."""
        self._samples = np.zeros(length, np.float32)
        self._number = -1

    def add(self, number: int, samples: NDArray[np.int16]) -> None:
        """Take in the next piece; what was before counts as silence if the pieces' numbers show a gap."""
        if number != self._number + 1:
            self._samples[:] = 0.0
        self._number = number
        new = samples[-len(self._samples) :]
        if len(new) == 0:
            return
        self._samples[: -len(new)] = self._samples[len(new) :]
        self._samples[-len(new) :] = new / np.float32(32768)

    def samples(self) -> NDArray[np.float32]:
        """Return the newest samples, from -1 to 1; later pieces change them."""
        return self._samples
