"""The spectrogram against one that is computed otherwise: a Fourier sum, and triangles band by band."""

from __future__ import annotations

import math
import tracemalloc
from dataclasses import replace

import numpy as np
import pytest

from dogwatch.audio.log_mel import LogMel, LogMelSettings, Scale, from_slaney, mel_bands, to_mel
from tests.sound_models import sound

YAMNET = LogMelSettings()
PANNS = LogMelSettings(
    sample_rate=32000, frames=12, window_s=0.032, min_hz=50, max_hz=14000, scale="slaney", power=True, decibel=True,
    offset=1e-10,
)  # fmt: skip


def mel(hertz: float, scale: str) -> float:
    if scale == "htk":
        return 2595 * math.log10(1 + hertz / 700)
    return hertz * 3 / 200 if hertz < 1000 else 15 + 27 * math.log(hertz / 1000) / math.log(6.4)


def hertz_of(mels: float, scale: str) -> float:
    low, high = 0.0, 48000.0
    for _ in range(100):
        middle = (low + high) / 2
        low, high = (middle, high) if mel(middle, scale) < mels else (low, middle)
    return low


def reference(samples: np.ndarray, settings: LogMelSettings, row: int) -> list[float]:
    """One row, by the definitions."""
    rate = settings.sample_rate
    length, hop = round(rate * settings.window_s), round(rate * settings.hop_s)
    transform = 2 ** math.ceil(math.log2(length))
    part = samples[row * hop : row * hop + length].astype(np.float64)
    part = part * [math.sin(math.pi * n / length) ** 2 for n in range(length)]
    spectrum = []
    for k in range(transform // 2 + 1):
        angles = 2 * np.pi * k * np.arange(length) / transform
        size = math.hypot(float(part @ np.cos(angles)), float(part @ np.sin(angles)))
        spectrum.append(size**2 if settings.power else size)
    low, high = mel(settings.min_hz, settings.scale), mel(settings.max_hz, settings.scale)
    edges = [low + (high - low) * n / (settings.bands + 1) for n in range(settings.bands + 2)]
    found = []
    for band in range(settings.bands):
        total = 0.0
        left, middle, right = edges[band : band + 3]
        if settings.scale == "slaney":
            left, middle, right = (hertz_of(edge, "slaney") for edge in (left, middle, right))
        for k, size in enumerate(spectrum):
            at = k * rate / transform
            place = at if settings.scale == "slaney" else mel(at, "htk")
            if left < place <= middle:
                total += size * (place - left) / (middle - left)
            elif middle < place < right:
                total += size * (right - place) / (right - middle)
        if settings.scale == "slaney":
            total *= 2 / (right - left)
        found.append(
            10 * math.log10(max(total, settings.offset)) if settings.decibel else math.log(total + settings.offset)
        )
    return found


@pytest.mark.parametrize("settings", [YAMNET, replace(YAMNET, offset=0.01, power=True), PANNS])
def test_it_is_what_the_definitions_say(settings: LogMelSettings) -> None:
    front = LogMel(settings)
    noise = np.random.default_rng(3).uniform(-0.5, 0.5, front.samples).astype(np.float32)
    found = front.spectrogram(noise)
    assert found.shape == (settings.frames, settings.bands)
    for row in (0, settings.frames // 2, settings.frames - 1):
        assert found[row] == pytest.approx(reference(noise, settings, row), abs=2e-3)


def test_yamnet_takes_975_ms() -> None:
    assert LogMel(YAMNET).samples == 15600


def test_silence_is_the_offset() -> None:
    front = LogMel(YAMNET)
    assert front.spectrogram(np.zeros(front.samples, np.float32)) == pytest.approx(math.log(0.001), abs=1e-6)
    decibel = LogMel(PANNS)
    assert decibel.spectrogram(np.zeros(decibel.samples, np.float32)) == pytest.approx(-100.0)


@pytest.mark.parametrize("hertz", [250, 440, 1000, 3000, 7000])
def test_a_tone_is_loudest_in_its_band(hertz: int) -> None:
    front = LogMel(YAMNET)
    tone = np.sin(2 * np.pi * hertz * np.arange(front.samples) / 16000).astype(np.float32)
    low, high = mel(125, "htk"), mel(7500, "htk")
    band = (mel(hertz, "htk") - low) / (high - low) * 65 - 1
    loudest = front.spectrogram(tone).argmax(axis=1)
    assert np.abs(loudest - band).max() <= 1


def test_a_rising_tone_rises() -> None:
    front = LogMel(YAMNET)
    frequency = np.geomspace(200, 7000, front.samples)
    rising = np.sin(2 * np.pi * np.cumsum(frequency) / 16000).astype(np.float32)
    loudest = front.spectrogram(rising).argmax(axis=1)
    assert (np.diff(loudest) >= 0).all()
    assert loudest[0] < 8
    assert loudest[-1] > 56


def test_a_click_is_in_its_row() -> None:
    front = LogMel(YAMNET)
    samples = np.zeros(front.samples, np.float32)
    samples[50 * 160 + 200] = 1.0  # the middle of row 50
    assert front.spectrogram(samples).mean(axis=1).argmax() == 50


def test_the_scales_have_their_known_values() -> None:
    assert to_mel(np.array([1000.0]), "htk") == pytest.approx([1000.0], abs=0.1)
    assert to_mel(np.array([60.0, 110.0, 220.0, 440.0]), "slaney") == pytest.approx([0.9, 1.65, 3.3, 6.6])
    assert to_mel(np.array([6400.0]), "slaney") == pytest.approx([42.0])
    hertz = np.array([100.0, 999.0, 1000.0, 5000.0])
    assert from_slaney(to_mel(hertz, "slaney")) == pytest.approx(hertz)


def test_slaneys_bands_have_the_area_1() -> None:
    weights = mel_bands(replace(PANNS, bands=16), 1 << 14)
    assert weights.sum(axis=0) * 32000 / (1 << 14) == pytest.approx(np.ones(16), rel=1e-2)


def test_levels_only_shift_it() -> None:
    front = LogMel(PANNS)
    one = sound("hiss", 1, 32000)[: front.samples].astype(np.float32)
    quieter = front.spectrogram((one / 10).astype(np.float32))
    assert np.subtract(front.spectrogram(one), quieter) == pytest.approx(20.0, abs=0.01)


@pytest.mark.parametrize("scale", ["htk", "slaney"])
def test_the_largest_that_can_be_configured_needs_little_memory(scale: Scale) -> None:
    largest = replace(
        YAMNET, sample_rate=48000, frames=3000, window_s=0.2, bands=512, min_hz=0, max_hz=24000, scale=scale
    )
    samples = np.random.default_rng(4).uniform(-0.5, 0.5, 48000 * 31).astype(np.float32)
    tracemalloc.start()
    try:
        front = LogMel(largest)
        found = front.spectrogram(samples[: front.samples])
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert found.shape == (3000, 512)
    assert most < 80 << 20
    row = 1501  # in the middle of those that are computed at once
    alone = front.spectrogram(samples[row * 480 : row * 480 + 9600])
    assert found[row] == pytest.approx(alone[0], abs=1e-4)
