"""Makes short video files whose pictures show their own numbers, in all ways in which containers make counting hard.

A number is shown as bars, one for each of its bits, so that it survives compression, scaling and small overlays.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
from numpy.typing import NDArray

from dogwatch.errors import MediaError

BITS = 12
WIDTH, HEIGHT = 192, 108
ODD_WIDTH, ODD_HEIGHT = 193, 109
FPS = 30
SAMPLE_RATE = 48_000
SWEEP_HZ = (200.0, 4000.0)
TICKS = 60_000
"""A second, in which MPEG-4 can count too."""
CUT = 21
"""The first displayed picture of an edited film: none that decoding can begin with."""
_MOST_UNSURE = 64  # levels around the middle grey in which a bar says nothing


class Codec(StrEnum):
    """Video codecs by their libav names."""

    H264 = "h264"
    HEVC = "hevc"
    VP9 = "vp9"
    MPEG4 = "mpeg4"
    AV1 = "av1"


class Variant(StrEnum):
    """What is hard about a film."""

    CONSTANT = "constant"
    VARIABLE = "variable"
    TRANSPORT = "transport"
    EDITED = "edited"
    LONG_GOP = "long_gop"
    OPEN_GOP = "open_gop"
    ROTATED = "rotated"
    ODD = "odd"
    COVER = "cover"
    SOUND = "sound"
    SINGLE = "single"
    FRAGMENTED = "fragmented"
    AVI = "avi"


@dataclass(frozen=True, slots=True)
class NumberedFilm:
    """A film: its file, the number that each displayed picture shows, and when (seconds from the first)."""

    path: Path
    numbers: tuple[int, ...]
    times: tuple[Fraction, ...]


@dataclass(frozen=True, slots=True)
class _Plan:
    encoder: str
    options: dict[str, str]
    pix_fmt: str
    suffix: str
    size: tuple[int, int]


def available(codec: Codec, variant: Variant) -> bool:
    """Whether such a film can be made: not every container takes every codec."""
    if variant is Variant.AVI:
        return codec in (Codec.H264, Codec.MPEG4)
    if variant is Variant.OPEN_GOP:
        return codec in (Codec.H264, Codec.HEVC, Codec.MPEG4)
    return (codec, variant) != (Codec.AV1, Variant.ODD)  # the encoder takes even sizes only


def make(folder: Path, codec: Codec, variant: Variant, count: int = 75) -> NumberedFilm:
    """Make a film of `count` pictures in `folder`.

    Raises:
        MediaError: It cannot be made; see `available`.
    """
    if not available(codec, variant):
        raise MediaError(f"no film of {codec} is {variant}")
    plan = _plan(codec, variant, count)
    count = 1 if variant is Variant.SINGLE else count
    path = folder / f"{codec}-{variant}{plan.suffix}"
    steps = _steps(variant, count)
    container: dict[str, str] = {}
    if variant is Variant.FRAGMENTED:
        container = {"movflags": "frag_keyframe+empty_moov+default_base_moof"}
    sound = variant in (Variant.SOUND, Variant.TRANSPORT)
    _write(path, plan, steps, container, sound=sound, turned=variant is Variant.ROTATED)
    numbers = range(count)
    if variant is Variant.EDITED:
        _cut(path, steps[CUT])
        numbers = range(CUT, count)
    elif variant is Variant.ROTATED:
        _rotate(path)
    elif variant is Variant.COVER:
        _cover_first(path)
    times = tuple(Fraction(steps[n] - steps[numbers[0]], TICKS) for n in numbers)
    return NumberedFilm(path, tuple(numbers), times)


def picture(number: int, width: int = WIDTH, height: int = HEIGHT) -> NDArray[np.uint8]:
    """Return a picture (RGB) that shows `number`."""
    bits = [(number >> bit) & 1 for bit in range(BITS)]
    row = np.array([bits[column * BITS // width] for column in range(width)], np.uint8) * 220 + 18
    made = np.repeat(np.repeat(row[None, :, None], height, 0), 3, 2)
    at = number * 3 % max(1, width - 16)
    made[2:14, at : at + 12] = (230, 60, 60)  # something that moves, above the rows that are read
    return made


def number_of(pixels: NDArray[np.uint8]) -> int:
    """Return the number that a picture (height x width, or with colours) shows.

    Raises:
        ValueError: It shows none.
    """
    height, width = pixels.shape[:2]
    grey = pixels if pixels.ndim == 2 else pixels.mean(2)
    levels = np.median(grey[height // 4 : max(height // 4 + 1, height * 3 // 4)], 0)
    number = 0
    for bit in range(BITS):
        left, right = width * bit / BITS, width * (bit + 1) / BITS
        level = float(levels[int(left + (right - left) / 3) : int(right - (right - left) / 3) + 1].mean())
        if abs(level - 128) < _MOST_UNSURE:
            raise ValueError(f"bar {bit} is neither dark nor light ({level:.0f})")
        number |= (level > 128) << bit
    return number


def sweep(seconds: float) -> NDArray[np.float32]:
    """Return a tone that rises over `seconds`, so that any piece of it tells its place."""
    time = np.arange(int(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    low, high = SWEEP_HZ
    return np.asarray(0.5 * np.sin(2 * np.pi * (low * time + (high - low) * time**2 / (2 * seconds))), np.float32)


def _plan(codec: Codec, variant: Variant, count: int) -> _Plan:
    gop = count if variant is Variant.LONG_GOP else 15
    closed = int(variant is not Variant.OPEN_GOP)
    reordered = 0 if variant is Variant.SINGLE else 3
    encoder, options = {
        Codec.H264: (
            "libx264",
            {
                "preset": "veryfast",
                "crf": "26",
                "x264-params": f"keyint={gop}:bframes={reordered}:scenecut=0:open-gop={1 - closed}",
            },
        ),
        Codec.HEVC: (
            "libx265",
            {
                "preset": "ultrafast",
                "x265-params": f"keyint={gop}:bframes={reordered}:scenecut=0:open-gop={1 - closed}"
                ":pools=1:log-level=none",
            },
        ),
        Codec.VP9: (
            "libvpx-vp9",
            {"deadline": "good", "cpu-used": "8", "g": str(gop), "b": "400k", "auto-alt-ref": "1"},
        ),
        Codec.MPEG4: (
            "mpeg4",
            {"bf": "2", "g": str(gop), "q": "4", "flags": "+cgop" if closed else "", "sc_threshold": "1000000000"},
        ),
        Codec.AV1: ("libsvtav1", {"preset": "8", "crf": "16", "g": str(gop), "svtav1-params": "lp=1"}),
    }[codec]
    odd = variant is Variant.ODD
    pix_fmt = "yuv444p" if odd and codec in (Codec.H264, Codec.HEVC) else "yuv420p"
    transport = ".ts" if codec in (Codec.H264, Codec.HEVC, Codec.MPEG4) else ".mkv"
    suffixes = {Variant.VARIABLE: ".mkv", Variant.TRANSPORT: transport, Variant.AVI: ".avi"}
    return _Plan(
        encoder,
        {key: value for key, value in options.items() if value},
        pix_fmt,
        suffixes.get(variant, ".mp4"),
        (ODD_WIDTH, ODD_HEIGHT) if odd else (WIDTH, HEIGHT),
    )


def _steps(variant: Variant, count: int) -> list[int]:
    """Return when each picture is shown, in ticks."""
    if variant is not Variant.VARIABLE:
        return [n * TICKS // FPS for n in range(count)]
    gaps = [(1, 2, 1, 5, 1, 1, 9, 3)[n % 8] for n in range(count)]
    return [sum(gaps[:n]) * TICKS // 50 for n in range(count)]  # whole milliseconds, which Matroska keeps


def _write(path: Path, plan: _Plan, steps: list[int], options: dict[str, str], *, sound: bool, turned: bool) -> None:
    with av.open(path, "w", options=options) as container:
        stream: Any = container.add_stream(plan.encoder, rate=FPS, options=plan.options)
        stream.width, stream.height = plan.size
        stream.pix_fmt = plan.pix_fmt
        stream.codec_context.time_base = time_base = Fraction(1, FPS if path.suffix == ".avi" else TICKS)
        stream.codec_context.thread_count = 1
        audio: Any = container.add_stream("aac", rate=SAMPLE_RATE, layout="mono") if sound else None
        for number, pts in enumerate(steps):
            pixels = picture(number, *(reversed(plan.size) if turned else plan.size))
            if turned:
                pixels = np.ascontiguousarray(np.rot90(pixels))
            frame = av.VideoFrame.from_ndarray(pixels, format="rgb24").reformat(format=plan.pix_fmt)
            frame.pts, frame.time_base = round(Fraction(pts, TICKS) / time_base), time_base
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
        if audio is not None:
            for piece in _pieces(sweep(len(steps) / FPS), audio.codec_context.frame_size or 1024):
                container.mux(audio.encode(piece))
            container.mux(audio.encode())


def _pieces(samples: NDArray[np.float32], size: int) -> Iterator[Any]:
    for at in range(0, len(samples), size):
        frame = av.AudioFrame.from_ndarray(samples[None, at : at + size], format="fltp", layout="mono")
        frame.sample_rate, frame.pts, frame.time_base = SAMPLE_RATE, at, Fraction(1, SAMPLE_RATE)
        yield frame


def _cut(path: Path, begins: int) -> None:
    """Copy the packets from the keyframe before tick `begins` on, which an edit list hides until `begins`."""
    whole = path.with_suffix(".whole.mp4")
    path.rename(whole)
    with av.open(whole) as source, av.open(path, "w", options={"avoid_negative_ts": "disabled"}) as target:
        stream: Any = source.streams.video[0]
        copy = target.add_stream_from_template(stream, opaque=True)
        tick = round(begins / (TICKS * stream.time_base))
        source.seek(tick, stream=stream)
        for packet in source.demux(stream):
            if packet.pts is not None and packet.dts is not None:
                packet.pts, packet.dts, packet.stream = packet.pts - tick, packet.dts - tick, copy
                target.mux(packet)
    whole.unlink()


def _rotate(path: Path) -> None:
    """Say in the track's header that the picture is to be turned by 90 degrees clockwise."""
    data = bytearray(path.read_bytes())
    at = data.index(b"tkhd") + 4 + (52 if data[data.index(b"tkhd") + 4] == 1 else 40)
    one, unit = 1 << 16, 1 << 30
    matrix = (0, one, 0, (1 << 32) - one, 0, 0, 0, 0, unit)
    data[at : at + 36] = b"".join(value.to_bytes(4) for value in matrix)
    path.write_bytes(data)


def _cover_first(path: Path) -> None:
    """Put a cover picture before the video track."""
    cover = picture(0, 64, 64)
    frame = av.VideoFrame.from_ndarray(cover, format="rgb24").reformat(format="rgb24")
    encoder = av.CodecContext.create("png", "w")
    encoder.width, encoder.height, encoder.pix_fmt, encoder.time_base = 64, 64, "rgb24", Fraction(1, 25)
    png = b"".join(bytes(packet) for packet in [*encoder.encode(frame), *encoder.encode(None)])
    covr = _box(b"covr", _box(b"data", (14).to_bytes(4) + bytes(4) + png))
    handler = _box(b"hdlr", bytes(8) + b"mdirappl" + bytes(9))
    udta = _box(b"udta", _box(b"meta", bytes(4) + handler + _box(b"ilst", covr)))
    data = path.read_bytes()
    at = data.rindex(b"moov") - 4  # behind the pictures, so that no position in the file changes
    size = int.from_bytes(data[at : at + 4])
    header = data[at + 8 : at + 8 + int.from_bytes(data[at + 8 : at + 12])]
    moov = _box(b"moov", header + udta + data[at + 8 + len(header) : at + size])
    path.write_bytes(data[:at] + moov + data[at + size :])


def _box(kind: bytes, body: bytes) -> bytes:
    return (len(body) + 8).to_bytes(4) + kind + body


def films(
    folder: Path, wanted: Callable[[Codec, Variant], bool] = available, count: int = 75
) -> Iterator[tuple[Codec, Variant, NumberedFilm]]:
    """Make all films that are `wanted` and can be made."""
    for codec in Codec:
        for variant in Variant:
            if available(codec, variant) and wanted(codec, variant):
                yield codec, variant, make(folder, codec, variant, count)
