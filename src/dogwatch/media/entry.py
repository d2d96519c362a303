"""Tells keyframes behind which nothing refers to what came before them.

libav calls a picture a keyframe also when it is a recovery point, from which decoding can begin but whose followers may
still refer back. Source: ITU-T H.264, table 7-1, and H.265, table 7-1.
"""

from __future__ import annotations

from typing import Any

from dogwatch.media import nal
from dogwatch.media.packets import VideoInfo

SLICES = {"h264": range(1, 6), "hevc": range(32)}
AFRESH = {"h264": range(5, 6), "hevc": range(19, 21)}  # IDR: of H.265, leading pictures of others may refer back
LENGTH_AT = {"h264": 4, "hevc": 21}  # where the decoder configuration record says how long the units' lengths are


def begins_afresh(info: VideoInfo, packet: Any) -> bool:
    """Whether neither the picture of `packet` nor any behind it, in decoding order, refers to one before it.

    False also when the packet's beginning does not tell.
    """
    if info.codec not in SLICES:
        return False
    head, config, at = bytes(memoryview(packet)[: nal.HEAD_BYTES]), info.extradata, LENGTH_AT[info.codec]
    described = config.startswith(b"\1") and len(config) > at  # else extradata are units with start codes, as in RTSP
    units = nal.split_by_lengths(head, (config[at] & 3) + 1) if described else nal.split(head)
    kinds = [nal.kind(info.codec, unit) for unit in units]
    return next((kind in AFRESH[info.codec] for kind in kinds if kind in SLICES[info.codec]), False)
