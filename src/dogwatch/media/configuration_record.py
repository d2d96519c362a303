"""Decoder configuration records (`avcC`, `hvcC`) for streams whose NAL units have lengths instead of start codes."""

from __future__ import annotations

from dogwatch.media import nal
from dogwatch.media.codecs import configuration
from dogwatch.media.init_section import parse_init
from dogwatch.media.packets import Tracks, VideoInfo
from dogwatch.media.writer import FragmentWriter


class _Head:
    """Collects the header that a muxer writes."""

    def __init__(self) -> None:
        self.data = b""

    def write(self, data: bytes) -> int:
        self.data += data
        return len(data)


def configuration_record(opened: VideoInfo, tracks: Tracks) -> bytes:
    """Return the record for the video of `tracks`, whose parameter sets are Annex B; libav makes it.

    Empty if the packets themselves are Annex B, as `opened`, the video when the stream was opened, tells: those need
    none.
    """
    size = nal.length_size(opened.codec, opened.extradata) if opened.codec in nal.LENGTH_AT else 0
    if not size:
        return b""
    head = _Head()
    FragmentWriter(head, tracks).abandon()
    video = next(track for track in parse_init(head.data) if track.video)
    record = bytearray(configuration(video.entry))
    at = nal.LENGTH_AT[opened.codec]
    record[at] = record[at] & ~3 | size - 1
    return bytes(record)
