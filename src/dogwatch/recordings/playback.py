"""Playlists of a range of recorded time, and the bytes that the names in them stand for."""

from __future__ import annotations

from bisect import insort
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from operator import itemgetter
from pathlib import Path

from dogwatch.errors import MediaError, NoFootageError
from dogwatch.media import hls
from dogwatch.media.hls import PlaylistEntry, milliseconds
from dogwatch.media.init_section import Track, parse_init
from dogwatch.media.pieces import Piece, cut
from dogwatch.media.virtual_file import FileSlice, VirtualFile
from dogwatch.model import Segment
from dogwatch.recordings.catalogue import Catalogue
from dogwatch.store.segments import EntryTuple

NOTHING = "No recordings found."
MEDIA_ROOT = "/media/frigate/"  # what clients take the media root for (docs/api/files.md)
SHORTEST_S = 0.1  # shorter pieces are left out of mappings
SHORTEST_RATED_S = 0.5  # a keyframe alone in a very short file says nothing about the stream's bit rate
LOOK_AROUND_S = 0.002


@dataclass(frozen=True, slots=True)
class Range:
    """A range of one camera's recorded time, in epoch seconds."""

    camera: str
    start: float
    end: float
    discontinuities: bool = False


def entries(catalogue: Catalogue, wanted: Range) -> list[EntryTuple]:
    """Return the media segments of a range, oldest first.

    Only the segments at its ends are read with their fragments: a day has thousands.

    Raises:
        NoFootageError: There are none.
    """
    whole, cut_by_ends, newest = catalogue.listing(wanted.camera, wanted.start, wanted.end)
    some = [_entry(one, wanted, growing=False) for one in cut_by_ends]
    some += [_entry(one, wanted, growing=True) for one in newest]
    for entry in some:
        if entry is not None:
            insort(whole, entry, key=itemgetter(0))
    if not whole:
        raise NoFootageError(NOTHING)
    return whole


def media_playlist(catalogue: Catalogue, wanted: Range, query: str) -> str:
    """Return the media playlist of a range.

    Raises:
        NoFootageError: It is empty.
    """
    return hls.media(entries(catalogue, wanted), query=query, discontinuities=wanted.discontinuities)


def master_playlist(catalogue: Catalogue, wanted: Range, query: str) -> str:
    """Return the master playlist of a range, with the parameters of the range's first segment.

    Raises:
        NoFootageError: It is empty.
    """
    first = catalogue.first(wanted.camera, wanted.start, wanted.end)
    if first is None:
        raise NoFootageError(NOTHING)
    tracks = parse_init(catalogue.init(first.init_id))
    video = next(track for track in tracks if track.video)
    bits = int(8 * catalogue.peak(wanted.camera, wanted.start, wanted.end, SHORTEST_RATED_S))
    codecs = [video.codec, *_audio_codecs(tracks)]
    return hls.master(codecs, video.width, video.height, bits, has_audio=first.has_audio, query=query)


def init_section(catalogue: Catalogue, wanted: Range, init_id: str) -> bytes:
    """Return the init section `init_id` of a range, or the first one.

    Raises:
        NoFootageError: The range is empty or has no such init section.
    """
    first = catalogue.first(wanted.camera, wanted.start, wanted.end, init_id)
    if first is None:
        raise NoFootageError(NOTHING)
    return catalogue.init(first.init_id)


def media_segment(
    catalogue: Catalogue, media_root: Path, camera: str, start_ms: int, end_ms: int | None
) -> VirtualFile:
    """Return one media segment of `camera` by the times in its name (ms).

    Raises:
        NoFootageError: There is no segment, or none with a fragment that begins at this time.
    """
    time = start_ms / 1000
    for segment in reversed(catalogue.segments(camera, time - LOOK_AROUND_S, time + LOOK_AROUND_S)):
        begins = [milliseconds(fragment.start_time) for fragment in segment.fragments]
        if start_ms not in begins:
            continue
        first = begins.index(start_ms)
        chosen = [f for f, ms in zip(segment.fragments, begins, strict=True) if end_ms is None or ms < end_ms]
        if len(chosen) <= first:
            continue
        piece = Piece(segment, tuple(chosen[first:]))
        path = media_root / segment.path
        part = FileSlice(path, piece.offset, piece.size_bytes)
        parts = (_head(path, piece), part) if piece.plain else (part,)
        return VirtualFile(parts, piece.end_time, f"{start_ms:x}-{piece.offset:x}-{piece.size_bytes:x}")
    raise NoFootageError(NOTHING)


def mapping(catalogue: Catalogue, wanted: Range, now: float) -> dict[str, object]:
    """Return the range as the mapping that a VOD proxy reads (docs/api/vod.md).

    Paths begin with `MEDIA_ROOT`: clients do not learn where the media root lies on this machine.

    Raises:
        NoFootageError: It is empty.
    """
    clips: list[dict[str, object]] = []
    durations: list[int] = []
    for segment in catalogue.segments(wanted.camera, wanted.start, wanted.end):
        piece = cut(segment, wanted.start, wanted.end)
        if piece is None or piece.end_time - piece.start_time < SHORTEST_S:
            continue
        clip: dict[str, object] = {"type": "source", "path": MEDIA_ROOT + segment.path}
        if piece.start_time > segment.start_time:
            clip["clipFrom"] = milliseconds(piece.start_time - segment.start_time)
        duration = milliseconds(piece.end_time - piece.start_time)
        clip["keyFrameDurations"] = _keyframe_durations(piece)
        clips.append(clip)
        durations.append(duration)
    if not clips:
        raise NoFootageError(NOTHING)
    return {
        "cache": now - wanted.start > 3600,
        "discontinuity": wanted.discontinuities,
        "consistentSequenceMediaInfo": True,
        "durations": durations,
        "segment_duration": max(durations),
        "sequences": [{"clips": clips}],
    }


def _head(path: Path, piece: Piece) -> bytes:
    from dogwatch.media import plain_file  # few have such files

    try:
        return plain_file.opened(path).head(piece)
    except (OSError, MediaError) as error:
        raise NoFootageError(NOTHING) from error


def _entry(segment: Segment, wanted: Range, *, growing: bool) -> PlaylistEntry | None:
    piece = cut(segment, wanted.start, wanted.end)
    if piece is None:
        return None
    part = growing or not piece.whole
    return PlaylistEntry(piece.start_time, piece.end_time, segment.init_id, segment.has_audio, part)


def _keyframe_durations(piece: Piece) -> list[int]:
    times = [fragment.start_time for fragment in piece.fragments if fragment.keyframe] + [piece.end_time]
    return [milliseconds(after - before) for before, after in pairwise(times)]


def _audio_codecs(tracks: Sequence[Track]) -> list[str]:
    return [track.codec for track in tracks if not track.video][:1]
