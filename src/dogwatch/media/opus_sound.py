"""Makes Opus of any camera's sound, in pieces of 20 ms, as WebRTC wants it."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import av

from dogwatch.errors import MediaError
from dogwatch.media.padded_packet import padded_packet

RATE = 48_000
SAMPLES = 960  # 20 ms
BIT_RATE = 48_000


class OpusTranscoder:
    """Decodes and encodes the sound of one viewer; for one thread at a time."""

    def __init__(self, codec: str, extradata: bytes, rate: int, channels: int) -> None:
        """Take packets of `codec` (its libav name).

        Raises:
            MediaError: libav does not decode it.
        """
        try:
            decoder: Any = av.CodecContext.create(codec, "r")
            if extradata:
                decoder.extradata = extradata
            decoder.sample_rate, decoder.layout = rate, "mono" if channels == 1 else "stereo"
        except (av.error.FFmpegError, ValueError) as error:
            raise MediaError(f"the sound cannot be decoded: {error}") from error
        self._decoder = decoder
        self._encoder: Any = av.CodecContext.create("libopus", "w")
        self._encoder.sample_rate, self._encoder.format, self._encoder.layout = RATE, "s16", "stereo"
        self._encoder.bit_rate = BIT_RATE
        self._encoder.time_base = Fraction(1, RATE)
        self._resampler = av.AudioResampler("s16", "stereo", RATE, frame_size=SAMPLES)
        self.faults = 0

    def feed(self, data: bytes) -> list[bytes]:
        """Return the packets of Opus that are complete with a packet; a bad one costs itself and is counted."""
        try:
            frames = self._decoder.decode(padded_packet(data))
            return [bytes(packet) for frame in frames for packet in self._encode(frame)]
        except (av.error.FFmpegError, ValueError):
            self.faults += 1
            return []

    def _encode(self, frame: Any) -> list[Any]:
        frame.pts = None
        found = []
        for ready in self._resampler.resample(frame):
            found += self._encoder.encode(ready)
        return found
