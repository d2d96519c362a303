"""Makes RTP packets of a stream's packets with libav's `rtp` muxer, which also writes RTCP sender reports.

One muxer makes the packets of one track; PyAV hands each of them over by itself, because its buffer is as large as the
largest packet.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import av

from dogwatch.errors import MediaError
from dogwatch.media import nal
from dogwatch.media.padded_packet import padded_packet
from dogwatch.media.parameter_sets import annex_b
from dogwatch.media.rtp_track import ENCODED_BY_SAMPLES, RtpTrack, is_rtcp

PACKET_BYTES = 1400  # fits into one Ethernet frame with the headers of UDP, and of a VPN
ADTS_BYTES = 7  # without extradata libav takes AAC as ADTS, and skips a header of this size
MICROSECONDS = 1_000_000


class _Packets:
    """Collects what the muxer writes, a packet at a time."""

    def __init__(self) -> None:
        self.found: list[bytes] = []

    def write(self, data: bytes) -> int:
        self.found.append(bytes(data))
        return len(data)


class RtpPacketiser:
    """Makes the RTP packets of one track. `report` is the newest RTCP sender report, empty before the first."""

    def __init__(self, track: RtpTrack, payload_type: int, ssrc: int, epoch_s: int) -> None:
        """Begin a stream.

        Args:
            track: What the packets are.
            payload_type: Goes into each packet.
            ssrc: Identifies the track; 31 bits.
            epoch_s: The time from which RTP times count (epoch s); tracks with the same one are in step.

        Raises:
            MediaError: libav cannot send this codec over RTP.
        """
        self._packets, self._track = _Packets(), track
        self._zero = epoch_s * track.clock_rate
        self._time_base = Fraction(1, track.clock_rate)
        self._lengths = nal.length_size(track.codec, track.extradata) if track.codec in nal.LENGTH_AT else 0
        self.report = b""
        options = {
            "payload_type": str(payload_type),
            "ssrc": str(ssrc),
            "cname": "dogwatch",
            "rtpflags": "send_bye",
            "start_time_realtime": str(epoch_s * MICROSECONDS),
            "avoid_negative_ts": "disabled",
        }
        try:
            self._container: Any = av.open(self._packets, "w", format="rtp", options=options, buffer_size=PACKET_BYTES)
            self._stream: Any = self._added(track)
            self._container.start_encoding()
        except (av.error.FFmpegError, ValueError) as error:
            raise MediaError(f"{track.codec} cannot be sent over RTP: {error}") from error

    def _added(self, track: RtpTrack) -> Any:
        if track.codec in ENCODED_BY_SAMPLES:  # libav must know how large a sample is
            layout = "stereo" if track.channels == 2 else "mono"
            given = {"bit_rate": track.bit_rate} if track.bit_rate else {}
            return self._container.add_stream(track.codec, rate=track.clock_rate, layout=layout, **given)
        if track.width:
            return self._container.add_mux_stream(track.codec, width=track.width, height=track.height)
        return self._container.add_mux_stream(track.codec, rate=track.clock_rate)

    def feed(self, data: bytes, pts: int, dts: int) -> list[bytes]:
        """Return the RTP packets of one packet, whose times are ticks since the epoch, and RTCP when it is due.

        Raises:
            MediaError: libav cannot send the packet over RTP.
        """
        if self._lengths:
            data = annex_b(nal.split_by_lengths(data, self._lengths))
        elif self._track.codec == "aac":
            data = bytes(ADTS_BYTES) + data
        packet = padded_packet(data)
        packet.stream, packet.time_base = self._stream, self._time_base
        packet.pts, packet.dts = pts - self._zero, dts - self._zero
        try:
            self._container.mux_one(packet)
        except av.error.FFmpegError as error:
            raise MediaError(f"a packet cannot be sent over RTP: {error}") from error
        return self._taken()

    def close(self) -> list[bytes]:
        """End the stream; return its RTCP BYE."""
        try:
            self._container.close()
        except av.error.FFmpegError:
            return []
        return self._taken()

    def _taken(self) -> list[bytes]:
        found, self._packets.found = self._packets.found, []
        for packet in found:
            if is_rtcp(packet):
                self.report = packet
        return found
