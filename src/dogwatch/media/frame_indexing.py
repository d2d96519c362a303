"""Makes the frame index of a file.

Where one packet is one displayed frame, reading the packets is enough; the beginning, the end and some places between
are decoded to see whether that is so. Everything is decoded where packets do not tell: short files, damaged ones,
containers without timestamps, and codecs that hide pictures in packets.
"""

from __future__ import annotations

import os
from array import array
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dogwatch.errors import MediaError
from dogwatch.media import exact_frames
from dogwatch.media.foreign_file import BY_BYTES, RAW, not_a_video, prepare, video_stream
from dogwatch.media.frame_index import MOST_FRAMES, FrameIndex, ascending, last_length
from dogwatch.media.packet_check import PacketCheck
from dogwatch.media.packet_table import ROW, PacketDecoder, PacketTable

SHORT = 300  # packets: a file with fewer is decoded
TRIED = 90  # packets that are decoded at a place, to compare with what is expected
TRIED_MOST = 900  # packets until the decoder must have begun
PLACES = 3  # between beginning and end
REPORT_EVERY = 2000  # packets
USUAL_RATE = 25
COUNTED = RAW | {"avi"}
"""Formats that do not tell when a picture is shown, only when it is decoded, if that."""
PLAIN = "mov,mp4,m4a,3gp,3g2,mj2"
"""The format, by its libav name, whose packets lie in the file as they are."""
TICKS = 90_000  # per second, where a container has no timestamps

Told = Callable[[float], None]
"""Takes the share of the work that is done."""


@dataclass(frozen=True, slots=True)
class _Entry:
    """A keyframe's packet: number, tick, tick to seek to, position, and how many frames after it are not right yet."""

    packet: int
    tick: int | None
    seek: int
    place: int
    wrong: int


@dataclass(slots=True)
class _Packets:
    """What the packets of the video say, in the order of the file; `direct` if that is all that it takes to decode."""

    ticks: array[int] = field(default_factory=lambda: array("q"))
    keys: bytearray = field(default_factory=bytearray)
    hidden: bytearray = field(default_factory=bytearray)
    places: array[int] = field(default_factory=lambda: array("q"))
    sizes: array[int] = field(default_factory=lambda: array("I"))
    entries: list[_Entry] = field(default_factory=list)
    total: int = 0
    trusted: bool = True
    direct: bool = True
    damaged: bool = False


@dataclass(frozen=True, slots=True)
class PacketSource:
    """The file that is indexed: its size, and its descriptor if packets may be compared with its bytes."""

    size_bytes: int
    descriptor: int = -1

    def has(self, packet: Any, place: int) -> bool:
        """Whether the bytes of a packet lie at `place`, and say all that the decoder is told."""
        if self.descriptor < 0 or packet.has_sidedata("new_extradata"):
            return False
        return os.pread(self.descriptor, packet.size, place) == bytes(packet)


def build(container: Any, source: PacketSource, told: Told = lambda _: None) -> FrameIndex:
    """Return the frame index of an opened file.

    Raises:
        FileError: It holds no picture that can be decoded.
    """
    stream = video_stream(container)
    prepare(stream)
    packets = _read(container, stream, source, told)
    if not packets.total:
        raise not_a_video("it has no pictures")
    if packets.trusted and packets.total > SHORT:
        index = _from_packets(container, stream, packets)
        if index is not None and (checked := _checked(container, stream, index)) is not None:
            return replace(checked, damaged=packets.damaged)
    return _from_decoding(container, stream, packets, told)


def _read(container: Any, stream: Any, source: PacketSource, told: Told) -> _Packets:
    name = container.format.name
    check = PacketCheck(stream.codec_context)
    found = _Packets(trusted=check.usable and name not in RAW, direct=name == PLAIN)
    by_decoding = name in COUNTED
    for packet in exact_frames.demuxed(container, stream):
        size = packet.size
        if not size:
            continue
        found.total += 1
        if found.total > MOST_FRAMES:
            raise not_a_video("it has too many pictures")
        tick, key, place = packet.pts, packet.is_keyframe, packet.pos
        if found.trusted:
            seen, corrupt = check.seen(packet), packet.is_corrupt
            found.damaged = found.damaged or corrupt
            found.trusted = tick is not None and not corrupt and seen is not None
            hidden = packet.is_discard or not seen
            found.ticks.append(tick or 0)
            found.keys.append(key)
            found.hidden.append(hidden)
            if found.direct:
                found.direct = not hidden and place is not None and (not key or source.has(packet, place))
                found.places.append(place or 0)
                found.sizes.append(size)
        if key:
            seek = packet.dts if by_decoding else tick
            at = -1 if place is None else place
            found.entries.append(_Entry(found.total - 1, tick, seek or 0, at, check.recovery(packet)))
        if not found.total % REPORT_EVERY and place and source.size_bytes:
            told(min(0.95, place / source.size_bytes))
    return found


def _from_packets(container: Any, stream: Any, packets: _Packets) -> FrameIndex | None:
    """Return the index that packets tell; None if their timestamps make no sense."""
    shown = np.frombuffer(packets.hidden, np.uint8) == 0
    ticks = np.frombuffer(packets.ticks, np.int64)[shown]
    order = np.argsort(ticks, kind="stable")
    ticks = ticks[order]
    if not len(ticks) or not bool(np.all(np.diff(ticks) > 0)):
        return None
    keys = np.frombuffer(packets.keys, np.bool_)[shown][order]
    rows = _rows(ticks, packets.entries)
    index = _index(container, stream, ticks, keys, _table(rows, len(ticks)))
    return replace(index, packets=_packet_table(stream, packets, rows))


def _packet_table(stream: Any, packets: _Packets, rows: dict[int, _Entry]) -> PacketTable | None:
    """Return where the packets lie, None if decoding takes more; `rows` are the entries of the index."""
    firsts = np.array([rows[n].packet for n in sorted(rows) if n < packets.total], np.int64)
    if not packets.direct or not len(firsts) or not bool(np.all(np.diff(firsts) > 0)):
        return None
    table = np.empty(packets.total, ROW)
    table["place"] = np.frombuffer(packets.places, np.int64)
    table["tick"] = np.frombuffer(packets.ticks, np.int64)
    table["size"] = np.frombuffer(packets.sizes, np.uint32)
    return PacketTable.made_of(PacketDecoder.of(stream.codec_context), table, firsts)


def _rows(ticks: NDArray[np.int64], entries: list[_Entry]) -> dict[int, _Entry]:
    """Return entries by the number of their first right frame; of several with the same one, the last in the file."""
    known = [entry for entry in entries if entry.tick is not None]
    places = np.searchsorted(ticks, np.array([entry.tick for entry in known], np.int64)).tolist()
    return {place + entry.wrong: entry for place, entry in zip(places, known, strict=True)}


def _table(rows: dict[int, _Entry], total: int) -> NDArray[np.int64]:
    found = sorted((n, entry.seek, entry.place) for n, entry in rows.items() if n < total)
    return np.array(found, np.int64).reshape(-1, 3)


def _index(
    container: Any,
    stream: Any,
    ticks: NDArray[np.int64],
    keys: NDArray[np.bool_],
    rows: NDArray[np.int64],
    *,
    by_order: bool = False,
) -> FrameIndex:
    time_base = Fraction(stream.time_base)
    rate = Fraction(stream.guessed_rate or stream.average_rate or USUAL_RATE)
    length = last_length(ticks, round(1 / rate / time_base))
    by_bytes = container.format.name in BY_BYTES
    return FrameIndex(time_base, ticks, keys, length, rows, by_order=by_order, by_bytes=by_bytes)


def _checked(container: Any, stream: Any, index: FrameIndex) -> FrameIndex | None:
    """Compare some places with what is decoded; None if they differ by more than what the ends lack."""
    places = len(index.entries)
    chosen = {0, places - 1} | {places * part // (PLACES + 1) for part in range(1, PLACES + 1)}
    for row in [exact_frames.BEGINNING, *sorted(chosen)]:
        if row >= places:
            continue
        try:
            exact_frames.seek(container, stream, index, row)
        except MediaError:
            return None
        from_n = 0 if row == exact_frames.BEGINNING else int(index.entries[row, 0])
        found = _seen_from(container, stream, index, from_n, to_end=row == places - 1)
        if found is None:
            return None
        index = found
        places = len(index.entries)
    return index


def _seen_from(container: Any, stream: Any, index: FrameIndex, from_n: int, *, to_end: bool) -> FrameIndex | None:
    """Decode some packets; return the index without frames that the file's ends lack, None if others differ."""
    context = stream.codec_context
    seen: list[int] = []
    ended, count = True, 0
    begin = int(index.ticks[from_n])
    for packet in exact_frames.demuxed(container, stream):
        count += bool(packet.size)
        seen += [frame.pts for frame in exact_frames.frames_of(packet, context) if frame.pts is not None]
        if (count > TRIED and seen and not to_end) or count > TRIED_MOST:
            ended = False
            break
    seen = [tick for tick in seen if tick >= begin]
    if not seen:
        return None
    last = int(index.ticks[-1]) if ended else seen[-1]
    expected = index.ticks[(index.ticks >= begin) & (index.ticks <= last)]
    got = np.array(seen, np.int64)
    if not bool(np.all(np.diff(got) > 0)) or not bool(np.isin(got, expected).all()):
        return None
    lacking = expected[~np.isin(expected, got)]
    if not len(lacking):
        return index
    before = bool((lacking < got[0]).all()) and from_n == 0
    after = bool((lacking > got[-1]).all()) and ended
    return _without(index, lacking) if before or after else None


def _without(index: FrameIndex, ticks: NDArray[np.int64]) -> FrameIndex:
    """Return the index without the frames at `ticks`."""
    keep = ~np.isin(index.ticks, ticks)
    kept = index.ticks[keep]
    numbers = np.concatenate(([0], np.cumsum(keep)))  # of each frame, among those that are left
    rows = {int(numbers[n]): (int(seek), int(place)) for n, seek, place in index.entries}
    entries = np.array([(n, *row) for n, row in sorted(rows.items()) if n < len(kept)], np.int64).reshape(-1, 3)
    same = len(entries) == len(index.entries)
    return replace(
        index,
        ticks=kept,
        keys=index.keys[keep],
        last_length=last_length(kept, index.last_length),
        entries=entries,
        packets=index.packets if same else None,
    )


def _from_decoding(container: Any, stream: Any, packets: _Packets, told: Told) -> FrameIndex:
    """Decode everything and return the index of what was displayed."""
    context = stream.codec_context
    exact_frames.rewind(container, stream, packets.entries[0].seek if packets.entries else 0)
    ticks: list[int | None] = []
    keys: list[bool] = []
    sources: list[int] = []
    times: list[int | None] = []  # when each packet is decoded
    damaged = packets.damaged

    def failed() -> None:
        nonlocal damaged
        damaged = damaged or bool(ticks)  # the first packets may lack those before them

    for packet in exact_frames.demuxed(container, stream):
        times.append(packet.dts)
        for frame in exact_frames.frames_of(packet, context, len(times) - 1, failed):
            ticks.append(frame.pts)
            keys.append(frame.key_frame)
            sources.append(len(times) - 1 if frame.opaque is None else frame.opaque)
        if not len(times) % REPORT_EVERY:
            told(min(1.0, len(times) / packets.total))
    if not ticks:
        raise not_a_video("none of its pictures can be decoded")
    timed = [tick for tick in ticks if tick is not None]
    key_flags = np.array(keys, np.bool_)
    if len(timed) == len(ticks) and container.format.name not in COUNTED and ascending(timed):
        shown = np.array(timed, np.int64)
        entries = _rows(shown, packets.entries)
        index = _index(container, stream, shown, key_flags, _table(entries, len(shown)))
        all_shown = packets.trusted and np.array_equal(np.sort(np.frombuffer(packets.ticks, np.int64)), shown)
        table = _packet_table(stream, packets, entries) if all_shown else None
        return replace(index, packets=table, damaged=damaged)
    places = {source: n for n, source in reversed(list(enumerate(sources)))}
    rows = {
        places[entry.packet] + entry.wrong: entry
        for entry in packets.entries
        if entry.packet in places and entry.place >= 0
    }
    ordered = sorted(time for source in sources if (time := times[source]) is not None)
    return replace(_counted(container, stream, ordered, key_flags, _table(rows, len(ticks))), damaged=damaged)


def _counted(
    container: Any, stream: Any, ordered: list[int], keys: NDArray[np.bool_], rows: NDArray[np.int64]
) -> FrameIndex:
    """Return the index of frames whose timestamps do not tell their order; `ordered` is when they were decoded."""
    if len(ordered) == len(keys) and ascending(ordered):
        return _index(container, stream, np.array(ordered, np.int64), keys, rows, by_order=True)
    rate = Fraction(stream.average_rate or stream.guessed_rate or USUAL_RATE)
    ticks = np.array([round(n / rate * TICKS) for n in range(len(keys))], np.int64)
    by_bytes = container.format.name in BY_BYTES
    length = last_length(ticks, round(TICKS / rate))
    return FrameIndex(Fraction(1, TICKS), ticks, keys, length, rows, by_order=True, by_bytes=by_bytes)
