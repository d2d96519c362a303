"""When a live camera may sleep, and what wakes it: detectors that come, and probes that show something."""

from __future__ import annotations

from pathlib import Path

import pytest

from dogwatch.workers.analysis.live import (
    FIRST_WAITS_S,
    LOOK_S,
    PATIENCE_S,
    POLL_S,
)
from tests.unit.workers.analysis.bench import PERSON, STEP, Bench


def test_the_process_may_sleep_until_the_detector_is_late_or_the_camera_gone(bench: Bench) -> None:
    assert bench.watch.wait_s == LOOK_S
    bench.put()
    assert not bench.watch.step(), "nothing is left to do until the answer comes"
    bench.now += 0.3
    assert bench.watch.wait_s == pytest.approx(PATIENCE_S - 0.3)
    bench.put()
    bench.now += PATIENCE_S
    assert bench.watch.wait_s == 0
    bench.work()
    assert bench.watch.wait_s == LOOK_S


def test_a_frame_that_waits_for_a_detector_is_looked_at_often(bench: Bench) -> None:
    bench.client.there = False
    bench.put(probe=True)
    bench.work()
    assert bench.watch.wait_s == POLL_S


def test_without_a_detector_a_quiet_probe_is_a_frame_like_others(bench: Bench) -> None:
    bench.client.there = False
    for _ in range(3):
        bench.now += 2.0
        bench.put(probe=True)
        bench.work()
    assert [one.motion_boxes for one in bench.tracks] == [()] * 3
    assert not bench.ring.full_wanted(bench.now)
    bench.now += 2.0
    bench.put(lit=True, probe=True)
    bench.work()
    assert bench.ring.full_wanted(bench.now)
    assert len(bench.tracks) == 3


def test_the_first_probe_waits_for_a_detector_and_what_it_finds_wakes_the_camera(bench: Bench) -> None:
    bench.client.there = False
    first = bench.put(probe=True)
    bench.now += 1.5
    bench.work()
    assert (bench.tracks, bench.ring.consumed) == ([], -1)
    bench.client.there = True
    bench.work()
    assert not bench.ring.full_wanted(bench.now)
    bench.answer(PERSON)
    assert bench.tracks[-1].frame_time == first
    assert bench.ring.full_wanted(bench.now)
    stamps = [bench.put(at=first + n * STEP) for n in range(1, 7)]  # from ingest's buffer: none is skipped
    bench.work()
    while bench.watch.asked is not None:
        bench.answer(PERSON)
        bench.work()
    assert [one.frame_time for one in bench.tracks] == [first, *stamps]


def test_the_first_probe_waits_for_a_detector_only_for_a_while(bench: Bench) -> None:
    bench.client.there = False
    bench.put(probe=True)
    bench.work()
    assert bench.tracks == []
    bench.now += FIRST_WAITS_S
    bench.work()
    assert len(bench.tracks) == 1


def test_a_quiet_frame_calls_for_no_look(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    for _ in range(20):
        bench.frame(lit=False)
    asked = len(bench.client.asked)
    for _ in range(3):
        assert bench.frame(lit=False).detected_time == bench.now
    assert len(bench.client.asked) == asked
    bench.watch.leave()
    bench.client.pool.close(unlink=True)
    bench.ring.close(unlink=True)
