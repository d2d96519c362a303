"""The values that flow through ingest: packets in wall-clock time, and the tracks that they belong to.

The thread that reads the stream makes a `Unit` once. The recorder, the live muxer and the decoder share it, each in its
own thread, so none of them changes the packet. Code that needs other timestamps takes a `clone`, which shares the
bytes.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import av

from dogwatch.media.padded_packet import padded_packet

VIDEO_TICKS = 90_000  # per second: what cameras and RTP use, and exact for all usual frame rates
VIDEO_TIME_BASE = Fraction(1, VIDEO_TICKS)
COPIED_AUDIO = "aac"  # the one audio codec that MP4, HLS and every browser take


class NullSink:
    """A file that discards what is written: for containers that only hold stream parameters."""

    def write(self, data: bytes) -> int:
        """Take `data` and drop it."""
        return len(data)


@dataclass(frozen=True, slots=True)
class VideoInfo:
    """The video of a stream: `codec` by its libav name, size in pixels, nominal `fps` (0.0 when unknown).

    `aspect` is the pixel aspect ratio (width / height), 0 when it is not known.
    """

    codec: str
    width: int
    height: int
    fps: float
    extradata: bytes = b""
    aspect: Fraction = Fraction(0)


@dataclass(frozen=True, slots=True)
class AudioInfo:
    """The audio of a stream: `codec` by its libav name, samples per second, channels, and libav's extradata."""

    codec: str
    rate: int = 0
    channels: int = 0
    extradata: bytes = b""


class Tracks:
    """Stream parameters for muxers, which make `ftyp` + `moov` from them, until the stream changes them.

    The parameters live in an output container of their own that is never written: those of the input are freed with the
    connection, while the recorder may still need them. `intra` is whether every picture is a keyframe. `own_sound` is
    the camera's sound, if it is sent to live viewers beside the AAC that is made of it.
    """

    def __init__(
        self,
        video_stream: Any,
        audio_stream: Any | None,
        *,
        audio_config: bytes | None = None,
        changed: VideoInfo | None = None,
        own_sound: AudioInfo | None = None,
    ) -> None:
        """Copy the parameters of libav streams.

        Args:
            video_stream: A stream of an input, or of an encoder whose header has been written.
            audio_stream: An AAC stream, or None.
            audio_config: The AudioSpecificConfig, for AAC whose container has none (ADTS).
            changed: The video as it is now, if it has changed since the stream was opened.
            own_sound: The camera's sound, if `audio_stream` is made from it.
        """
        self._container: Any = av.open(NullSink(), "w", format="mp4")
        self._video = self._container.add_stream_from_template(video_stream, opaque=True)
        self._audio = (
            self._container.add_stream_from_template(audio_stream, opaque=True) if audio_stream is not None else None
        )
        self._audio_config, self._changed = audio_config, changed
        self.own_sound = own_sound
        self.intra = video_stream.codec_context.name == "mjpeg"
        self.has_audio = audio_stream is not None
        self.audio_rate = int(audio_stream.codec_context.sample_rate) if audio_stream is not None else 0
        self.audio_time_base = Fraction(1, self.audio_rate or 1)

    @property
    def sound(self) -> AudioInfo | None:
        """The AAC of these tracks."""
        if self._audio is None:
            return None
        context = self._audio.codec_context
        extradata = self._audio_config or context.extradata or b""
        return AudioInfo(COPIED_AUDIO, self.audio_rate, context.layout.nb_channels, extradata)

    def add_to(self, container: Any) -> tuple[Any, Any | None]:
        """Add these tracks to an output `container`, video first; return its video and audio streams."""
        video = container.add_stream_from_template(self._video, opaque=True)
        video.time_base = VIDEO_TIME_BASE
        if video.codec_context.name == "hevc":
            video.codec_context.codec_tag = "hvc1"  # Apple's players refuse hev1
        if self._changed is not None:
            _apply(self._changed, video.codec_context)
        if self._audio is None:
            return video, None
        audio = container.add_stream_from_template(self._audio, opaque=True)
        audio.time_base = self.audio_time_base
        if self._audio_config is not None:
            audio.codec_context.extradata = self._audio_config
        return video, audio


def _apply(video: VideoInfo, context: Any) -> None:
    context.width, context.height = video.width, video.height
    context.sample_aspect_ratio = video.aspect
    if video.extradata:
        context.extradata = video.extradata


@dataclass(slots=True)
class Unit:
    """One packet in wall-clock time.

    The packet's pts, dts, duration and time base are final: ticks since the epoch. `time` and `dts` are the same in
    seconds. `jumped` is true for the keyframe at which the wall clock was set: times do not continue from those before.
    `missed`, on keyframes, is how many seconds of video before it were lost because they could not be placed in time.
    """

    packet: Any
    video: bool
    keyframe: bool
    time: float
    dts: float
    size: int
    jumped: bool = False
    missed: float = 0.0


def join(before: Any, packet: Any) -> Any:
    """Return `packet` with the bytes of `before` in front of its own."""
    joined = padded_packet(bytes(before) + bytes(packet))
    joined.stream, joined.time_base = packet.stream, packet.time_base
    joined.pts, joined.dts, joined.duration = packet.pts, packet.dts, packet.duration
    joined.is_keyframe = packet.is_keyframe
    return joined


def clone(packet: Any, time_base: Fraction) -> Any:
    """Return a packet with the same bytes and timestamps in `time_base`, whose timestamps may be changed."""
    twin = av.Packet(packet)
    twin.time_base = time_base  # a parameter, because reading it from a packet makes a new Fraction
    twin.pts, twin.dts, twin.duration = packet.pts, packet.dts, packet.duration
    twin.is_keyframe = packet.is_keyframe
    return twin
