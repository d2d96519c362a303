"""Figures over time: what is kept, what is forgotten, and means."""

import math
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from dogwatch.stats import series
from dogwatch.stats.series import COARSE_LENGTH, COARSE_S, FINE_S, FigureSeries, Ring


def snapshot(cpu: float = 1.0, fps: float = 15.0, camera: str = "front") -> dict[str, Any]:
    disk = {"used": 10.0, "total": 100.0}
    return {
        "cpu_usages": {"frigate.full_system": {"cpu": str(cpu), "mem": "2.0"}},
        "processes": {"ingest:front": {"cpu": "3.0", "mem": "4.0"}},
        "cameras": {camera: dict.fromkeys(series.OF_CAMERA, fps)},
        "detectors": {"opencv": {"inference_speed": 9.5}},
        "service": {"storage": dict.fromkeys(series.DISKS, disk), "temperatures": {"cpu": 50.0}},
        "gpu_usages": {"one": {"gpu": "12.5%"}, "two": {"gpu": ""}},
    }


@given(st.lists(st.sets(st.sampled_from("abc")), max_size=30), st.integers(1, 8))
def test_a_ring_is_the_end_of_a_list(rounds: list[set[str]], length: int) -> None:
    ring = Ring(length)
    for number, names in enumerate(rounds):
        ring.add(number, {(name,): float(number) for name in names})
    last = rounds[-length:]
    assert list(ring.times) == [float(number) for number in range(len(rounds))][-length:]
    found = dict(ring.columns(len(last)))
    first = len(rounds) - len(last)
    for name in "abc":
        expected = [float(first + at) if name in names else None for at, names in enumerate(last)]
        assert found.get((name,), [None] * len(last)) == expected


def test_what_is_gone_is_forgotten_and_there_is_a_limit() -> None:
    ring = Ring(3)
    ring.add(0, {("old",): 1.0})
    for time in range(1, 5):
        ring.add(time, {("new",): 1.0})
    assert [key for key, _ in ring.columns(1)] == [("new",)]
    ring.add(9, {(str(number),): 1.0 for number in range(series.MOST_KEYS + 50)})
    assert len(dict(ring.columns(1))) == series.MOST_KEYS


def test_what_charts_show() -> None:
    kept = FigureSeries()
    kept.add(snapshot(), 1000.0)
    kept.add(snapshot(cpu=2.0, camera="back"), 1015.0)
    body = kept.body(FINE_S)
    assert body["times"] == [1000.0, 1015.0]
    assert body["machine"] == {"cpu": [1.0, 2.0], "memory": [2.0, 2.0]}
    assert body["processes"] == {"ingest:front": {"cpu": [3.0, 3.0], "memory": [4.0, 4.0]}}
    assert body["cameras"]["front"]["camera_fps"] == [15.0, None]
    assert body["cameras"]["back"]["camera_fps"] == [None, 15.0]
    assert body["detectors"] == {"opencv": {"inference_speed": [9.5, 9.5]}}
    assert body["disks"]["recordings"]["total_bytes"] == [100.0 * (1 << 20)] * 2
    assert body["gpus"] == {"one": {"load": [12.5, 12.5]}}
    assert body["temperatures"] == {"cpu": {"celsius": [50.0, 50.0]}}
    assert kept.body(FINE_S, since=1000.0)["machine"]["cpu"] == [2.0]
    assert kept.body(COARSE_S)["times"] == []


def test_means() -> None:
    kept = FigureSeries()
    for number in range(17):
        kept.add(snapshot(cpu=float(number), fps=0.0 if number == 3 else 16.0), 12_000.0 + number * FINE_S)
    body = kept.body(COARSE_S)
    assert body["times"] == [12_120.0, 12_240.0]
    assert body["machine"]["cpu"] == [3.5, 11.5]
    assert body["cameras"]["front"]["camera_fps"] == [14.0, 16.0]


def test_a_day_is_kept_and_memory_is_bounded() -> None:
    kept = FigureSeries()
    for number in range(COARSE_LENGTH + 20):
        kept.add(snapshot(), number * float(COARSE_S))
    assert len(kept.body(COARSE_S)["times"]) == COARSE_LENGTH
    assert len(kept.body(FINE_S)["times"]) == series.FINE_LENGTH
    assert not any(value is None or math.isnan(value) for value in kept.body(COARSE_S)["machine"]["cpu"])
