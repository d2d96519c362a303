"""Tells IDR pictures, which start closed GOPs, from keyframes that start open ones.

libav also marks recovery points as keyframes. Decoding can begin there, but later pictures may still refer to earlier
ones. Source: ITU-T H.264, table 7-1, and H.265, table 7-1.
"""

from __future__ import annotations

from typing import Any

from dogwatch.media import nal
from dogwatch.media.packets import VideoInfo
from dogwatch.media.parameter_sets import SLICES

INTRA_CODECS = ("mjpeg",)
IDR_TYPES = {
    "h264": range(5, 6),
    "hevc": range(19, 21),
}  # NAL unit types; H.265: pictures that lead a CRA or BLA picture may refer back


def is_closed_gop_start(info: VideoInfo, packet: Any) -> bool:
    """Whether `packet`, a keyframe, starts a closed GOP: neither it nor any later packet refers to a picture before it.

    False also when the beginning of the packet does not tell.
    """
    if info.codec in INTRA_CODECS:
        return True
    if info.codec not in SLICES:
        return False
    head, lengths = bytes(memoryview(packet)[: nal.HEAD_BYTES]), nal.length_size(info.codec, info.extradata)
    units = nal.split_by_lengths(head, lengths) if lengths else nal.split(head)
    kinds = [nal.kind(info.codec, unit) for unit in units]
    return next((kind in IDR_TYPES[info.codec] for kind in kinds if kind in SLICES[info.codec]), False)
