"""Every message that crosses a process border.

Workers send `Up` messages to the core over their link, each behind its number, and the core sends `Down` messages to
them. Ingest announces frames to analysis with `FrameReady`; analysis asks detectors with `DetectRequest`. All are
MessagePack, tagged by type. docs/messages.md describes each one, and a test fails when it does not.
"""

from __future__ import annotations

import msgspec

from dogwatch.bus.analysis_messages import (
    AnalysisStats,
    BestPicture,
    DetectorStats,
    EncoderStats,
    FrameTracks,
    ListeningStats,
    PreviewPicture,
    SoundsHeard,
)
from dogwatch.bus.core_messages import (
    AcceptView,
    Ack,
    ClipBegin,
    ClipEnd,
    PictureCell,
    Reconfigure,
    ShowCells,
    TranscodeBegin,
    TranscodePacket,
    Watch,
)
from dogwatch.bus.ingest_messages import (
    ClipLost,
    ClipOpened,
    ClipWritten,
    FootageLost,
    IngestStats,
    RingMade,
    SegmentOpened,
    SegmentWritten,
    SoundLevel,
    SpaceWanted,
    StreamLost,
    StreamOpened,
    WorkerReady,
)
from dogwatch.bus.live_messages import LiveFragment, LiveInit, LivePacket, LiveReady, PacketsBegin, PacketTrack
from dogwatch.bus.message import Message
from dogwatch.bus.worker_messages import DetectorHello, DetectorInfo, DetectReply, DetectRequest, FrameReady, SoundPiece

__all__ = [
    "NUMBER_BYTES",
    "UNREADABLE",
    "AcceptView",
    "Ack",
    "AnalysisStats",
    "Answer",
    "Ask",
    "BestPicture",
    "ClipBegin",
    "ClipEnd",
    "ClipLost",
    "ClipOpened",
    "ClipWritten",
    "DetectReply",
    "DetectRequest",
    "DetectorHello",
    "DetectorInfo",
    "DetectorStats",
    "Down",
    "EncoderStats",
    "FootageLost",
    "FrameReady",
    "FrameTracks",
    "IngestStats",
    "ListeningStats",
    "Live",
    "LiveFragment",
    "LiveInit",
    "LivePacket",
    "LiveReady",
    "Message",
    "PacketTrack",
    "PacketsBegin",
    "PictureCell",
    "PreviewPicture",
    "Reconfigure",
    "RingMade",
    "SegmentOpened",
    "SegmentWritten",
    "ShowCells",
    "SoundLevel",
    "SoundPiece",
    "SoundsHeard",
    "SpaceWanted",
    "StreamLost",
    "StreamOpened",
    "TranscodeBegin",
    "TranscodePacket",
    "Up",
    "Watch",
    "WorkerReady",
    "decode_answer",
    "decode_ask",
    "decode_down",
    "decode_frame",
    "decode_sound",
    "decode_up",
    "encode",
    "encode_numbered",
    "number_of",
]

Live = LiveInit | LiveFragment | PacketsBegin | LivePacket

Up = (
    WorkerReady
    | StreamOpened
    | StreamLost
    | SegmentOpened
    | SegmentWritten
    | FootageLost
    | SpaceWanted
    | ClipOpened
    | ClipWritten
    | ClipLost
    | IngestStats
    | SoundLevel
    | SoundsHeard
    | RingMade
    | FrameTracks
    | BestPicture
    | PreviewPicture
    | AnalysisStats
    | DetectorStats
    | EncoderStats
    | ListeningStats
    | LiveReady
    | LiveInit
    | LiveFragment
    | PacketsBegin
    | LivePacket
)

Down = Ack | Reconfigure | AcceptView | Watch | ClipBegin | ClipEnd | ShowCells | TranscodeBegin | TranscodePacket

Ask = DetectorHello | DetectRequest
Answer = DetectorInfo | DetectReply

NUMBER_BYTES = 8  # before a message up, big-endian; 0 for what is not acknowledged

encode = msgspec.msgpack.Encoder().encode
UNREADABLE = (msgspec.MsgspecError, UnicodeDecodeError)  # what decoders raise; the latter for text that is no UTF-8
decode_up = msgspec.msgpack.Decoder(Up).decode
decode_down = msgspec.msgpack.Decoder(Down).decode
decode_frame = msgspec.msgpack.Decoder(FrameReady).decode
decode_sound = msgspec.msgpack.Decoder(SoundPiece).decode
decode_ask = msgspec.msgpack.Decoder(Ask).decode
decode_answer = msgspec.msgpack.Decoder(Answer).decode


def encode_numbered(message: Message, number: int) -> bytes:
    """Return `message` as it goes up."""
    return number.to_bytes(NUMBER_BYTES, "big") + encode(message)


def number_of(data: bytes) -> int:
    """Return the number of a message that came up."""
    return int.from_bytes(data[:NUMBER_BYTES], "big")
