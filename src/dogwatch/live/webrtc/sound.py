"""The sound of one peer: as the camera sends it if browsers take that, else made to Opus."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from dogwatch.live.webrtc.tracks import SentSound

if TYPE_CHECKING:
    from dogwatch.bus.messages import LivePacket, PacketTrack
    from dogwatch.media.opus_sound import OpusTranscoder

OPUS, OPUS_RATE, OPUS_SAMPLES = "opus", 48_000, 960
GAP_S = 0.1  # sound that is so far from where it is expected is not jitter


class PeerSound:
    """Sends the packets of one track as `codec`; `track` is what aiortc sends."""

    def __init__(self, source: PacketTrack, codec: str) -> None:
        """Take packets of `source`; `codec` is opus, or the source's own.

        Raises:
            MediaError: The sound cannot be decoded.
        """
        self._rate = OPUS_RATE if codec == OPUS else source.clock_rate
        self._clock = source.clock_rate
        self._transcoder: OpusTranscoder | None = None
        if codec != source.codec:
            from dogwatch.media.opus_sound import OpusTranscoder

            self._transcoder = OpusTranscoder(source.codec, source.extradata, source.sample_rate, source.channels)
        self._first: int | None = None
        self._start = 0  # where that packet is put, in samples
        self._next = 0  # where sound goes on, in samples
        self.track = SentSound(self._rate)

    def begin(self, elapsed: float) -> None:
        """Put the next packet at `elapsed` seconds of the connection: its stream begins there, at whatever time."""
        self._first, self._start = None, max(self._next, round(elapsed * self._rate))

    async def send(self, packet: LivePacket) -> None:
        """Send a packet; wait only while it is transcoded, in a thread."""
        if self._first is None:
            self._first = packet.pts
        ticks = self._start + max(0, (packet.pts - self._first) * self._rate // self._clock)
        if self._transcoder is None:
            self.track.offer(packet.data, ticks)
            self._next = ticks + 1
            return
        if abs(ticks - self._next) > GAP_S * self._rate:
            self._next = ticks
        for data in await asyncio.to_thread(self._transcoder.feed, packet.data):
            self.track.offer(data, self._next)
            self._next += OPUS_SAMPLES
