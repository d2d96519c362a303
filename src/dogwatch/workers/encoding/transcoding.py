"""Encodes a camera's packets anew: decoded as they come, and skipped up to a keyframe when that takes too long."""

from __future__ import annotations

from dogwatch.bus.messages import TranscodeBegin, TranscodePacket
from dogwatch.media.live_decoder import LiveDecoder, size_within
from dogwatch.workers.encoding.outputs import EncodedOutputs

CATCH_UP_S = 0.7  # pictures that are older than this when the stream begins are decoded, but not shown
CATCHING_UP_S = 5.0  # at most: a decoder that never keeps up shows what it has
LATE_S = 3.0


class Transcoder:
    """For one thread."""

    def __init__(self, outputs: EncodedOutputs, most_height: int) -> None:
        """Encode with `outputs` pictures that are at most `most_height` pixels high."""
        self._outputs, self._most_height = outputs, most_height
        self._decoder: LiveDecoder | None = None
        self._catching_up = self._skipping = False
        self._begun = 0.0
        self.dropped = 0
        """How many packets of video were dropped because encoding is too slow."""

    def begin(self, message: TranscodeBegin, now: float) -> None:
        """Begin with a stream of these tracks, at `now` (epoch s)."""
        self._begun = now
        video, *others = message.tracks
        sound = next((track for track in others if not track.video), None)
        self._outputs.hear(sound)
        self._decoder = LiveDecoder(video.codec, video.extradata, video.clock_rate)
        self._catching_up = self._skipping = True

    def take(self, packet: TranscodePacket, now: float) -> None:
        """Take a packet that has come at `now` (epoch s)."""
        if packet.track:
            if not self._catching_up:
                self._outputs.sound(packet)
            return
        if self._decoder is None or self._is_skipped(packet, now):
            return
        for frame, time in self._decoder.decode(packet.data, packet.pts, packet.dts):
            if self._catching_up and now - time > CATCH_UP_S and 0 <= now - self._begun < CATCHING_UP_S:
                continue
            self._catching_up = False
            size = size_within(frame.width, frame.height, self._most_height)
            self._outputs.encode(frame, size, time)

    def _is_skipped(self, packet: TranscodePacket, now: float) -> bool:
        if packet.keyframe:
            self._skipping = False
        elif not self._catching_up and now - packet.time > LATE_S:
            self._skipping = True
        self.dropped += self._skipping
        return self._skipping
