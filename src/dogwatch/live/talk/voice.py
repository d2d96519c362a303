"""The sound of one talk on its way to a camera: encoded, made to RTP packets, and sent."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from dogwatch.media.rtp_packetiser import RtpPacketiser
from dogwatch.media.talk_codecs import TALK_CODECS, talk_track
from dogwatch.media.talk_encoder import TalkEncoder

if TYPE_CHECKING:
    from dogwatch.live.talk.backchannel_connection import BackchannelConnection
    from dogwatch.live.talk.offered import TalkFormat, TalkMedia

GAP_S = 0.1  # sound that comes so much later than expected has a pause before it
AAC_LC = 2
RATES = range(8_000, 48_001)  # Hz; an encoder for less makes packets without sound


def chosen(medias: Iterable[TalkMedia]) -> tuple[TalkMedia, TalkFormat] | None:
    """Return the first stream and codec, in the camera's order, that can be sent; None if there is none.

    G.726 comes last: libav encodes a quarter of a second of it at once.
    """
    fitting = [(media, one) for media in medias for one in media.formats if _fits(one)]
    return min(fitting, key=lambda found: "G726" in found[1].name, default=None)


def _fits(one: TalkFormat) -> bool:
    if one.name == "MPEG4-GENERIC" and one.config and one.config[0] >> 3 != AAC_LC:
        return False
    return one.name in TALK_CODECS and one.rate in RATES and 1 <= one.channels <= 2


class Voice:
    """For one thread."""

    def __init__(self, connection: BackchannelConnection, wanted: TalkFormat, now: float) -> None:
        """Send as `wanted` from `now` (epoch s) on.

        Raises:
            MediaError: libav does not encode it.
        """
        self._connection, self._rate = connection, wanted.rate
        self._encoder = TalkEncoder(wanted.name, wanted.rate, wanted.channels)
        track = talk_track(wanted.name, wanted.rate, wanted.channels, self._encoder.extradata)
        self._packetiser = RtpPacketiser(track, wanted.payload_type, secrets.randbits(31), int(now))
        self._start = self._ticks = round(now * wanted.rate)
        self._first: int | None = None

    def say(self, frame: Any) -> None:
        """Send a decoded frame.

        Raises:
            MediaError: It cannot be encoded.
        """
        if self._first is None:
            self._first = frame.pts
        due = self._start + (frame.pts - self._first) * self._rate // frame.sample_rate
        if due - self._ticks > GAP_S * self._rate:
            self._ticks = due
        for data, samples in self._encoder.feed(frame):
            self._connection.send(self._packetiser.feed(data, self._ticks, self._ticks))
            self._ticks += samples

    def close(self) -> None:
        """End the stream."""
        self._connection.send(self._packetiser.close())
