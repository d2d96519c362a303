"""Asks detectors from an analysis process: several at once, without waiting, with limited requests in flight.

Each detector has a `DetectorConnection`: a stream, what the detector told about itself, and a tensor pool in its
format. Requests that a detector does not answer for `timeout` seconds are given up (counted in `timeouts`). The
detector gets no new ones until it answers a hello: so no requests pile up for a hung detector.
"""

from __future__ import annotations

import logging
import math
from dataclasses import dataclass, field

from dogwatch.bus import shared
from dogwatch.bus.messages import (
    UNREADABLE,
    DetectorHello,
    DetectorInfo,
    DetectReply,
    DetectRequest,
    decode_answer,
    encode,
)
from dogwatch.bus.stream import Stream, connect
from dogwatch.bus.tensors import TensorPool
from dogwatch.bus.unix import place
from dogwatch.errors import RingError
from dogwatch.model import Detection

log = logging.getLogger(__name__)

HELLO_S = 0.5
HELLO_HUNG_S = 5.0


@dataclass(frozen=True, slots=True)
class DetectorResult:
    """The outcome of request `id`: the detections of each slot in tensor pixels, or None and why it failed."""

    id: int
    detections: tuple[tuple[Detection, ...], ...] | None
    error: str = ""


@dataclass(slots=True)
class DetectorConnection:
    """The connection to one detector. `info` and `pool` are None until its first answer to a hello.

    `path` is its socket's, `slots` the most regions in flight; `stream` is None while it is not connected. `greeted`:
    it has answered a hello since it was last connected. `healthy` is false while it hangs.
    """

    name: str
    path: str
    slots: int
    stream: Stream | None = None
    info: DetectorInfo | None = None
    pool: TensorPool | None = None
    greeted: bool = False
    healthy: bool = True
    in_flight: dict[int, tuple[tuple[int, ...], float]] = field(default_factory=dict)
    next_hello: float = 0.0

    @property
    def ready(self) -> bool:
        """Whether it may be asked now."""
        return self.greeted and self.healthy and self.pool is not None and self.pool.slots == self.slots


class DetectorClient:
    """The client of all detectors of one analysis process. For one thread; times are monotonic seconds."""

    def __init__(
        self,
        run_dir: str,
        ring_dir: str,
        detectors: tuple[str, ...],
        pool_prefix: str,
        *,
        slots: int = 16,
        timeout: float = 10.0,
    ) -> None:
        """Prepare for `detectors`, which need not run yet; `poll` connects.

        Args:
            run_dir: Where the detectors' sockets are.
            ring_dir: The directory for shared memory.
            detectors: Their names.
            pool_prefix: The common part of the names of this process's tensor pools.
            slots: The most regions in flight for each detector.
            timeout: Seconds after which a request is given up.
        """
        self._run_dir, self._ring_dir, self._prefix, self._timeout = run_dir, ring_dir, pool_prefix, timeout
        self.connections: tuple[DetectorConnection, ...] = ()
        self._next_id = 0
        self.configure(detectors, slots=slots)

    def configure(self, detectors: tuple[str, ...], *, slots: int) -> list[DetectorResult]:
        """Ask these detectors from now on, with so many regions in flight; return the requests that are lost by it."""
        known = {connection.name: connection for connection in self.connections}
        lost: list[DetectorResult] = []
        for name in known.keys() - set(detectors):
            lost += [DetectorResult(id_, None, "the detector is used no more") for id_ in known[name].in_flight]
            _close(known.pop(name))
        for connection in known.values():
            connection.slots = slots
        self.connections = tuple(
            known.get(name) or DetectorConnection(name, place(self._run_dir, f"detector-{name}"), slots)
            for name in detectors
        )
        return lost

    @property
    def info(self) -> DetectorInfo | None:
        """The input format of the first detector that answered a hello; it determines the shape of regions."""
        return next((connection.info for connection in self.connections if connection.info is not None), None)

    @property
    def available(self) -> bool:
        """Whether any detector is connected and answers."""
        return any(connection.ready for connection in self.connections)

    @property
    def streams(self) -> set[Stream]:
        """The current connections: a poller on them tells when to `poll`."""
        return {connection.stream for connection in self.connections if connection.stream is not None}

    @property
    def in_flight(self) -> int:
        """Requests without an answer yet."""
        return sum(len(connection.in_flight) for connection in self.connections)

    def choose(self, regions: int) -> tuple[DetectorConnection, tuple[int, ...]] | None:
        """Return the least busy detector and `regions` of its slots, or None if no detector has so many free.

        The slots must be sent with `request` or returned with `give_back`.
        """
        for connection in sorted((connection for connection in self.connections if connection.ready), key=_outstanding):
            assert connection.pool is not None  # noqa: S101 - `ready` says so
            slots: list[int] = []
            while len(slots) < regions and (slot := connection.pool.take()) is not None:
                slots.append(slot)
            if len(slots) == regions:
                return connection, tuple(slots)
            connection.pool.give_back(tuple(slots))
        return None

    @staticmethod
    def give_back(connection: DetectorConnection, slots: tuple[int, ...]) -> None:
        """Return slots that were chosen but not sent."""
        if connection.pool is not None:
            connection.pool.give_back(slots)

    def request(self, connection: DetectorConnection, slots: tuple[int, ...], now: float) -> int | None:
        """Ask `connection` about its filled `slots`; return the request's id, or None if the detector has just gone."""
        if connection.pool is None:
            return None
        self._next_id += 1
        message = encode(DetectRequest(id=self._next_id, pool=connection.pool.name, slots=slots))
        if connection.stream is None or not connection.stream.send(message):
            connection.pool.give_back(slots)
            return None
        connection.in_flight[self._next_id] = (slots, now)
        return self._next_id

    def poll(self, now: float) -> list[DetectorResult]:
        """Return the answers that have come, give up overdue requests, and say hello where needed."""
        results: list[DetectorResult] = []
        for connection in self.connections:
            if connection.stream is not None:
                results += self._receive(connection, connection.stream)
                if connection.stream.gone:
                    results += self._gone(connection, connection.stream, now)
            results += self._time_out(connection, now)
            if connection.pool is not None and connection.pool.slots != connection.slots and not connection.in_flight:
                connection.pool.close(unlink=True)
                connection.pool, connection.next_hello = None, now  # the answer to which makes one of the right size
            if not connection.ready and now >= connection.next_hello:
                connection.next_hello = now + (HELLO_S if connection.healthy else HELLO_HUNG_S)
                _greet(connection)
        return results

    def wait_s(self, now: float) -> float:
        """Return the seconds after which to call `poll` at `now` although no detector has sent anything."""
        wait = math.inf
        for connection in self.connections:
            if not connection.ready:
                wait = min(wait, connection.next_hello - now)
            for _, sent in connection.in_flight.values():
                wait = min(wait, sent + self._timeout - now)
        return max(0.0, wait)

    def close(self) -> None:
        """Close the connections and remove the tensor pools."""
        for connection in self.connections:
            _close(connection)

    # ------------------------------------------------------------ steps

    def _receive(self, connection: DetectorConnection, stream: Stream) -> list[DetectorResult]:
        results: list[DetectorResult] = []
        stream.flush()
        for data in stream.receive():
            try:
                answer = decode_answer(data)
            except UNREADABLE as error:
                log.warning("detector %s sent something unreadable: %s", connection.name, error)
                stream.close()
                break
            connection.healthy = True
            if isinstance(answer, DetectorInfo):
                results += self._introduce(connection, answer)
            elif (result := self._settle(connection, answer)) is not None:
                results.append(result)
        return results

    def _introduce(self, connection: DetectorConnection, info: DetectorInfo) -> list[DetectorResult]:
        """Make the pool for the format in `info`; return the requests that fail because their pool is gone."""
        connection.greeted = True
        if connection.info == info and connection.pool is not None:
            return []
        void: list[DetectorResult] = []
        size = info.width * info.height * (1 if info.pixel_format == "gray" else 3)
        if connection.pool is None or connection.pool.slot_bytes != size:
            if connection.pool is not None:  # it came back with another model
                connection.pool.close(unlink=True)
                connection.pool = None
                void = [DetectorResult(id_, None, "the detector has changed its model") for id_ in connection.in_flight]
                connection.in_flight.clear()
            name = shared.own_name(f"{self._prefix}-{connection.name}")
            try:
                connection.pool = TensorPool.create(self._ring_dir, name, connection.slots, size)
            except RingError as error:
                log.error("no tensors for detector %s: %s", connection.name, error)
                return void
        connection.info = info
        log.info("detector %s takes %dx%d %s", connection.name, info.width, info.height, info.pixel_format)
        return void

    def _settle(self, connection: DetectorConnection, reply: DetectReply) -> DetectorResult | None:
        slots, _ = connection.in_flight.pop(reply.id, ((), 0.0))
        if not slots or connection.pool is None:
            return None  # too late: it was given up
        connection.pool.give_back(slots)
        if reply.error or len(reply.detections) != len(slots):
            error = reply.error or f"{len(reply.detections)} answers for {len(slots)} regions"
            return DetectorResult(reply.id, None, error)
        return DetectorResult(reply.id, reply.detections)

    def _gone(self, connection: DetectorConnection, stream: Stream, now: float) -> list[DetectorResult]:
        """Give up the requests to a detector that has gone; it may come back with another model."""
        log.warning("detector %s has gone", connection.name)
        stream.close()
        connection.stream, connection.greeted, connection.healthy = None, False, True
        connection.next_hello = min(connection.next_hello, now + HELLO_S)
        lost = list(connection.in_flight)
        for slots, _ in connection.in_flight.values():
            self.give_back(connection, slots)
        connection.in_flight.clear()
        return [DetectorResult(id_, None, "the detector has gone") for id_ in lost]

    def _time_out(self, connection: DetectorConnection, now: float) -> list[DetectorResult]:
        late = [id_ for id_, (_, sent) in connection.in_flight.items() if now - sent >= self._timeout]
        for id_ in late:
            slots, _ = connection.in_flight.pop(id_)
            self.give_back(connection, slots)
        if late and connection.healthy:
            log.warning("detector %s has not answered for %.0f s", connection.name, self._timeout)
            connection.healthy, connection.next_hello = False, now
        return [DetectorResult(id_, None, f"no answer for {self._timeout:.0f} s") for id_ in late]


def _outstanding(connection: DetectorConnection) -> int:
    return sum(len(slots) for slots, _ in connection.in_flight.values())


def _close(connection: DetectorConnection) -> None:
    if connection.stream is not None:
        connection.stream.close()
        connection.stream = None
    if connection.pool is not None:
        connection.pool.close(unlink=True)
        connection.pool = None


def _greet(connection: DetectorConnection) -> None:
    """Connect if needed, and send a hello, but no second one while the first is not even read."""
    if connection.stream is None:
        connection.stream = connect(connection.path)
    if connection.stream is not None and not connection.stream.pending:
        connection.stream.send(encode(DetectorHello()))
