"""Writes the fragments of live streams: `moof` and `mdat` of one track each, so that a track can be left out.

Source: ISO/IEC 14496-12, `tfhd`, `tfdt`, `trun`. Reading is in `moof`.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass

from dogwatch.media.moof import DURATION, FLAGS, SHIFT, SIZE

SYNC_FLAGS, OTHER_FLAGS = 0x2000000, 0x1010000  # depends on no other picture; depends on others and is no keyframe
DEFAULT_BASE_IS_MOOF = 0x20000
_HEAD = struct.Struct(">I4s")
_SAMPLE = struct.Struct(">IIIi")


@dataclass(frozen=True, slots=True)
class LiveSample:
    """One sample; times in ticks of its track. `shift` is presentation minus decode time."""

    dts: int
    duration: int
    shift: int
    keyframe: bool
    data: bytes


def write_fragment(track: int, samples: Sequence[LiveSample]) -> bytes:
    """Return `moof` and `mdat` with `samples` of track number `track`, of which there is at least one.

    A sample lasts until the next one; only the last one's own duration counts.
    """
    ends = [*(one.dts for one in samples[1:]), samples[-1].dts + samples[-1].duration]
    table = b"".join(
        _SAMPLE.pack(end - one.dts, len(one.data), SYNC_FLAGS if one.keyframe else OTHER_FLAGS, one.shift)
        for one, end in zip(samples, ends, strict=True)
    )
    tfhd = _box(b"tfhd", struct.pack(">II", DEFAULT_BASE_IS_MOOF, track))
    tfdt = _box(b"tfdt", struct.pack(">IQ", 1 << 24, samples[0].dts))
    trun_size = 8 + 12 + len(table)
    moof_size = 8 + 16 + 8 + len(tfhd) + len(tfdt) + trun_size
    fields = 1 << 24 | 0x1 | DURATION | SIZE | FLAGS | SHIFT
    trun = _box(b"trun", struct.pack(">IIi", fields, len(samples), moof_size + 8), table)
    mfhd = _box(b"mfhd", bytes(8))
    moof = _box(b"moof", mfhd, _box(b"traf", tfhd, tfdt, trun))
    return b"".join((moof, _HEAD.pack(8 + sum(len(one.data) for one in samples), b"mdat"), *(o.data for o in samples)))


def _box(kind: bytes, *body: bytes) -> bytes:
    return _HEAD.pack(8 + sum(map(len, body)), kind) + b"".join(body)
