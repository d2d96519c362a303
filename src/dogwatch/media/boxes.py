"""Reads the boxes of MP4 files: pure functions from bytes to values.

Only what recorded files hold is understood: `ftyp` + `moov` in front, then `moof` + `mdat` pairs whose data offsets
count from their `moof` (`default-base-is-moof`). Source: ISO/IEC 14496-12. Every function raises `MediaError` on
bytes that are truncated or make no sense; none reads past its input.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from dogwatch.errors import MediaError
from dogwatch.media.codecs import codec_string

CONTAINERS = frozenset((b"moov", b"trak", b"mdia", b"minf", b"stbl", b"mvex", b"moof", b"traf", b"edts"))
NON_SYNC = 0x10000  # sample_is_non_sync_sample
_HEADER = struct.Struct(">I4s")


class Span(NamedTuple):
    """Where a box lies: `body` is the first byte after its header, `end` the first after the box."""

    kind: bytes
    start: int
    body: int
    end: int


@dataclass(frozen=True, slots=True)
class Track:
    """One track of an init section; `entry` is its sample description (the one child of `stsd`), verbatim.

    `codec` is an RFC 6381 string. Defaults are those of `trex`, for samples that say nothing themselves.
    """

    id: int
    video: bool
    timescale: int
    codec: str
    width: int
    height: int
    entry: bytes
    default_duration: int = 0
    default_size: int = 0
    default_flags: int = 0


@dataclass(frozen=True, slots=True)
class Run:
    """The samples of one track in one `moof`, which lie one after another from `data_offset` bytes after its start.

    Times are ticks of the track's timescale; `decode_time` is the first sample's. `shifts` are presentation minus
    decode times, empty when all are 0. `sync` tells for each sample whether it can be decoded alone.
    """

    track_id: int
    decode_time: int
    data_offset: int
    durations: tuple[int, ...]
    sizes: tuple[int, ...]
    shifts: tuple[int, ...]
    sync: tuple[bool, ...]

    @property
    def duration(self) -> int:
        """The sum of all durations, in ticks."""
        return sum(self.durations)


def header(data: bytes, offset: int, limit: int) -> Span:
    """Read the box header at `offset`; the box must end at or before `limit`, which may lie beyond `data`."""
    if offset + 8 > len(data):
        raise MediaError(f"a box header is cut off at byte {offset}")
    size, kind = _HEADER.unpack_from(data, offset)
    body = offset + 8
    if size == 1:
        if offset + 16 > len(data):
            raise MediaError(f"a box header is cut off at byte {offset}")
        size, body = struct.unpack_from(">Q", data, body)[0], offset + 16
    elif size == 0:
        size = limit - offset
    if size < body - offset or offset + size > limit:
        raise MediaError(f"the size of box {kind!r} at byte {offset} is impossible: {size}")
    return Span(kind, offset, body, offset + size)


def children(data: bytes, start: int = 0, end: int | None = None) -> Iterator[Span]:
    """Yield the boxes that lie one after another between `start` and `end`."""
    end = len(data) if end is None else end
    while start < end:
        span = header(data, start, end)
        yield span
        start = span.end


def find(data: bytes, path: str, start: int = 0, end: int | None = None) -> Span:
    """Return the first box at `path`, such as `mdia/minf/stbl/stsd`.

    Raises:
        MediaError: There is none.
    """
    name, _, rest = path.partition("/")
    for span in children(data, start, end):
        if span.kind == name.encode():
            return find(data, rest, span.body, span.end) if rest else span
    raise MediaError(f"there is no {name!r} box")


def parse_init(data: bytes) -> tuple[Track, ...]:
    """Read the tracks of an init section (`ftyp` + `moov`).

    Raises:
        MediaError: It is malformed or has no video track.
    """
    try:
        moov = find(data, "moov")
        defaults = _track_defaults(data, moov)
        traks = [span for span in children(data, moov.body, moov.end) if span.kind == b"trak"]
        tracks = tuple(track for span in traks if (track := _parse_track(data, span, defaults)))
    except (struct.error, IndexError) as error:
        raise MediaError(f"the moov box is damaged: {error}") from error
    if not any(track.video for track in tracks):
        raise MediaError("there is no video track")
    return tracks


def parse_moof(data: bytes, tracks: tuple[Track, ...]) -> tuple[Run, ...]:
    """Read the runs of a `moof` box, which `data` begins with.

    Raises:
        MediaError: It is malformed or belongs to other tracks.
    """
    try:
        moof = header(data, 0, len(data))
        if moof.kind != b"moof":
            raise MediaError(f"expected a moof box, found {moof.kind!r}")
        by_id = {track.id: track for track in tracks}
        runs: list[Run] = []
        for span in children(data, moof.body, moof.end):
            if span.kind == b"traf":
                runs += _parse_traf(data, span, by_id)
    except (struct.error, IndexError) as error:
        raise MediaError(f"a moof box is damaged: {error}") from error
    return tuple(runs)


def _track_defaults(data: bytes, moov: Span) -> dict[int, tuple[int, int, int]]:
    mvex = find(data, "mvex", moov.body, moov.end)
    found = {}
    for span in children(data, mvex.body, mvex.end):
        if span.kind == b"trex":
            track, _, duration, size, flags = struct.unpack_from(">5I", data, span.body + 4)
            found[track] = (duration, size, flags)
    return found


def _parse_track(data: bytes, trak: Span, defaults: dict[int, tuple[int, int, int]]) -> Track | None:
    tkhd = find(data, "tkhd", trak.body, trak.end)
    track_id = struct.unpack_from(">I", data, tkhd.body + (20 if data[tkhd.body] else 12))[0]
    mdia = find(data, "mdia", trak.body, trak.end)
    mdhd = find(data, "mdhd", mdia.body, mdia.end)
    timescale = struct.unpack_from(">I", data, mdhd.body + (20 if data[mdhd.body] else 12))[0]
    hdlr = find(data, "hdlr", mdia.body, mdia.end)
    handler = data[hdlr.body + 8 : hdlr.body + 12]
    if handler not in (b"vide", b"soun"):
        return None
    if timescale == 0:
        raise MediaError("a track has no timescale")
    stsd = find(data, "minf/stbl/stsd", mdia.body, mdia.end)
    span = header(data, stsd.body + 8, stsd.end)
    entry = data[span.start : span.end]
    video = handler == b"vide"
    width, height = struct.unpack_from(">HH", entry, 32) if video else (0, 0)
    codec = codec_string(entry, video=video)
    return Track(track_id, video, timescale, codec, width, height, entry, *defaults.get(track_id, (0, 0, 0)))


def _parse_traf(data: bytes, traf: Span, tracks: dict[int, Track]) -> Iterator[Run]:
    tfhd = find(data, "tfhd", traf.body, traf.end)
    flags, track_id = struct.unpack_from(">II", data, tfhd.body)
    track = tracks.get(track_id)
    if track is None:
        raise MediaError(f"a fragment belongs to track {track_id}, which is not declared")
    at = tfhd.body + 8 + (8 if flags & 0x1 else 0) + (4 if flags & 0x2 else 0)
    defaults = [track.default_duration, track.default_size, track.default_flags]
    for n, bit in enumerate((0x8, 0x10, 0x20)):
        if flags & bit:
            defaults[n] = struct.unpack_from(">I", data, at)[0]
            at += 4
    tfdt = find(data, "tfdt", traf.body, traf.end)
    time = struct.unpack_from(">Q" if data[tfdt.body] else ">I", data, tfdt.body + 4)[0]
    for span in children(data, traf.body, traf.end):
        if span.kind == b"trun":
            run = _parse_trun(data, span, track_id, time, defaults)
            time += run.duration
            yield run


def _parse_trun(data: bytes, trun: Span, track_id: int, time: int, defaults: list[int]) -> Run:
    flags, count = struct.unpack_from(">II", data, trun.body)
    at = trun.body + 8
    if not flags & 0x1:
        raise MediaError("a run of samples does not say where its data lies")
    data_offset = struct.unpack_from(">i", data, at)[0]
    at += 4
    first_flags = None
    if flags & 0x4:
        first_flags = struct.unpack_from(">I", data, at)[0]
        at += 4
    fields = [bit for bit in (0x100, 0x200, 0x400, 0x800) if flags & bit]
    if at + 4 * count * len(fields) > trun.end:
        raise MediaError(f"a run of {count} samples does not fit its box")
    table = struct.unpack_from(f">{count * len(fields)}I", data, at)
    columns = {bit: table[n :: len(fields)] for n, bit in enumerate(fields)}
    sample_flags = list(columns.get(0x400, (defaults[2],) * count))
    if first_flags is not None and count:
        sample_flags[0] = first_flags
    shifts = columns.get(0x800, ())
    if flags >> 24:  # version 1: signed
        shifts = tuple(shift - (1 << 32) if shift >> 31 else shift for shift in shifts)
    return Run(
        track_id,
        time,
        data_offset,
        columns.get(0x100, (defaults[0],) * count),
        columns.get(0x200, (defaults[1],) * count),
        shifts,
        tuple(not flag & NON_SYNC for flag in sample_flags),
    )
