"""Sound of a live stream as AAC, from single packets of any codec."""

from __future__ import annotations

import logging
from fractions import Fraction
from typing import Any

import av

from dogwatch.media.audio import AAC_RATES, AacEncoder
from dogwatch.media.packets import COPIED_AUDIO, Unit
from dogwatch.media.padded_packet import padded_packet

log = logging.getLogger(__name__)


class LiveSound:
    """Turns packets into AAC; those that cannot be decoded are dropped and counted in `faults`."""

    def __init__(self, codec: str, extradata: bytes, rate: int, channels: int) -> None:
        """Take sound of `codec`, by its libav name, with its `rate` in samples a second.

        Raises:
            av.error.FFmpegError, ValueError: It cannot be decoded here.
        """
        self._encoder = AacEncoder(rate, channels)
        self._config = extradata if codec == COPIED_AUDIO and extradata and rate in AAC_RATES else None
        self._context: Any = None
        if self._config is None:
            self._context = av.CodecContext.create(codec, "r")
            self._context.sample_rate, self._context.layout = rate, "mono" if channels == 1 else "stereo"
            self._context.extradata = extradata or None
        self._ticks = 0
        self.faults = 0

    @property
    def stream(self) -> tuple[Any, bytes | None]:
        """The stream from which muxers take their parameters, and its AudioSpecificConfig if that is another one."""
        return self._encoder.stream, self._config

    def feed(self, data: bytes, time: float) -> list[Unit]:
        """Return the units made of a packet that begins at `time` (epoch s)."""
        packet = padded_packet(data)
        if self._context is None:
            return [self._unit(packet, time)]
        try:
            frames = self._context.decode(packet)
            return [self._unit(made, at) for frame in frames for made, at in self._encoder.encode(frame, time)]
        except (av.error.FFmpegError, ValueError):
            self.faults += 1
            return []

    def _unit(self, packet: Any, time: float) -> Unit:
        rate = self._encoder.rate
        self._ticks = max(self._ticks + 1, round(time * rate))
        packet.time_base = Fraction(1, rate)
        packet.pts = packet.dts = self._ticks
        packet.is_keyframe = True
        return Unit(packet, False, True, time, time, packet.size)


def live_sound(codec: str, extradata: bytes, rate: int, channels: int) -> LiveSound | None:
    """Return what makes AAC of such sound; None, and logged, if it cannot be decoded."""
    try:
        return LiveSound(codec, extradata, rate, channels)
    except (av.error.FFmpegError, ValueError) as error:
        log.warning("the sound (%s) is left out: %s", codec, error)
        return None
