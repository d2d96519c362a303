"""Connections of one input, one after the other, while somebody sets the clock."""

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from dogwatch.ingest import connection as module
from dogwatch.ingest.connection import Connection
from dogwatch.ingest.counters import InputCounters
from dogwatch.media.packets import Unit
from dogwatch.media.source import SourceRequest, StreamSource
from dogwatch.media.timestamps import Timeline
from tests.integration.ingest.made import make

FPS = 10
NOW = 1_790_000_000.0


class Clock:
    """Stands in for the module `time`: steady time goes on with each picture, wall time can be set."""

    def __init__(self) -> None:
        self.steady, self.set = 0.0, NOW

    def monotonic(self) -> float:
        return self.steady

    def time(self) -> float:
        return self.set + self.steady


class Camera(StreamSource):
    """Sends a file's packets as a camera does: the first `heap` pictures at once, the rest in real time."""

    def __init__(self, path: Path, clock: Clock, heap: int) -> None:
        super().__init__(SourceRequest(str(path), {}, None, 10.0), "file", threading.Event())
        self._clock, self._heap = clock, heap
        self.live = True

    def packets(self) -> Iterator[Any]:
        for n, packet in enumerate(self._plain_packets()):
            if n >= self._heap:
                self._clock.steady += 1 / FPS
            yield packet


def units(path: Path, clock: Clock, timeline: Timeline, *, heap: int) -> list[Unit]:
    camera = Camera(path, clock, heap)
    try:
        return list(Connection(camera, timeline, InputCounters(), None, 10.0).units())
    finally:
        camera.close()


@pytest.mark.parametrize(
    ("back", "heap", "missed"),
    [
        (0.0, 0, 0.0),
        (0.0, 40, 0.0),  # a server that repeats four seconds
        (5.0, 0, 4.0),  # the last second of five is made up for
        (5.0, 20, 4.0),  # two seconds more came at once, of before the clock was set
        (30.0, 0, 7.9),  # longer than the connection: told by the next one
    ],
)
def test_what_a_clock_that_was_set_back_costs_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, back: float, heap: int, missed: float
) -> None:
    path = make(tmp_path / "camera.mp4", seconds=8, fps=FPS, gop=5)
    clock, timeline = Clock(), Timeline()
    monkeypatch.setattr(module, "time", clock)
    before = units(path, clock, timeline, heap=0)
    assert len(before) == 8 * FPS
    clock.set -= back
    after = units(path, clock, timeline, heap=heap)
    if back == 30.0:
        assert after == []
        clock.set += 100.0
        after = units(path, clock, timeline, heap=0)
    told = [unit.missed for unit in after]
    assert sum(told) == pytest.approx(missed, abs=0.3)
    assert sum(told) == 0.0 or missed
    assert all(unit.keyframe for unit in after if unit.missed)
    assert after[0].dts > before[-1].dts
