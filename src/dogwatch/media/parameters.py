"""Notices that a camera has changed its picture in the middle of a stream.

RTSP and MPEG-TS carry the decoder's parameters among the pictures, and libav does not tell when they change. A segment
whose header says one size and whose pictures have another does not play everywhere, so the stream must begin anew.
"""

from __future__ import annotations

from typing import Any

import av

from dogwatch.media import nal
from dogwatch.media.packets import VideoInfo

SPS = {"h264": 7, "hevc": 33}  # the NAL unit's type


def sequence_parameters(codec: str, head: bytes) -> bytes:
    """Return the first sequence parameter set in the beginning of an Annex B packet; empty if there is none."""
    if codec not in SPS:
        return b""
    found = (unit for unit in nal.split(head) if nal.kind(codec, unit) == SPS[codec])
    return next(found, b"").rstrip(b"\0")


class ParameterWatch:
    """Looks at the keyframes of one connection."""

    def __init__(self, info: VideoInfo) -> None:
        """Begin with the picture size of `info`."""
        self._info, self._known = info, b""

    def changed(self, packet: Any) -> bool:
        """Whether the keyframe `packet` has another picture size than the stream began with.

        Parameters that differ otherwise are no reason to connect again, so the keyframe is decoded to be sure.
        """
        found = sequence_parameters(self._info.codec, bytes(memoryview(packet)[: nal.HEAD_BYTES]))
        if not found or found == self._known:
            return False
        before, self._known = self._known, found
        return bool(before) and self._size(packet) not in {None, (self._info.width, self._info.height)}

    def _size(self, packet: Any) -> tuple[int, int] | None:
        context: Any = av.CodecContext.create(self._info.codec, "r")
        try:
            frames = [*context.decode(av.Packet(packet)), *context.decode(None)]
        except av.error.FFmpegError:
            return None
        return (frames[0].width, frames[0].height) if frames else None
