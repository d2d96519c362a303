"""Makes the two videos of a street that tests run on: 60 s, 1280x720, 15 fps, H.264 and AAC, keyframe every 2 s.

The real street is OpenCV's sample `vtest.avi`: a fixed camera over a street with pedestrians, 768x576 at 10 fps. The
drawn one is the synthetic camera's, for machines without the sample.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np
from numpy.typing import NDArray

from dogwatch.media.street import StreetScene

WIDTH, HEIGHT, FPS, SECONDS = 1280, 720, 15, 60
PEOPLE_FROM_S, PEOPLE_TO_S = 15, 35  # of the quiet street
NOISE = 2.0  # standard deviation of what a sensor adds to each pixel
SAMPLE_FPS, SAMPLE_FROM_S = 10, 10  # of the sample; the quiet street's people are those who come then
BUSY_SEED, QUIET_SEED = 55, 49  # three people walk in each act of the first; the other's come for 16 s
TONE_HZ, SOUND_RATE, SOUND_BLOCK = 440, 16_000, 1024

Planes = NDArray[np.uint8]  # I420: HEIGHT * 3 / 2 rows


def real_street(target: Path, sample: Path) -> None:
    """Write the first minute of the sample with a tone."""
    _encode(target, itertools.islice(_sample(sample, 0), FPS * SECONDS), TONE_HZ)


def real_quiet(target: Path, sample: Path) -> None:
    """Write the sample's street without people but for 15 s to 35 s, with sensor noise and silence."""
    # In each place most of the pictures show the street.
    empty = np.median([_enlarged(frame) for frame in _frames(sample, every=SAMPLE_FPS)], axis=0).astype(np.uint8)
    _encode(target, _quiet(empty, _sample(sample, SAMPLE_FROM_S)), 0)


def drawn_street(target: Path) -> None:
    """Write a minute of the synthetic camera with a tone."""
    _encode(target, _drawn(BUSY_SEED), TONE_HZ)


def drawn_quiet(target: Path) -> None:
    """Write the synthetic camera's street without people but for 15 s to 35 s, with sensor noise and silence."""
    people = _drawn(QUIET_SEED)
    empty = next(people)
    _encode(target, _quiet(empty, people), 0)


def _frames(sample: Path, start: int = 0, every: int = 1) -> Iterator[av.VideoFrame]:
    with av.open(str(sample)) as container:
        yield from itertools.islice(container.decode(video=0), start, None, every)


def _enlarged(frame: av.VideoFrame) -> Planes:
    return np.asarray(frame.reformat(WIDTH, HEIGHT, "yuv420p", interpolation="BICUBIC").to_ndarray(), np.uint8)


def _sample(sample: Path, start_s: int) -> Iterator[Planes]:
    """Yield the sample's pictures from `start_s` on, enlarged, each as often as the higher rate needs it."""
    shown = 0
    for number, frame in enumerate(_frames(sample, start_s * SAMPLE_FPS)):
        planes = _enlarged(frame)
        while shown * SAMPLE_FPS // FPS == number:
            yield planes
            shown += 1


def _drawn(seed: int) -> Iterator[Planes]:
    scene = StreetScene(WIDTH, HEIGHT, FPS, seed)
    for number in range(FPS * SECONDS):
        yield np.asarray(cv2.cvtColor(scene.render(number), cv2.COLOR_BGR2YUV_I420), np.uint8)


def _quiet(empty: Planes, people: Iterator[Planes]) -> Iterator[Planes]:
    chance = np.random.default_rng(1)
    noise = chance.normal(0, NOISE, (2 * HEIGHT, 2 * WIDTH)).round().astype(np.int16)
    for number in range(FPS * SECONDS):
        planes = next(people) if PEOPLE_FROM_S <= number / FPS < PEOPLE_TO_S else empty
        y, x = chance.integers(HEIGHT), chance.integers(WIDTH)
        noisy = planes.copy()
        noisy[:HEIGHT] = (planes[:HEIGHT] + noise[y : y + HEIGHT, x : x + WIDTH]).clip(0, 255)
        yield noisy


def _encode(target: Path, pictures: Iterator[Planes], tone_hz: int) -> None:
    with av.open(str(target), "w", format="mp4") as out:
        video: Any = out.add_stream("libx264", rate=FPS)
        video.width, video.height, video.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        video.options = {"preset": "veryfast", "crf": "23", "bf": "0", "g": str(2 * FPS), "sc_threshold": "0"}
        video.codec_context.thread_type = "FRAME"  # PyAV's threads would each take a slice of the picture
        audio: Any = out.add_stream("aac", rate=SOUND_RATE, layout="mono")
        sounded = 0
        for number, planes in enumerate(pictures):
            frame = av.VideoFrame.from_ndarray(planes, format="yuv420p")
            frame.pts, frame.time_base = number, Fraction(1, FPS)
            out.mux(video.encode(frame))
            while sounded * SOUND_BLOCK < (number + 1) / FPS * SOUND_RATE:
                out.mux(audio.encode(_sound(sounded, tone_hz)))
                sounded += 1
        out.mux(video.encode(None))
        out.mux(audio.encode(None))


def _sound(number: int, tone_hz: int) -> Any:
    times = (np.arange(SOUND_BLOCK) + number * SOUND_BLOCK) / SOUND_RATE
    wave = (0.1 * np.sin(2 * np.pi * tone_hz * times)).astype(np.float32)
    block = av.AudioFrame.from_ndarray(wave[None], format="fltp", layout="mono")
    block.sample_rate, block.pts, block.time_base = SOUND_RATE, number * SOUND_BLOCK, Fraction(1, SOUND_RATE)
    return block
