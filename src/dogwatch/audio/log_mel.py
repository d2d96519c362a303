"""The log-mel spectrogram of a sound: what models that tell sounds apart take instead of samples.

The steps are those that the authors of VGGish, YAMNet and PANNs describe: a periodic Hann window, a Fourier transform
of the next power of two, triangular bands that are even on the mel scale, and a logarithm.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Scale = Literal["htk", "slaney"]

BREAK_HZ, BREAK_MEL = 1000.0, 15.0  # Slaney's scale is linear below, and logarithmic above
SLANEY_STEP = math.log(6.4) / 27
AT_ONCE = 1 << 20
"""Numbers that are computed at once, of 8 to 16 bytes: all rows of a long sound would need gigabytes."""


@dataclass(frozen=True, slots=True)
class LogMelSettings:
    """The parameters of `audio.model` (docs/audio.md) that decide about a spectrogram; times in seconds."""

    sample_rate: int = 16000
    frames: int = 96
    window_s: float = 0.025
    hop_s: float = 0.010
    bands: int = 64
    min_hz: float = 125.0
    max_hz: float = 7500.0
    scale: Scale = "htk"
    power: bool = False
    decibel: bool = False
    offset: float = 0.001


class LogMel:
    """Makes spectrograms of one kind. `samples` are those that one spectrogram is made of."""

    def __init__(self, settings: LogMelSettings) -> None:
        """Prepare the window and the bands."""
        self._settings = settings
        self._length = max(1, round(settings.sample_rate * settings.window_s))
        self._hop = max(1, round(settings.sample_rate * settings.hop_s))
        self._transform = 1 << (self._length - 1).bit_length()
        self._window = (0.5 - 0.5 * np.cos(2 * np.pi * np.arange(self._length) / self._length)).astype(np.float32)
        self._bands = mel_bands(settings, self._transform)
        self.samples = (settings.frames - 1) * self._hop + self._length

    def spectrogram(self, samples: Floats) -> Floats:
        """Return the spectrogram of sound.

        Args:
            samples: Shape `(samples,)`, from -1 to 1.

        Returns:
            Shape `(frames, bands)`.
        """
        settings = self._settings
        windows = np.lib.stride_tricks.sliding_window_view(samples, self._length)[:: self._hop]
        bands = np.empty((len(windows), settings.bands), np.float32)
        rows = max(1, AT_ONCE // self._transform)
        for row in range(0, len(windows), rows):
            spectrum = np.abs(np.fft.rfft(windows[row : row + rows] * self._window, self._transform))
            spectrum = spectrum.astype(np.float32)
            bands[row : row + rows] = (np.square(spectrum) if settings.power else spectrum) @ self._bands
        if settings.decibel:
            return np.asarray(10 * np.log10(np.maximum(bands, settings.offset)), np.float32)
        return np.asarray(np.log(bands + settings.offset), np.float32)


def mel_bands(settings: LogMelSettings, transform: int) -> Floats:
    """Return the weight of each frequency of a transform in each band, of shape `(transform / 2 + 1, bands)`.

    HTK's triangles are even on the mel scale and as high as 1. Slaney's are even in Hz, and their area is 1.
    """
    frequencies = np.arange(transform // 2 + 1) * settings.sample_rate / transform
    low, high = to_mel(np.array([settings.min_hz, settings.max_hz]), settings.scale)
    edges = np.linspace(low, high, settings.bands + 2)
    if settings.scale == "slaney":
        edges, places = from_slaney(edges), frequencies
    else:
        places = to_mel(frequencies, settings.scale)
    weights = np.empty((len(frequencies), settings.bands), np.float32)
    for band in range(settings.bands):
        left, middle, right = edges[band : band + 3]
        rising, falling = (places - left) / (middle - left), (right - places) / (right - middle)
        height = 2 / (right - left) if settings.scale == "slaney" else 1.0
        weights[:, band] = height * np.maximum(0.0, np.minimum(rising, falling))
    return weights


def to_mel(hertz: NDArray[np.float64], scale: Scale) -> NDArray[np.float64]:
    """Return frequencies on the mel scale."""
    if scale == "htk":
        return np.asarray(1127.0 * np.log1p(hertz / 700.0))
    above = BREAK_MEL + np.log(np.maximum(hertz, BREAK_HZ) / BREAK_HZ) / SLANEY_STEP
    return np.where(hertz < BREAK_HZ, hertz * BREAK_MEL / BREAK_HZ, above)


def from_slaney(mel: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the frequencies of places on Slaney's scale."""
    above = BREAK_HZ * np.exp(SLANEY_STEP * (np.maximum(mel, BREAK_MEL) - BREAK_MEL))
    return np.where(mel < BREAK_MEL, mel * BREAK_HZ / BREAK_MEL, above)
