"""What sockets do when nobody keeps up."""

from __future__ import annotations

import select
from pathlib import Path

import pytest
import zmq

from dogwatch.bus.messages import FrameReady, LiveFragment
from dogwatch.bus.sockets import FRAME_LIMIT, LIVE_LIMIT, FrameFeed, FrameIntake, LiveFeed, address, live_topic

FRAGMENT = LiveFragment(1.0, True, bytes(100_000))  # too large for many to hide in the kernel's buffers


def test_a_listener_that_does_not_read_is_counted_and_holds_nobody_up(tmp_path: Path) -> None:
    context: zmq.Context[zmq.Socket[bytes]] = zmq.Context()
    feed = LiveFeed(str(tmp_path), "front")
    listener = context.socket(zmq.SUB)
    try:
        for _ in range(5):
            feed.publish(0, FRAGMENT)
        assert feed.dropped == 0  # nobody listens, so nobody misses anything
        listener.setsockopt(zmq.RCVHWM, 1)
        listener.subscribe(live_topic(0))
        listener.connect(address(str(tmp_path), "live-front"))
        while 0 not in feed.watched:
            feed.changes()
        for _ in range(3 * LIVE_LIMIT):
            feed.publish(0, FRAGMENT)
            feed.publish(1, FRAGMENT)
        assert LIVE_LIMIT < feed.dropped < 3 * LIVE_LIMIT
        dropped = feed.dropped
        got = 0
        while listener.poll(500):
            listener.recv_multipart()
            got += 1
        assert got + dropped == 3 * LIVE_LIMIT  # every one was either sent or counted
    finally:
        feed.close()
        context.destroy(linger=0)


def frame(seq: int, camera: str = "front") -> FrameReady:
    return FrameReady(camera, f"dogwatch-1-{camera}-0", seq, float(seq), keyframe=False)


def numbers(intake: FrameIntake) -> list[int]:
    """Return the numbers of the frames that have been announced."""
    ready, _, _ = select.select(intake.descriptors, [], [], 0)
    return [one.seq for one in intake.receive(ready)]


def test_frames_are_announced_whoever_comes_and_goes(tmp_path: Path) -> None:
    run = str(tmp_path)
    feed = FrameFeed(run, "front")
    feed.announce(frame(0))  # nobody is there to miss it
    intake = FrameIntake(run, ("front",))
    assert numbers(intake) == []
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
    assert numbers(intake) == [5]
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
    assert numbers(intake) == [2]
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
