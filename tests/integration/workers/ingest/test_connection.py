"""Connections of one input, one after the other, while somebody sets the clock."""

import threading
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from dogwatch.media.packets import Unit
from dogwatch.media.source import SourceRequest, StreamSource
from dogwatch.media.timeline import Timeline
from dogwatch.workers.ingest import connection as module
from dogwatch.workers.ingest.connection import InputConnection
from dogwatch.workers.ingest.counters import InputCounters
from tests.integration.workers.ingest.made import make

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
        return list(InputConnection(camera, timeline, InputCounters(), None, 10.0).units())
    finally:
        camera.close()


@pytest.mark.parametrize("forward", [0.0, -2.5, -5.0, -30.0, -59.0, -61.0, -3600.0, 45.0, 3600.0, 1e6])
@pytest.mark.parametrize("heap", [0, 20, 40])
def test_a_clock_set_while_nothing_is_connected_costs_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, forward: float, heap: int
) -> None:
    """A server may repeat its last pictures (`heap` of them) in a lump; these are not recorded twice."""
    path = make(tmp_path / "camera.mp4", seconds=8, fps=FPS, gop=5)
    clock, timeline = Clock(), Timeline()
    monkeypatch.setattr(module, "time", clock)
    before = units(path, clock, timeline, heap=0)
    assert len(before) == 8 * FPS
    clock.set += forward
    after = units(path, clock, timeline, heap=heap)
    repeated = max(0, heap - FPS) if forward <= 0 else 0  # the last second may be new, and is moved
    assert len(after) == pytest.approx(8 * FPS - repeated, abs=6)
    assert sum(unit.missed for unit in after) == 0.0
    assert after[0].keyframe
    assert after[0].jumped is (forward < 0)
    assert after[-1].dts == pytest.approx(clock.time(), abs=1.0 if heap else 0.2)
    dts = [unit.packet.dts for unit in after]
    assert all(a < b for a, b in pairwise(dts))
    if forward == 0.0:
        assert after[0].dts > before[-1].dts


@pytest.mark.parametrize("forward", [-1e6, -3600.0, -30.0, 30.0, 3600.0, 1e6])
@pytest.mark.parametrize("untimed", [False, True])
def test_a_clock_set_while_connected_costs_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, forward: float, untimed: bool
) -> None:
    path = make(tmp_path / "camera.mp4", seconds=20, fps=FPS, gop=5)
    clock, timeline = Clock(), Timeline()
    monkeypatch.setattr(module, "time", clock)
    camera = Camera(path, clock, 0)
    camera.untimed = untimed
    found: list[Unit] = []
    for unit in InputConnection(camera, timeline, InputCounters(), None, 10.0).units():
        found.append(unit)
        if len(found) == 100:
            clock.set += forward
    camera.close()
    assert len(found) == 20 * FPS
    assert sum(unit.missed for unit in found) == 0.0
    (jump,) = [n for n, unit in enumerate(found) if unit.jumped]
    assert found[jump].keyframe
    for part in (found[:jump], found[jump:]):
        assert all(b.dts - a.dts == pytest.approx(1 / FPS, abs=0.001) for a, b in pairwise(part))
    assert found[-1].dts == pytest.approx(clock.time(), abs=0.2)
    assert 99 <= jump <= 105  # the next keyframe
