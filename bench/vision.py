"""What the analysis of a frame costs: `python -m bench.vision`.

Prints CPU milliseconds a frame and the limit that each must keep, and exits with 1 when one does not. Pictures are
made here, 1280x720, a noisy street with squares that walk; the best of several rounds counts: machines are shared.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable

import cv2
import numpy as np

from dogwatch.model import Box, Detection
from dogwatch.vision.geometry import Geometry
from dogwatch.vision.merge import Found
from dogwatch.vision.motion import Motion, MotionDetector
from dogwatch.vision.regions import TensorSize, choose_regions
from dogwatch.vision.scene import Scene
from dogwatch.vision.settings import MotionSettings, SceneSettings
from dogwatch.vision.tracker import Tracker

WIDTH, HEIGHT, FRAMES, ROUNDS, OBJECTS = 1280, 720, 100, 5, 20
SIZES = Geometry(WIDTH, HEIGHT, WIDTH, HEIGHT)
MOTION_LIMIT_MS, TRACKER_LIMIT_MS = 0.4, 0.3


def measure(name: str, limit_ms: float | None, work: Callable[[], None], frames: int = FRAMES) -> bool:
    """Print what one frame of `work`, which does `frames`, costs; return whether it keeps its limit."""
    best = float("inf")
    for _ in range(ROUNDS):
        begun = time.process_time()
        work()
        best = min(best, (time.process_time() - begun) / frames * 1000)
    limit = f"  limit {limit_ms:.1f}" if limit_ms else ""
    print(f"{name:32s} {best:7.3f} ms a frame{limit}")
    return limit_ms is None or best <= limit_ms


def boxes_at(frame: int) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    """Return where the walkers are in `frame`: (OBJECTS, 4) of x1, y1, x2, y2."""
    index = np.arange(OBJECTS)
    x = 40 + index % 5 * 240 + np.abs((frame * 9 + index * 3) % 320 - 160)  # to and fro
    y = 30 + index // 5 * 170
    return np.stack((x, y, x + 50, y + 120), axis=1).astype(np.float64)


def main() -> int:
    """Measure everything."""
    cv2.setNumThreads(1)
    rng = np.random.default_rng(1)
    street = rng.integers(60, 200, (HEIGHT // 8, WIDTH // 8), np.uint8).repeat(8, 0).repeat(8, 1)
    frames = []
    for n in range(FRAMES):
        frame = cv2.add(street, rng.integers(0, 12, street.shape, np.uint8))
        for x1, y1, x2, y2 in boxes_at(n)[:8].astype(int):
            frame[y1:y2, x1:x2] = 250
        frames.append(np.asarray(frame, np.uint8))
    detector = MotionDetector(MotionSettings(), SIZES)
    clock = iter(range(10**6))

    def motion() -> None:
        for frame in frames:
            detector.look(detector.reduce(frame), next(clock) / 5)

    tracker = Tracker(min_initialized=2, max_missing_s=5.0, frame_s=0.2)
    labels, sure = np.zeros(OBJECTS, np.int64), np.arange(OBJECTS) % 4 > 0
    ticks = iter(range(10**6))

    def track() -> None:
        for _ in range(FRAMES):
            jitter = rng.normal(0, 2, (OBJECTS, 4))
            tracker.update((tick := next(ticks)) / 5, boxes_at(tick) + jitter, labels, sure)

    tensor, regions = TensorSize(416, 416, 416), (Box(0, 0, WIDTH, HEIGHT),)
    scene = Scene(SceneSettings("bench"), SIZES)
    beats = iter(range(10**6))

    def objects() -> None:
        for _ in range(FRAMES):
            beat = next(beats)
            found = [Found(Detection("person", 0.9, Box(*map(int, row))), regions[0]) for row in boxes_at(beat)]
            scene.detected(beat / 5, regions, found)
            scene.objects()

    walkers = [Box(*map(int, row)) for row in boxes_at(3)]

    def regions_of_frames() -> None:
        for _ in range(FRAMES):
            choose_regions(walkers, SIZES, tensor)

    kept = [
        measure("motion, 1280x720", MOTION_LIMIT_MS, motion),
        measure(f"tracker, {OBJECTS} objects", TRACKER_LIMIT_MS, track),
        measure(f"objects' life, {OBJECTS} objects", None, objects),
        measure(f"regions for {OBJECTS} boxes", None, regions_of_frames),
    ]
    assert isinstance(detector.look(detector.reduce(frames[0]), next(clock) / 5), Motion)
    return 0 if all(kept) else 1


if __name__ == "__main__":
    sys.exit(main())
