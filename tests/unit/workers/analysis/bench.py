"""One camera's state machine, with a ring in a file, a detector played by the test, and a clock that stands still."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

from msgspec import structs

from dogwatch.analysis import AnalysisSettings
from dogwatch.bus.detector_client import DetectorClient, DetectorConnection, DetectorResult
from dogwatch.bus.messages import BestPicture, DetectorInfo, FrameReady, FrameTracks, Message
from dogwatch.bus.ring import FrameRing
from dogwatch.bus.tensors import TensorPool
from dogwatch.model import Box, Detection
from dogwatch.workers.analysis.live import LiveAnalysis

SIZE = 128
STEP = 0.2
PERSON = Detection("person", 0.9, Box(40, 30, 60, 80))
A_STEP_ON = Detection("person", 0.9, Box(48, 30, 68, 80))  # what moves is an event at once


class Client(DetectorClient):
    """A client with one detector that answers when the test says so."""

    def __init__(self, directory: str) -> None:
        super().__init__(directory, directory, (), "pool")
        self.there = True
        self.asked: list[int] = []
        self.pool = TensorPool.create(directory, "pool", 8, SIZE * SIZE)
        info = DetectorInfo("d", SIZE, SIZE, "gray", ("person",), 4, SIZE)
        self.lane = cast(DetectorConnection, SimpleNamespace(info=info, pool=self.pool))

    @property
    def info(self) -> DetectorInfo | None:
        return self.lane.info if self.there else None

    @property
    def available(self) -> bool:
        return self.there

    def choose(self, regions: int) -> tuple[DetectorConnection, tuple[int, ...]] | None:
        return (self.lane, tuple(range(regions))) if self.there else None

    def request(self, lane: DetectorConnection, slots: tuple[int, ...], now: float) -> int | None:
        self.asked.append(len(slots))
        return len(self.asked)


class Bench:
    """A camera under test: 128 x 128 pictures, so that one region shows all."""

    def __init__(self, directory: Path, **spec: Any) -> None:
        self.now = 10_000.0
        self.client = Client(str(directory))
        self.sent: list[Message] = []
        self.full = False
        self.settings = AnalysisSettings(camera="cam", **spec)
        self.watch = LiveAnalysis(self.settings, str(directory), self.client, self.send, lambda: self.now)
        self.ring = FrameRing.create(str(directory), "ring", SIZE, SIZE, 8)

    def change(self, **settings: Any) -> None:
        """Continue with some other settings."""
        self.settings = structs.replace(self.settings, **settings)
        self.watch.configure(self.settings)

    def send(self, message: Message) -> bool:
        if not self.full:
            self.sent.append(message)
        return not self.full

    def put(self, *, lit: bool = False, at: float | None = None, probe: bool = False) -> float:
        time = self.now if at is None else at
        seq, i420 = self.ring.begin(time, keyframe=probe, probe=probe)
        i420[:] = 90
        if lit:
            i420[30:80, 40:60] = 240
        self.ring.commit(seq)
        self.watch.announce(FrameReady("cam", "ring", seq, time, keyframe=probe, probe=probe))
        return time

    def work(self) -> None:
        while self.watch.step():
            pass

    def answer(self, *found: Detection, error: str = "") -> None:
        assert self.watch.asked is not None
        regions = self.client.asked[-1]
        detections = None if error else ((found,) + ((),) * (regions - 1))
        self.watch.answer(DetectorResult(self.watch.asked, detections, error))

    def frame(self, *found: Detection, lit: bool = True) -> FrameTracks:
        """Put a frame, answer what is asked, and return what was published."""
        self.now += STEP
        self.put(lit=lit)
        self.work()
        if self.watch.asked is not None:
            self.answer(*found)
        return self.tracks[-1]

    @property
    def tracks(self) -> list[FrameTracks]:
        return [one for one in self.sent if isinstance(one, FrameTracks)]

    @property
    def pictures(self) -> list[BestPicture]:
        return [one for one in self.sent if isinstance(one, BestPicture)]
