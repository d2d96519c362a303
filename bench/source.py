"""A process that says over the bus, as analysis processes do, that many tracked objects come and go.

Each lives for `LIFE` frames. It moves from the second on, which earns it a row: an event that is inserted, moved to
another group as it enters a zone, and ended, with its moments of the timeline, what a new core must know, and its part
in the camera's review item.
"""

from __future__ import annotations

import random
import select
import time

from msgspec.structs import replace

from bench.years import CAMERAS, LABELS, WAYS
from dogwatch.bus.link import Link
from dogwatch.bus.messages import FrameTracks
from dogwatch.model import Box, TrackedObject

FPS, LIFE = 5, 5
WIDTH, HEIGHT = 1920, 1080
REGION = Box(500, 200, 1140, 840)


def send(link_path: str, rate: int, ahead: float) -> None:
    """Let `rate` objects a second come and go, until this process is ended; runs in a process of its own.

    Args:
        link_path: Where the hub listens.
        rate: Objects a second, of all cameras together.
        ahead: How many seconds the clock of this machine is ahead of the hub's.
    """
    link = Link(link_path, "analysis", "0")
    cameras = [Camera(name) for name in CAMERAS]
    owed, due = 0.0, time.monotonic()
    while True:
        for camera in cameras:
            owed += rate / FPS / len(CAMERAS)
            link.send(camera.frame(time.time() - ahead, int(owed)))
            owed -= int(owed)
            due += 1 / FPS / len(CAMERAS)
            while (left := due - time.monotonic()) > 0:
                select.select([link], [], [], left if link.wait_s is None else min(left, link.wait_s))
                link.receive()


class Camera:
    """The objects that one camera sees."""

    def __init__(self, name: str) -> None:
        self.name, self._dice, self._number = name, random.Random(name), 0
        self._seen: list[tuple[TrackedObject, tuple[str, ...], int]] = []

    def frame(self, now: float, begin: int) -> FrameTracks:
        """Return what is said of a frame at `now` (epoch s), in which `begin` objects come."""
        live: list[tuple[TrackedObject, tuple[str, ...], int]] = []
        ended = []
        for obj, way, age in self._seen:
            if age >= LIFE:
                ended.append(replace(obj, end_time=now))
            else:
                live.append((self._step(obj, way if age * 2 >= LIFE else (), now), way, age + 1))
        live += [(self._begin(now), tuple(self._dice.choice(WAYS)), 1) for _ in range(begin)]
        self._seen = live
        objects = tuple(obj for obj, _, _ in live)
        return FrameTracks(self.name, now, WIDTH, HEIGHT, 5000, (), (REGION,), objects, tuple(ended))

    def _begin(self, now: float) -> TrackedObject:
        self._number += 1
        label = self._dice.choices(list(LABELS), list(LABELS.values()))[0]
        left, top, score = (
            self._dice.randrange(1500),
            self._dice.randrange(800),
            round(0.6 + self._dice.random() / 3, 4),
        )
        return TrackedObject(
            id=f"{now:.6f}-{self.name}-{self._number}",
            camera=self.name,
            label=label,
            frame_time=now,
            start_time=now,
            box=Box(left, top, left + 100, top + 200),
            region=REGION,
            score=score,
            computed_score=score,
            top_score=score,
            false_positive=False,
            path=((left / WIDTH, top / HEIGHT, now),),
        )

    def _step(self, obj: TrackedObject, zones: tuple[str, ...], now: float) -> TrackedObject:
        box = Box(obj.box.x1 + 4, obj.box.y1, obj.box.x2 + 4, obj.box.y2)
        return replace(obj, frame_time=now, box=box, position_changes=1, current_zones=zones, entered_zones=zones)
