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

NON_SYNC = 0x10000  # sample_is_non_sync_sample
DURATION, SIZE, FLAGS, SHIFT = 0x100, 0x200, 0x400, 0x800  # fields of `trun`, in the order of their words
MAX_SAMPLES = 1 << 17  # of one fragment, which lasts about a second: more is damage, and would fill the memory
_HEADER = struct.Struct(">I4s")
_WORD, _TWO_WORDS, _LONG, _OFFSET = struct.Struct(">I"), struct.Struct(">II"), struct.Struct(">Q"), struct.Struct(">i")


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


class Run(NamedTuple):
    """The samples of one track in one `moof`, which lie one after another from `data_offset` bytes after its start.

    Times are ticks of the track's timescale; `decode_time` is the first sample's. `table` holds what the box says of
    each of the `samples`, in big-endian words; `fields` (bits `DURATION` to `SHIFT`) tells which words these are, and
    `defaults` (duration, size, flags) what it does not say. An hour has thousands of runs: they stay in this form, and
    `sample_tables` reads many at once.
    """

    track_id: int
    decode_time: int
    data_offset: int
    samples: int
    fields: int
    signed: bool
    table: bytes
    defaults: tuple[int, int, int]
    first_flags: int | None

    @property
    def durations(self) -> tuple[int, ...]:
        """The samples' durations, in ticks."""
        return self._column(DURATION) or (self.defaults[0],) * self.samples

    @property
    def sizes(self) -> tuple[int, ...]:
        """The samples' sizes, in bytes."""
        return self._column(SIZE) or (self.defaults[1],) * self.samples

    @property
    def shifts(self) -> tuple[int, ...]:
        """Presentation minus decode times, in ticks; empty when all are 0."""
        return self._column(SHIFT)

    @property
    def sync(self) -> tuple[bool, ...]:
        """For each sample whether it can be decoded alone."""
        flags = list(self._column(FLAGS) or (self.defaults[2],) * self.samples)
        if self.first_flags is not None and flags:
            flags[0] = self.first_flags
        return tuple(not flag & NON_SYNC for flag in flags)

    @property
    def duration(self) -> int:
        """The sum of all durations, in ticks."""
        return sum(self.durations)

    def _column(self, bit: int) -> tuple[int, ...]:
        if not self.fields & bit:
            return ()
        kind = "i" if bit == SHIFT and self.signed else "I"
        words = struct.unpack(f">{len(self.table) // 4}{kind}", self.table)
        return words[column(self.fields, bit) :: self.fields.bit_count()]


def column(fields: int, bit: int) -> int:
    """Return which word of a sample's in a run's table is the one of `bit`."""
    return (fields & (bit - 1)).bit_count()


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


def extent(data: bytes, offset: int, limit: int) -> tuple[bytes, int]:
    """Return kind and end of the box at `offset`, as `header` does, in a fifth of the time."""
    try:
        size, kind = _HEADER.unpack_from(data, offset)
    except struct.error:
        size, kind = 0, b""
    if 8 <= size <= limit - offset:
        return kind, offset + size
    span = header(data, offset, limit)  # a long size, or an error
    return span.kind, span.end


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
        for kind, body, end in _inside(data, moof.body, moof.end):
            if kind == b"traf":
                _parse_traf(data, body, end, by_id, runs)
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


def _inside(data: bytes, start: int, end: int) -> list[tuple[bytes, int, int]]:
    """Return kind, first byte of the body and end of the boxes in a range; `children` for the many of an hour."""
    found = []
    while start < end:
        size, kind = _HEADER.unpack_from(data, start)
        if 8 <= size <= end - start:
            found.append((kind, start + 8, start + size))
            start += size
        else:  # a long size, or an error
            span = header(data, start, end)
            found.append((kind, span.body, span.end))
            start = span.end
    return found


def _parse_traf(data: bytes, start: int, end: int, tracks: dict[int, Track], runs: list[Run]) -> None:
    """Append the runs of the `traf` box whose body is given."""
    track: Track | None = None
    time: int | None = None
    room = MAX_SAMPLES - sum(run.samples for run in runs)
    for kind, body, after in _inside(data, start, end):
        if kind == b"tfhd":
            track, defaults = _parse_tfhd(data, body, tracks)
        elif kind == b"tfdt":
            time = (_LONG if data[body] else _WORD).unpack_from(data, body + 4)[0]
        elif kind == b"trun":
            if track is None or time is None:
                raise MediaError("a run of samples comes before its track and time")
            run = _parse_trun(data, body, after, track.id, time, defaults)
            runs.append(run)
            if (room := room - run.samples) < 0:
                raise MediaError("a fragment has too many samples")
            if after < end:  # another run may follow, whose time counts from this one's end
                time += run.duration
    if track is None:
        raise MediaError("a fragment does not say to which track it belongs")


def _parse_tfhd(data: bytes, body: int, tracks: dict[int, Track]) -> tuple[Track, tuple[int, int, int]]:
    flags, track_id = _TWO_WORDS.unpack_from(data, body)
    track = tracks.get(track_id)
    if track is None:
        raise MediaError(f"a fragment belongs to track {track_id}, which is not declared")
    at = body + 8 + (8 if flags & 0x1 else 0) + (4 if flags & 0x2 else 0)
    defaults = [track.default_duration, track.default_size, track.default_flags]
    for n, bit in enumerate((0x8, 0x10, 0x20)):
        if flags & bit:
            (defaults[n],) = _WORD.unpack_from(data, at)
            at += 4
    return track, (defaults[0], defaults[1], defaults[2])


def _parse_trun(data: bytes, body: int, end: int, track_id: int, time: int, defaults: tuple[int, int, int]) -> Run:
    flags, count = _TWO_WORDS.unpack_from(data, body)
    if not flags & 0x1:
        raise MediaError("a run of samples does not say where its data lies")
    (data_offset,) = _OFFSET.unpack_from(data, body + 8)
    at, first_flags = body + 12, None
    if flags & 0x4:
        (first_flags,) = _WORD.unpack_from(data, at)
        at += 4
    fields = flags & (DURATION | SIZE | FLAGS | SHIFT)
    size = 4 * count * fields.bit_count()
    if at + size > end or count > MAX_SAMPLES:
        raise MediaError(f"a run of {count} samples does not fit its box")
    signed = bool(flags >> 24)  # version 1
    return Run(track_id, time, data_offset, count, fields, signed, data[at : at + size], defaults, first_flags)
