"""Live fragments as one player needs them: its own timeline, on which the newest picture is always close.

A player that joins gets all pictures since the last keyframe, since the newest one cannot be decoded without them.
Shown as they were taken, they would keep the player behind for as long as they last, ten seconds with some cameras. So
all but the newest are put into the first hundredth of a second (`CATCH_UP_S`): the player rushes through them, and
nobody has to seek. From there on time passes as usual. Where pictures are missing, because the client was too slow or
the camera was, the timeline is closed: players wait at a hole for ever.

Players that are given a timeline which begins at an hour wait for it, or have to be told to seek. So each begins at
zero. Source: ISO/IEC 14496-12.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from dogwatch.errors import MediaError
from dogwatch.media import boxes
from dogwatch.media.init_section import Track, parse_init
from dogwatch.media.live_samples import LiveSample, write_fragment
from dogwatch.media.moof import Run, parse_moof

CATCH_UP_S = 0.01  # in which a player rushes through the pictures before the newest one
HOLE_S = 0.5  # a picture that comes so much later than expected leaves a hole


class _Part(NamedTuple):
    """One `moof` and the boxes behind it, as places in the data; `tfdt` is where its decode time stands."""

    start: int
    end: int
    run: Run
    tfdt: int


class PlayerTimeline:
    """One player's stream: `init` and then what `begin` and `next` return. `codecs` names what is in it (RFC 6381)."""

    def __init__(self, init: bytes, *, sound: bool = True) -> None:
        """Read the tracks of the init section; without `sound`, pictures are all that is played.

        Raises:
            MediaError: It is malformed.
        """
        self._tracks = parse_init(init)
        kept = [track for track in self._tracks if track.video or sound]
        self.codecs = ",".join(track.codec for track in kept)
        self.init = init if len(kept) == len(self._tracks) else _without(init, self._tracks, kept)
        self._kept = {track.id: track for track in kept}
        self._offset = 0.0  # seconds that are subtracted
        self._end: float | None = None  # when the newest picture ends, for the player

    def begin(self, fragments: Sequence[bytes]) -> bytes:
        """Return the first fragment: all pictures of `fragments`, which begin with a keyframe, squeezed together.

        Raises:
            MediaError: They are malformed.
        """
        samples: dict[int, list[LiveSample]] = {number: [] for number in self._kept}
        for data in fragments:
            for part in self._parts(data):
                if part.run.track_id in samples:
                    samples[part.run.track_id] += _samples(data, part)
        video = next(track for track in self._kept.values() if track.video)
        pictures = samples.pop(video.id)
        if not pictures:
            return b""
        newest, rate = pictures[-1], video.timescale
        squeezed = _squeezed(pictures, round(CATCH_UP_S * rate))
        self._offset = (newest.dts - squeezed[-1].dts) / rate
        self._end = (squeezed[-1].dts + newest.duration) / rate
        found = [write_fragment(video.id, squeezed)]
        for number, some in samples.items():
            shift = round(self._offset * self._kept[number].timescale)
            moved = [_moved(one, shift) for one in some if one.dts >= shift]
            found += [write_fragment(number, moved)] if moved else []
        return b"".join(found)

    def next(self, data: bytes, *, skipped: bool = False) -> bytes:
        """Return the fragments of `data` with their decode times moved; `skipped` if others before it are left out.

        Raises:
            MediaError: They are malformed.
        """
        found = []
        for part in self._parts(data):
            track = self._kept.get(part.run.track_id)
            if track is None:
                continue
            if track.video:
                self._close_hole(part.run, track.timescale, skipped=skipped)
                skipped = False
            time = part.run.decode_time - round(self._offset * track.timescale)
            if time >= 0:  # sound from before the player's beginning is too late
                moved = bytearray(data[part.start : part.end])
                struct.pack_into(">Q", moved, part.tfdt - part.start, time)
                found.append(bytes(moved))
        return b"".join(found)

    def _close_hole(self, run: Run, rate: int, *, skipped: bool) -> None:
        """Let the picture follow the one before at once if there is a hole; note when it ends."""
        start, length = run.decode_time / rate - self._offset, run.duration / rate
        if self._end is not None and (skipped or start - self._end > max(HOLE_S, length)):
            self._offset += start - self._end
            start = self._end
        self._end = start + length

    def _parts(self, data: bytes) -> Iterator[_Part]:
        try:
            spans = list(boxes.children(data))
            starts = [n for n, span in enumerate(spans) if span.kind == b"moof"]
            for n, behind in zip(starts, [*starts[1:], len(spans)], strict=True):
                moof = spans[n]
                (run,) = parse_moof(data[moof.start : moof.end], self._tracks)
                traf = boxes.find(data, "traf", moof.body, moof.end)
                tfdt = boxes.find(data, "tfdt", traf.body, traf.end)
                if not data[tfdt.body]:
                    raise MediaError("a live fragment has a short decode time")
                yield _Part(moof.start, spans[behind - 1].end, run, tfdt.body + 4)
        except (struct.error, IndexError, ValueError) as error:
            raise MediaError(f"a live fragment is damaged: {error}") from error


def _samples(data: bytes, part: _Part) -> list[LiveSample]:
    run, found = part.run, []
    at, time = part.start + run.data_offset, run.decode_time
    shifts = run.shifts or (0,) * run.samples
    for duration, size, sync, shift in zip(run.durations, run.sizes, run.sync, shifts, strict=True):
        found.append(LiveSample(time, duration, shift, sync, data[at : at + size]))
        at, time = at + size, time + duration
    return found


def _squeezed(pictures: Sequence[LiveSample], room: int) -> list[LiveSample]:
    """Return `pictures` from zero on, those before the newest within `room` ticks; the order of showing stays.

    What lies before the newest one's decode time passes quicker, everything else as it is.
    """
    first, pivot = pictures[0].dts, pictures[-1].dts
    held = min(room, pivot - first)
    ratio = held / (pivot - first) if pivot > first else 1.0

    def at(time: int) -> int:
        return held + (time - pivot if time >= pivot else -round((pivot - time) * ratio))

    starts: list[int] = []
    for one in pictures:
        starts.append(max(at(one.dts), starts[-1] + 1 if starts else 0))
    ends = [*starts[1:], starts[-1] + pictures[-1].duration]
    return [
        LiveSample(start, end - start, max(0, at(one.dts + one.shift) - start), one.keyframe, one.data)
        for one, start, end in zip(pictures, starts, ends, strict=True)
    ]


def _moved(sample: LiveSample, ticks: int) -> LiveSample:
    return LiveSample(sample.dts - ticks, sample.duration, sample.shift, sample.keyframe, sample.data)


def _without(init: bytes, tracks: Sequence[Track], kept: Sequence[Track]) -> bytes:
    """Return an init section without the tracks that are not kept."""
    gone = {track.id for track in tracks} - {track.id for track in kept}
    return b"".join(
        _moov(init, span, gone) if span.kind == b"moov" else init[span.start : span.end]
        for span in boxes.children(init)
    )


def _moov(init: bytes, moov: boxes.BoxSpan, gone: set[int]) -> bytes:
    parts = []
    for span in boxes.children(init, moov.body, moov.end):
        if span.kind == b"trak":
            tkhd = boxes.find(init, "tkhd", span.body, span.end)
            (number,) = struct.unpack_from(">I", init, tkhd.body + (20 if init[tkhd.body] else 12))
            if number in gone:
                continue
        if span.kind == b"mvex":
            kept = [
                init[one.start : one.end]
                for one in boxes.children(init, span.body, span.end)
                if one.kind != b"trex" or struct.unpack_from(">I", init, one.body + 4)[0] not in gone
            ]
            parts.append(_box(b"mvex", kept))
        else:
            parts.append(init[span.start : span.end])
    return _box(b"moov", parts)


def _box(kind: bytes, parts: Sequence[bytes]) -> bytes:
    return struct.pack(">I4s", 8 + sum(map(len, parts)), kind) + b"".join(parts)
