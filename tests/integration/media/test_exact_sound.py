"""The sound of a span, to the sample, wherever decoding began and whatever the file lacks."""

from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from numpy.typing import NDArray

from dogwatch.media.exact_sound import RATE, exact_sound
from dogwatch.testing.numbered import sweep

SECONDS = 8


def record(path: Path, codec: str, rate: int, gap: tuple[int, int] = (0, 0)) -> NDArray[np.float32]:
    """Write noise, without the samples of `gap`; return all of it, with silence there.

    AAC gets a tone that rises instead: its decoders make noise of their own.
    """
    samples = np.random.default_rng(1).normal(0, 0.1, SECONDS * rate).astype(np.float32)
    if codec == "aac":
        samples = sweep(SECONDS) * np.float32(0.5)
    samples[gap[0] : gap[1]] = 0
    with av.open(path, "w") as container:
        stream: Any = container.add_stream(codec, rate=rate, layout="mono")
        stream.codec_context.time_base = Fraction(1, rate)
        form = "s16" if codec.startswith("pcm") else "fltp"
        for at in range(0, len(samples), 1024):
            if gap[0] <= at < gap[1]:
                continue
            piece = samples[None, at : at + 1024]
            data = (piece * 32767).astype(np.int16) if form == "s16" else piece
            frame = av.AudioFrame.from_ndarray(data, format=form, layout="mono")
            frame.sample_rate, frame.pts, frame.time_base = rate, at, Fraction(1, rate)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return samples


def heard(path: Path, begin: Fraction, end: Fraction) -> NDArray[np.float32]:
    with av.open(path) as container:
        made: Any = container
        frames = list(exact_sound(made, made.streams.audio[0], begin, end))
    assert [frame.pts for frame in frames] == [sum(one.samples for one in frames[:n]) for n in range(len(frames))]
    found = np.hstack([frame.to_ndarray() for frame in frames])
    assert found.shape == (2, round((end - begin) * RATE))
    assert (found[0] == found[1]).all()
    return np.asarray(found[0], np.float32)


@pytest.mark.parametrize(("codec", "suffix"), [("pcm_s16le", "mkv"), ("aac", "mp4"), ("flac", "mkv")])
def test_a_span_is_the_same_wherever_decoding_began(tmp_path: Path, codec: str, suffix: str) -> None:
    path = tmp_path / f"sound.{suffix}"
    samples = record(path, "aac" if codec == "aac" else codec, RATE)
    whole = heard(path, Fraction(0), Fraction(SECONDS))
    scale = np.sqrt(2) if np.abs(whole).max() < 0.9 * np.abs(samples).max() else 1  # mono in two channels is quieter
    for begin, length in ((1000, 5000), (RATE * 3 + 7, 48), (RATE * 5, RATE), (RATE * 7 + 999, 1)):
        found = heard(path, Fraction(begin, RATE), Fraction(begin + length, RATE))
        assert np.abs(found - whole[begin : begin + length]).max() < 1e-4
        if codec != "aac":
            assert np.abs(found * scale - samples[begin : begin + length]).max() < 1e-3


def test_gaps_and_what_is_beyond_the_end_are_silent(tmp_path: Path) -> None:
    path = tmp_path / "gap.mkv"
    gap = (2 * RATE // 1024 * 1024, 3 * RATE // 1024 * 1024)
    samples = record(path, "pcm_s16le", RATE, gap)
    found = heard(path, Fraction(3, 2), Fraction(7, 2))
    wanted = samples[RATE * 3 // 2 : RATE * 7 // 2]
    before = slice(RATE // 2 - 1100)
    scale = float(np.dot(wanted[before], found[before]) / np.dot(found[before], found[before]))
    assert np.abs(found * scale - wanted)[before].max() < 1e-3
    silent = slice(gap[0] - RATE * 3 // 2 + 64, gap[1] - RATE * 3 // 2 - 64)
    assert not found[silent].any()
    after = slice(gap[1] - RATE * 3 // 2 + 100, -100)
    moved = [np.abs(found[after] * scale - np.roll(wanted, by)[after]).max() for by in range(-48, 49)]
    assert min(moved) < 1e-3  # timestamps of a millisecond may move what follows a gap
    beyond = heard(path, Fraction(SECONDS) - Fraction(1, 2), Fraction(SECONDS) + 2)
    assert beyond[: RATE // 2].any()
    assert not beyond[RATE // 2 + 1024 :].any()


def test_another_rate_is_resampled_and_keeps_its_place(tmp_path: Path) -> None:
    path = tmp_path / "slow.mkv"
    record(path, "pcm_s16le", 16_000)
    whole = heard(path, Fraction(0), Fraction(SECONDS))
    for begin in (1, 5):
        found = heard(path, Fraction(begin), Fraction(begin + 1))
        same = slice(begin * RATE + 200, (begin + 1) * RATE - 200)
        assert np.abs(found[200:-200] - whole[same]).max() < 1e-3
