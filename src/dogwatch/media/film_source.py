"""Reads a film of any origin as a `Source`: once, as fast as it can be read."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import av

from dogwatch.errors import SourceError
from dogwatch.media import foreign_file
from dogwatch.media.codecs import unfit
from dogwatch.media.packets import AudioInfo, VideoInfo

PACKET_BYTES = 64 << 20


class FilmSource:
    """An open film; see `media.source.Source` for the attributes."""

    untimed = live = patient = False
    announced = True
    room = 0

    def __init__(self, path: Path) -> None:
        """Open it.

        Raises:
            DogwatchError: It is no film that can be recorded; the message says why.
            OSError: It cannot be opened.
        """
        self._descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        try:
            self._container: Any = foreign_file.opened(self._descriptor)
        except BaseException:
            os.close(self._descriptor)
            raise
        try:
            self._find_tracks()
        except BaseException:
            self.close()
            raise

    def _find_tracks(self) -> None:
        stream = foreign_file.video_stream(self._container)
        context = stream.codec_context
        if (reason := unfit(context.name)) is not None:
            raise SourceError(reason)
        self.video_stream = stream
        rate = stream.average_rate or stream.guessed_rate
        fps = float(rate) if rate and 0 < rate <= 1000 else 0.0
        self.video = VideoInfo(context.name, context.width, context.height, fps, bytes(context.extradata or b""))
        self.audio_stream: Any | None = None
        self.audio: AudioInfo | None = None
        for sound in self._container.streams.audio:
            if sound.codec_context is not None and sound.codec_context.sample_rate:
                self.audio_stream, self.audio = sound, AudioInfo(sound.codec_context.name)
                break

    def packets(self) -> Iterator[Any]:
        """Yield the packets of both streams; a truncated film ends where it breaks off.

        Raises:
            SourceError: Its pictures have no times.
        """
        streams = [one for one in (self.video_stream, self.audio_stream) if one is not None]
        try:
            for packet in self._container.demux(streams):
                if 0 < packet.size < PACKET_BYTES:
                    if packet.pts is None and packet.stream is self.video_stream:
                        self._check_times(packet)
                    yield packet
        except av.error.FFmpegError:
            return

    def end_stalled(self) -> None:
        """A film does not stall."""

    def close(self) -> None:
        """Close it."""
        self._container.close()
        os.close(self._descriptor)

    def _check_times(self, packet: Any) -> None:
        if packet.dts is None or self.video_stream.codec_context.has_b_frames:
            raise SourceError("its pictures have no times")
