"""How frames are announced, whoever comes, goes and does not keep up."""

from __future__ import annotations

import select
from pathlib import Path

import pytest

from dogwatch.bus.frames import FRAME_LIMIT, FrameFeed, FrameIntake
from dogwatch.bus.messages import FrameReady


def frame(seq: int, camera: str = "front") -> FrameReady:
    return FrameReady(camera, f"dogwatch-1-{camera}-0", seq, float(seq), keyframe=False)


def numbers(intake: FrameIntake) -> list[int]:
    """Return the numbers of the frames that have been announced."""
    ready, _, _ = select.select(intake.descriptors, [], [], 0)
    return [one.seq for one in intake.receive(ready)]


def test_frames_are_announced_whoever_comes_and_goes(tmp_path: Path) -> None:
    run = str(tmp_path)
    feed = FrameFeed(run, "front")
    feed.announce(frame(-1))
    feed.announce(frame(0))  # nobody is there; the newest waits, or a quiet camera would be seen only seconds later
    intake = FrameIntake(run, ("front",))
    assert numbers(intake) == []
    feed.announce_waiting()
    assert numbers(intake) == [0]
    feed.announce_waiting()
    feed.announce(frame(1))
    feed.announce(frame(2))
    assert numbers(intake) == [1, 2]
    feed.close()
    feed = FrameFeed(run, "front")
    feed.announce(frame(3))
    assert numbers(intake) == [3]
    intake.close()
    feed.announce(frame(4))
    intake = FrameIntake(run, ("front",))
    feed.announce(frame(5))
    assert numbers(intake) == [4, 5]
    successor = FrameIntake(run, ("front",))  # while the former hangs
    feed.announce(frame(6))
    intake.close()
    feed.announce(frame(7))
    assert numbers(successor) == [6, 7]
    successor.close()
    assert list(tmp_path.iterdir()) == []
    feed.close()


def test_a_killed_visions_socket_is_in_nobodys_way(tmp_path: Path) -> None:
    run = str(tmp_path)
    feed, killed = FrameFeed(run, "front"), FrameIntake(run, ("front",))
    (tmp_path / "frames-front").rename(tmp_path / "kept")
    killed.close()
    (tmp_path / "kept").rename(tmp_path / "frames-front")
    feed.announce(frame(1))
    intake = FrameIntake(run, ("front",))
    feed.announce(frame(2))
    assert numbers(intake) == [1, 2]
    intake.close()
    feed.close()


def test_a_reader_that_is_behind_gets_the_newest_in_order(tmp_path: Path) -> None:
    feed, intake = FrameFeed(str(tmp_path), "front"), FrameIntake(str(tmp_path), ("front",))
    for seq in range(1000):
        feed.announce(frame(seq))
    held = numbers(intake)  # what the kernel has kept; how much differs from system to system
    assert held == list(range(len(held)))
    got = []
    for seq in range(1000, 1000 + FRAME_LIMIT):  # room for as many as the kernel holds comes each time
        feed.announce(frame(seq))
        got += numbers(intake)
    assert got[-1] == 1000 + FRAME_LIMIT - 1
    assert got == list(range(max(len(held), 1000 - FRAME_LIMIT + 1), 1000 + FRAME_LIMIT))
    feed.close()
    intake.close()


@pytest.mark.parametrize("prefix", ["", "a-camera-with-a-very-long-name" * 5])
def test_each_camera_has_its_own_socket(tmp_path: Path, prefix: str) -> None:
    cameras = (f"{prefix}front", f"{prefix}back")
    intake = FrameIntake(str(tmp_path), cameras)
    feeds = [FrameFeed(str(tmp_path), camera) for camera in cameras]
    for seq, (feed, camera) in enumerate(zip(feeds, cameras, strict=True)):
        feed.announce(frame(seq, camera))
    front, back = intake.descriptors
    assert [one.camera for one in intake.receive({back})] == [cameras[1]]
    assert [one.camera for one in intake.receive({front, back})] == [cameras[0]]
    assert intake.receive({front, back}) == []
    for feed in feeds:
        feed.close()
    intake.close()


def test_cameras_come_and_go(tmp_path: Path) -> None:
    run = str(tmp_path)
    intake = FrameIntake(run, ("front",))
    back = intake.add("back")
    feeds = {camera: FrameFeed(run, camera) for camera in ("front", "back")}
    feeds["front"].announce(frame(1))
    feeds["back"].announce(frame(2, "back"))
    assert numbers(intake) == [1, 2]
    assert intake.remove("back") == back
    feeds["front"].announce(frame(3))
    feeds["back"].announce(frame(4, "back"))
    assert numbers(intake) == [3]
    intake.close()
    for feed in feeds.values():
        feed.close()
    assert list(tmp_path.iterdir()) == []
