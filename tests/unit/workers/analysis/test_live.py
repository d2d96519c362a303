"""What a live camera publishes: objects and their ends, whatever becomes of clock, detector and settings."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec import structs

from dogwatch.analysis import AnalysisSettings, MotionSettings, ObjectFilter
from dogwatch.bus.detector_client import DetectorResult
from dogwatch.bus.messages import FrameReady, FrameTracks
from dogwatch.model import Box, Detection
from dogwatch.workers.analysis.live import (
    GONE_S,
    JUMP_BACK_S,
)
from tests.unit.workers.analysis.bench import A_STEP_ON, PERSON, STEP, Bench


def test_a_frame_is_published_with_its_answer(bench: Bench) -> None:
    time = bench.put()
    bench.work()
    assert bench.tracks == []  # the scan is asked for
    bench.answer(PERSON)
    assert [(one.frame_time, len(one.regions)) for one in bench.tracks] == [(time, 1)]


def test_an_end_that_could_not_be_told_is_told_later(bench: Bench) -> None:
    for _ in range(3):
        bench.frame(PERSON)
    (live,) = bench.tracks[-1].objects
    bench.full = True
    bench.change(detect=False)
    bench.now += STEP
    bench.put()
    bench.work()
    bench.full = False
    bench.now += STEP
    bench.put()
    bench.work()
    assert [one.id for one in bench.tracks[-1].ended] == [live.id]
    bench.now += STEP
    bench.put()
    bench.work()
    assert len(bench.tracks[-1].ended) == 0


def test_frames_from_before_the_start_are_dropped_however_old(bench: Bench) -> None:
    """Ingest keeps what no analysis has seen, and decodes it again on the way to what a later one wants."""
    bench.put(probe=True)
    bench.work()
    bench.answer(PERSON)
    known = bench.frame(PERSON).objects
    sent = len(bench.tracks)
    bench.put(at=bench.now - JUMP_BACK_S - 10)
    bench.work()
    assert len(bench.tracks) == sent
    assert bench.watch.asked is None
    assert bench.ring.consumed == bench.ring.head
    assert [one.id for one in bench.frame(PERSON).objects] == [one.id for one in known]


def test_a_clock_set_back_begins_anew_and_a_frame_seen_twice_is_dropped(bench: Bench) -> None:
    for _ in range(3):
        bench.frame(PERSON)
    (live,) = bench.tracks[-1].objects
    count = len(bench.tracks)
    bench.put(at=bench.now - 1.0)
    bench.work()
    assert len(bench.tracks) == count
    assert bench.ring.consumed == bench.ring.head
    bench.now -= JUMP_BACK_S + 1
    bench.put()
    bench.work()
    bench.answer()
    assert [one.id for one in bench.tracks[-1].ended] == [live.id]


def test_a_camera_that_falls_silent_ends_its_objects(bench: Bench) -> None:
    for _ in range(3):
        bench.frame(PERSON)
    (live,) = bench.tracks[-1].objects
    bench.now += GONE_S - 1
    bench.work()
    assert not any(one.ended for one in bench.tracks)
    bench.now += 2
    bench.work()
    assert [(one.id, one.end_time) for one in bench.tracks[-1].ended] == [(live.id, live.frame_time)]
    assert bench.tracks[-1].objects == ()


def test_a_failed_request_publishes_the_frame_and_misses_nobody_at_once(bench: Bench) -> None:
    for _ in range(3):
        bench.frame(PERSON)
    bench.now += STEP
    time = bench.put()
    bench.work()
    bench.answer(error="no memory")
    assert (bench.tracks[-1].frame_time, len(bench.tracks[-1].objects)) == (time, 1)
    assert bench.tracks[-1].objects[0].computed_score == 0.9


@pytest.mark.parametrize("name", ["detect", "enabled"])
def test_a_frame_whose_answer_nobody_wants_any_more_is_published(bench: Bench, name: str) -> None:
    for _ in range(3):
        bench.frame(PERSON)
    bench.now += STEP
    time = bench.put(lit=True)
    bench.work()
    assert bench.watch.asked is not None
    bench.change(**{name: False})
    assert [(one.frame_time, len(one.ended)) for one in bench.tracks[-1:]] == [(time, 1)]
    bench.watch.answer(DetectorResult(1, ((PERSON,),)))
    assert bench.tracks[-1].frame_time == time


def test_pictures_follow_the_object(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    for one in (PERSON, A_STEP_ON, A_STEP_ON):
        bench.frame(one)
    assert [one.object_id for one in bench.pictures] == [bench.tracks[-1].objects[0].id]
    first = bench.sent.index(next(one for one in bench.tracks if one.objects))
    assert bench.sent.index(bench.pictures[0]) == first + 1
    better = Detection("person", 0.99, Box(40, 30, 65, 90))
    for _ in range(40):
        bench.frame(better)
    bench.watch.leave()
    assert len(bench.pictures) > 1
    assert bench.tracks[-1].ended
    bench.client.pool.close(unlink=True)
    bench.ring.close(unlink=True)


def test_masks_go_off_and_on_while_frames_come(tmp_path: Path) -> None:
    whole = ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0))
    bench = Bench(tmp_path, motion=MotionSettings(masks=(whole,)), masks=(whole,))
    bench.frame(lit=False)

    def seen() -> tuple[bool, bool]:
        moved = [bench.frame(lit=False).motion_area, bench.frame(lit=True).motion_area]
        told = [bench.frame(PERSON, lit=bool(n % 2)) for n in range(6)][-1]  # something must move to be looked at
        return any(moved), bool(told.objects)

    states = [seen()]
    for motion, objects in [(False, True), (False, False), (True, False), (True, True)]:
        bench.change(motion=MotionSettings(masks=(whole,) if motion else ()), masks=(whole,) if objects else ())
        states.append(seen())
    assert [moved for moved, _ in states] == [False, True, True, False, False]
    assert [told for _, told in states[:3]] == [False, False, True]
    bench.watch.leave()
    bench.client.pool.close(unlink=True)
    bench.ring.close(unlink=True)


def test_a_ring_that_is_gone_costs_its_frames_only(bench: Bench) -> None:
    bench.watch.announce(FrameReady("cam", "no-ring", 0, bench.now, keyframe=True))
    bench.work()
    assert bench.tracks == []
    assert bench.watch.stats(1, 1.0, 0).skipped_fps == 1.0
    assert bench.frame().frame_time == bench.now


def test_each_frame_tells_when_somebody_last_looked_for_objects(bench: Bench) -> None:
    assert bench.frame(PERSON).detected_time == bench.now
    seen = bench.now
    bench.now += STEP
    bench.put(lit=True)
    bench.work()
    bench.answer(error="cannot be reached")
    assert (bench.tracks[-1].frame_time, bench.tracks[-1].detected_time) == (bench.now, seen)
    bench.client.there = False
    assert bench.frame(lit=False).detected_time == seen
    bench.client.there = True
    assert bench.frame(PERSON).detected_time == bench.now
    seen = bench.now
    bench.change(detect=False)
    assert bench.frame().detected_time == seen
    assert bench.tracks[-1].motion_known
    bench.change(motion=MotionSettings(enabled=False))
    assert not bench.frame().motion_known


def test_a_mask_in_pixels_counts_as_soon_as_the_size_is_known(tmp_path: Path) -> None:
    mask = ((20.0, 10.0), (80.0, 10.0), (80.0, 100.0), (20.0, 100.0))
    masked = Bench(tmp_path, motion=MotionSettings(masks=(mask,)))
    for lit in (False, True, False, True, True, True, True, True):
        masked.put(lit=lit)
        masked.work()
        masked.now += STEP
    assert [message.motion_boxes for message in masked.sent if isinstance(message, FrameTracks)] == [()] * 8


def test_other_settings_keep_objects_where_they_can(bench: Bench) -> None:
    for _ in range(3):
        bench.frame(PERSON)
    before = bench.tracks[-1].objects[0].id
    settings = AnalysisSettings(camera="cam")
    bench.watch.configure(structs.replace(settings, filters={"person": ObjectFilter(min_score=0.6)}))
    assert [one.id for one in bench.frame(PERSON).objects] == [before]
    bench.watch.configure(structs.replace(settings, track=("person", "cat")))
    assert [one.id for one in bench.frame(PERSON, lit=False).ended] == [before]
    for _ in range(3):
        again = bench.frame(PERSON)
    assert [one.id for one in again.objects] != [before]


def test_a_question_that_is_open_when_all_begins_anew_is_nobodys(bench: Bench) -> None:
    for _ in range(3):
        bench.frame(PERSON)
    bench.now += STEP
    time = bench.put(lit=True)
    bench.work()
    asked = [bench.watch.asked]
    bench.watch.configure(AnalysisSettings(camera="cam", width=50, height=50))
    asked.append(bench.watch.asked)
    assert [one is None for one in asked] == [False, True]
    assert bench.tracks[-1].frame_time == time
    later = bench.frame(PERSON)
    assert (later.width, len(later.ended)) == (50, 1)
