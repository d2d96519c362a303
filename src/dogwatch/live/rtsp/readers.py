"""Who gets the packets of a stream: over the connection of its requests, or as datagrams.

A reader is given every burst at once and never waited for: for who is too slow, packets are skipped up to the next
keyframe, and who takes nothing at all for `STALL_S` is dropped.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from dogwatch.live.feeds import StreamConsumer
from dogwatch.media.rtp_track import is_rtcp

WAITING_BYTES = 4 << 20  # of a reader, beside what it began with
STALL_S = 10.0
BATCH, PACE_S = 24, 0.004  # datagrams at a time: more would overflow the usual receive buffer of 208 KiB


@dataclass(frozen=True, slots=True, eq=False)
class Burst:
    """The RTP and RTCP packets of one picture, or of a little sound, of track `track`."""

    track: int
    keyframe: bool
    packets: Sequence[bytes]
    _framed: dict[tuple[int, int], bytes] = field(default_factory=dict)

    def framed(self, channels: tuple[int, int]) -> bytes:
        """Return the packets for a connection that has these channels for RTP and RTCP; made once for all readers."""
        found = self._framed.get(channels)
        if found is None:
            found = b"".join(framed(packet, channels) for packet in self.packets)
            self._framed[channels] = found
        return found


def framed(packet: bytes, channels: tuple[int, int]) -> bytes:
    """Return a packet as it goes over a connection, behind `$`, channel and length (RFC 2326, section 10.12)."""
    return bytes((0x24, channels[is_rtcp(packet)], *len(packet).to_bytes(2, "big"))) + packet


class PacketReader(Protocol):
    """One who gets the packets of a stream."""

    def consumer(self) -> StreamConsumer:
        """Return who it is."""
        ...

    def begin(self, bursts: Sequence[Burst]) -> None:
        """Take what the stream has kept, and wait for more."""
        ...

    def take(self, burst: Burst) -> None:
        """Take the next packets."""
        ...

    def end(self, farewell: Sequence[Burst]) -> None:
        """Take the last packets, and send the client away: the stream is over."""
        ...

    def close(self) -> None:
        """Send nothing more: the client has gone."""
        ...

    def stalled(self, now: float) -> bool:
        """Whether nothing has been taken for too long; asked every few seconds (monotonic s)."""
        ...


@dataclass(frozen=True, slots=True)
class RtspClientInfo:
    """Who reads: the `user`, since when (epoch s), and what sends it away when the stream is over."""

    user: str
    since: float
    over: Callable[[], None]


class SkippingReader:
    """What readers have in common: they skip to the next keyframe when too much waits for them."""

    def __init__(self, client: RtspClientInfo, tracks: Mapping[int, tuple[int, int]], video: int | None) -> None:
        """Take tracks.

        Args:
            client: For whom.
            tracks: Each with its channels or ports for RTP and RTCP.
            video: The number of the one with keyframes.
        """
        self._client, self._tracks = client, dict(tracks)
        self._keyframes = video in self._tracks
        self._skipping, self._limit = False, WAITING_BYTES
        self.sent = self.skipped = 0

    def consumer(self) -> StreamConsumer:
        """Return who it is."""
        return StreamConsumer("rtsp", self._client.user, self._client.since, self.skipped)

    def begin(self, bursts: Sequence[Burst]) -> None:
        """Take what the stream has kept, however much it is."""
        self._limit = WAITING_BYTES + sum(len(packet) for burst in bursts for packet in burst.packets)
        self._skipping = self._keyframes and not bursts
        for burst in bursts:
            if burst.track in self._tracks:
                self._send(burst)

    def take(self, burst: Burst) -> None:
        """Take the next packets, unless too much waits."""
        if burst.track not in self._tracks:
            return
        waiting = self._waiting()
        if waiting > self._limit:
            self._skipping = True
        elif self._skipping and (burst.keyframe or not self._keyframes) and waiting <= self._limit // 2:
            self._skipping = False
        if self._skipping:
            self.skipped += 1
        else:
            self._send(burst)

    def _waiting(self) -> int:
        """Return how many bytes wait to be sent."""
        raise NotImplementedError

    def _send(self, burst: Burst) -> None:
        raise NotImplementedError


class TcpReader(SkippingReader):
    """Gets packets between the answers on its connection."""

    def __init__(
        self,
        client: RtspClientInfo,
        transport: asyncio.WriteTransport,
        tracks: Mapping[int, tuple[int, int]],
        video: int | None,
    ) -> None:
        """Write to `transport`; `tracks` have their channels."""
        super().__init__(client, tracks, video)
        self._transport = transport
        self._taken, self._since = 0, 0.0

    def end(self, farewell: Sequence[Burst]) -> None:
        """Take the last packets behind what waits, and send the client away."""
        for burst in farewell:
            if burst.track in self._tracks:
                self._send(burst)
        self._client.over()

    def close(self) -> None:
        """Do nothing: what has been written is with the connection."""

    def stalled(self, now: float) -> bool:
        """Whether the client has read nothing for `STALL_S` although something waits."""
        waiting = self._waiting()
        taken = self.sent - waiting
        if not waiting or taken != self._taken or not self._since:
            self._taken, self._since = taken, now
        return now - self._since > STALL_S

    def _waiting(self) -> int:
        return self._transport.get_write_buffer_size()

    def _send(self, burst: Burst) -> None:
        if not self._transport.is_closing():
            data = burst.framed(self._tracks[burst.track])
            self.sent += len(data)
            self._transport.write(data)


class UdpReader(SkippingReader):
    """Gets packets as datagrams, spread over time so that large pictures do not overflow the client's buffer."""

    def __init__(
        self,
        client: RtspClientInfo,
        rtp: asyncio.DatagramTransport,
        rtcp: asyncio.DatagramTransport,
        host: str,
        tracks: Mapping[int, tuple[int, int]],
        video: int | None,
    ) -> None:
        """Send through these sockets to `host`; `tracks` have its ports for RTP and RTCP."""
        super().__init__(client, tracks, video)
        self._rtp, self._rtcp, self._host = rtp, rtcp, host
        self._queue: deque[tuple[bytes, int]] = deque()
        self._queued = 0
        self._timer: asyncio.TimerHandle | None = None

    def end(self, farewell: Sequence[Burst]) -> None:
        """Send the last packets now, without those that wait, and send the client away."""
        self.close()
        for burst in farewell:
            for packet in burst.packets if burst.track in self._tracks else ():
                self._send_one(packet, self._tracks[burst.track][is_rtcp(packet)])
        self._client.over()

    def close(self) -> None:
        """Forget what waits."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._queue.clear()
        self._queued = 0

    def stalled(self, now: float) -> bool:  # noqa: ARG002 - as `PacketReader`
        """Whether nothing is taken: datagrams never wait for their reader."""
        return False

    def _waiting(self) -> int:
        return self._queued

    def _send(self, burst: Burst) -> None:
        ports = self._tracks[burst.track]
        for packet in burst.packets:
            self._queue.append((packet, ports[is_rtcp(packet)]))
            self._queued += len(packet)
        if self._timer is None:
            self._pump()

    def _pump(self) -> None:
        self._timer = None
        for _ in range(min(BATCH, len(self._queue))):
            packet, port = self._queue.popleft()
            self._queued -= len(packet)
            self._send_one(packet, port)
        if self._queue:
            self._timer = asyncio.get_running_loop().call_later(PACE_S, self._pump)

    def _send_one(self, packet: bytes, port: int) -> None:
        socket = self._rtcp if is_rtcp(packet) else self._rtp
        if not socket.is_closing():
            self.sent += len(packet)
            socket.sendto(packet, (self._host, port))
