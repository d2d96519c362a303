"""The picture of several cameras keeps up with what happens, what is configured, and who watches."""

from __future__ import annotations

from typing import Any

import pytest

from dogwatch.bus.messages import FrameTracks, Message, PictureCell, ShowCells
from dogwatch.config import parse
from dogwatch.errors import NotFoundError
from dogwatch.live.birdseye.composer import Birdseye
from dogwatch.live.birdseye.settings import birdseye_of
from dogwatch.live.drawing import PictureStyle
from dogwatch.live.pictures import RingName
from dogwatch.model import Box, TrackedObject

CAMERAS = """
cameras:
  {front}: {{ffmpeg: {{inputs: [{{path: rtsp://10.0.0.2/main}}]}}, detect: {{width: 640, height: 480}}}}
  back: {{ffmpeg: {{inputs: [{{path: rtsp://10.0.0.3/main}}]}}, birdseye: {{order: -1, {back}}}}}
"""


def settings(section: str = "", back: str = "", front: str = "front") -> Any:
    text = f"birdseye: {{{section}}}\n" + CAMERAS.format(back=back, front=front)
    return birdseye_of(parse(text, env={}).config)


class Watching:
    """A composer, and all that it tells and publishes."""

    def __init__(self, section: str = "", back: str = "") -> None:
        self.now = 1000.0
        self.told: list[tuple[str, Message]] = []
        self.published: list[tuple[str, object]] = []
        self.rings = {"front": RingName("ring-front", 640, 480)}
        self.made = Birdseye(
            settings(section, back),
            lambda: self.rings,
            lambda name, message: self.told.append((name, message)),
            lambda topic, payload: self.published.append((topic, payload)),
            "/nowhere",
            lambda: self.now,
        )

    def cells(self) -> tuple[PictureCell, ...]:
        name, message = self.told[-1]
        assert name == "birdseye"
        assert isinstance(message, ShowCells)
        return message.cells

    def seen(self, camera: str, *, motion: bool = False, moving: bool | None = None) -> None:
        box = Box(1, 1, 9, 9)
        found: tuple[TrackedObject, ...] = ()
        if moving is not None:
            found = (TrackedObject("1-a", camera, "person", 1.0, 1.0, box, box, 0.9, 0.9, 0.9, False, not moving),)
        self.made.on_tracks(FrameTracks(camera, self.now, 64, 48, 5, (box,) * motion, (), found))


def test_nothing_is_told_while_nobody_watches() -> None:
    one = Watching("mode: continuous")
    one.seen("front", motion=True, moving=True)
    one.made.update()
    assert (one.told, one.published) == ([], [])
    assert list(one.made.layout()) == ["back", "front"]


def test_who_begins_to_watch_gets_what_was_active_before() -> None:
    one = Watching()
    one.seen("front", moving=True)
    one.now += 29
    one.made.watch(True)
    assert [cell.camera for cell in one.cells()] == ["front"]
    assert one.published == [("birdseye_layout", {"front": {"x": 160, "y": 0, "width": 960, "height": 720}})]
    one.now += 2
    one.made.update()
    assert one.cells() == ()
    assert one.published[-1] == ("birdseye_layout", {})


def test_a_camera_that_becomes_active_is_shown_at_once_and_told_once() -> None:
    one = Watching()
    one.made.watch(True)
    for _ in range(3):
        one.seen("front", motion=True)  # in mode `objects`, motion is not enough
        one.seen("front", moving=False)
        one.made.update()
    assert len(one.told) == 1
    for _ in range(3):
        one.seen("front", moving=True)
        one.now += 0.2
        one.made.update()
    assert len(one.told) == len(one.published) == 2
    assert one.cells() == (PictureCell("front", "ring-front", 160, 0, 960, 720),)


def test_order_modes_and_the_greatest_number() -> None:
    one = Watching("mode: motion, layout: {max_cameras: 1}", "mode: continuous")
    one.made.watch(True)
    assert [(cell.camera, cell.ring) for cell in one.cells()] == [("back", "")]
    one.seen("front", motion=True)
    assert [cell.camera for cell in one.cells()] == ["front"]
    one.made.configure(settings("mode: motion", "mode: continuous"))
    assert [cell.camera for cell in one.cells()] == ["back", "front"]
    one.made.configure(settings("mode: motion", "enabled: false"))
    assert [cell.camera for cell in one.cells()] == ["front"]


def test_a_ring_that_comes_is_told() -> None:
    one = Watching("mode: continuous")
    one.made.watch(True)
    one.rings["back"] = RingName("ring-back", 480, 640)
    one.made.update()
    back, _ = one.cells()
    assert (back.ring, back.width, back.height) == ("ring-back", 460, 614)


def test_a_process_that_comes_back_is_told_everything() -> None:
    one = Watching("mode: continuous")
    one.made.watch(True)
    one.made.tell()
    assert len(one.told) == 2
    assert one.told[0] == one.told[1]
    assert len(one.published) == 1


def test_without_such_a_picture() -> None:
    one = Watching("enabled: false")
    one.made.watch(True)
    one.seen("front", motion=True, moving=True)
    one.made.update()
    assert (one.told, one.made.layout(), one.made.offered) == ([], {}, False)
    with pytest.raises(NotFoundError):
        one.made.still(PictureStyle())


def test_a_camera_of_that_name_has_precedence() -> None:
    assert settings(front="birdseye") is None
    assert settings() is not None
