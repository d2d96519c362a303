"""Notices that a camera has changed its picture in the middle of a stream.

RTSP and MPEG-TS carry the decoder's parameters among the pictures, and libav does not tell when they change. A segment
whose header says one size and whose pictures have another does not play everywhere, so the stream must begin anew.
"""

from __future__ import annotations

from typing import Any

import av

from dogwatch.media.packets import VideoInfo

HEAD_BYTES = 4096  # parameter sets come before the picture
SPS = {"h264": (0, 0x1F, 7), "hevc": (1, 0x3F, 33)}  # of the NAL unit's first byte: shift, mask, type


def sequence_parameters(codec: str, head: bytes) -> bytes:
    """Return the first sequence parameter set in the beginning of an Annex B packet; empty if there is none.

    Source: ITU-T H.264 and H.265, annex B and section 7.3.1.
    """
    if codec not in SPS or not head.startswith((b"\0\0\1", b"\0\0\0\1")):
        return b""
    shift, mask, wanted = SPS[codec]
    for unit in head.split(b"\0\0\1"):
        if unit and unit[0] >> shift & mask == wanted:
            return unit.rstrip(b"\0")
    return b""


class ParameterWatch:
    """Looks at the keyframes of one connection."""

    def __init__(self, info: VideoInfo) -> None:
        """Begin with the picture size of `info`."""
        self._info, self._known = info, b""

    def changed(self, packet: Any) -> bool:
        """Whether the keyframe `packet` has another picture size than the stream began with.

        Parameters that differ otherwise are no reason to connect again, so the keyframe is decoded to be sure.
        """
        found = sequence_parameters(self._info.codec, bytes(memoryview(packet)[:HEAD_BYTES]))
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
