"""What one client has set up: a stream, its tracks, and how they are sent. It ends with the client's connection."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable

from dogwatch.live.rtsp.readers import PacketReader, RtspClientInfo, TcpReader, UdpReader
from dogwatch.live.rtsp.restream import Restream
from dogwatch.live.rtsp.transport import Datagrams, Interleaved
from dogwatch.live.rtsp.udp import Address, UdpPorts

TIMEOUT_S = 60


class TransportRefusedError(Exception):
    """Tracks cannot be sent in the way that the client wants."""


class RtspSession:
    """The tracks that a client has set up on `restream`, which its owner holds."""

    def __init__(self, restream: Restream, client: RtspClientInfo) -> None:
        """Set up nothing yet for this client."""
        self.id = secrets.token_hex(8)
        self.restream, self._client = restream, client
        self.reader: PacketReader | None = None
        self.playing = False
        self._ways: dict[int, tuple[int, int]] = {}
        self._udp: UdpPorts | None = None
        self._addresses: list[Address] = []

    @property
    def tracks(self) -> list[int]:
        """The numbers of the tracks that are set up."""
        return list(self._ways)

    def set_up_tcp(self, track: int, wanted: Interleaved, transport: asyncio.WriteTransport) -> str:
        """Send `track` between the answers; return the `Transport` header.

        Raises:
            TransportRefusedError: A channel is taken, or another track goes as datagrams.
        """
        taken = {channel for number, pair in self._ways.items() if number != track for channel in pair}
        channels = wanted.channels or (2 * track, 2 * track + 1)
        if self._udp is not None or taken.intersection(channels):
            raise TransportRefusedError
        self._ways[track] = channels
        self.reader = TcpReader(self._client, transport, self._ways, self.restream.video)
        return f"RTP/AVP/TCP;unicast;interleaved={channels[0]}-{channels[1]};ssrc={self._ssrc(track)}"

    async def set_up_udp(
        self, track: int, wanted: Datagrams, udp: UdpPorts, own: str, peer: str, heard: Callable[[], None]
    ) -> str:
        """Send `track` from the address `own` to that of the client, `peer`; return the `Transport` header.

        Raises:
            TransportRefusedError: Another client has these ports, or another track goes over the connection.
            OSError: There are no ports left here.
        """
        addresses = [(peer, port) for port in wanted.ports]
        if (self._udp is None and self._ways) or track in self._ways or udp.taken(addresses):
            raise TransportRefusedError
        rtp, rtcp = await udp.open(own)
        self._udp = udp
        self._ways[track] = wanted.ports
        self._addresses += addresses
        udp.add(addresses, heard)
        self.reader = UdpReader(self._client, rtp, rtcp, peer, self._ways, self.restream.video)
        ports = "-".join(str(one.get_extra_info("sockname")[1]) for one in (rtp, rtcp))
        client = f"{wanted.ports[0]}-{wanted.ports[1]}"
        return f"RTP/AVP;unicast;client_port={client};server_port={ports};ssrc={self._ssrc(track)}"

    @property
    def needs_signs(self) -> bool:
        """Whether only requests and reports show that the client is still there, because it is sent datagrams."""
        return self._udp is not None

    def play(self) -> None:
        """Begin, with what the stream has kept."""
        if self.reader is not None and not self.playing:
            self.playing = True
            self.restream.play(self.reader)

    def pause(self) -> None:
        """Send nothing until `play`."""
        self.playing = False
        if self.reader is not None:
            self.restream.pause(self.reader)

    def close(self) -> None:
        """End it."""
        self.pause()
        if self.reader is not None:
            self.reader.close()
        if self._udp is not None:
            self._udp.remove(self._addresses)

    def _ssrc(self, track: int) -> str:
        return f"{self.restream.ssrcs[track]:08X}"
