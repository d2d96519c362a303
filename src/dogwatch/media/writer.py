"""Writes fragmented MP4. libav hands over each whole fragment in one write, so that what is on disk always plays.

`SEGMENT_OPTIONS` keep one timeline across files: decode times count from the epoch, without edit lists. `frag_discont`
keeps gaps between them as they are, so that a player goes from file to file without a discontinuity.
"""

from __future__ import annotations

import contextlib
from typing import Any, Protocol

import av

from dogwatch.media.packets import VIDEO_TICKS, VIDEO_TIME_BASE, Tracks, Unit, clone

BUFFER_BYTES = 1 << 18
MOVFLAGS = "empty_moov+default_base_moof+frag_discont+skip_trailer"
SEGMENT_OPTIONS = {
    "movflags": f"frag_keyframe+{MOVFLAGS}",
    "avoid_negative_ts": "disabled",
    "use_editlist": "0",
    "frag_duration": "1000000",
    "flush_packets": "1",
    "video_track_timescale": str(VIDEO_TICKS),
    # libav holds video back for audio that does not come, by default 10 s: a dead microphone must not do that.
    "max_interleave_delta": "1000000",
}


class Sink(Protocol):
    """Takes the bytes that a muxer writes."""

    def write(self, data: bytes) -> int:
        """Write all of `data`; return its length."""
        ...


class FragmentWriter:
    """Muxes units into fragmented MP4 that goes to a `Sink`; raises what the sink raises.

    The newest unit of each track is held until the next one gives its exact duration, so that one file ends where
    the next one begins.
    """

    def __init__(self, sink: Sink, tracks: Tracks, *, shift: float = 0.0) -> None:
        """Write the header.

        Args:
            sink: Takes the bytes; `ftyp` + `moov` come at once.
            tracks: What will be written.
            shift: Seconds to subtract from all times (live streams count from near zero).
        """
        options = SEGMENT_OPTIONS
        if tracks.intra:
            options = options | {"movflags": MOVFLAGS}  # every picture is a keyframe: a fragment each would be too many
        self._container: Any = av.open(sink, "w", format="mp4", options=options, buffer_size=BUFFER_BYTES)
        video, audio = tracks.add_to(self._container)
        self._streams: dict[bool, Any] = {True: video, False: audio}
        self._bases = {True: VIDEO_TIME_BASE, False: tracks.audio_time_base}
        self._rates = {True: VIDEO_TICKS, False: tracks.audio_rate}
        self._shift = {True: 0, False: 0}
        self.move(shift)
        self._held: dict[bool, Any] = {}
        self.audio_faults = 0
        self._container.start_encoding()

    def move(self, seconds: float) -> None:
        """Subtract so many seconds more from all times to come."""
        for video, rate in self._rates.items():
            self._shift[video] += round(seconds * rate)

    def write(self, unit: Unit) -> None:
        """Write `unit` once its successor is known; ignore units of a track that was not declared."""
        stream = self._streams[unit.video]
        if stream is None:
            return
        packet = clone(unit.packet, self._bases[unit.video])
        packet.stream = stream
        shift = self._shift[unit.video]
        if shift:
            packet.pts, packet.dts = packet.pts - shift, packet.dts - shift
        before = self._held.get(unit.video)
        self._held[unit.video] = packet
        if before is not None:
            length = packet.dts - before.dts
            if length <= 0:  # libav would refuse it, and the segment would end there
                length, packet.dts = 1, before.dts + 1
                packet.pts = max(packet.pts, packet.dts)
            before.duration = length
            self._mux(before, video=unit.video)

    def _mux(self, packet: Any, *, video: bool) -> None:
        try:
            self._container.mux_one(packet)
        except av.error.FFmpegError:
            if video:
                raise
            self.audio_faults += 1  # a bad packet of sound costs that packet, never the picture

    def finish(self, next_dts: float | None = None) -> None:
        """Write what is held and the last fragment.

        Args:
            next_dts: When the next segment's video begins, in epoch seconds, if it follows at once.
        """
        video = self._held.pop(True, None)
        if video is not None:
            if next_dts is not None:
                video.duration = max(1, round(next_dts * VIDEO_TICKS) - video.dts)
            self._mux(video, video=True)
        audio = self._held.pop(False, None)
        if audio is not None:
            self._mux(audio, video=False)
        self._container.close()

    def abandon(self) -> None:
        """Close without writing what is held; the sink must drop what libav still sends it."""
        self._held.clear()
        with contextlib.suppress(av.error.FFmpegError):  # it raises the error of the failed write again
            self._container.close()
