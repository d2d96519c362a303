"""What ingest sends for live viewers, through the core."""

from __future__ import annotations

import msgspec

from dogwatch.bus.message import Message


class LiveReady(Message, frozen=True):
    """The first message on the second link of an ingest process, which exists while somebody watches."""

    camera: str
    pid: int


class LiveInit(Message, frozen=True):
    """A live stream begins: its `ftyp` and `moov`, and its RFC 6381 codecs (`avc1.640029,mp4a.40.2`).

    `input` is the number of the camera's input, from 0.
    """

    camera: str
    input: int
    codecs: str
    init: bytes


class LiveFragment(Message, frozen=True):
    """One or more `moof` and `mdat` of a live stream. A player can begin at a `keyframe`.

    Decode times count from the start of the live muxer, near zero.
    """

    camera: str
    input: int
    time: float
    keyframe: bool
    data: bytes


class PacketTrack(msgspec.Struct, frozen=True):
    """One track of a stream of packets. `codec` is its libav name, and `clock_rate` is in ticks per second.

    `extradata` are libav's: parameter sets (Annex B or a configuration record), an AudioSpecificConfig, or nothing.
    Video has `width` and `height` (pixels), sound has `channels` and `sample_rate` (per second).
    """

    video: bool
    codec: str
    clock_rate: int
    extradata: bytes = b""
    width: int = 0
    height: int = 0
    channels: int = 0
    sample_rate: int = 0


class PacketsBegin(Message, frozen=True):
    """A live stream of packets begins, as the camera sends them: sound is not transcoded. Video is track 0."""

    camera: str
    input: int
    tracks: tuple[PacketTrack, ...]


class LivePacket(Message, frozen=True):
    """One packet of a live stream: a picture, or a little sound.

    `track` is its number in `PacketsBegin`. `time` (epoch s) is when it is shown. `pts` and `dts` are ticks of the
    track's clock since the epoch. `keyframe` is only true for video with which a player can begin.
    """

    camera: str
    input: int
    track: int
    time: float
    pts: int
    dts: int
    keyframe: bool
    data: bytes
