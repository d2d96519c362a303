"""The detection process: runs one model for every analysis process, with tensors in shared memory.

It takes the waiting requests, up to its batch size, and never waits for more. A failed batch is answered with its
error; a model that cannot be loaded ends the process with exit code 2.
"""

from __future__ import annotations

import logging
import math
import os
import select
import threading
import time

import msgspec
import numpy as np

from dogwatch.bus import child
from dogwatch.bus.link import FAREWELL_S, Link
from dogwatch.bus.messages import (
    UNREADABLE,
    Ask,
    DetectorHello,
    DetectorStats,
    DetectReply,
    DetectRequest,
    Message,
    Reconfigure,
    decode_ask,
    encode,
)
from dogwatch.bus.spec import changed, digest
from dogwatch.bus.stream import Listener, Stream
from dogwatch.bus.unix import place
from dogwatch.detectors.base import Detector, load
from dogwatch.errors import DogwatchError
from dogwatch.model import Detection
from dogwatch.workers.detection.backlog import RequestBacklog
from dogwatch.workers.detection.pools import OpenPools
from dogwatch.workers.detection.spec import DetectionSpec, hot

log = logging.getLogger(__name__)

STATS_S = 5.0
GRACE_S = 3.0  # for the running inference, at the shutdown
CANNOT_LOAD = 2


class DetectorServer:
    """Answers at the socket `detector-<name>`. `run` is for one thread; `stop` and `stats` for any."""

    def __init__(self, spec: DetectionSpec, detector: Detector) -> None:
        """Listen.

        Raises:
            DogwatchError: The socket cannot be made.
        """
        self._name, self._detector, self._batch = spec.detector.name, detector, detector.info.batch
        self._listener = Listener(place(spec.run_dir, f"detector-{self._name}"))
        self._pools = OpenPools(spec.ring_dir, detector.info)
        self._backlog: RequestBacklog[Stream] = RequestBacklog()
        self._leaving = False
        self._trouble = ""  # why batches fail now: logged once, not for each
        self._started = 0.0
        self._batches = self._regions = 0
        self._recent_s, self._recent_batches, self._mean_ms = 0.0, 0, 0.0
        self._counting = threading.Lock()

    def run(self) -> None:
        """Answer until `stop` is called, then close the socket."""
        while not self._leaving:
            self._take_in(0 if len(self._backlog) else None)
            if taken := self._backlog.take(self._batch):
                self._answer(taken)
        self._listener.close()

    def stop(self) -> None:
        """Make `run` return after the present batch. Safe in signal handlers."""
        self._leaving = True
        self._listener.end()

    def stats(self) -> DetectorStats:
        """Return the measurements; the mean is that since the last call, or else the last known one."""
        with self._counting:
            if self._recent_batches:
                self._mean_ms = self._recent_s / self._recent_batches * 1000
            self._recent_s, self._recent_batches = 0.0, 0
            return DetectorStats(
                name=self._name,
                pid=os.getpid(),
                inference_speed=round(self._mean_ms, 2),
                detection_start=self._started,
                batches=self._batches,
                regions=self._regions,
                queue=len(self._backlog),
            )

    def _take_in(self, timeout: float | None) -> None:
        """Read requests that have arrived, or arrive within `timeout` seconds."""
        for client, data in self._listener.poll(timeout):
            if data is None or client.gone:
                self._backlog.forget(client)
                continue
            try:
                self._sort(client, decode_ask(data))
            except UNREADABLE as error:
                log.warning("a client that sent no request was disconnected: %s", error)
                self._listener.drop(client)
                self._backlog.forget(client)

    def _sort(self, client: Stream, ask: Ask) -> None:
        if isinstance(ask, DetectorHello):
            self._send(client, self._detector.info)
            return
        if dropped := self._backlog.put(client, ask):
            if self._backlog.dropped in (1, 10, 100) or self._backlog.dropped % 1000 == 0:
                log.warning("too slow: %d requests have been dropped so far", self._backlog.dropped)
            self._send(client, DetectReply(dropped.id, (), f"detector {self._name} is too far behind"))

    def _answer(self, taken: list[tuple[Stream, DetectRequest]]) -> None:
        """Run one batch of requests and reply to each."""
        tensors = []
        ready = []
        for client, request in taken:
            try:
                tensors.append(self._pools.tensors(request))
                ready.append((client, request))
            except DogwatchError as error:
                self._send(client, DetectReply(request.id, (), str(error)))
        try:
            found = self._detect([tensor for mine in tensors for tensor in mine])
        except (DogwatchError, ValueError, MemoryError) as error:
            text = str(error) or type(error).__name__
            if text != self._trouble:
                self._trouble = text
                log.warning("batches fail: %s", text)
            for client, request in ready:
                self._send(client, DetectReply(request.id, (), text))
            return
        if self._trouble and ready:
            self._trouble = ""
            log.info("batches succeed again")
        for (client, request), mine in zip(ready, tensors, strict=True):
            answers, found = found[: len(mine)], found[len(mine) :]
            self._send(client, DetectReply(request.id, tuple(map(tuple, answers))))

    def _detect(self, tensors: list[np.ndarray[tuple[int, ...], np.dtype[np.uint8]]]) -> list[list[Detection]]:
        """Run the model on the tensors, at most a batch at once, and measure."""
        found: list[list[Detection]] = []
        for start in range(0, len(tensors), self._batch):
            part = tensors[start : start + self._batch]
            self._started, begun = time.time(), time.perf_counter()
            try:
                found += self._detector.detect(part)
            finally:
                self._started = 0.0
            with self._counting:
                self._recent_s += time.perf_counter() - begun
                self._recent_batches += 1
                self._batches += 1
                self._regions += len(part)
        return found

    def _send(self, client: Stream, message: Message) -> None:
        """Send to a client; if it is gone or does not read, its own time-out handles that."""
        self._listener.send(client, encode(message))


class Reporter:
    """The detection process's link to the core, in a thread of its own: a stuck inference shows in the statistics."""

    def __init__(self, server: DetectorServer, link: Link, spec: DetectionSpec) -> None:
        """Report on `server`, which works as `spec` says; takes over `link`."""
        self._server, self._link, self._spec = server, link, spec
        self._wake, self._waker = os.pipe()
        self._thread = threading.Thread(target=self._run, name="link", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Close the link, and end the thread."""
        os.write(self._waker, b".")
        self._thread.join(2 * FAREWELL_S)

    def _run(self) -> None:
        poller = select.poll()
        for source in (self._link.fileno(), self._wake):
            poller.register(source, select.POLLIN)
        due, ready = time.monotonic() + STATS_S, set[int]()
        while self._wake not in ready:
            for message in self._link.receive():
                if isinstance(message, Reconfigure):
                    self._reconfigure(message.spec)
            waits = (due - time.monotonic(), self._link.wait_s)
            patience = min(wait for wait in waits if wait is not None)
            ready = {source for source, _ in poller.poll(max(0, math.ceil(patience * 1000)))}
            if time.monotonic() >= due:
                self._link.send(self._server.stats())
                due += STATS_S
        self._link.close()

    def _reconfigure(self, text: str) -> None:
        if (new := changed(self._spec, text, hot)) is not None:
            self._spec, self._link.spec_digest = new, digest(text)
            child.set_level(new.log_level)


def main(line: bytes | None = None) -> int:
    """Run a detection process as its spec `line` says, or standard input; return its exit code."""
    line = child.read_line() if line is None else line
    try:
        spec = msgspec.json.decode(line, type=DetectionSpec)
    except msgspec.MsgspecError as error:
        child.start_logging("detection", "info")
        log.error("no detection spec on standard input: %s", error)
        return CANNOT_LOAD
    name = spec.detector.name
    child.start_logging(f"detection-{name}", spec.log_level)
    try:
        server = DetectorServer(spec, load(spec.detector))
    except DogwatchError as error:
        log.error("%s", error)
        return CANNOT_LOAD
    reporter = Reporter(server, Link(spec.link, "detection", name, digest(line)), spec)

    def leave() -> None:
        server.stop()
        # An inference that hangs must not outlive the parent.
        timer = threading.Timer(GRACE_S, os._exit, (1,))
        timer.daemon = True
        timer.start()

    child.on_leave(leave)
    server.run()
    reporter.stop()
    return 0
