"""One camera input as RTP: its packets are made once, and given to all readers.

The present group of pictures is kept as RTP packets, so that a new reader sees a picture at once.
"""

from __future__ import annotations

import asyncio
import importlib
import logging
import secrets
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dogwatch.bus.messages import LivePacket, PacketsBegin, PacketTrack
from dogwatch.errors import MediaError
from dogwatch.live.feeds import PacketViewer, StreamChangedError
from dogwatch.live.pictures import TooManyViewersError
from dogwatch.live.rtsp.readers import Burst, PacketReader
from dogwatch.live.rtsp.sdp import payload_type
from dogwatch.media.rtp_track import FITTING, RtpTrack, is_rtcp

if TYPE_CHECKING:
    from dogwatch.media.rtp_packetiser import RtpPacketiser

log = logging.getLogger(__name__)

PACKETISER = "dogwatch.media.rtp_packetiser"
GOP_BYTES = 16 << 20  # a larger group is not kept: new readers then begin at the next keyframe


class StreamEndedError(MediaError):
    """The stream has ended, or has begun anew with other parameters."""

    status = 503

    def __init__(self) -> None:
        """Say so."""
        super().__init__("the stream has begun anew")


@dataclass(frozen=True, slots=True)
class RtpPosition:
    """Where a reader begins in a track: sequence number and time of its first packet."""

    sequence: int
    time: int


class Restream:
    """One stream; it ends when its last holder lets go of it, or when the camera's parameters change."""

    def __init__(self, name: str, viewer: PacketViewer, ended: Callable[[Restream], None]) -> None:
        """Begin to watch; `ended` is told when it is over, and `readers` are then to be closed."""
        self.name, self._viewer, self._ended = name, viewer, ended
        viewer.shared = lambda: [reader.consumer() for reader in self.readers]
        self._packetisers: list[RtpPacketiser] = []
        self._numbers: dict[int, int] = {}  # of the tracks that go into RTP, by their numbers in the feed
        self._gop: list[Burst] = []
        self._gop_bytes = 0
        self._holders = 0
        self._unfit = False
        self.tracks: tuple[RtpTrack, ...] = ()
        self.ssrcs: tuple[int, ...] = ()
        self.readers: set[PacketReader] = set()
        self.over = False
        self._began: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._began.add_done_callback(_retrieved)
        self._task = asyncio.create_task(self._run())

    @property
    def video(self) -> int | None:
        """The number of the track with keyframes."""
        return next((number for number, track in enumerate(self.tracks) if track.width), None)

    def hold(self) -> None:
        """Keep it running until `release`."""
        self._holders += 1

    def release(self) -> None:
        """Let go of it; it ends when nobody holds it any more."""
        self._holders -= 1
        if not self._holders:
            self._task.cancel()

    def cancel(self) -> None:
        """End it now."""
        self._task.cancel()

    async def begun(self) -> None:
        """Wait until `tracks` are known.

        Raises:
            MediaError: The camera sends no video, or none that goes into RTP.
            TooManyViewersError: Others have begun to watch meanwhile.
            StreamEndedError: The stream is over.
        """
        await asyncio.shield(self._began)

    def positions(self) -> Mapping[int, RtpPosition]:
        """Return where a reader that begins now begins in each track, as far as that is known."""
        found: dict[int, RtpPosition] = {}
        for burst in self._gop:
            first = next((packet for packet in burst.packets if not is_rtcp(packet)), None)
            if burst.track not in found and first is not None:
                sequence, at = int.from_bytes(first[2:4], "big"), int.from_bytes(first[4:8], "big")
                found[burst.track] = RtpPosition(sequence, at)
        return found

    def play(self, reader: PacketReader) -> None:
        """Give `reader` what is kept, behind the newest sender reports, and then everything that comes."""
        reports = [
            Burst(number, keyframe=False, packets=[one.report])
            for number, one in enumerate(self._packetisers)
            if one.report
        ]
        reader.begin([*reports, *self._gop])
        self.readers.add(reader)

    def pause(self, reader: PacketReader) -> None:
        """Give `reader` nothing more."""
        self.readers.discard(reader)

    async def _run(self) -> None:
        try:
            async with self._viewer as viewer:
                if PACKETISER not in sys.modules:  # loading libav takes a second on a small machine
                    await asyncio.to_thread(importlib.import_module, PACKETISER)
                self._begin(await viewer.begin())
                while True:
                    self._take(await viewer.next())
        except StreamChangedError:
            self._fail(StreamEndedError())
        except (MediaError, TooManyViewersError) as error:
            self._fail(error)
        finally:
            self._end()

    def _fail(self, error: MediaError | TooManyViewersError) -> None:
        if not self._began.done():
            self._began.set_exception(error)

    def _begin(self, beginning: PacketsBegin) -> None:
        from dogwatch.media.rtp_packetiser import RtpPacketiser  # here: nobody loads libav before somebody watches

        epoch_s = int(time.time())
        fitting = [(number, one) for number, one in enumerate(beginning.tracks) if one.codec in FITTING]
        for one in beginning.tracks:
            if one.codec not in FITTING:
                log.info("%s: %s is not sent over RTSP", self.name, one.codec)
        self.tracks = tuple(_rtp_track(one) for _, one in fitting)
        self.ssrcs = tuple(secrets.randbits(31) for _ in fitting)
        self._numbers = {number: place for place, (number, _) in enumerate(fitting)}
        for place, track in enumerate(self.tracks):
            self._packetisers.append(RtpPacketiser(track, payload_type(track, place), self.ssrcs[place], epoch_s))
        if not self.tracks:
            raise MediaError("nothing of the stream goes into RTP")
        if not self._began.done():
            self._began.set_result(None)

    def _take(self, packet: LivePacket) -> None:
        place = self._numbers.get(packet.track)
        if place is None:
            return
        try:
            packets = self._packetisers[place].feed(packet.data, packet.pts, packet.dts)
        except MediaError as error:
            if not self._unfit:
                log.warning("%s: %s", self.name, error)
            self._unfit = True
            return
        if not packets:
            return
        burst = Burst(place, packet.keyframe, packets)
        self._keep(burst)
        for reader in self.readers:
            reader.take(burst)

    def _keep(self, burst: Burst) -> None:
        if burst.keyframe or self._gop_bytes > GOP_BYTES:
            self._gop, self._gop_bytes = [], 0
        if burst.keyframe or self._gop:
            self._gop.append(burst)
            self._gop_bytes += sum(map(len, burst.packets))

    def _end(self) -> None:
        self.over = True
        self._fail(StreamEndedError())
        farewell = [Burst(n, keyframe=False, packets=one.close()) for n, one in enumerate(self._packetisers)]
        for reader in self.readers:
            reader.end(farewell)
        self.readers.clear()
        self._gop = []
        self._ended(self)


def _retrieved(future: asyncio.Future[None]) -> None:
    """Say that nobody need wait for a failure."""
    if not future.cancelled():
        future.exception()


def _rtp_track(track: PacketTrack) -> RtpTrack:
    return RtpTrack(
        track.codec, track.clock_rate, track.extradata, width=track.width, height=track.height, channels=track.channels
    )
