"""What the core tells workers."""

from __future__ import annotations

import msgspec

from dogwatch.bus.live_messages import PacketTrack
from dogwatch.bus.message import Message


class Ack(Message, frozen=True):
    """The core has received a worker's messages up to `number`.

    The first one on a connection answers `WorkerReady`: 0 for a process that the core does not know yet.
    """

    number: int


class Reconfigure(Message, frozen=True):
    """A worker must follow another spec from now on: `spec` is what a new worker would get on standard input."""

    spec: str


class AcceptView(Message, frozen=True):
    """The analysis takes the present picture of a camera for how its scene usually is, and learns that anew."""

    camera: str


class Watch(Message, frozen=True):
    """Somebody watches these inputs of a camera live, and no others. Inputs are numbered from 0.

    Of `inputs` the fragments are wanted, of `packets` the camera's own packets. Ingest forgets this when its link ends,
    and the core sends it again.
    """

    inputs: tuple[int, ...]
    packets: tuple[int, ...] = ()


class ClipBegin(Message, frozen=True):
    """Write a clip: what is kept of the last seconds, and then every packet, until `ClipEnd`.

    `clip` names it in the answers, and `path` is the absolute path of the file, which may not be there yet. It is
    fragmented MP4 and grows by a fragment a second. There is one clip at a time: a new one ends the one before.
    """

    clip: str
    path: str


class ClipEnd(Message, frozen=True):
    """End this clip; another one goes on."""

    clip: str


class PictureCell(msgspec.Struct, frozen=True):
    """Where the newest picture of a camera is drawn (pixels, even), and the ring that it is in; empty for none yet."""

    camera: str
    ring: str
    x: int
    y: int
    width: int
    height: int


class ShowCells(Message, frozen=True):
    """Encode a picture of `width` x `height` that is made of these cells, until the next such message."""

    width: int
    height: int
    cells: tuple[PictureCell, ...]


class TranscodeBegin(Message, frozen=True):
    """Packets to encode anew begin; `tracks` as in `PacketsBegin`."""

    tracks: tuple[PacketTrack, ...]


class TranscodePacket(Message, frozen=True):
    """One packet to encode anew; see `LivePacket`."""

    track: int
    time: float
    pts: int
    dts: int
    keyframe: bool
    data: bytes
