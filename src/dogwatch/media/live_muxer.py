"""Makes the live stream of one input: fragmented MP4 that is ready with each picture, with times from near zero.

libav writes the init section. The fragments are written here, because libav holds each picture back until the next one
tells how long it lasts: at ten pictures a second that is a fifth of a second. Here its duration is predicted from the
picture before. Where it is wrong, the next fragment's decode time corrects it, and players take small gaps for none.
"""

from __future__ import annotations

import av

from dogwatch.errors import MediaError
from dogwatch.media import nal
from dogwatch.media.init_section import parse_init
from dogwatch.media.live_samples import LiveSample, write_fragment
from dogwatch.media.packets import VIDEO_TICKS, Tracks, Unit, VideoInfo
from dogwatch.media.parameter_sets import KINDS
from dogwatch.media.writer import FragmentWriter

FRAGMENT_S = 0.06  # a fragment at each picture up to 16 a second; quicker streams have two in one
SOUND_S = 0.25  # sound waits no longer than this for a picture
HEAD_S = 1.0  # times may not be negative, and sound may begin a little before the first picture
FIRST_DURATION = VIDEO_TICKS // 25  # of the very first picture, before anything is known


class _Memory:
    """Collects what the muxer writes until it is taken."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def write(self, data: bytes) -> int:
        self._parts.append(data)
        return len(data)

    def take(self) -> bytes:
        data = b"".join(self._parts)
        self._parts.clear()
        return data


class LiveMuxer:
    """Muxes units for players that start now.

    `init` is `ftyp` + `moov`; `codecs` names what is inside (RFC 6381), for `MediaSource.addSourceBuffer`.
    """

    def __init__(self, tracks: Tracks, video: VideoInfo, first: Unit) -> None:
        """Begin a stream whose first unit is the keyframe `first`; `video` tells what the packets look like.

        Raises:
            MediaError: The tracks do not make an MP4.
        """
        memory = _Memory()
        try:
            writer = FragmentWriter(memory, tracks)
        except av.error.FFmpegError as error:
            raise MediaError(f"the stream cannot be muxed: {error}") from error
        self.init = memory.take()
        writer.abandon()
        parsed = parse_init(self.init)
        self.codecs = ",".join(track.codec for track in parsed)
        self._track = {track.video: track.id for track in parsed}
        self._rate = {track.video: track.timescale for track in parsed}
        self._origin = {kind: round((first.dts - HEAD_S) * rate) for kind, rate in self._rate.items()}
        self._codec = video.codec
        # As in libav: what has no decoder configuration record comes as Annex B, which MP4 does not have.
        self._start_codes = video.codec in nal.LENGTH_AT and not nal.length_size(video.codec, video.extradata)
        self._pending: dict[bool, list[LiveSample]] = {True: [], False: []}
        self._last: dict[bool, tuple[int, int]] = {}  # decode time and duration of each track's newest sample

    def feed(self, unit: Unit) -> list[tuple[bytes, bool]]:
        """Take a unit; return the fragments that are complete with it, and whether a player can begin there."""
        if unit.video not in self._track:
            return []
        ready = [self._take()] if unit.video and unit.keyframe and self._pending[True] else []
        sample = self._sample(unit)
        if sample is None:
            return ready
        pending = self._pending[unit.video]
        pending.append(sample)
        length = (sample.dts + sample.duration - pending[0].dts) / self._rate[unit.video]
        if length >= (FRAGMENT_S if unit.video else SOUND_S):
            ready.append(self._take())
        return ready

    def rest(self) -> bytes:
        """Return what is not in a fragment yet as fragments."""
        return self._take()[0]

    def _take(self) -> tuple[bytes, bool]:
        """Return all pending samples as fragments, pictures before sound, and whether they begin with a keyframe."""
        parts, keyframe = [], False
        for video in (True, False):
            samples = self._pending[video]
            if samples:
                keyframe = keyframe or (video and samples[0].keyframe)
                parts.append(write_fragment(self._track[video], samples))
                self._pending[video] = []
        return b"".join(parts), keyframe

    def _sample(self, unit: Unit) -> LiveSample | None:
        """Return a unit as a sample; None for sound from before the beginning."""
        packet = unit.packet
        origin = self._origin[unit.video]
        dts, pts = packet.dts - origin, packet.pts - origin
        if dts < 0:
            return None
        before = self._last.get(unit.video)
        if before is not None and dts <= before[0]:
            dts = before[0] + 1
        if not unit.video:
            length = packet.duration or (dts - before[0] if before else 1024)
        else:
            length = dts - before[0] if before else packet.duration or FIRST_DURATION
            if before and length > 2 * before[1]:  # a picture was late: that says nothing of the next one
                length = before[1]
        self._last[unit.video] = dts, length
        data = bytes(packet)
        if unit.video and self._start_codes:
            data = with_lengths(self._codec, data)
        return LiveSample(dts, length, pts - dts if unit.video else 0, unit.keyframe or not unit.video, data)


def with_lengths(codec: str, data: bytes) -> bytes:
    """Return an Annex B packet with four bytes of length before each NAL unit.

    Parameter sets of H.265 are left out: they are in the init section, and `hvc1` has them nowhere else.
    """
    sets = KINDS[codec] if codec == "hevc" else {}
    units = [unit.rstrip(b"\0") for unit in nal.split(data)]
    return b"".join(len(unit).to_bytes(4, "big") + unit for unit in units if unit and nal.kind(codec, unit) not in sets)
