"""Cameras that send whatever a test wants: encoded pictures with any timestamps, cut into packets as it likes.

Frame n carries n. `record` takes such a stream all the way to files, with the clock going on as pictures come.
"""

from __future__ import annotations

import contextlib
import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import pytest

from dogwatch.bus.messages import FootageLost, Message, SegmentWritten
from dogwatch.errors import SourceError
from dogwatch.media import nal
from dogwatch.media.packets import AudioInfo, Tracks, Unit, VideoInfo
from dogwatch.media.padded_packet import padded_packet
from dogwatch.media.parameter_sets import KINDS, SLICES, annex_b
from dogwatch.media.source import Source
from dogwatch.media.timeline import Timeline
from dogwatch.model import Segment
from dogwatch.testing.recordings import number, picture
from dogwatch.workers.ingest import connection as module
from dogwatch.workers.ingest.connection import InputConnection
from dogwatch.workers.ingest.counters import InputCounters
from dogwatch.workers.ingest.recorder import Recorder, RecorderSettings

NOW = 1_790_000_000.0
TICKS = 90_000
ENCODERS = {"h264": "libx264", "hevc": "libx265", "mjpeg": "mjpeg"}


@dataclass(frozen=True)
class Sent:
    """One packet that a camera sends; times are ticks, None where the camera tells none."""

    data: bytes
    pts: int | None
    dts: int | None
    keyframe: bool
    number: int = -1  # of its picture


@dataclass(frozen=True)
class Look:
    """How pictures are coded."""

    codec: str = "h264"
    width: int = 256
    height: int = 64
    gop: int = 10
    b_frames: int = 0
    slices: int = 1
    profile: str = ""
    more: str = ""  # options of the encoder, `name=value:name=value`
    fps: Fraction = Fraction(10)


def encode(look: Look, count: int, first: int = 0) -> list[Sent]:
    """Encode pictures `first` to `first + count`, in decoding order; each access unit is one packet."""
    context: Any = av.CodecContext.create(ENCODERS[look.codec], "w")
    context.width, context.height, context.thread_count = look.width, look.height, 1
    context.pix_fmt = "yuvj420p" if look.codec == "mjpeg" else "yuv420p"
    context.time_base, context.framerate = 1 / look.fps, look.fps
    context.gop_size = look.gop
    if look.codec == "h264":
        private = (
            f"slices={look.slices}:scenecut=0:keyint={look.gop}:min-keyint={look.gop}{look.more and ':' + look.more}"
        )
        context.options = {"preset": "veryfast", "bf": str(look.b_frames), "x264-params": private, "crf": "18"}
        if look.profile:
            context.options |= {"profile": look.profile}
    elif look.codec == "hevc":
        private = (
            f"slices={look.slices}:scenecut=0:keyint={look.gop}:min-keyint={look.gop}:bframes={look.b_frames}"
            f":log-level=none:open-gop=0:ctu=16:rc-lookahead=15:repeat-headers=1{look.more and ':' + look.more}"
        )
        context.options = {"preset": "ultrafast", "x265-params": private, "crf": "18"}
    packets: list[Any] = []
    for n in range(count):
        frame = av.VideoFrame.from_ndarray(picture(first + n), format="bgr24")
        frame = frame.reformat(look.width, look.height, context.pix_fmt)
        frame.pts, frame.time_base = n, 1 / look.fps
        packets += context.encode(frame)
    packets += context.encode(None)
    step = TICKS / look.fps
    zero = min(packet.dts for packet in packets)
    return [
        Sent(
            bytes(packet),
            round((first + packet.pts) * step),
            round((first + packet.dts - zero - _delay(packets)) * step),
            packet.is_keyframe,
            first + packet.pts,
        )
        for packet in packets
    ]


def _delay(packets: Sequence[Any]) -> Any:
    """Return how many pictures the decoding is ahead: dts may not be later than pts."""
    zero = min(packet.dts for packet in packets)
    return max(0, max(packet.dts - zero - packet.pts for packet in packets))


def cut_into_slices(codec: str, packets: Sequence[Sent]) -> list[Sent]:
    """Send each slice in a packet of its own, all with the timestamps of their picture; as marker bits make RTSP do."""
    found: list[Sent] = []
    for packet in packets:
        head: list[bytes] = []
        for unit in nal.split(packet.data):
            head.append(unit)
            if nal.kind(codec, unit) in SLICES[codec]:
                found.append(replace(packet, data=annex_b(head)))
                head = []
    return found


def cut_behind_sets(codec: str, packet: Sent, *, flagged: bool) -> list[Sent]:
    """Send the parameter sets before a keyframe in a packet of their own."""
    units = nal.split(packet.data)
    sets, rest = ([unit for unit in units if _is_set(codec, unit) is wanted] for wanted in (True, False))
    if not sets or not packet.number:
        return [packet]
    return [replace(packet, data=annex_b(sets), keyframe=flagged), replace(packet, data=annex_b(rest))]


def with_times(packets: Sequence[Sent], times: Callable[[int], int]) -> list[Sent]:
    """Give packet n the timestamp `times(n)` (ticks), for streams without B-frames."""
    return [replace(packet, pts=times(n), dts=times(n)) for n, packet in enumerate(packets)]


class Clock:
    """Stands in for the module `time`: steady time goes on with each picture, wall time can be set."""

    def __init__(self) -> None:
        self.steady, self.set = 0.0, NOW

    def monotonic(self) -> float:
        return self.steady

    def time(self) -> float:
        return self.set + self.steady


@dataclass
class Camera:
    """A source that sends `packets`, each when its picture is there; see `media.source.Source`."""

    packets_: Sequence[Sent]
    clock: Clock
    look: Look = field(default_factory=Look)
    record: bool = False  # whether NAL units have lengths, as with RTMP
    untimed: bool = False
    fps: float = 10.0
    live: bool = True
    patient: bool = False
    room: int = 0
    announced: bool = True
    audio: AudioInfo | None = None
    audio_stream: Any = None

    def __post_init__(self) -> None:
        first = b"".join(packet.data for packet in self.packets_ if packet.number == self.packets_[0].number)
        data, form = first, self.look.codec
        if self.record:
            data, form = described(self.look.codec, first), "mp4"
        self._container: Any = av.open(io.BytesIO(data), format=form)
        self.video_stream: Any = self._container.streams.video[0]
        self.video_stream.time_base = Fraction(1, TICKS)
        context = self.video_stream.codec_context
        self.video = VideoInfo(context.name, context.width, context.height, self.fps, context.extradata or b"")

    def packets(self) -> Iterator[Any]:
        ahead = 0.0
        for sent in self.packets_:
            packet = padded_packet(with_lengths(sent.data) if self.record else sent.data)
            packet.time_base, packet.stream = Fraction(1, TICKS), self.video_stream
            packet.pts, packet.dts, packet.is_keyframe = sent.pts, sent.dts, sent.keyframe
            self.clock.steady = max(self.clock.steady, ahead)
            ahead += float(1 / self.look.fps)
            yield packet

    def end_stalled(self) -> None:
        pass

    def close(self) -> None:
        self._container.close()


def with_lengths(data: bytes) -> bytes:
    """Return an Annex B packet with lengths instead of start codes."""
    units = [unit.rstrip(b"\0") for unit in nal.split(data)]
    return b"".join(len(unit).to_bytes(4, "big") + unit for unit in units)


def described(codec: str, data: bytes) -> bytes:
    """Return an MP4 of one Annex B picture."""
    out = io.BytesIO()
    with av.open(io.BytesIO(data), "r", format=codec) as source, av.open(out, "w", format="mp4") as made:
        stream = made.add_stream_from_template(source.streams.video[0], opaque=True)
        packet = next(iter(source.demux()))
        packet.stream, packet.pts, packet.dts = stream, 0, 0
        made.mux(packet)
    return out.getvalue()


@dataclass
class Recorded:
    """What became of a stream."""

    root: Path
    units: list[Unit]
    messages: list[Message]
    changes: list[VideoInfo]

    @property
    def segments(self) -> list[Segment]:
        return [message.segment for message in self.messages if isinstance(message, SegmentWritten)]

    @property
    def lost(self) -> list[FootageLost]:
        return [message for message in self.messages if isinstance(message, FootageLost)]

    @property
    def paths(self) -> list[Path]:
        return [self.root / segment.path for segment in self.segments]


def record(monkeypatch: pytest.MonkeyPatch, root: Path, camera: Source, *, segment_s: float = 2.0) -> Recorded:
    """Record a stream to its end."""
    root.mkdir(exist_ok=True)
    if isinstance(camera, Camera):
        monkeypatch.setattr(module, "time", camera.clock)
    messages: list[Message] = []
    recorder = Recorder(RecorderSettings("front", root, segment_s, 0), messages.append)
    changes: list[VideoInfo] = []

    def changed(tracks: Tracks, video: VideoInfo) -> None:
        changes.append(video)
        recorder.change(tracks, video)

    connection = InputConnection(camera, Timeline(), InputCounters(), None, 1e9, changed)
    recorder.begin(connection.tracks, camera.video)
    units = []
    with contextlib.suppress(SourceError):  # a real one says that it has ended
        for unit in connection.units():
            units.append(unit)
            recorder.feed(unit)
    recorder.end()
    assert recorder.stop(30)
    camera.close()
    return Recorded(root, units, messages, changes)


@dataclass(frozen=True)
class Shown:
    """A decoded picture: when it is shown (s), its number, its size."""

    time: float
    number: int
    size: tuple[int, int]


def packets_in(path: Path) -> list[Any]:
    """Return the video packets of a file."""
    with av.open(str(path)) as container:
        return [packet for packet in container.demux(video=0) if packet.size]


def pictures_in(path: Path) -> list[Shown]:
    """Decode a file with the parameter sets of its header alone; those among the pictures are taken out first."""
    with av.open(str(path)) as container:
        stream: Any = container.streams.video[0]
        codec, scale = stream.codec_context.name, float(stream.time_base)
        decoder: Any = av.CodecContext.create(codec, "r")
        decoder.thread_count = 1
        if stream.codec_context.extradata:
            decoder.extradata = stream.codec_context.extradata
        frames: list[Any] = []
        for packet in container.demux(stream):
            bare = padded_packet(_without_sets(codec, bytes(packet)))
            if bare.size:
                bare.pts, bare.dts, bare.time_base = packet.pts, packet.dts, packet.time_base
                frames += decoder.decode(bare)
        frames += decoder.decode(None)
    return [
        Shown(frame.pts * scale, number(frame.to_ndarray(format="bgr24")), (frame.width, frame.height))
        for frame in frames
    ]


def _without_sets(codec: str, data: bytes) -> bytes:
    if codec not in KINDS:
        return data
    units = nal.split_by_lengths(data, 4)
    return b"".join(len(unit).to_bytes(4, "big") + unit for unit in units if nal.kind(codec, unit) not in KINDS[codec])


def _is_set(codec: str, unit: bytes) -> bool:
    return nal.kind(codec, unit) in KINDS[codec]
