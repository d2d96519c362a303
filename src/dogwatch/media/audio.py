"""Prepares any camera's sound for MP4: copies AAC, and transcodes everything else to AAC.

Video matters more than sound: packets of sound that cannot be decoded are dropped and counted, and video goes on.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import Any

import av
import numpy as np

from dogwatch.media.packets import COPIED_AUDIO, NullSink
from dogwatch.media.padded_packet import padded_packet
from dogwatch.media.sound_pieces import SoundPieces

AAC_RATES = (8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000)
AAC_FRAME = 1024  # samples
GAP_S = 0.1  # sound that starts this far from where it is expected is a gap, not jitter
FULL_SCALE = 32768.0  # RMS is given on the scale of 16-bit samples, as the `audio.min_volume` setting is
SILENCE_DBFS = -100.0
WINDOW_S = 0.5


class Loudness:
    """Measures how loud it was since each of its readers last asked. Safe for one writer and several readers."""

    def __init__(self, *readers: str, tell: Callable[[float, float], None] | None = None) -> None:
        """Start measuring for `readers`, which ask with `take`.

        `tell` gets `(dbfs, rms)` of each `WINDOW_S` of sound, in the writer's thread.
        """
        self._lock = threading.Lock()
        self._tell = tell
        self._window, self._window_s = (0.0, 0), 0.0
        self.pieces: SoundPieces | None = None
        """Keeps the samples of each window, for whoever is told of its level; belongs to the writer's thread."""
        self.wanted = True
        """Whether sound is decoded for this; readers get nothing while it is not."""
        self._sums = dict.fromkeys(readers, (0.0, 0))

    def add(self, frame: Any) -> None:
        """Add a decoded frame."""
        samples = frame.to_ndarray()
        if samples.size == 0:
            return
        values = _from_full_scale(samples)
        square, count = float(np.square(values).sum()), int(samples.size)
        with self._lock:
            for reader, (total, number) in self._sums.items():
                self._sums[reader] = (total + square, number + count)
        if self._tell is not None:
            if (pieces := self.pieces) is not None:
                pieces.add(values, frame.layout.nb_channels, frame.sample_rate, planar=frame.format.is_planar)
            self._window = (self._window[0] + square, self._window[1] + count)
            self._window_s += frame.samples / (frame.sample_rate or 1)
            if self._window_s >= WINDOW_S:
                window, self._window, self._window_s = self._window, (0.0, 0), 0.0
                self._tell(*_level(*window))

    def take(self, reader: str) -> tuple[float, float] | None:
        """Return `(dbfs, rms)` since `reader` last asked; None if no sound came. RMS is on the 16-bit scale."""
        with self._lock:
            total, count = self._sums[reader]
            self._sums[reader] = (0.0, 0)
        return _level(total, count) if count else None


def _from_full_scale(samples: Any) -> Any:
    """Return samples of any format from -1 to 1. Broken packets are decoded to numbers beyond, or to none at all."""
    values = samples.astype(np.float64)
    if samples.dtype.kind == "u":
        middle = (np.iinfo(samples.dtype).max + 1) / 2
        return values / middle - 1.0
    if samples.dtype.kind == "i":
        return values / np.iinfo(samples.dtype).max
    return np.clip(np.nan_to_num(values, nan=0.0), -1.0, 1.0)


def _level(total: float, count: int) -> tuple[float, float]:
    """Return dBFS and RMS of `count` samples with squares of `total`."""
    level = math.sqrt(total / count)
    dbfs = 20 * math.log10(level) if level > 0 else SILENCE_DBFS
    return max(SILENCE_DBFS, dbfs), level * FULL_SCALE


class AacEncoder:
    """Encodes decoded frames as AAC-LC, in a rate near the source's, mono or stereo."""

    def __init__(self, rate: int, channels: int) -> None:
        """Start an encoder for sound of `rate` samples a second."""
        self.rate = min(AAC_RATES, key=lambda known: (abs(known - rate), known))
        layout = "mono" if channels == 1 else "stereo"
        self._container: Any = av.open(NullSink(), "w", format="mp4", options={"movflags": "empty_moov"})
        self.stream: Any = self._container.add_stream("aac", rate=self.rate)
        self.stream.codec_context.layout = layout
        self.stream.codec_context.bit_rate = 32_000 * (1 if layout == "mono" else 2)
        self._container.start_encoding()
        self._layout = layout
        self._resampler: Any = None
        self._shape: tuple[str, str, int] | None = None  # format, layout and rate that the resampler takes
        self._anchor: float | None = None
        self._taken = self._encoded = 0

    def encode(self, frame: Any, time: float) -> Iterator[tuple[Any, float]]:
        """Encode a frame that begins at `time` (s, stream time); yield packets with their stream times."""
        self._adapt((frame.format.name, frame.layout.name, frame.sample_rate))
        expected = None if self._anchor is None else self._anchor + self._taken / self.rate
        if expected is None or abs(time - expected) > GAP_S:
            self._anchor = time - self._taken / self.rate
        taken = frame.samples * self.rate // frame.sample_rate
        frame.pts = None
        anchor = self._anchor or 0.0
        self._taken += taken
        for ready in self._resampler.resample(frame):
            ready.pts, ready.time_base = self._encoded, Fraction(1, self.rate)
            self._encoded += ready.samples
            for packet in self.stream.codec_context.encode(ready):
                yield packet, anchor + float(packet.pts * packet.time_base)

    def _adapt(self, shape: tuple[str, str, int]) -> None:
        """Accept frames of another format, layout or rate from now on; some milliseconds of the old ones are lost."""
        if shape == self._shape:
            return
        self._resampler = av.AudioResampler("fltp", self._layout, self.rate, frame_size=AAC_FRAME)
        self._shape, self._anchor, self._taken = shape, None, self._encoded


class AudioPath:
    """Turns the sound of one connection into AAC packets, and measures its `Loudness` if that is wanted.

    `stream` is the AAC stream from which muxers take their parameters; None when the sound cannot be decoded here.
    `config` is set when the AAC lacks its AudioSpecificConfig (ADTS). `faults` counts packets that were dropped.
    """

    def __init__(self, source_stream: Any, loudness: Loudness | None, *, announced: bool = True) -> None:
        """Choose between copying and encoding for a libav input stream; `announced` as in `media.source.Source`."""
        self._announced = announced
        self._context = source_stream.codec_context
        self._loudness = loudness
        self._encoder: AacEncoder | None = None
        self.config: bytes | None = None
        self.faults = 0
        rate, channels = self._context.sample_rate, self._context.layout.nb_channels
        self._rate, self._channels, self._extradata = rate, channels, self._context.extradata
        self._changed = False  # whether the AAC no longer matches the header of the files
        self._substitute: AacEncoder | None = None
        if self._context.name == COPIED_AUDIO and self._context.extradata:
            self.stream: Any = source_stream
        elif self._context.name == COPIED_AUDIO and self._context.profile == "LC" and rate in ADTS_RATES:
            self.stream, self.config = source_stream, audio_specific_config(rate, channels)
        else:
            self._encoder = AacEncoder(rate, channels)
            self.stream = self._encoder.stream

    def feed(self, packet: Any, time: float) -> list[tuple[Any, float]]:
        """Return the AAC packets made of `packet`, which begins at `time` (s, stream time), and their times.

        Their durations are in the source's time base if they are copied, else in samples; see `copies`.
        """
        try:
            return self._feed(packet, time)
        except Exception:  # noqa: BLE001 - whatever is wrong with sound must not cost the picture; it is counted
            self.faults += 1
            return []

    def _feed(self, packet: Any, time: float) -> list[tuple[Any, float]]:
        ready: list[tuple[Any, float]] = []
        encoder = self._encoder or self._encoder_instead(packet)
        loudness = self._loudness if self._loudness is not None and self._loudness.wanted else None
        if encoder is not None or loudness is not None:
            at = time
            for frame in self._context.decode(packet):
                if loudness is not None:
                    self._measure(loudness, frame)
                if encoder is not None:
                    length = frame.samples / frame.sample_rate
                    ready += encoder.encode(frame, at)
                    at += length
        if encoder is not None:
            return ready
        if self.config is not None:
            packet = _without_adts(packet)
        return [(packet, time)]

    def _measure(self, loudness: Loudness, frame: Any) -> None:
        try:
            loudness.add(frame)
        except Exception:  # noqa: BLE001 - what goes wrong with measuring must not cost the recorded sound
            self.faults += 1

    @property
    def copies(self) -> bool:
        """Whether packets are copied, as far as is known now."""
        return self._encoder is None and not self._changed

    def _encoder_instead(self, packet: Any) -> AacEncoder | None:
        """Return an encoder once the camera's AAC has changed and no longer matches the files' header; else None.

        Raises:
            ValueError: No encoder makes AAC that matches the header.
        """
        if self.config is not None:
            config = adts_config(bytes(memoryview(packet)[:4]))
            self._changed = config is not None and config != self.config
        elif self._announced and packet.has_sidedata("new_extradata"):
            self._changed = bytes(packet.get_sidedata("new_extradata")) != self._extradata
        if not self._changed:
            return None
        if self._substitute is None:
            if self._rate not in AAC_RATES or self._channels > 2:
                raise ValueError("the sound has changed")
            self._substitute = AacEncoder(self._rate, self._channels)
        return self._substitute


ADTS_RATES = (96000, 88200, 64000, 48000, 44100, 32000, 24000, 22050, 16000, 12000, 11025, 8000, 7350)


def audio_specific_config(rate: int, channels: int) -> bytes:
    """Return the AudioSpecificConfig of AAC-LC; the two bytes of ISO/IEC 14496-3, 1.6.2.1."""
    return (2 << 11 | ADTS_RATES.index(rate) << 7 | channels << 3).to_bytes(2, "big")


def adts_config(head: bytes) -> bytes | None:
    """Return the AudioSpecificConfig that an ADTS header (its first 4 bytes) implies; None if it is no such header."""
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xF0 != 0xF0:
        return None
    profile, rate, channels = head[2] >> 6, head[2] >> 2 & 15, (head[2] & 1) << 2 | head[3] >> 6
    if not channels:  # 0: a program config element in the stream tells them
        return None
    return (profile + 1 << 11 | rate << 7 | channels << 3).to_bytes(2, "big")


def _without_adts(packet: Any) -> Any:
    data = bytes(packet)
    if len(data) < 7 or data[0] != 0xFF or data[1] & 0xF0 != 0xF0:
        return packet
    bare = padded_packet(data[7 if data[1] & 1 else 9 :])
    bare.time_base, bare.pts, bare.dts, bare.duration = packet.time_base, packet.pts, packet.dts, packet.duration
    bare.is_keyframe = True
    return bare
