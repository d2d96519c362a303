"""Detects that a camera changes its parameter sets or picture size in the middle of a stream.

RTSP and MPEG-TS carry parameter sets among the pictures, and a JPEG holds its own size. libav does not report when
these change. A segment whose header does not match its pictures does not play everywhere: players that take the
parameter sets from the header, as ISO/IEC 14496-15 demands for `avc1` and `hvc1`, cannot decode it at all.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import av
from av.codec.context import Flags, Flags2

from dogwatch.media import nal
from dogwatch.media import parameter_sets as sets_of
from dogwatch.media.packets import VideoInfo
from dogwatch.media.padded_packet import padded_packet
from dogwatch.media.parameter_sets import PPS, SPS, ParameterSet, Sets

SET_BYTES = 512  # a packet without a picture, only with parameter sets, is no larger
ALIKE_KEPT = 64
SOF = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}  # ITU-T T.81, table B.1
SOF_BYTES = 9  # marker, length, precision, height, width


@dataclass(frozen=True, slots=True)
class _Size:
    width: int
    height: int
    aspect: Fraction


class StreamChangeDetector:
    """Checks the packets of one connection for changed parameters.

    `info` describes the video as it is now; after a change its extradata are Annex B, whatever they were before.
    `continues_picture` and `without_picture` are about the last packet: it holds a later slice of a picture that began
    in an earlier packet, or parameter sets alone, which belong to the next packet.
    """

    def __init__(self, info: VideoInfo) -> None:
        """Begin with what the connection was opened with."""
        self.info, self.continues_picture, self.without_picture = info, False, False
        self._jpeg = info.codec == "mjpeg"
        self._sof_at, self._sof = 0, b""
        self._lengths = 0 if self._jpeg else nal.length_size(info.codec, info.extradata)
        self._record = info.extradata
        self._known: Sets = {} if self._jpeg else self._read(sets_of.configured(info.codec, info.extradata))
        self._sps = next((one for one in self._known.values() if one.kind == SPS), None)
        self._alike: set[bytes] = set()  # SPS that differ from the header's in nothing that a decoder needs
        self._early: Sets = {}  # of packets without a picture

    def detect(self, packet: Any) -> bool:
        """Whether the video changes with `packet`, which is a keyframe or has new extradata.

        `info` then describes the new video. A change counts only if the picture can be decoded with it.
        """
        if self._jpeg:
            return self._look_at_jpeg(packet)
        units = self._units(packet)
        found = self._early | self._read([*self._announced(packet), *units])
        start = sets_of.read_slice(self.info.codec, units)
        self.continues_picture, self.without_picture = (
            start is not None and not start.first,
            start is None and bool(found),
        )
        if start is None or not packet.is_keyframe:
            self._early = found  # for the next keyframe
            return False
        self._early = {}
        return start.first and self._take(packet, found, start.pps)

    def is_without_picture(self, packet: Any) -> bool:
        """Whether `packet`, which is no keyframe, holds parameter sets alone; they are remembered."""
        if packet.size > SET_BYTES or self._jpeg:
            return False
        head = bytes(memoryview(packet)[:5])
        first = head[3:4] if head.startswith(nal.START) else head[self._lengths or 4 :]
        if first and nal.kind(self.info.codec, first) in sets_of.KINDS[self.info.codec]:
            self.detect(packet)
            return self.without_picture
        return False

    # ------------------------------------------------------------ parameter sets

    def _take(self, packet: Any, found: Sets, pps: int) -> bool:
        known = self._known
        merged = known | found
        used = sets_of.used(merged, pps)
        sps = next((one for one in used if one.kind == SPS), self._sps)
        new = any(known.get(key) != one for key, one in found.items())
        if sps is None or not (new or self._differs(sps)):
            return False
        size = self._decoded(_in_order(merged, used) + sets_of.annex_b(self._units(packet, whole=True)))
        if size is None:
            return False
        before = self.info
        alike = (
            (size.width, size.height) == (before.width, before.height)
            and self._sps is not None
            and sets_of.profile(before.codec, sps) == sets_of.profile(before.codec, self._sps)
        )
        if not new and alike:
            self._alike.add(sps.data)
            if len(self._alike) > ALIKE_KEPT:
                self._alike.clear()
            return False
        # Sets for the old picture size are useless now, and would mislead a player that reads the first in the header.
        complete = all(found.get((one.kind, one.number)) is not None for one in used) and len(used) > 1
        self._known, self._sps, self._alike = merged if alike or not complete else found, sps, set()
        self.info = replace(
            before, width=size.width, height=size.height, aspect=size.aspect, extradata=_in_order(self._known, used)
        )
        return True

    def _differs(self, sps: ParameterSet) -> bool:
        return self._sps is None or (sps.data != self._sps.data and sps.data not in self._alike)

    def _read(self, units: Iterable[bytes]) -> Sets:
        return sets_of.read_sets(self.info.codec, units)

    def _announced(self, packet: Any) -> list[bytes]:
        """Return the NAL units of extradata that come beside `packet`, as RTMP and MP4 announce a change."""
        if not packet.has_sidedata("new_extradata"):
            return []
        self._record = bytes(packet.get_sidedata("new_extradata"))
        self._lengths = nal.length_size(self.info.codec, self._record) or self._lengths
        return sets_of.configured(self.info.codec, self._record)

    def _units(self, packet: Any, *, whole: bool = False) -> list[bytes]:
        view = memoryview(packet)
        head = bytes(view if whole else view[: nal.HEAD_BYTES])
        units = nal.split_by_lengths(head, self._lengths) if self._lengths else nal.split(head)
        slices = sets_of.SLICES[self.info.codec]
        if len(head) == len(view) or (units and nal.kind(self.info.codec, units[-1]) in slices):
            return units
        return self._units(packet, whole=True)  # the first slice lies beyond HEAD_BYTES

    # ------------------------------------------------------------ JPEG

    def _look_at_jpeg(self, packet: Any) -> bool:
        view = memoryview(packet)
        if self._sof and bytes(view[self._sof_at : self._sof_at + SOF_BYTES]) == self._sof:
            return False
        self._sof_at, self._sof = frame_header(bytes(view))
        size = jpeg_size(self._sof)
        if size in (None, (self.info.width, self.info.height)):
            return False
        decoded = self._decoded(bytes(view))
        if decoded is None:
            return False
        if (decoded.width, decoded.height) == (self.info.width, self.info.height):
            return False
        self.info = replace(self.info, width=decoded.width, height=decoded.height, aspect=Fraction(0))
        return True

    def _decoded(self, data: bytes) -> _Size | None:
        """Decode one picture alone; return its size, None if it is damaged."""
        context: Any = av.CodecContext.create(self.info.codec, "r")
        context.thread_count = 1
        context.flags |= Flags.output_corrupt
        context.flags2 |= Flags2.show_all
        try:
            frames = [*context.decode(padded_packet(data)), *context.decode(None)]
        except av.error.FFmpegError:
            return None
        if not frames:
            return None
        return _Size(frames[0].width, frames[0].height, Fraction(context.sample_aspect_ratio or 0))


def _in_order(sets: Sets, used: list[ParameterSet]) -> bytes:
    """Return sets as Annex B, sorted by kind; within a kind, those in use come first."""
    order = [*used, *(one for one in sets.values() if one not in used)]
    return sets_of.annex_b(one.data for kind in (sets_of.VPS, SPS, PPS) for one in order if one.kind == kind)


def frame_header(data: bytes) -> tuple[int, bytes]:
    """Return where the frame header (SOF) of a JPEG lies, and its first bytes; empty if there is none."""
    at = 2
    while at + 4 <= len(data) and data[at] == 0xFF:
        marker = data[at + 1]
        if marker in SOF:
            header = data[at : at + SOF_BYTES]
            return (at, header) if len(header) == SOF_BYTES else (0, b"")
        if marker == 0xFF:  # a fill byte
            at += 1
            continue
        at += 2 + int.from_bytes(data[at + 2 : at + 4], "big")
    return 0, b""


def jpeg_size(header: bytes) -> tuple[int, int] | None:
    """Return width and height from a frame header; None without one."""
    if len(header) < SOF_BYTES:
        return None
    return int.from_bytes(header[7:9], "big"), int.from_bytes(header[5:7], "big")
