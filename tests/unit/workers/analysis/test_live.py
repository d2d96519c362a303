"""One camera's state machine, with a ring in a file, a detector played by the test, and a clock that stands still."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from msgspec import structs

from dogwatch.analysis import AnalysisSettings, MotionSettings, ObjectFilter
from dogwatch.bus.detector_client import DetectorClient, DetectorConnection, DetectorResult
from dogwatch.bus.messages import BestPicture, DetectorInfo, FrameReady, FrameTracks, Message
from dogwatch.bus.ring import FrameRing
from dogwatch.bus.tensors import TensorPool
from dogwatch.model import Box, Detection
from dogwatch.workers.analysis.live import (
    BACKLOG,
    FIRST_WAITS_S,
    GONE_S,
    JUMP_BACK_S,
    LOOK_S,
    PATIENCE_S,
    POLL_S,
    LiveAnalysis,
)
from dogwatch.workers.analysis.request import DetectionRequest
from dogwatch.workers.ingest.spec import RING_SLOTS

SIZE = 128
STEP = 0.2
PERSON = Detection("person", 0.9, Box(40, 30, 60, 80))


class Client(DetectorClient):
    """A client with one detector that answers when the test says so."""

    def __init__(self, directory: str) -> None:
        super().__init__(directory, directory, (), "pool")
        self.there = True
        self.asked: list[int] = []
        self.pool = TensorPool.create(directory, "pool", 8, SIZE * SIZE)
        info = DetectorInfo("d", SIZE, SIZE, "gray", ("person",), 4, SIZE)
        self.lane = cast(DetectorConnection, SimpleNamespace(info=info, pool=self.pool))

    @property
    def info(self) -> DetectorInfo | None:
        return self.lane.info if self.there else None

    @property
    def available(self) -> bool:
        return self.there

    def choose(self, regions: int) -> tuple[DetectorConnection, tuple[int, ...]] | None:
        return (self.lane, tuple(range(regions))) if self.there else None

    def request(self, lane: DetectorConnection, slots: tuple[int, ...], now: float) -> int | None:
        self.asked.append(len(slots))
        return len(self.asked)


class Bench:
    """A camera under test: 128 x 128 pictures, so that one region shows all."""

    def __init__(self, directory: Path, **spec: Any) -> None:
        self.now = 10_000.0
        self.client = Client(str(directory))
        self.sent: list[Message] = []
        self.full = False
        self.settings = AnalysisSettings(camera="cam", **spec)
        self.watch = LiveAnalysis(self.settings, str(directory), self.client, self.send, lambda: self.now)
        self.ring = FrameRing.create(str(directory), "ring", SIZE, SIZE, 8)

    def change(self, **settings: Any) -> None:
        """Continue with some other settings."""
        self.settings = structs.replace(self.settings, **settings)
        self.watch.configure(self.settings)

    def send(self, message: Message) -> bool:
        if not self.full:
            self.sent.append(message)
        return not self.full

    def put(self, *, lit: bool = False, at: float | None = None, probe: bool = False) -> float:
        time = self.now if at is None else at
        seq, i420 = self.ring.begin(time, keyframe=probe, probe=probe)
        i420[:] = 90
        if lit:
            i420[30:80, 40:60] = 240
        self.ring.commit(seq)
        self.watch.announce(FrameReady("cam", "ring", seq, time, keyframe=probe, probe=probe))
        return time

    def work(self) -> None:
        while self.watch.step():
            pass

    def answer(self, *found: Detection, error: str = "") -> None:
        assert self.watch.asked is not None
        regions = self.client.asked[-1]
        detections = None if error else ((found,) + ((),) * (regions - 1))
        self.watch.answer(DetectorResult(self.watch.asked, detections, error))

    def frame(self, *found: Detection, lit: bool = True) -> FrameTracks:
        """Put a frame, answer what is asked, and return what was published."""
        self.now += STEP
        self.put(lit=lit)
        self.work()
        if self.watch.asked is not None:
            self.answer(*found)
        return self.tracks[-1]

    @property
    def tracks(self) -> list[FrameTracks]:
        return [one for one in self.sent if isinstance(one, FrameTracks)]

    @property
    def pictures(self) -> list[BestPicture]:
        return [one for one in self.sent if isinstance(one, BestPicture)]


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    one = Bench(tmp_path)
    yield one
    one.watch.leave()
    one.client.pool.close(unlink=True)
    one.ring.close(unlink=True)


def test_a_frame_is_published_with_its_answer(bench: Bench) -> None:
    time = bench.put()
    bench.work()
    assert bench.tracks == []  # the scan is asked for
    bench.answer(PERSON)
    assert [(one.frame_time, len(one.regions)) for one in bench.tracks] == [(time, 1)]


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
    bench.answer(PERSON)
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
        bench.frame(PERSON)
    assert bench.pictures == []
    bench.frame(PERSON)
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
    for _ in range(3):
        bench.frame(PERSON)
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
