"""How a vision process asks detectors: several at once, never waiting, never more than so much in flight.

Each detector is a `Lane`: a connection, what the detector said about itself, and a tensor pool in its format. A
detector that does not answer for `timeout` seconds loses its requests; it gets no new ones
until it answers a hello, so a hung detector piles nothing up.
"""

from __future__ import annotations

import logging
import os
from dataclasses import dataclass, field

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
class Result:
    """The end of request `id`: the detections of each slot in tensor pixels, or None and why it failed."""

    id: int
    detections: tuple[tuple[Detection, ...], ...] | None
    error: str = ""


@dataclass(slots=True)
class Lane:
    """One detector. `info` and `pool` are None until it has introduced itself for the first time.

    `path` is its socket's, `stream` is None while it is not there. `greeted` says that it has introduced itself since
    it was last connected; `healthy` is false while it hangs.
    """

    name: str
    path: str
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
        """Get ready to ask `detectors`, which need not be there yet; `poll` connects.

        Args:
            run_dir: Where the detectors' sockets are.
            ring_dir: Where shared memory goes.
            detectors: Their names.
            pool_prefix: What the names of this process's tensor pools have in common.
            slots: Regions in flight for each detector, at most.
            timeout: Seconds after which an answer is no longer awaited.
        """
        self._ring_dir, self._prefix, self._slots, self._timeout = ring_dir, pool_prefix, slots, timeout
        self.lanes = tuple(Lane(name, place(run_dir, f"detector-{name}")) for name in detectors)
        self._next_id = 0

    @property
    def info(self) -> DetectorInfo | None:
        """What the first detector that has introduced itself wants; it shapes the regions."""
        return next((lane.info for lane in self.lanes if lane.info is not None), None)

    @property
    def available(self) -> bool:
        """Whether any detector is there and answers."""
        return any(lane.ready for lane in self.lanes)

    @property
    def streams(self) -> set[Stream]:
        """The connections of now; a poller that has them tells when to `poll`."""
        return {lane.stream for lane in self.lanes if lane.stream is not None}

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
        message = encode(DetectRequest(id=self._next_id, pool=lane.pool.name, slots=slots))
        if lane.stream is None or not lane.stream.send(message):
            lane.pool.give_back(slots)
            return None
        lane.in_flight[self._next_id] = (slots, now)
        return self._next_id

    def poll(self, now: float) -> list[Result]:
        """Take in what has been answered, time out what has not, introduce ourselves where needed."""
        results: list[Result] = []
        for lane in self.lanes:
            if lane.stream is not None:
                results += self._receive(lane, lane.stream)
                if lane.stream.gone:
                    results += self._gone(lane, lane.stream, now)
            results += self._time_out(lane, now)
            if not lane.ready and now >= lane.next_hello:
                lane.next_hello = now + (HELLO_S if lane.healthy else HELLO_HUNG_S)
                _greet(lane)
        return results

    def close(self) -> None:
        """Close the connections and remove the tensor pools."""
        for lane in self.lanes:
            if lane.stream is not None:
                lane.stream.close()
                lane.stream = None
            if lane.pool is not None:
                lane.pool.close(unlink=True)
                lane.pool = None

    # ------------------------------------------------------------ steps

    def _receive(self, lane: Lane, stream: Stream) -> list[Result]:
        results: list[Result] = []
        stream.flush()
        for data in stream.receive():
            try:
                answer = decode_answer(data)
            except UNREADABLE as error:
                log.warning("detector %s sent something unreadable: %s", lane.name, error)
                stream.close()
                break
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
            return Result(reply.id, None, reply.error or f"{len(reply.detections)} answers for {len(slots)} regions")
        return Result(reply.id, reply.detections)

    def _gone(self, lane: Lane, stream: Stream, now: float) -> list[Result]:
        """Give up what a detector was asked that has left; it may come back with another model."""
        log.warning("detector %s has gone", lane.name)
        stream.close()
        lane.stream, lane.greeted, lane.healthy = None, False, True
        lane.next_hello = min(lane.next_hello, now + HELLO_S)
        lost = list(lane.in_flight)
        for slots, _ in lane.in_flight.values():
            self.give_back(lane, slots)
        lane.in_flight.clear()
        return [Result(id_, None, "the detector has gone") for id_ in lost]

    def _time_out(self, lane: Lane, now: float) -> list[Result]:
        late = [id_ for id_, (_, sent) in lane.in_flight.items() if now - sent >= self._timeout]
        for id_ in late:
            slots, _ = lane.in_flight.pop(id_)
            self.give_back(lane, slots)
        if late and lane.healthy:
            log.warning("detector %s has not answered for %.0f s", lane.name, self._timeout)
            lane.healthy, lane.next_hello = False, now
        return [Result(id_, None, f"no answer for {self._timeout:.0f} s") for id_ in late]


def _outstanding(lane: Lane) -> int:
    return sum(len(slots) for slots, _ in lane.in_flight.values())


def _greet(lane: Lane) -> None:
    """Connect if need be, and ask the detector to introduce itself; one hello is enough for one that takes none."""
    if lane.stream is None:
        lane.stream = connect(lane.path)
    if lane.stream is not None and not lane.stream.pending:
        lane.stream.send(encode(DetectorHello()))
