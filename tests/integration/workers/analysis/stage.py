"""The processes around an analysis process, played by the test: the core's sockets, and ingest's ring and feed."""

from __future__ import annotations

import subprocess
import sys
import time
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from dogwatch.analysis import AnalysisSettings
from dogwatch.bus.frames import FrameFeed
from dogwatch.bus.messages import (
    FrameReady,
    FrameTracks,
    Message,
    Reconfigure,
    WorkerReady,
)
from dogwatch.bus.ring import FrameRing
from dogwatch.model import Box
from dogwatch.testing.core_end import CoreEnd
from dogwatch.workers.analysis.spec import AnalysisSpec

M = TypeVar("M", bound=Message)
WIDTH, HEIGHT = 640, 360
FPS = 5.0
PATIENCE_S = 20.0


class Stage:
    """One analysis process under test, its spec's camera `cam`, and everything it talks to."""

    def __init__(
        self, tmp: Path, camera: AnalysisSettings, *, detectors: tuple[str, ...] = ("sq",), ago: float = 0.0
    ) -> None:
        """Bind the sockets, make the ring, start the processes; the first frame was taken `ago` seconds before."""
        self.run_dir = self.shm = str(tmp)
        self.core = CoreEnd(self.run_dir)
        self.feed = FrameFeed(self.run_dir, camera.camera)
        self.ring = FrameRing.create(self.shm, "ring-cam", WIDTH, HEIGHT, 8)
        self.settings = camera
        self.camera, self.messages = camera.camera, list[Message]()
        self._heard: deque[Message] = deque()
        self.detectors = [self._detector(name) for name in detectors]
        self.others: list[subprocess.Popen[bytes]] = []
        self.vision = self.start("v0", camera)
        self.time = time.time() - ago
        self.wait_for(WorkerReady)
        while not self.seen(FrameTracks):  # what was announced before vision had subscribed is lost
            self.put()
            self.pump(0.05)

    def _detector(self, name: str) -> subprocess.Popen[bytes]:
        command = [
            sys.executable,
            "-m",
            "tests.integration.workers.analysis.square_detector",
            self.run_dir,
            self.shm,
            name,
        ]
        return subprocess.Popen(command, cwd=Path(__file__).parents[4])

    def start(self, name: str, *cameras: AnalysisSettings) -> subprocess.Popen[bytes]:
        """Start an analysis process."""
        process = subprocess.Popen([sys.executable, "-m", "dogwatch.workers.analysis"], stdin=subprocess.PIPE)
        assert process.stdin is not None
        process.stdin.write(msgspec.json.encode(self.spec(name, *cameras)) + b"\n")
        process.stdin.flush()
        return process

    def spec(self, name: str, *cameras: AnalysisSettings) -> AnalysisSpec:
        """Return the spec of an analysis process."""
        return AnalysisSpec(
            link=self.core.address,
            run_dir=self.run_dir,
            name=name,
            cameras=cameras,
            detectors=("sq",),
            ring_dir=self.shm,
        )

    def start_another(self, name: str, *cameras: AnalysisSettings) -> None:
        """Start a second analysis process, and wait until it works."""
        self.others.append(self.start(name, *cameras))
        self.wait_for(WorkerReady, lambda ready: ready.name == name)

    def reconfigure(self, name: str, *cameras: AnalysisSettings) -> None:
        """Give an analysis process other cameras, or other settings of these."""
        message = Reconfigure(msgspec.json.encode(self.spec(name, *cameras)).decode())
        self.core.tell("analysis", message, name)

    def start_detector(self) -> None:
        """Start the detector now."""
        self.detectors.append(self._detector("sq"))

    def put(self, boxes: tuple[Box, ...] = (), *, at: float | None = None, probe: bool = False) -> float:
        """Write and announce a frame, white boxes on grey, and return its time.

        That is `at`, or a frame after the last one: frame times run ahead of the clock on the wall, as nobody waits.
        """
        self.time = self.time + 1 / FPS if at is None else at
        seq, i420 = self.ring.begin(self.time, keyframe=probe, probe=probe)
        i420[:HEIGHT] = 60
        i420[HEIGHT:] = 128
        for box in boxes:
            i420[box.y1 : box.y2, box.x1 : box.x2] = 235
        self.ring.commit(seq)
        self.feed.announce(FrameReady(self.camera, self.ring.name, seq, self.time, keyframe=probe, probe=probe))
        return self.time

    def live(self, *boxes: Box) -> FrameTracks:
        """Put a frame and wait for what vision makes of it."""
        stamp = self.put(boxes)
        return self.wait_for(FrameTracks, lambda tracks: tracks.frame_time == stamp)

    def live_soon(self, *boxes: Box) -> bool:
        """Put a frame; say whether vision made something of it within a moment, as it may be switched off."""
        stamp = self.put(boxes)
        while self.pump(0.1):
            if any(one.frame_time == stamp for one in self.seen(FrameTracks)):
                return True
        return False

    def wait_for(self, kind: type[M], accept: Callable[[M], bool] = lambda _: True) -> M:
        """Return the next message of `kind` that `accept` takes; the others are kept in `messages`."""
        deadline = time.monotonic() + PATIENCE_S
        while time.monotonic() < deadline:
            if not self._heard:
                self._hear(0.2)
                continue
            message = self._heard.popleft()
            self.messages.append(message)
            if isinstance(message, kind) and accept(message):
                return message
        raise AssertionError(f"no such {kind.__name__} among {[type(one).__name__ for one in self.messages[-20:]]}")

    def pump(self, timeout: float) -> bool:
        """Take in what comes within `timeout` seconds; whether anything came."""
        self._hear(0 if self._heard else timeout)
        came = bool(self._heard)
        self.messages += self._heard
        self._heard.clear()
        return came

    def _hear(self, timeout: float) -> None:
        self._heard += self.core.poll(timeout)

    def seen(self, kind: type[M]) -> list[M]:
        """Return the messages of `kind` so far."""
        return [one for one in self.messages if isinstance(one, kind)]

    def change(self, **settings: Any) -> None:
        """Give the camera some other settings."""
        self.settings = msgspec.structs.replace(self.settings, **settings)
        self.reconfigure("v0", self.settings)

    def close(self) -> None:
        """Stop everything."""
        for process in [self.vision, *self.others, *self.detectors]:
            if process.poll() is None:
                process.kill()
            process.wait(10)
            if process.stdin is not None:
                process.stdin.close()
        self.feed.close()
        self.core.close()
        self.ring.close(unlink=True)


def square(x: int, y: int = 100, size: int = 60) -> Box:
    """Return a square box."""
    return Box(x, y, x + size, y + size)
