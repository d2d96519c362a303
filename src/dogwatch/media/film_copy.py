"""Tells whether a range of frames can be copied packet by packet and is exact nevertheless, and copies it."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, islice
from typing import Any

import av

from dogwatch.errors import MediaError
from dogwatch.media.exact_frames import seek
from dogwatch.media.film_encoder import FRAGMENTED_MP4, FilmSink
from dogwatch.media.foreign_file import video_stream
from dogwatch.media.frame_index import FrameIndex
from dogwatch.media.packets import VideoInfo
from dogwatch.media.random_access import is_closed_gop_start

PROFILE = "High"
PIXELS = "yuv420p"
MOST_DELAY = 32  # frames that are reordered
MOST_PACKETS = 1500  # read to find out how a range ends


def is_copyable(container: Any, index: FrameIndex, start: int, end: int) -> bool:
    """Whether the packets of frames `start`..`end` make a film of exactly these, H.264 High with even sides.

    That is so if `start` begins a closed GOP, and no frame after `end` must be decoded before one of the range.
    """
    stream = video_stream(container)
    context = stream.codec_context
    if (context.name, context.profile, context.pix_fmt) != ("h264", PROFILE, PIXELS) or index.by_order:
        return False
    if context.width % 2 or context.height % 2 or not index.keys[start]:
        return False
    first = next(copied_packets(container, index, start, end), None)
    info = VideoInfo(context.name, context.width, context.height, 0.0, context.extradata or b"")
    return first is not None and is_closed_gop_start(info, first) and _ends_well(container, stream, index, start, end)


def copied_packets(container: Any, index: FrameIndex, start: int, end: int) -> Iterator[Any]:
    """Yield the packets of frames `start`..`end`, in the order of decoding; nothing if `start` is not found."""
    row = index.entry(start)
    if row < 0 or index.entries[row, 0] != start:
        return
    first, last = int(index.ticks[start]), int(index.ticks[end])
    stream, begun = video_stream(container), False
    seek(container, stream, index, row)
    for packet in _dated(container.demux(stream)):
        if packet.pts is None or packet.dts > last:
            return
        begun = begun or packet.pts == first
        if begun and packet.pts <= last:
            yield packet


def _ends_well(container: Any, stream: Any, index: FrameIndex, start: int, end: int) -> bool:
    """Whether the last GOP of the range has all its frames, and none after `end` before one of them."""
    row = index.entry(end)
    if row < 0 or index.entries[row, 0] < start:
        return False
    first, last = int(index.ticks[index.entries[row, 0]]), int(index.ticks[end])
    seek(container, stream, index, row)
    missing, beyond, begun, before = end - int(index.entries[row, 0]) + 1, False, False, None
    for packet in islice(_dated(container.demux(stream)), MOST_PACKETS):
        begun = begun or packet.pts == first
        if not begun:
            continue
        if packet.pts is None or packet.is_corrupt or packet.is_discard:
            return False
        if before is not None and packet.dts <= before:
            return False
        before = packet.dts
        if packet.dts > last:
            break
        if packet.pts > last:
            beyond = True
        elif beyond:
            return False
        elif packet.pts >= first:
            missing -= 1
    return missing == 0


def write_silent(container: Any, index: FrameIndex, out: FilmSink) -> bool:
    """Copy the pictures of a whole file to a fragmented MP4; False, and nothing is written, if that is not exact.

    Raises:
        MediaError: The file is damaged.
        av.error.FFmpegError: It cannot be written.
    """
    stream = video_stream(container)
    if index.by_order or not index.keys[0] or any(entry.is_discard for entry in stream.index_entries):
        return False
    seek(container, stream, index, 0)
    packets = _dated(container.demux(stream))
    first = next(packets, None)
    if first is None or first.pts != int(index.ticks[0]):
        return False
    options = {**FRAGMENTED_MP4.options, "movflags": _flags(index)}
    with av.open(out, "w", format=FRAGMENTED_MP4.name, options=options) as film:
        try:
            copy = film.add_stream_from_template(stream, opaque=True)
        except ValueError:
            return False  # not a codec of MP4
        if stream.codec_context.name == "hevc":
            copy.codec_context.codec_tag = "hvc1"  # Apple's players refuse hev1
        zero, last, count = first.dts, first.dts - 1, 0
        for packet in chain((first,), packets):
            if packet.pts is None:
                raise MediaError("a packet has no time")
            last = max(last + 1, packet.dts)
            packet.stream, packet.pts, packet.dts = copy, packet.pts - zero, last - zero
            film.mux_one(packet)
            count += 1
    if count < index.total:
        raise MediaError(f"only {count} of {index.total} frames could be copied")
    return True


def _dated(packets: Iterator[Any]) -> Iterator[Any]:
    """Yield packets with decode times; Matroska lacks those of the first few where frames are reordered."""
    held: list[Any] = []
    for packet in packets:
        if not packet.size:
            break
        if packet.dts is None:
            if len(held) == MOST_DELAY:
                return
            held.append(packet)
            continue
        for missing, one in enumerate(reversed(held), 1):
            one.dts = packet.dts - missing * (packet.duration or 1)
        yield from held
        held.clear()
        yield packet


def _flags(index: FrameIndex) -> str:
    flags = FRAGMENTED_MP4.options["movflags"]
    return flags.replace("frag_keyframe+", "") if index.keys.all() else flags  # not a fragment for each picture
