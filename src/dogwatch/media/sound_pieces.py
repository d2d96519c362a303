"""Samples of a camera's sound for a model: mono, in the rate that it takes.

Frames are only collected. They are resampled by whole pieces, and only those that somebody wants: so quiet sound costs
next to nothing.
"""

from __future__ import annotations

from typing import Any

import av
import numpy as np
from numpy.typing import NDArray

LONGEST_S = 2.0  # what is collected beyond that belongs to nobody


class SoundPieces:
    """Collects decoded sound, and resamples it. For one thread."""

    def __init__(self, rate: int) -> None:
        """Resample to `rate` samples a second."""
        self.rate = rate
        self._parts: list[NDArray[np.float32]] = []
        self._collected = 0
        self._source_rate = 0
        self._resampler: Any = None
        self._takes = 0  # the rate that the resampler takes

    def add(self, values: NDArray[np.float64], channels: int, rate: int, *, planar: bool) -> None:
        """Add a frame.

        Args:
            values: Samples from -1 to 1 of shape `(channels, samples)` if `planar`, else `(1, samples * channels)`.
            channels: How many.
            rate: Samples a second.
            planar: Whether each channel has a row of its own.
        """
        if rate != self._source_rate or self._collected > LONGEST_S * rate:
            self._parts, self._collected, self._source_rate = [], 0, rate
        mono = values.mean(axis=0) if planar else values.reshape(-1, max(1, channels)).mean(axis=1)
        self._parts.append(mono.astype(np.float32))
        self._collected += len(mono)

    def take(self) -> tuple[NDArray[np.float32], int]:
        """Return the samples since the last call, from -1 to 1, and how many a second there are.

        Of more than `LONGEST_S`, as one packet may have, they are the newest.
        """
        parts, self._parts, self._collected = self._parts, [], 0
        samples = np.concatenate(parts) if parts else np.zeros(0, np.float32)
        return samples[max(0, len(samples) - round(LONGEST_S * self._source_rate)) :], self._source_rate

    def resampled(self, samples: NDArray[np.float32], rate: int, *, follows: bool) -> bytes:
        """Return samples in the model's rate, as 16-bit numbers.

        Args:
            samples: As from `take`.
            rate: As from `take`.
            follows: Whether they follow those of the last call without a gap.
        """
        if rate <= 0 or samples.size == 0:
            return b""
        if not follows or rate != self._takes:
            self._resampler = av.AudioResampler("s16", "mono", self.rate)
            self._takes = rate
        frame = av.AudioFrame.from_ndarray(samples[None, :], "flt", "mono")
        frame.sample_rate = rate
        return b"".join(ready.to_ndarray().astype("<i2").tobytes() for ready in self._resampler.resample(frame))
