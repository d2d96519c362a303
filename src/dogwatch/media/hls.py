"""Writes HLS playlists (RFC 8216) over recorded files as they lie. Pure: values in, text out.

A media segment is a byte range of one recorded file and is named after its time, `seg-<start ms>-v1-a1.m4s`, or
`seg-<start ms>-<end ms>-v1-a1.m4s` when it is not the whole file. So the name alone tells what to send, at any later
time, and the server keeps no state between a playlist and its segments.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import NamedTuple

GAP_S = 0.5  # a shorter gap is a camera's stutter, which players skip
_SEGMENT = re.compile(r"seg-(\d{1,15})(?:-(\d{1,15}))?-v1(?:-a1)?\.m4s")
_INIT = re.compile(r"init(?:-([0-9a-f]{16}))?-v1(?:-a1)?\.mp4")
_MANIFEST = re.compile(r"(master|index)(?:-v1)?(?:-a1)?\.m3u8")


EntryTuple = tuple[float, float, str, bool, bool]
"""The fields of a `PlaylistEntry` as a plain tuple: a day's playlist has thousands."""


class PlaylistEntry(NamedTuple):
    """One media segment of a playlist; `part` if it is not the whole of its file."""

    start_time: float
    end_time: float
    init_id: str
    has_audio: bool
    part: bool = False

    @property
    def name(self) -> str:
        """The last part of its URL."""
        end = f"-{milliseconds(self.end_time)}" if self.part else ""
        return f"seg-{milliseconds(self.start_time)}{end}-{_tracks(self.has_audio)}.m4s"


@dataclass(frozen=True, slots=True)
class PlaylistRequest:
    """What a client asks for by the last part of a URL.

    `kind` is `master`, `index`, `init` or `segment`. `init_id` is empty for the first init section of the range.
    Times are milliseconds since the epoch; `end_ms` is None for the whole file.
    """

    kind: str
    init_id: str = ""
    start_ms: int = 0
    end_ms: int | None = None


def milliseconds(time: float) -> int:
    """Return `time` (epoch s) in milliseconds, as names have it."""
    return round(time * 1000)


def parse_name(name: str) -> PlaylistRequest | None:
    """Parse the last part of a URL; None if it is not a name of an HLS file."""
    if match := _SEGMENT.fullmatch(name):
        return PlaylistRequest("segment", start_ms=int(match[1]), end_ms=int(match[2]) if match[2] else None)
    if match := _INIT.fullmatch(name):
        return PlaylistRequest("init", init_id=match[1] or "")
    if match := _MANIFEST.fullmatch(name):
        plain = match[1] == "master" and "-v1" not in name
        return PlaylistRequest("master" if plain else "index")
    return None


def master(
    codecs: Sequence[str], width: int, height: int, bits_per_second: int, *, has_audio: bool, query: str = ""
) -> str:
    """Return a master playlist with one variant."""
    about = f'BANDWIDTH={bits_per_second},RESOLUTION={width}x{height},CODECS="{",".join(codecs)}"'
    uri = f"index-{_tracks(has_audio)}.m3u8{_suffix(query)}"
    return f"#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-INDEPENDENT-SEGMENTS\n#EXT-X-STREAM-INF:{about}\n{uri}\n"


def media(
    entries: Sequence[tuple[float, float, str, bool, bool]], *, query: str = "", discontinuities: bool = False
) -> str:
    """Return the media playlist of `entries` (at least one, oldest first).

    A discontinuity is announced at real gaps and where the stream's parameters change, or between all segments when
    `discontinuities` is set. `query` is appended to every URI.
    """
    suffix = _suffix(query)
    first_start, _, first_init, audio, _ = entries[0]
    longest = max([end - start for start, end, _, _, _ in entries])
    lines = [
        "#EXTM3U",
        "#EXT-X-VERSION:7",
        f"#EXT-X-TARGETDURATION:{max(1, math.ceil(longest - 0.0005))}",
        "#EXT-X-PLAYLIST-TYPE:VOD",
        "#EXT-X-MEDIA-SEQUENCE:1",
        "#EXT-X-INDEPENDENT-SEGMENTS",
        f'#EXT-X-MAP:URI="init-{_tracks(audio)}.mp4{suffix}"',
        f"#EXT-X-PROGRAM-DATE-TIME:{_date(first_start)}",
    ]
    tails = {sound: f"-{_tracks(sound)}.m4s{suffix}" for sound in (True, False)}
    last_end, last_init = first_start, first_init
    # A day has 8640: formatting the names here, as `PlaylistEntry.name` does, takes a third of the time.
    for n, (start, end, init_id, has_audio, part) in enumerate(entries):
        changed = init_id != last_init
        if changed or (discontinuities and n) or abs(start - last_end) > GAP_S:
            lines.append("#EXT-X-DISCONTINUITY")
            if changed:
                name = _init_name("" if init_id == first_init else init_id, has_audio=has_audio)
                lines.append(f'#EXT-X-MAP:URI="{name}{suffix}"')
            lines.append(f"#EXT-X-PROGRAM-DATE-TIME:{_date(start)}")
        until = f"-{round(end * 1000)}" if part else ""
        lines.append(f"#EXTINF:{end - start:.6f},\nseg-{round(start * 1000)}{until}{tails[has_audio]}")
        last_end, last_init = end, init_id
    return "\n".join(lines) + "\n#EXT-X-ENDLIST\n"


def _init_name(init_id: str, *, has_audio: bool) -> str:
    return f"init-{init_id}-{_tracks(has_audio)}.mp4" if init_id else f"init-{_tracks(has_audio)}.mp4"


def _tracks(has_audio: bool) -> str:
    return "v1-a1" if has_audio else "v1"


def _suffix(query: str) -> str:
    """Return the query for a line of a playlist, with characters encoded that would end the line or a quoted string."""
    safe = "".join(f"%{ord(char):02X}" if char in '"\\ ' or not 0x20 < ord(char) < 0x7F else char for char in query)
    return f"?{safe}" if query else ""


def _date(time: float) -> str:
    return datetime.fromtimestamp(time, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
