"""A Raspberry Pi's own camera as a source: the pictures that `rpicam-vid` writes, with the times at which they come.

The stream has no timestamps. A picture is complete when the next one begins, so it counts as a frame interval late.
"""

from __future__ import annotations

import io
import threading
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import av

from dogwatch.errors import SourceError
from dogwatch.media import rpicam
from dogwatch.media.packets import VIDEO_TICKS, AudioInfo, VideoInfo
from dogwatch.media.random_access import is_closed_gop_start

CODEC = "h264"
MOST_BYTES = 16 << 20  # without a keyframe it is no stream of this program's


class RpicamSource:
    """The camera of this machine; its program runs as long as this source. See `media.source.Source`."""

    def __init__(self, url: str, timeout: float, stop: threading.Event) -> None:
        """Start the program and wait for the first keyframe.

        Raises:
            SourceError: See `open_source`.
        """
        self._pipe = rpicam.RpicamPipe(url, timeout, stop)
        self._parser: Any = av.CodecContext.create(CODEC, "r")
        self._info = VideoInfo(CODEC, 0, 0, 0.0)
        self.audio: AudioInfo | None = None
        self.audio_stream: Any | None = None
        self.untimed = self.live = True
        self.patient = self.announced = False
        self.room = 0
        try:
            self._waiting = self._until_keyframe()
            self._container: Any = av.open(io.BytesIO(bytes(self._waiting[0])), format=CODEC)
            self.video_stream: Any = self._container.streams.video[0]
            context = self.video_stream.codec_context
            self.video = VideoInfo(CODEC, context.width, context.height, 0.0, context.extradata or b"")
        except av.error.FFmpegError as error:
            self._pipe.close()
            raise SourceError(f"rpicam: it sends something else than H.264: {error.strerror}") from error
        except BaseException:
            self._pipe.close()
            raise

    def packets(self) -> Iterator[Any]:
        """Yield the pictures as they come."""
        while True:
            for packet in self._waiting:
                packet.time_base, packet.stream = Fraction(1, VIDEO_TICKS), self.video_stream
                yield packet
            self._waiting = self._next()

    def end_stalled(self) -> None:
        """Do nothing: reads have a limit of their own."""

    def close(self) -> None:
        """End the program."""
        self._container.close()
        self._pipe.close()

    def _next(self) -> list[Any]:
        """Return the pictures that are complete with the next piece of the stream, maybe none."""
        data = self._pipe.read()
        if not data:
            raise SourceError(self._pipe.reason())
        found = [packet for packet in self._parser.parse(data) if packet.size]
        for packet in found:
            packet.is_keyframe = is_closed_gop_start(self._info, packet)
        return found

    def _until_keyframe(self) -> list[Any]:
        size = 0
        while size < MOST_BYTES:
            found = self._next()
            for n, packet in enumerate(found):
                if packet.is_keyframe:
                    return found[n:]
            size += sum(packet.size for packet in found)
        raise SourceError("rpicam: it sends no keyframe")
