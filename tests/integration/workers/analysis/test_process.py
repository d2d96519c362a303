"""The analysis process as it runs: a hand-written ring, a detector that finds white squares, and the core's sockets."""

import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from msgspec import structs

from dogwatch.analysis import AnalysisSettings, MotionSettings, StationarySettings, ZoneSettings
from dogwatch.bus.frames import FrameFeed
from dogwatch.bus.messages import AnalysisStats, BestPicture, FrameReady, FrameTracks
from dogwatch.bus.ring import FrameRing, Reader
from dogwatch.model import TrackedObject
from dogwatch.workers.analysis.process import STATS_S
from tests.integration.workers.analysis.stage import FPS, HEIGHT, WIDTH, Stage, square

Start = Callable[..., Stage]
WHOLE = ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0))


class Other:
    """A second camera of the stage, whose pictures show nothing."""

    def __init__(self, stage: Stage) -> None:
        self._stage, self._feed = stage, FrameFeed(stage.run_dir, "other")
        self._ring = FrameRing.create(stage.shm, "ring-other", WIDTH, HEIGHT, 8)

    def put(self) -> None:
        seq, i420 = self._ring.begin(time.time(), keyframe=False, probe=False)
        i420[:] = 128
        self._ring.commit(seq)
        self._feed.announce(FrameReady("other", "ring-other", seq, time.time(), keyframe=False))

    def seen(self) -> bool:
        return any(one.camera == "other" for one in self._stage.seen(FrameTracks))

    def __enter__(self) -> "Other":
        return self

    def __exit__(self, *_: object) -> None:
        self._feed.close()
        self._ring.close(unlink=True)


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    stages: list[Stage] = []

    def begin(camera: AnalysisSettings | None = None, detectors: tuple[str, ...] = ("sq",), ago: float = 0.0) -> Stage:
        stages.append(Stage(tmp_path, camera or AnalysisSettings(camera="cam"), detectors=detectors, ago=ago))
        return stages[-1]

    yield begin
    for stage in stages:
        stage.close()


def warm(stage: Stage) -> None:
    """Send empty frames until the detector is known and the start-up scan is over."""
    for _ in range(200):
        tracks = stage.live()
        if tracks.regions:
            break
        time.sleep(0.02)  # the detector is starting; nothing tells of it but regions
    while stage.live().regions:
        pass


def walk(stage: Stage, frames: int, step: int = 12, first: int = 40) -> list[FrameTracks]:
    return [stage.live(square(first + index * step)) for index in range(frames)]


def only(objects: tuple[TrackedObject, ...]) -> TrackedObject:
    assert len(objects) == 1, objects
    return objects[0]


def test_a_walking_square_is_one_object_with_exact_boxes(start: Start) -> None:
    stage = start()
    warm(stage)
    seen = walk(stage, 25)
    ids = {one.id for tracks in seen for one in tracks.objects}
    assert len(ids) == 1
    last = only(seen[-1].objects)
    assert last.box == square(40 + 24 * 12)
    assert (last.false_positive, last.score, last.position_changes) == (False, 0.9, 1)
    assert seen[-1].width == WIDTH
    assert seen[-1].motion_area > 0
    assert any(region.intersection(last.box) == last.box.area for region in seen[-1].regions)


def test_the_first_picture_comes_at_once_and_the_last_before_the_end(start: Start) -> None:
    stage = start(AnalysisSettings(camera="cam", max_disappeared=5))
    warm(stage)
    seen = walk(stage, 10)
    first = stage.seen(BestPicture)[0] if stage.seen(BestPicture) else stage.wait_for(BestPicture)
    assert first.object_id == only(seen[-1].objects).id
    pixels = cv2.imdecode(np.frombuffer(first.jpeg, np.uint8), cv2.IMREAD_GRAYSCALE)
    assert pixels is not None
    assert pixels.shape == (HEIGHT, WIDTH)
    assert pixels[first.box.y1 + 5 : first.box.y2 - 5, first.box.x1 + 5 : first.box.x2 - 5].min() > 200
    bigger = square(160, size=90)  # held back, as it comes within five seconds of the first
    stage.live(bigger)
    while not (end := stage.live()).ended:
        pass
    assert only(end.ended).id == first.object_id
    assert only(end.ended).end_time == pytest.approx(seen[0].frame_time + 10 / FPS, abs=0.5)
    held = stage.seen(BestPicture)[-1]
    assert held.box == bigger
    assert stage.messages.index(held) < stage.messages.index(end)


def test_sigterm_ends_every_object(start: Start) -> None:
    stage = start()
    warm(stage)
    live = only(walk(stage, 8)[-1].objects)
    stage.vision.send_signal(signal.SIGTERM)
    end = stage.wait_for(FrameTracks, lambda tracks: bool(tracks.ended))
    assert only(end.ended).id == live.id
    assert end.objects == ()
    assert stage.vision.wait(10) == 0


def test_it_leaves_when_the_parent_is_gone(start: Start) -> None:
    stage = start()
    warm(stage)
    walk(stage, 4)
    assert stage.vision.stdin is not None
    stage.vision.stdin.close()
    assert only(stage.wait_for(FrameTracks, lambda tracks: bool(tracks.ended)).ended).label == "person"
    assert stage.vision.wait(10) == 0
    assert not list(Path(stage.shm).glob("*tensors-*"))


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="wakes are counted in /proc")
def test_it_sleeps_while_no_frame_comes(start: Start) -> None:
    stage = start()
    warm(stage)
    before, end = wakes(stage.vision.pid), time.monotonic() + 2.0
    while time.monotonic() < end:
        stage.pump(0.1)
    # At most for two acknowledgements of what was sent before, a report, and a wait of the system's.
    assert wakes(stage.vision.pid) - before <= 5


def wakes(pid: int) -> int:
    """Return how often the main thread of a process has waited."""
    status = Path(f"/proc/{pid}/task/{pid}/status").read_text()
    return int(status.split("\nvoluntary_ctxt_switches:")[1].split()[0])


def test_a_stopped_detector_costs_no_motion_and_objects_coast(start: Start) -> None:
    stage = start()
    warm(stage)
    before = only(walk(stage, 8)[-1].objects)
    os.kill(stage.detectors[0].pid, signal.SIGSTOP)
    stamps = [stage.put((square(136 + n * 12),)) for n in range(3)]
    for _ in stamps:
        tracks = stage.wait_for(FrameTracks)
        assert tracks.frame_time in stamps
        assert tracks.motion_boxes
        assert only(tracks.objects).id == before.id
    os.kill(stage.detectors[0].pid, signal.SIGCONT)
    while only((found := stage.live(square(172))).objects).box != square(172):
        pass
    assert only(found.objects).id == before.id
    assert only(found.objects).box == square(172)


def test_motion_goes_on_without_any_detector_and_detection_begins_when_one_comes(start: Start) -> None:
    stage = start(detectors=())
    stage.live()
    seen = walk(stage, 6)
    assert seen[-1].motion_boxes
    assert seen[-1].objects == ()
    stage.start_detector()
    warm(stage)
    assert only(walk(stage, 6)[-1].objects).label == "person"


def test_a_probe_that_shows_motion_is_dropped_and_wakes_ingest(start: Start) -> None:
    stage = start(AnalysisSettings(camera="cam", idle_after=3.0))
    warm(stage)
    stage.ring.demand_full(Reader.VISION, 0.0)
    quiet = stage.put(probe=True)
    assert stage.wait_for(FrameTracks, lambda tracks: tracks.frame_time == quiet).motion_boxes == ()
    assert not stage.ring.full_wanted()
    loud = stage.put((square(200),), probe=True)
    while not stage.ring.full_wanted():
        time.sleep(0.005)
    assert stage.ring.full_wanted(time.time() + 2.0)
    assert not stage.ring.full_wanted(time.time() + 4.0)
    seq = stage.ring.head + 1
    again = stage.put((square(200),), at=loud)
    tracks = stage.wait_for(FrameTracks, lambda tracks: tracks.frame_time == again)
    assert tracks.motion_boxes
    assert stage.ring.consumed == seq
    assert [one.frame_time for one in stage.seen(FrameTracks)].count(loud) == 1  # the probe itself gave none


def test_after_a_wake_up_the_frames_before_it_are_all_looked_at(start: Start) -> None:
    stage = start()
    warm(stage)
    begun = stage.put(probe=True)
    stage.wait_for(FrameTracks, lambda tracks: tracks.frame_time == begun)
    stage.ring.demand_full(Reader.VISION, 0.0)
    stage.put((square(40 + 6 * 12),), at=begun + 7 / FPS, probe=True)
    while not stage.ring.full_wanted():
        time.sleep(0.005)
    stamps = [stage.put((square(40 + n * 12),), at=begun + (n + 1) / FPS) for n in range(7)]
    stage.wait_for(FrameTracks, lambda tracks: tracks.frame_time == stamps[-1])
    mine = [one for one in stage.seen(FrameTracks) if one.frame_time > begun]
    assert [one.frame_time for one in mine] == stamps
    assert only(mine[-1].objects).start_time == pytest.approx(stamps[0], abs=2.1 / FPS)


def test_stale_and_skipped_frames_are_counted(start: Start) -> None:
    stage = start()
    warm(stage)
    os.kill(stage.vision.pid, signal.SIGSTOP)
    stamps = [stage.put() for n in range(20)]  # a ring of eight: twelve are overwritten
    os.kill(stage.vision.pid, signal.SIGCONT)
    # The kernel may hold only some of the announcements: the others go out with a later one.
    while not stage.live_soon():
        stamps.append(stage.time)
    stamps.append(stage.time)
    taken = {one.frame_time for one in stage.seen(FrameTracks)}
    assert not taken & set(stamps[:12])
    skipped = 0.0
    while not skipped:
        stats = stage.wait_for(AnalysisStats)
        skipped = round(stats.skipped_fps * STATS_S)
    assert skipped == len(stamps) - len(taken & set(stamps))


def test_old_frames_are_looked_at_in_order_and_none_is_skipped(start: Start) -> None:
    stage = start(ago=100.0)
    warm(stage)
    stamps = [stage.put((square(40 + n * 12),)) for n in range(7)]
    stage.wait_for(FrameTracks, lambda tracks: tracks.frame_time == stamps[-1])
    mine = [one for one in stage.seen(FrameTracks) if one.frame_time in stamps]
    assert [one.frame_time for one in mine] == stamps
    assert only(mine[-1].objects).box == square(40 + 6 * 12)


def test_detect_off_ends_objects_and_leaves_motion(start: Start) -> None:
    stage = start()
    warm(stage)
    live = only(walk(stage, 6)[-1].objects)
    stage.change(detect=False)
    while not (tracks := stage.live(square(112))).ended:
        pass
    assert only(tracks.ended).id == live.id
    assert tracks.objects == ()
    assert stage.live(square(200)).motion_boxes


def test_what_is_switched_keeps_the_objects(start: Start) -> None:
    area = ((0.0, 0.0), (1.0, 0.0), (1.0, 0.1), (0.0, 0.1))
    stage = start()
    warm(stage)
    walked = walk(stage, 6)
    live = only(walked[-1].objects)
    x = live.box.x1
    changes: list[dict[str, Any]] = [
        {"motion": MotionSettings(threshold=40, contour_area=20, improve_contrast=False)},
        {"motion": MotionSettings(threshold=40, masks=(area,)), "masks": (area,)},
        {"zones": (ZoneSettings("porch", area),)},
        {"zones": ()},
    ]
    for change in changes:
        stage.change(**change)
        for _ in range(3):
            x += 8
            tracks = stage.live(square(x))
            assert [one.id for one in tracks.objects] == [live.id]
            assert not tracks.ended


def test_a_disabled_camera_ends_objects_at_once_and_sends_nothing(start: Start) -> None:
    stage = start()
    warm(stage)
    live = only(walk(stage, 6)[-1].objects)
    stage.change(enabled=False)
    assert only(stage.wait_for(FrameTracks, lambda tracks: bool(tracks.ended)).ended).id == live.id
    ignored = stage.put((square(200),))
    stage.wait_for(AnalysisStats)  # by then the frame has been taken in
    stage.change(enabled=True)
    while not stage.live_soon(square(212)):
        pass
    assert ignored not in {one.frame_time for one in stage.seen(FrameTracks)}


def test_a_standing_object_is_looked_at_each_interval_only(start: Start) -> None:
    spec = AnalysisSettings(camera="cam", stationary=StationarySettings(interval=10, threshold=10))
    stage = start(spec)
    warm(stage)
    walk(stage, 5)
    seen = [stage.live(square(100)) for _ in range(40)]
    assert only(seen[-1].objects).stationary
    standing = [one for one in seen if one.objects and one.objects[0].stationary][1:]
    looked = [one.frame_time for one in standing if one.objects[0].frame_time == one.frame_time]
    assert len(standing) > 20
    assert np.allclose(np.diff(looked), 10 / FPS, atol=0.01)
    assert not any(one.motion_boxes for one in standing)  # it is known to stand there


def test_a_new_ring_of_another_size_is_taken_over(start: Start) -> None:
    stage = start()
    warm(stage)
    live = only(walk(stage, 6)[-1].objects)
    other = FrameRing.create(stage.shm, "ring-cam-2", 320, 180, 4)
    stamp = stage.time + 1
    seq, i420 = other.begin(stamp, keyframe=True)
    i420[:] = 90
    other.commit(seq)
    stage.feed.announce(FrameReady("cam", other.name, seq, stamp, keyframe=True))
    tracks = stage.wait_for(FrameTracks, lambda tracks: tracks.frame_time == stamp)
    assert (tracks.width, tracks.height) == (320, 180)
    assert only(tracks.ended).id == live.id
    other.close(unlink=True)


def test_a_new_ring_while_a_detector_thinks_costs_neither_object_nor_picture(start: Start) -> None:
    stage = start()
    warm(stage)
    live = only(walk(stage, 3)[-1].objects)
    os.kill(stage.detectors[0].pid, signal.SIGSTOP)
    bigger = square(76, size=90)  # a better picture, which only this frame has
    asked = stage.put((bigger,))
    old = stage.ring
    while old.consumed < old.head:
        time.sleep(0.005)
    stage.ring = FrameRing.create(stage.shm, "ring-cam-2", WIDTH, HEIGHT, 8)
    stage.put((square(88, size=90),))
    tracks = stage.wait_for(FrameTracks, lambda tracks: tracks.frame_time == stage.time)  # patience is over
    os.kill(stage.detectors[0].pid, signal.SIGCONT)
    old.close(unlink=True)
    for n in range(3):
        tracks = stage.live(square(100 + 12 * n, size=90))
    assert only(tracks.objects).id == live.id
    while only(tracks.objects).end_time is None and not tracks.ended:
        tracks = stage.live()
        if not tracks.objects:
            break
    pictures = [one for one in stage.seen(BestPicture) if one.object_id == live.id]
    assert asked in {one.frame_time for one in pictures}


CAMERA = AnalysisSettings(camera="cam")


def test_other_settings_keep_the_object_and_another_detect_size_begins_anew(start: Start) -> None:
    stage = start()
    warm(stage)
    before = only(walk(stage, 10)[-1].objects)
    stage.reconfigure("v0", structs.replace(CAMERA, zones=(ZoneSettings("all", WHOLE),), idle_after=3.0))
    entered = [tracks for tracks in walk(stage, 10, first=160) if only(tracks.objects).current_zones]
    assert {only(tracks.objects).id for tracks in entered} == {before.id}
    stage.reconfigure("v0", structs.replace(CAMERA, width=320, height=180))
    seen = [stage.live(square(280 + index * 12)) for index in range(20)]
    while seen[-1].width != 320:
        seen.append(stage.live(square(520)))
    ended = [one.id for tracks in seen for one in tracks.ended]
    assert ended == [before.id]


def test_cameras_come_and_go_while_the_others_are_watched(start: Start) -> None:
    stage = start()
    warm(stage)
    before = only(walk(stage, 10)[-1].objects)
    stage.reconfigure("v0", CAMERA, AnalysisSettings(camera="other"))
    with Other(stage) as other:
        while not other.seen():
            other.put()
            stage.live(square(160))
        stage.reconfigure("v0", CAMERA)
        while Path(stage.run_dir, "frames-other").exists():
            stage.live(square(160))
        assert only(stage.live(square(160)).objects).id == before.id


@pytest.mark.parametrize("first", ["v0", "v1"])
def test_a_camera_moves_to_another_process(start: Start, first: str) -> None:
    stage = start()
    stage.start_another("v1")
    specs: dict[str, tuple[AnalysisSettings, ...]] = {"v0": (), "v1": (CAMERA,)}
    for name in (first, "v1" if first == "v0" else "v0"):
        stage.reconfigure(name, *specs[name])
    stage.wait_for(AnalysisStats, lambda one: one.pid == stage.others[0].pid)
    warm(stage)
    assert len(walk(stage, 10)[-1].objects) == 1
