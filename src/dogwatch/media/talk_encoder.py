"""Makes of a microphone's sound what cameras' loudspeakers take."""

from __future__ import annotations

from typing import Any

import av
import numpy as np

from dogwatch.errors import MediaError
from dogwatch.media.talk_codecs import TALK_CODECS

PART_S = 0.02
"""How much sound goes into one packet, unless the codec says so itself."""
AAC_BIT_RATE = 64_000
FULL_SCALE = 32_768


class TalkEncoder:
    """Encodes the sound of one talk; for one thread at a time."""

    def __init__(self, name: str, rate: int, channels: int) -> None:
        """Encode as `name`, as SDP calls it, with `rate` samples a second.

        Raises:
            MediaError: libav does not encode it.
        """
        codec, bit_rate = TALK_CODECS[name]
        layout = "stereo" if channels == 2 else "mono"
        try:
            encoder: Any = av.CodecContext.create(codec, "w")
            encoder.sample_rate, encoder.layout = rate, layout
            encoder.format = "fltp" if codec == "aac" else "s16"
            if bit_rate or codec == "aac":
                encoder.bit_rate = bit_rate or AAC_BIT_RATE
            encoder.open()
        except (av.error.FFmpegError, ValueError) as error:
            raise MediaError(f"the sound cannot be encoded as {name}: {error}") from error
        self._encoder = encoder
        part = round(rate * PART_S)
        samples: int = encoder.frame_size or part
        self._samples = samples
        # The encoder of G.726 takes a quarter of a second at once, which is too long for many a camera's buffer.
        self._part_bits = bit_rate // rate
        self._part_bytes = part * self._part_bits // 8
        self.extradata = bytes(encoder.extradata or b"")
        self._resampler = av.AudioResampler(encoder.format.name, layout, rate, frame_size=samples)

    def feed(self, frame: Any) -> list[tuple[bytes, int]]:
        """Return the packets that are complete with a decoded `frame`, and how many samples each lasts.

        Raises:
            MediaError: It cannot be encoded.
        """
        frame.pts = None
        try:
            ready = self._resampler.resample(frame)
            packets = [bytes(packet) for one in ready for packet in self._encoder.encode(one)]
        except (av.error.FFmpegError, ValueError) as error:
            raise MediaError(f"the sound cannot be encoded: {error}") from error
        if not self._part_bits:
            return [(packet, self._samples) for packet in packets]
        size = self._part_bytes
        parts = [packet[at : at + size] for packet in packets for at in range(0, len(packet), size)]
        return [(part, len(part) * 8 // self._part_bits) for part in parts]


def peak(frame: Any) -> float:
    """Return how loud a decoded frame of 16-bit samples gets, 0 to 1."""
    samples = frame.to_ndarray()
    return float(np.abs(samples.astype(np.int32)).max(initial=0)) / FULL_SCALE
