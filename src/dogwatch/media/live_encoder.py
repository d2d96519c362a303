"""Encodes pictures as they come, for live players: MPEG-1 in a transport stream, and H.264.

Nothing is looked ahead at, and no picture is held back. Both encoders use the times that they are given; a picture that
comes at or before the time of the one before it is put right behind that one.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import av
from av.video.frame import PictureType
from av.video.reformatter import ColorRange

from dogwatch.media.packets import VIDEO_TICKS, VIDEO_TIME_BASE, NullSink, Tracks, Unit

MPEG1_FPS = 30  # MPEG-1 knows a few rates only; pictures that come less often leave some of its ticks out
KEYFRAMES_S = 2.0
FPS = 30  # at most; it only tells the encoder how much a picture may take
THREADS = 2
H264_OPTIONS = {
    "preset": "superfast",
    "tune": "zerolatency",
    "profile": "baseline",  # what every WebRTC client takes
    "crf": "23",
    "maxrate": "8M",
    "bufsize": "8M",
    "forced-idr": "1",
    "x264-params": f"repeat-headers=1:scenecut=0:threads={THREADS}",
}


class TransportStreamEncoder:
    """MPEG-1 video in an MPEG transport stream, as `jsmpeg` plays it."""

    def __init__(self, width: int, height: int, quality: int) -> None:
        """Encode pictures of `width` x `height` (even) with `quality` 1 (best) to 31."""
        self._taken = _Taken()
        # Tables with each picture: whoever begins in the middle of the stream finds them.
        options = {"flush_packets": "1", "mpegts_flags": "+pat_pmt_at_frames", "muxdelay": "0", "muxpreload": "0"}
        self._container: Any = av.open(self._taken, "w", format="mpegts", container_options=options)
        level = str(quality)
        self._stream: Any = self._container.add_stream(
            "mpeg1video", rate=MPEG1_FPS, options={"qmin": level, "qmax": level, "bf": "0", "g": "600"}
        )
        context = self._stream.codec_context
        context.width, context.height, context.pix_fmt = width, height, "yuv420p"
        context.bit_rate, context.thread_count = 20_000_000, 1
        context.color_range = ColorRange.MPEG
        self._clock = _Ticks(MPEG1_FPS)
        self._keyframes = KeyframePlan()

    def encode(self, picture: Any, time: float) -> list[tuple[bytes, bool]]:
        """Add an I420 array, shown at `time` (epoch s); return pieces, and whether a player can begin with each.

        Raises:
            av.error.FFmpegError: It cannot be encoded.
        """
        keyframe = self._keyframes.due(time)
        frame = av.VideoFrame.from_ndarray(picture, format="yuv420p")
        self._feed(frame, self._clock.at(time), PictureType.I if keyframe else PictureType.NONE)
        pieces = [(self._taken.take(), False)] if keyframe else []  # the copy of the picture before
        # libav's encoder for MPEG-1 always holds one picture back, so each is followed by a copy, which takes hardly
        # any time and bytes. Otherwise the newest picture would come only with the next, which may be never.
        self._feed(frame, self._clock.next(), PictureType.NONE)
        return [piece for piece in (*pieces, (self._taken.take(), keyframe)) if piece[0]]

    def _feed(self, frame: Any, pts: int, kind: PictureType) -> None:
        frame.pts, frame.time_base, frame.pict_type = pts, Fraction(1, MPEG1_FPS), kind
        self._container.mux(self._stream.encode(frame))

    def keyframe(self) -> None:
        """Make the next picture one with which a player can begin."""
        self._keyframes.want()

    def close(self) -> None:
        """Let go of the encoder."""
        self._container.close()


class H264Encoder:
    """H.264 as units, which muxers take."""

    def __init__(self, width: int, height: int) -> None:
        """Encode pictures of `width` x `height` (even)."""
        self.width, self.height = width, height
        self._container: Any = av.open(NullSink(), "w", format="mp4", options={"movflags": "empty_moov"})
        self.stream: Any = self._container.add_stream("libx264", rate=FPS, options={**H264_OPTIONS, "g": "600"})
        context = self.stream.codec_context
        context.width, context.height, context.pix_fmt = width, height, "yuv420p"
        context.time_base, context.color_range = VIDEO_TIME_BASE, ColorRange.MPEG
        self._container.start_encoding()
        self.extradata = bytes(context.extradata or b"")
        self._clock, self._keyframes = _Ticks(VIDEO_TICKS, epoch=True), KeyframePlan()

    def tracks(self, audio_stream: Any | None = None, audio_config: bytes | None = None) -> Tracks:
        """Return the parameters for a muxer, with those of sound if there is any."""
        return Tracks(self.stream, audio_stream, audio_config=audio_config)

    def encode(self, picture: Any, time: float) -> list[Unit]:
        """Encode an I420 array or a decoded frame, shown at `time` (epoch s); return what is complete.

        Raises:
            av.error.FFmpegError: It cannot be encoded.
        """
        frame = picture if isinstance(picture, av.VideoFrame) else av.VideoFrame.from_ndarray(picture, format="yuv420p")
        if (frame.width, frame.height, frame.format.name) != (self.width, self.height, "yuv420p"):
            frame = frame.reformat(self.width, self.height, "yuv420p")
        frame.pts, frame.time_base = self._clock.at(time), VIDEO_TIME_BASE
        frame.pict_type = PictureType.I if self._keyframes.due(time) else PictureType.NONE
        return [_unit(packet) for packet in self.stream.codec_context.encode(frame)]

    def keyframe(self) -> None:
        """Make the next picture one with which a player can begin."""
        self._keyframes.want()

    def close(self) -> None:
        """Let go of the encoder."""
        self._container.close()


class KeyframePlan:
    """Tells which pictures are keyframes: the first one, those that are asked for, and one in `KEYFRAMES_S`."""

    def __init__(self) -> None:
        """Begin with one."""
        self._next: float | None = None

    def want(self) -> None:
        """Make the next picture one."""
        self._next = None

    def due(self, time: float) -> bool:
        """Whether the picture at `time` (s) is one."""
        if self._next is not None and self._next - KEYFRAMES_S <= time < self._next:
            return False
        self._next = time + KEYFRAMES_S
        return True


class _Ticks:
    """Turns times into rising ticks."""

    def __init__(self, rate: int, *, epoch: bool = False) -> None:
        """Count `rate` ticks a second, from the first time on or from the epoch."""
        self._rate, self._zero, self._last = rate, 0.0 if epoch else None, -1

    def at(self, time: float) -> int:
        if self._zero is None:
            self._zero = time
        self._last = max(self._last + 1, round((time - self._zero) * self._rate))
        return self._last

    def next(self) -> int:
        self._last += 1
        return self._last


class _Taken:
    """Collects what a muxer writes until it is taken."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def write(self, data: bytes) -> int:
        self._parts.append(bytes(data))
        return len(data)

    def take(self) -> bytes:
        data = b"".join(self._parts)
        self._parts.clear()
        return data


def _unit(packet: Any) -> Unit:
    packet.time_base = VIDEO_TIME_BASE
    return Unit(packet, True, bool(packet.is_keyframe), packet.pts / VIDEO_TICKS, packet.dts / VIDEO_TICKS, packet.size)
