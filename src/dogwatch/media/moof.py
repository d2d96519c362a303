"""Reads the `moof` box of one fragment: where its samples lie, how long they are, and which of them are keyframes.

Data offsets count from the `moof` (`default-base-is-moof`), as recorded files have it. Source: ISO/IEC 14496-12. Bytes
that are truncated or malformed raise `MediaError`.
"""

from __future__ import annotations

import struct
from typing import NamedTuple

from dogwatch.errors import MediaError
from dogwatch.media.boxes import bodies, header
from dogwatch.media.init_section import Track

NON_SYNC = 0x10000  # sample_is_non_sync_sample
DURATION, SIZE, FLAGS, SHIFT = 0x100, 0x200, 0x400, 0x800  # fields of `trun`, in the order of their words
MAX_SAMPLES = 1 << 17  # of one fragment, which lasts about a second: more is damage, and would fill the memory
_WORD, _TWO_WORDS, _LONG, _OFFSET = struct.Struct(">I"), struct.Struct(">II"), struct.Struct(">Q"), struct.Struct(">i")


class Run(NamedTuple):
    """The samples of one track in one `moof`, which lie one after another from `data_offset` bytes after its start.

    Times are ticks of the track's timescale; `decode_time` is the first sample's. `table` holds the box's big-endian
    words for each of the `samples`; `fields` (bits `DURATION` to `SHIFT`) tells which words a sample has, and
    `defaults` (duration, size, flags) hold for the others. An hour has thousands of runs: so they are only unpacked on
    demand.
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
    """Return the place of the word for `bit` among the words of a sample."""
    return (fields & (bit - 1)).bit_count()


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
        for kind, body, end in bodies(data, moof.body, moof.end):
            if kind == b"traf":
                _parse_traf(data, body, end, by_id, runs)
    except (struct.error, IndexError) as error:
        raise MediaError(f"a moof box is damaged: {error}") from error
    return tuple(runs)


def _parse_traf(data: bytes, start: int, end: int, tracks: dict[int, Track], runs: list[Run]) -> None:
    """Append the runs of the `traf` box whose body is given."""
    track: Track | None = None
    time: int | None = None
    room = MAX_SAMPLES - sum(run.samples for run in runs)
    for kind, body, after in bodies(data, start, end):
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
