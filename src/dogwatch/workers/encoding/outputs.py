"""The forms in which one live output is encoded, as long as somebody watches them.

What the core does not read in time is dropped by the live link. Then a keyframe is made at once, so that no viewer gets
more pictures that refer to one that is missing.
"""

from __future__ import annotations

import time
from typing import Any

from dogwatch.bus.encoded_names import H264, JSMPEG, JSMPEG_CODEC
from dogwatch.bus.live_link import LiveLink
from dogwatch.bus.messages import LiveFragment, LiveInit, LivePacket, PacketsBegin, PacketTrack, TranscodePacket
from dogwatch.media.live_encoder import H264Encoder, TransportStreamEncoder
from dogwatch.media.live_muxer import LiveMuxer
from dogwatch.media.live_sound import LiveSound, live_sound
from dogwatch.media.packets import VIDEO_TICKS, Unit, VideoInfo
from dogwatch.workers.encoding.clock_steps import ClockSteps


class EncodedOutputs:
    """Encodes pictures for whoever watches. For one thread."""

    def __init__(self, link: LiveLink, name: str, quality: int) -> None:
        """Send over `link` as `name`; `quality` is that of MPEG-1."""
        self._jsmpeg = JsmpegOutput(link, name, quality)
        self._h264 = H264Output(link, name)
        self._steps = ClockSteps()
        self.pictures = 0
        """How many have been encoded."""

    def look(self) -> bool:
        """Look who watches; return whether somebody has come who waits for a picture."""
        return self._jsmpeg.look() | self._h264.look()

    @property
    def watched(self) -> bool:
        """Whether somebody watches."""
        return self._jsmpeg.watched or self._h264.watched

    @property
    def h264_watched(self) -> bool:
        """Whether somebody watches H.264."""
        return self._h264.watched

    def encode(self, picture: Any, size: tuple[int, int], at: float) -> None:
        """Encode an I420 array, or a decoded frame, of `size` (width, height), shown at `at` (epoch s).

        Everything begins anew when the clock was set.
        """
        self.pictures += 1
        if self._steps.stepped(at, time.monotonic()):
            self._jsmpeg.close()
            self._h264.restart()
        for one in (self._jsmpeg, self._h264):
            if one.watched:
                one.encode(picture, size, at)

    def hear(self, track: PacketTrack | None) -> None:
        """Send sound of this kind beside H.264 from now on, or none."""
        self._h264.hear(track)

    def sound(self, packet: TranscodePacket) -> None:
        """Send a packet of sound to those who watch H.264."""
        self._h264.sound(packet)

    def close(self) -> None:
        """Let go of the encoders."""
        self._jsmpeg.close()
        self._h264.close()


class JsmpegOutput:
    """The transport stream of one output."""

    def __init__(self, link: LiveLink, name: str, quality: int) -> None:
        """Send as input `JSMPEG` of `name`."""
        self._link, self._name, self._quality = link, name, quality
        self._encoder: TransportStreamEncoder | None = None
        self._size = (0, 0)
        self.watched = False

    def look(self) -> bool:
        """Look whether it is watched; return whether it must begin anew."""
        self.watched, fresh = self._link.wanted(JSMPEG)
        if fresh or not self.watched:
            self.close()
        return fresh

    def encode(self, picture: Any, size: tuple[int, int], at: float) -> None:
        """Encode a picture, and begin anew if its size is another one."""
        if self._encoder is None or size != self._size:
            self.close()
            self._encoder, self._size = TransportStreamEncoder(*size, self._quality), size
            self._link.publish(LiveInit(self._name, JSMPEG, JSMPEG_CODEC, b""))
        dropped = self._link.dropped
        for data, keyframe in self._encoder.encode(picture, at):
            self._link.publish(LiveFragment(self._name, JSMPEG, at, keyframe, data))
        if self._link.dropped != dropped:
            self._encoder.keyframe()

    def close(self) -> None:
        """Let go of the encoder."""
        if self._encoder is not None:
            self._encoder.close()
            self._encoder = None


class H264Output:
    """The H.264 of one output, as fragments and as packets, of one encoder."""

    def __init__(self, link: LiveLink, name: str) -> None:
        """Send as input `H264` of `name`."""
        self._link, self._name = link, name
        self._encoder: H264Encoder | None = None
        self._muxer: LiveMuxer | None = None
        self._track: PacketTrack | None = None
        self._sound: LiveSound | None = None
        self._fragments = self._packets = self._packets_begun = False

    @property
    def watched(self) -> bool:
        """Whether somebody watches."""
        return self._fragments or self._packets

    def look(self) -> bool:
        """Look whether it is watched; return whether it must begin anew."""
        self._fragments, fresh = self._link.wanted(H264)
        self._packets, fresh_packets = self._link.wanted(H264, packets=True)
        if fresh or not self._fragments:
            self._drop_muxer()
        if fresh_packets or not self._packets:
            self._packets_begun = False
        if not self.watched:
            self.close()
        elif (fresh or fresh_packets) and self._encoder is not None:
            self._encoder.keyframe()
        return fresh or fresh_packets

    def encode(self, picture: Any, size: tuple[int, int], at: float) -> None:
        """Encode a picture, and begin anew if its size is another one."""
        if self._encoder is None or size != (self._encoder.width, self._encoder.height):
            self.close()
            self._encoder = H264Encoder(*size)
        dropped = self._link.dropped
        for unit in self._encoder.encode(picture, at):
            if self._packets:
                self._send_packet(self._encoder, unit)
            if self._fragments:
                self._send_fragments(self._encoder, unit)
        if self._link.dropped != dropped:
            self._encoder.keyframe()

    def restart(self) -> None:
        """Begin anew, at other times."""
        self.hear(self._track)

    def hear(self, track: PacketTrack | None) -> None:
        """Send sound of this kind from now on, or none; everything begins anew."""
        self.close()
        self._track = track
        self._sound = live_sound(track.codec, track.extradata, track.sample_rate, track.channels) if track else None

    def sound(self, packet: TranscodePacket) -> None:
        """Send a packet of sound: as it is among packets, as AAC among fragments."""
        if self._packets_begun and self._track is not None:
            one = LivePacket(self._name, H264, 1, packet.time, packet.pts, packet.dts, False, packet.data)
            self._link.publish(one)
        if self._muxer is not None and self._sound is not None:
            for unit in self._sound.feed(packet.data, packet.time):
                self._mux(self._muxer, unit)

    def _send_packet(self, encoder: H264Encoder, unit: Unit) -> None:
        if not self._packets_begun:
            self._packets_begun = unit.keyframe
            track = PacketTrack(True, "h264", VIDEO_TICKS, encoder.extradata, encoder.width, encoder.height)
            tracks = (track,) if self._track is None else (track, self._track)
            self._link.publish(PacketsBegin(self._name, H264, tracks))
        data = bytes(unit.packet)
        pts, dts = unit.packet.pts, unit.packet.dts
        self._link.publish(LivePacket(self._name, H264, 0, unit.time, pts, dts, unit.keyframe, data))

    def _send_fragments(self, encoder: H264Encoder, unit: Unit) -> None:
        if self._muxer is None:
            if not unit.keyframe:
                return
            tracks = encoder.tracks(*(self._sound.stream if self._sound else ()))
            video = VideoInfo("h264", encoder.width, encoder.height, 0.0, encoder.extradata)
            self._muxer = LiveMuxer(tracks, video, unit)
            self._link.publish(LiveInit(self._name, H264, self._muxer.codecs, self._muxer.init))
        self._mux(self._muxer, unit)

    def _mux(self, muxer: LiveMuxer, unit: Unit) -> None:
        for data, keyframe in muxer.feed(unit):
            self._link.publish(LiveFragment(self._name, H264, unit.time, keyframe, data))

    def close(self) -> None:
        """Let go of the encoder."""
        self._drop_muxer()
        self._packets_begun = False
        if self._encoder is not None:
            self._encoder.close()
            self._encoder = None

    def _drop_muxer(self) -> None:
        self._muxer = None
