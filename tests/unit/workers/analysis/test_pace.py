"""Which frames a live camera looks at when they come faster than the detector answers."""

from __future__ import annotations

from pathlib import Path

import pytest

from dogwatch.bus.ring import FrameRing
from dogwatch.workers.analysis.live import (
    BACKLOG,
    PATIENCE_S,
)
from dogwatch.workers.analysis.request import DetectionRequest
from dogwatch.workers.ingest.spec import RING_SLOTS
from tests.unit.workers.analysis.bench import A_STEP_ON, PERSON, SIZE, STEP, Bench


def test_patience_ends_and_motion_goes_on(bench: Bench) -> None:
    bench.frame(PERSON)
    bench.frame(PERSON)
    bench.now += STEP
    first = bench.put()
    bench.work()
    bench.now += STEP
    second = bench.put()
    bench.work()
    assert bench.tracks[-1].frame_time < first
    bench.now += PATIENCE_S
    bench.work()
    assert [one.frame_time for one in bench.tracks[-2:]] == [first, second]
    assert all(len(one.objects) == 1 for one in bench.tracks[-2:])
    count = len(bench.tracks)
    bench.answer(PERSON)  # late, and still good for the tracks
    assert len(bench.tracks) == count
    bench.now += STEP
    bench.put()
    bench.work()
    assert bench.client.asked[-1] == 1
    bench.answer(PERSON)
    assert bench.tracks[-1].objects[0].frame_time == bench.now


def overwrite(bench: Bench) -> None:
    """Fill the ring with other frames, of which the analysis has not heard yet."""
    for _ in range(bench.ring.slots):
        seq, i420 = bench.ring.begin(bench.now, keyframe=False)
        i420[:] = 90
        bench.ring.commit(seq)


@pytest.mark.parametrize("patience", [0.0, PATIENCE_S])
def test_a_frame_that_a_detector_works_on_is_not_overwritten(bench: Bench, patience: float) -> None:
    """Else an object that is seen for a second, while the detector is slow, would be an event without a snapshot."""
    bench.frame(PERSON)
    bench.now += STEP
    time = bench.put(lit=True)
    bench.work()
    overwrite(bench)
    bench.now += patience
    bench.work()
    overwrite(bench)
    bench.answer(A_STEP_ON)
    bench.frame()
    assert [one.frame_time for one in bench.pictures] == [time]
    overwrite(bench)
    assert bench.ring.picture(1) is None


def test_a_picture_overwritten_while_it_is_copied_is_not_taken_for_the_best(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.frame(PERSON)
    with monkeypatch.context() as patched:
        patched.setattr(DetectionRequest, "copy_frame", lambda *_: None)
        bench.frame(A_STEP_ON)
    assert bench.pictures == []
    bench.frame(A_STEP_ON)
    assert [one.frame_time for one in bench.pictures] == [bench.now]


def test_live_only_the_newest_frame_is_detected_in_and_many_are_skipped(bench: Bench) -> None:
    bench.frame(lit=False)
    asked = len(bench.client.asked)
    stamps = [bench.put(lit=True, at=bench.now + (n + 1) * STEP) for n in range(BACKLOG + 3)]
    bench.work()
    assert len(bench.client.asked) == asked + 1
    bench.answer()
    published = [one.frame_time for one in bench.tracks[1:]]
    assert published == stamps[3:]
    stats = bench.watch.stats(1, 1.0, 0)
    assert (stats.skipped_fps, stats.process_fps) == (3.0, 1.0 + BACKLOG)


@pytest.mark.parametrize(("fps", "latency"), [(5, 0.28), (5, 0.6), (15, 0.28), (20, 0.28), (30, 0.15), (30, 0.28)])
def test_objects_get_pictures_however_fast_the_ring_moves_on(tmp_path: Path, fps: int, latency: float) -> None:
    bench = Bench(tmp_path, fps=fps)
    bench.ring = FrameRing.create(str(tmp_path), "ring", SIZE, SIZE, RING_SLOTS)
    since: float | None = None
    for _ in range(6 * fps):
        bench.now += 1 / fps
        bench.put(lit=True)
        bench.work()
        if since is not None and bench.now - since >= latency:
            bench.answer(PERSON)
            bench.work()
            since = None
        if since is None and bench.watch.asked is not None:
            since = bench.now
    assert len(bench.tracks[-1].objects) == 1
    assert len(bench.pictures) == 1
    bench.watch.leave()
