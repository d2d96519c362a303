"""What the tracker alone costs: `python -m bench.tracks.cost`."""

from __future__ import annotations

import time

import numpy as np

from bench.tracks.actors import HEIGHT, WIDTH
from dogwatch.model import Box
from dogwatch.vision.colours import COLUMNS, PARTS, ROWS, Colours, FrameColours, colours_of
from dogwatch.vision.tracker import Tracker

STEP_S, FRAMES, MISSED = 0.2, 300, 0.25
WIDE, HIGH, JITTER = 60, 150, 4.0  # pixels

Frame = tuple[list[Box], list[Colours]]


def walkers(count: int) -> list[Frame]:
    """Return the detections of `count` people who walk across each other, and their colours, of all frames."""
    rng = np.random.default_rng(1)
    planes = rng.integers(0, 255, (count, 3, len(PARTS) * ROWS, COLUMNS)).astype(np.uint8)
    looks = [colours_of(*one) for one in planes]
    x, y, speed = rng.uniform(0, WIDTH - WIDE, count), rng.uniform(100, 500, count), rng.uniform(-40, 40, count)
    frames: list[Frame] = []
    for _ in range(FRAMES):
        x = x + speed
        speed = np.where((x < 0) | (x > WIDTH - WIDE), -speed, speed)
        seen = [one for one in range(count) if rng.random() > MISSED]
        edges = rng.normal(0, JITTER, (count, 4)) + np.stack((x, y, x + WIDE, y + HIGH), axis=1)
        found = [Box(*(round(float(edge)) for edge in edges[one])) for one in seen]
        frames.append((found, [looks[one] for one in seen]))
    return frames


def cost_ms(count: int) -> float:
    """Return the CPU time of a frame with `count` people, in milliseconds."""
    tracker = Tracker(min_initialized=2, max_missing_s=5.0, frame_s=STEP_S, frame=(WIDTH, HEIGHT))
    frames = walkers(count)
    began = time.process_time()
    for n, (boxes, looks) in enumerate(frames):
        corners = [(float(one.x1), float(one.y1), float(one.x2), float(one.y2)) for one in boxes]
        colours = FrameColours(dict(zip(boxes, looks, strict=True)).get, boxes)
        tracker.update(n * STEP_S, corners, [0] * len(boxes), [True] * len(boxes), colours=colours)
    return (time.process_time() - began) / FRAMES * 1000


if __name__ == "__main__":
    for people in (5, 10, 20):
        print(f"{people:3d} people: {cost_ms(people):.2f} ms a frame")
