"""Decodes the sound of a span of time to the sample: 48 kHz stereo, silence where the file has none.

Samples are cut in the file's own rate and resampled from there, so what is heard does not depend on where decoding
began.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from statistics import median_low
from typing import Any

import av
import numpy as np
from av.stream import Discard
from numpy.typing import NDArray

RATE = 48_000
LAYOUT = "stereo"
FORMAT = "fltp"
PREROLLS_S = (Fraction(1, 2), Fraction(5))
"""Decoded before the span, until the decoder is right: MP3 needs ten frames, Opus 80 ms. Tried one after the other."""
JITTER_S = Fraction(1, 125)
"""Timestamps may be so far from the count of samples: Matroska rounds them to milliseconds."""
SILENCE_S = 1
BROKEN = (av.error.InvalidDataError, av.error.PatchWelcomeError)


def exact_sound(container: Any, stream: Any, begin: Fraction, end: Fraction) -> Iterator[Any]:
    """Yield the sound of `stream` from `begin` to `end` (s, on the clock of the container) as frames of 48 kHz stereo.

    Their samples are `round((end - begin) * 48000)` in all. The `container` is read by nobody else.
    """
    left, done = round((end - begin) * RATE), 0
    span = _Span(begin, end)
    for frame in _resampled(span, _decoded(container, stream, begin, end)):
        samples = frame.to_ndarray()[:, : left - done]
        if samples.shape[1]:
            yield _frame(samples, done)
            done += samples.shape[1]
        if done >= left:
            return
    while done < left:
        samples = np.zeros((2, min(RATE, left - done)), np.float32)
        yield _frame(samples, done)
        done += samples.shape[1]


def _frame(samples: NDArray[Any], pts: int) -> Any:
    frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(samples), format=FORMAT, layout=LAYOUT)
    frame.sample_rate, frame.pts, frame.time_base = RATE, pts, Fraction(1, RATE)
    return frame


@dataclass(slots=True)
class _Span:
    """Cuts decoded frames; `position` is how many samples of the span have been passed on, in the file's rate.

    Samples are counted from frame to frame. Where the count begins is the median of what the timestamps before the span
    say: the first one after seeking in a transport stream may be wrong, and those of Matroska are rounded.
    """

    begin: Fraction
    end: Fraction
    position: int = 0
    counted: int = 0  # samples since the count began
    zeros: list[int] = field(default_factory=list)  # where the count began, by each timestamp before the span

    def cut(self, frame: Any) -> Iterator[Any]:
        """Yield what of `frame` lies in the span, with silence before it if there was a gap."""
        rate = frame.sample_rate
        at = self._place(frame)
        if at is None:
            return
        first, last = max(0, self.position - at), min(frame.samples, round((self.end - self.begin) * rate) - at)
        if first >= last:
            return
        while (missing := at + first - self.position) > 0:
            samples = min(missing, SILENCE_S * rate)
            yield self._part(frame, self._silence(frame, samples))
            self.position += samples
        data = frame.to_ndarray()
        step = 1 if frame.format.is_planar else len(frame.layout.channels)
        yield self._part(frame, data[:, first * step : last * step])
        self.position += last - first

    def _place(self, frame: Any) -> int | None:
        """Return where in the span the first sample of `frame` is; None if that is not known."""
        if frame.pts is not None:
            zero = round((frame.pts * frame.time_base - self.begin) * frame.sample_rate) - self.counted
            if self.zeros and abs(zero - median_low(self.zeros)) > JITTER_S * frame.sample_rate:
                self.zeros, self.counted, zero = [], 0, zero + self.counted
            if not self.zeros or zero + self.counted + frame.samples <= 0:
                self.zeros.append(zero)
        if not self.zeros:
            return None
        at = median_low(self.zeros) + self.counted
        self.counted += frame.samples
        return at

    @staticmethod
    def _silence(frame: Any, samples: int) -> NDArray[Any]:
        data = frame.to_ndarray()
        channels = len(frame.layout.channels)
        shape = (channels, samples) if frame.format.is_planar else (1, samples * channels)
        zero = 128 if frame.format.name.startswith("u8") else 0
        return np.full(shape, zero, data.dtype)

    @staticmethod
    def _part(frame: Any, data: NDArray[Any]) -> Any:
        part = av.AudioFrame.from_ndarray(
            np.ascontiguousarray(data), format=frame.format.name, layout=frame.layout.name
        )
        part.sample_rate = frame.sample_rate
        return part


def _resampled(span: _Span, frames: Iterator[Any]) -> Iterator[Any]:
    """Yield the span's part of `frames` in the rate and layout of the output."""
    resampler: Any = None
    kind: Any = None
    for frame in frames:
        new = (frame.format.name, frame.layout.name, frame.sample_rate)
        if new != kind:
            if resampler is not None:
                yield from resampler.resample(None)
                span.position = span.position * frame.sample_rate // kind[2]
                span.zeros, span.counted = [], 0
            resampler, kind = av.AudioResampler(format=FORMAT, layout=LAYOUT, rate=RATE), new
        for part in span.cut(frame):
            yield from resampler.resample(part)
    if resampler is not None:
        yield from resampler.resample(None)


def _decoded(container: Any, stream: Any, begin: Fraction, end: Fraction) -> Iterator[Any]:
    """Yield frames in order, from before `begin` until `end`."""
    for one in container.streams:
        one.discard = Discard.default if one is stream else Discard.all
    for preroll in (*PREROLLS_S, None):
        packets = _packets(container, stream, None if preroll is None else begin - preroll)
        first = next(packets, None)
        if preroll is None or (first is not None and _early(first, begin)):
            break
    if first is None:
        return
    stream.codec_context.flush_buffers()
    yield from _frames(first)
    for packet in packets:
        if packet.pts is not None and packet.pts * packet.time_base > end + PREROLLS_S[0]:
            return
        yield from _frames(packet)


def _early(packet: Any, begin: Fraction) -> bool:
    """Whether decoding that begins with `packet` is right at `begin`."""
    return packet.pts is not None and packet.pts * packet.time_base <= begin - PREROLLS_S[0] / 2


def _frames(packet: Any) -> list[Any]:
    """Return what a packet decodes to; one that is damaged leaves a gap."""
    try:
        return list(packet.decode())
    except BROKEN:
        return []


def _packets(container: Any, stream: Any, begin: Fraction | None) -> Iterator[Any]:
    """Yield the packets of `stream` from about `begin` (s) on, None for the file's beginning."""
    first = stream.start_time or 0
    tick = first if begin is None else max(first, int(begin / stream.time_base))
    try:
        container.seek(tick, stream=stream, backward=True)
    except av.error.FFmpegError:
        return  # the span is silent
    yield from container.demux(stream)
