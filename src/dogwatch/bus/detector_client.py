"""How a vision process asks detectors: several at once, never waiting, never more than so much in flight.

Each detector is a `Lane`: a dealer socket, what the detector said about itself, and a tensor pool in its format. A
detector that does not answer for `timeout` seconds loses its requests (counted in `timeouts`); it gets no new ones
until it answers a hello, so a hung detector piles nothing up.
"""

from __future__ import annotations

import logging
import os
from dataclasses import dataclass, field

import zmq

from dogwatch.bus.messages import (
    UNREADABLE,
    Ask,
    DetectorHello,
    DetectorInfo,
    DetectReply,
    DetectRequest,
    decode_answer,
    encode,
)
from dogwatch.bus.sockets import address, readable
from dogwatch.bus.tensors import TensorPool
from dogwatch.errors import RingError
from dogwatch.model import Detection

log = logging.getLogger(__name__)

HELLO_S = 0.5
HELLO_HUNG_S = 5.0
ASK_LIMIT = 64


@dataclass(frozen=True, slots=True)
class Result:
    """The end of request `id`: the detections of each slot in tensor pixels, or None and why it failed."""

    id: int
    detections: tuple[tuple[Detection, ...], ...] | None
    error: str = ""


@dataclass(slots=True)
class Lane:
    """One detector. `info` and `pool` are None until it has introduced itself for the first time.

    `greeted` says that it has done so since it was last connected; `healthy` is false while it hangs.
    """

    name: str
    socket: zmq.Socket[bytes]
    monitor: zmq.Socket[bytes]
    info: DetectorInfo | None = None
    pool: TensorPool | None = None
    greeted: bool = False
    healthy: bool = True
    in_flight: dict[int, tuple[tuple[int, ...], float]] = field(default_factory=dict)
    next_hello: float = 0.0

    @property
    def ready(self) -> bool:
        """Whether it may be asked now."""
        return self.greeted and self.pool is not None and self.healthy


class DetectorClient:
    """A vision process's side of all its detectors. For one thread; times are any steady seconds."""

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
        """Connect to `detectors`, which need not be there yet.

        Args:
            run_dir: Where the detectors' sockets are.
            ring_dir: Where shared memory goes.
            detectors: Their names.
            pool_prefix: What the names of this process's tensor pools have in common.
            slots: Regions in flight for each detector, at most.
            timeout: Seconds after which an answer is no longer awaited.
        """
        self._ring_dir, self._prefix, self._slots, self._timeout = ring_dir, pool_prefix, slots, timeout
        self.lanes = tuple(self._connect(run_dir, name) for name in detectors)
        self._next_id = 0
        self.timeouts = 0
        self.failures = 0

    @staticmethod
    def _connect(run_dir: str, name: str) -> Lane:
        socket: zmq.Socket[bytes] = zmq.Context.instance().socket(zmq.DEALER)
        socket.setsockopt(zmq.LINGER, 0)
        socket.setsockopt(zmq.SNDHWM, ASK_LIMIT)
        socket.setsockopt(zmq.RCVHWM, ASK_LIMIT)
        # Queue for a detector that is there, not for one that may come: its answers would be of no use by then.
        socket.setsockopt(zmq.IMMEDIATE, 1)
        socket.setsockopt(zmq.RECONNECT_IVL, 50)
        socket.setsockopt(zmq.RECONNECT_IVL_MAX, 500)
        monitor: zmq.Socket[bytes] = socket.get_monitor_socket(zmq.EVENT_DISCONNECTED)
        socket.connect(address(run_dir, f"detector-{name}"))
        return Lane(name, socket, monitor)

    @property
    def info(self) -> DetectorInfo | None:
        """What the first detector that has introduced itself wants; it shapes the regions."""
        return next((lane.info for lane in self.lanes if lane.info is not None), None)

    @property
    def available(self) -> bool:
        """Whether any detector is there and answers."""
        return any(lane.ready for lane in self.lanes)

    @property
    def in_flight(self) -> int:
        """Requests without an answer yet."""
        return sum(len(lane.in_flight) for lane in self.lanes)

    def choose(self, regions: int) -> tuple[Lane, tuple[int, ...]] | None:
        """Return the least busy detector and `regions` of its slots, or None when none has so many free.

        The slots must go out with `request` or come back with `give_back`.
        """
        for lane in sorted((lane for lane in self.lanes if lane.ready), key=_outstanding):
            assert lane.pool is not None  # noqa: S101 - `ready` says so
            slots: list[int] = []
            while len(slots) < regions and (slot := lane.pool.take()) is not None:
                slots.append(slot)
            if len(slots) == regions:
                return lane, tuple(slots)
            lane.pool.give_back(tuple(slots))
        return None

    @staticmethod
    def give_back(lane: Lane, slots: tuple[int, ...]) -> None:
        """Return slots that were chosen and not sent."""
        if lane.pool is not None:
            lane.pool.give_back(slots)

    def request(self, lane: Lane, slots: tuple[int, ...], now: float) -> int | None:
        """Ask `lane` about its filled `slots`; return the request's id, or None if the detector has just gone."""
        if lane.pool is None:
            return None
        self._next_id += 1
        if not _send(lane, DetectRequest(id=self._next_id, pool=lane.pool.name, slots=slots)):
            lane.pool.give_back(slots)
            return None
        lane.in_flight[self._next_id] = (slots, now)
        return self._next_id

    def poll(self, now: float) -> list[Result]:
        """Take in what has been answered, time out what has not, introduce ourselves where needed."""
        results: list[Result] = []
        for lane in self.lanes:
            results += self._receive(lane)
            results += self._gone(lane)
            results += self._time_out(lane, now)
            if not lane.ready and now >= lane.next_hello:
                lane.next_hello = now + (HELLO_S if lane.healthy else HELLO_HUNG_S)
                _send(lane, DetectorHello())
        return results

    def close(self) -> None:
        """Close the sockets and remove the tensor pools."""
        for lane in self.lanes:
            lane.socket.disable_monitor()
            lane.monitor.close()
            lane.socket.close()
            if lane.pool is not None:
                lane.pool.close(unlink=True)
                lane.pool = None

    # ------------------------------------------------------------ steps

    def _receive(self, lane: Lane) -> list[Result]:
        results: list[Result] = []
        while readable(lane.socket):
            try:
                answer = decode_answer(lane.socket.recv(zmq.NOBLOCK))
            except UNREADABLE as error:
                self.failures += 1
                log.warning("detector %s sent something unreadable: %s", lane.name, error)
                continue
            lane.healthy = True
            if isinstance(answer, DetectorInfo):
                results += self._introduce(lane, answer)
            elif (result := self._settle(lane, answer)) is not None:
                results.append(result)
        return results

    def _introduce(self, lane: Lane, info: DetectorInfo) -> list[Result]:
        """Make the pool that `info` calls for; return the requests that are void with the one before."""
        lane.greeted = True
        if lane.info == info and lane.pool is not None:
            return []
        void: list[Result] = []
        size = info.width * info.height * (1 if info.pixel_format == "gray" else 3)
        if lane.pool is None or lane.pool.slot_bytes != size:
            if lane.pool is not None:  # it came back with another model
                lane.pool.close(unlink=True)
                lane.pool = None
                void = [Result(id_, None, "the detector has changed its model") for id_ in lane.in_flight]
                lane.in_flight.clear()
            name = f"dogwatch-{os.getpid()}-{self._prefix}-{lane.name}"  # begins as whoever clears up expects
            try:
                lane.pool = TensorPool.create(self._ring_dir, name, self._slots, size)
            except RingError as error:
                self.failures += 1
                log.error("no tensors for detector %s: %s", lane.name, error)
                return void
        lane.info = info
        log.info("detector %s takes %dx%d %s", lane.name, info.width, info.height, info.pixel_format)
        return void

    def _settle(self, lane: Lane, reply: DetectReply) -> Result | None:
        slots, _ = lane.in_flight.pop(reply.id, ((), 0.0))
        if not slots or lane.pool is None:
            return None  # too late: it has been counted as timed out
        lane.pool.give_back(slots)
        if reply.error or len(reply.detections) != len(slots):
            self.failures += 1
            return Result(reply.id, None, reply.error or f"{len(reply.detections)} answers for {len(slots)} regions")
        return Result(reply.id, reply.detections)

    def _gone(self, lane: Lane) -> list[Result]:
        """Give up what a detector was asked that has left; it may come back with another model."""
        gone = False
        while readable(lane.monitor):
            lane.monitor.recv_multipart()
            gone = True
        if not gone:
            return []
        log.warning("detector %s has gone", lane.name)
        lane.greeted, lane.healthy, lane.next_hello = False, True, 0.0
        lost = list(lane.in_flight)
        for slots, _ in lane.in_flight.values():
            self.give_back(lane, slots)
        lane.in_flight.clear()
        self.failures += len(lost)
        return [Result(id_, None, "the detector has gone") for id_ in lost]

    def _time_out(self, lane: Lane, now: float) -> list[Result]:
        late = [id_ for id_, (_, sent) in lane.in_flight.items() if now - sent >= self._timeout]
        for id_ in late:
            slots, _ = lane.in_flight.pop(id_)
            self.give_back(lane, slots)
            self.timeouts += 1
        if late and lane.healthy:
            log.warning("detector %s has not answered for %.0f s", lane.name, self._timeout)
            lane.healthy, lane.next_hello = False, now
        return [Result(id_, None, f"no answer for {self._timeout:.0f} s") for id_ in late]


def _outstanding(lane: Lane) -> int:
    return sum(len(slots) for slots, _ in lane.in_flight.values())


def _send(lane: Lane, message: Ask) -> bool:
    try:
        lane.socket.send(encode(message), zmq.NOBLOCK)
    except zmq.Again:
        return False
    return True
