"""What is kept for clips."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dogwatch.workers.ingest.clip_ring import ClipRing
from tests.unit.workers.ingest.units import stream, unit


def times(ring: ClipRing) -> list[float]:
    return [one.time for one in ring.units()]


@pytest.mark.parametrize("gop", [1, 5, 10, 40, 100])
def test_whole_groups_that_reach_back_far_enough_and_no_others(gop: int) -> None:
    ring = ClipRing(3.0)
    for n, one in enumerate(stream(300, gop=gop)):
        ring.add(one)
        kept = ring.units()
        assert kept[0].keyframe
        assert [round(each.time * 10) for each in kept] == list(range(round(kept[0].time * 10), n + 1))
        reach = kept[-1].time - kept[0].time
        assert reach >= min(3.0, one.time)
        assert reach < 3.0 + gop / 10 + 0.05


def test_sound_is_kept_with_its_pictures() -> None:
    ring = ClipRing(1.0)
    ring.add(unit(0.0, video=False, keyframe=True))
    for n in range(40):
        ring.add(unit(n / 10, keyframe=n % 10 == 0))
        ring.add(unit(n / 10 + 0.05, video=False, keyframe=True))
    kept = ring.units()
    assert kept[0].time == 2.0
    assert [one.video for one in kept] == [True, False] * 20


def test_bounded_in_bytes_and_packets() -> None:
    for ring in (ClipRing(60.0, max_bytes=2500), ClipRing(60.0, max_units=25)):
        for n, one in enumerate(stream(200)):
            ring.add(one)
            assert len(ring.units()) <= 25
            assert not ring.units() or ring.units()[0].keyframe
            assert times(ring)[-1:] in ([], [n / 10])
        ring.clear()
        assert ring.units() == []


def test_a_clock_that_was_set_begins_anew() -> None:
    ring = ClipRing(3.0)
    for one in stream(30):
        ring.add(one)
    ring.add(replace(unit(1000.0, keyframe=True), jumped=True))
    assert times(ring) == [1000.0]
