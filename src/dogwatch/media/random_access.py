"""Tells keyframes behind which nothing refers to what came before them.

libav calls a picture a keyframe also when it is a recovery point, from which decoding can begin but whose followers may
still refer back. Source: ITU-T H.264, table 7-1, and H.265, table 7-1.
"""

from __future__ import annotations

from typing import Any

from dogwatch.media import nal
from dogwatch.media.packets import VideoInfo
from dogwatch.media.parameter_sets import SLICES

AFRESH = {"h264": range(5, 6), "hevc": range(19, 21)}  # IDR: of H.265, leading pictures of others may refer back


def begins_afresh(info: VideoInfo, packet: Any) -> bool:
    """Whether neither the picture of `packet` nor any behind it, in decoding order, refers to one before it.

    False also when the packet's beginning does not tell.
    """
    if info.codec not in SLICES:
        return False
    head, lengths = bytes(memoryview(packet)[: nal.HEAD_BYTES]), nal.length_size(info.codec, info.extradata)
    units = nal.split_by_lengths(head, lengths) if lengths else nal.split(head)
    kinds = [nal.kind(info.codec, unit) for unit in units]
    return next((kind in AFRESH[info.codec] for kind in kinds if kind in SLICES[info.codec]), False)
