"""Tells which pictures others refer to: IDR pictures, which start closed GOPs, and pictures that are no references.

libav also marks recovery points as keyframes. Decoding can begin there, but later pictures may still refer to earlier
ones. Source: ITU-T H.264, section 7.4.1 and table 7-1, and H.265, table 7-1.
"""

from __future__ import annotations

from typing import Any

from dogwatch.media import nal
from dogwatch.media.packets import VideoInfo
from dogwatch.media.parameter_sets import SLICES

INTRA_CODECS = ("mjpeg",)
H264_REF_IDC = 0x60  # in a unit's first byte: 0 in all slices of a picture to which none refers
IDR_TYPES = {
    "h264": range(5, 6),
    "hevc": range(19, 21),
}  # NAL unit types; H.265: pictures that lead a CRA or BLA picture may refer back


def is_closed_gop_start(info: VideoInfo, packet: Any) -> bool:
    """Whether `packet`, a keyframe, starts a closed GOP: neither it nor any later packet refers to a picture before it.

    False also when the beginning of the packet does not tell.
    """
    if info.codec not in SLICES:
        return False
    first = _first_slice(info, packet)
    return bool(first) and nal.kind(info.codec, first) in IDR_TYPES[info.codec]


def is_reference(info: VideoInfo, packet: Any) -> bool:
    """Whether other pictures may refer to that of `packet`; False only if it is certain, and never with H.265.

    A picture of H.265 that is none for its own temporal layer may be one for higher layers.
    """
    if info.codec != "h264":
        return info.codec not in INTRA_CODECS
    first = _first_slice(info, packet)
    return not first or bool(first[0] & H264_REF_IDC)


def _first_slice(info: VideoInfo, packet: Any) -> bytes:
    """Return the beginning of a packet's first slice; nothing if there is none near the packet's beginning."""
    head, lengths = bytes(memoryview(packet)[: nal.HEAD_BYTES]), nal.length_size(info.codec, info.extradata)
    units = nal.split_by_lengths(head, lengths) if lengths else nal.split(head)
    return next((unit for unit in units if nal.kind(info.codec, unit) in SLICES[info.codec]), b"")
