"""The core's end of all links to workers.

See `link` for the protocol. A worker is identified by its kind and name; a second connection with the same ones
replaces the first. The core acknowledges what it has taken a second later, by when its traces are in the database.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass

from dogwatch.bus.link import MESSAGE_BYTES
from dogwatch.bus.messages import (
    NUMBER_BYTES,
    UNREADABLE,
    Ack,
    LiveReady,
    Message,
    WorkerReady,
    decode_up,
    encode,
    number_of,
)
from dogwatch.bus.stream import Listener, Stream

log = logging.getLogger(__name__)

LIVE = "live"  # the kind under which an ingest process's second link is known


@dataclass(frozen=True, slots=True)
class WorkerGone:
    """A worker's connection has ended; nothing more comes from it."""

    kind: str
    name: str
    pid: int


@dataclass(slots=True, eq=False)
class Peer:
    """One connection. All but `stream` come from the process at its other end, once it has introduced itself."""

    stream: Stream
    kind: str = ""
    name: str = ""
    pid: int = 0
    taken: int = 0  # the number of the newest message
    settled: int = 0  # that of a second ago
    acknowledged: int = 0


class Links:
    """All connections. For one thread; `fileno` may be put in a poller."""

    def __init__(self, address: str) -> None:
        """Listen at the path `address`.

        Raises:
            DogwatchError: The socket cannot be made.
        """
        self._listener = Listener(address, MESSAGE_BYTES)
        self._peers: dict[Stream, Peer] = {}
        self._named: dict[tuple[str, str], Peer] = {}
        self._taken: dict[tuple[str, str], tuple[int, int]] = {}  # by which process, up to which number

    def fileno(self) -> int:
        """Return a descriptor that is readable while `poll` has something to do."""
        return self._listener.fileno()

    def poll(self, timeout: float | None) -> list[tuple[Peer, bytes | None]]:
        """Wait for messages, at most `timeout` seconds; pass each of them to `take`, in this order."""
        heard: list[tuple[Peer, bytes | None]] = []
        came: dict[Stream, list[bytes | None]] = {}
        for stream, data in self._listener.poll(timeout):
            if (peer := self._peers.get(stream)) is not None:
                heard.append((peer, data))
            else:
                came.setdefault(stream, []).append(data)
        for stream, items in came.items():  # behind what comes from those whom they may replace
            peer = Peer(stream)
            if items[0] is not None and (rest := self._introduce(peer, items[0])) is not None:
                heard += rest
                heard += [(peer, data) for data in items]
        return heard

    def take(self, peer: Peer, data: bytes | None) -> Message | WorkerGone | None:
        """Return the message that `peer` has sent as `data`; None for a repeated message or a replaced peer.

        Raises:
            msgspec.MsgspecError, UnicodeDecodeError: It cannot be decoded; see `UNREADABLE`.
        """
        key = peer.kind, peer.name
        if data is None:
            self._peers.pop(peer.stream, None)
            if self._named.get(key) is not peer:
                return None
            del self._named[key]
            return WorkerGone(peer.kind, peer.name, peer.pid)
        if number := number_of(data):
            if number <= peer.taken:
                return None
            peer.taken = number
            self._taken[key] = peer.pid, number
        message: Message = decode_up(memoryview(data)[NUMBER_BYTES:])
        if isinstance(message, WorkerReady):
            pid, before = self._taken.get(key, (0, 0))
            peer.taken = peer.settled = peer.acknowledged = before if pid == peer.pid else 0
            self._listener.send(peer.stream, encode(Ack(peer.taken)))
        return message

    def tell(self, kind: str, name: str, message: Message) -> bool:
        """Send `message` to a worker; False if it is not connected or does not read."""
        peer = self._named.get((kind, name))
        return peer is not None and self._listener.send(peer.stream, encode(message))

    def acknowledge(self) -> bool:
        """Acknowledge the messages taken before the last call; return whether some are left for the next call."""
        left = False
        for peer in self._named.values():
            if peer.settled > peer.acknowledged:
                self._listener.send(peer.stream, encode(Ack(peer.settled)))
                peer.acknowledged = peer.settled
            peer.settled = peer.taken
            left = left or peer.settled > peer.acknowledged
        return left

    def close(self) -> None:
        """Close the connections and the socket."""
        self._listener.close()

    def _introduce(self, peer: Peer, data: bytes) -> list[tuple[Peer, bytes | None]] | None:
        """Register a worker; return the unread messages of the connection it replaces, or None if it is no worker."""
        try:
            message = decode_up(memoryview(data)[NUMBER_BYTES:])
        except UNREADABLE as error:
            message = None
            log.warning("what begins with something unreadable is no worker: %s", error)
        if isinstance(message, WorkerReady):
            peer.kind, peer.name, peer.pid = message.kind, message.name, message.pid
        elif isinstance(message, LiveReady):
            peer.kind, peer.name, peer.pid = LIVE, message.camera, message.pid
        else:
            self._listener.drop(peer.stream)
            return None
        self._peers[peer.stream] = peer
        before, self._named[peer.kind, peer.name] = self._named.get((peer.kind, peer.name)), peer
        if before is None or before.stream.gone:
            return []
        rest = before.stream.receive_all()  # it may have ended with messages left to read
        self._peers.pop(before.stream, None)
        self._listener.drop(before.stream)
        return [(before, one) for one in rest]
