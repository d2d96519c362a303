"""`<camera>/status/<role>`: told on change, and again now and then."""

import pytest

from dogwatch.bus.messages import StreamLost, StreamOpened
from dogwatch.outputs.stream_status import REPEAT_S, StreamStatus


class Scene:
    def __init__(self) -> None:
        self.now = 0.0
        self.off: set[str] = set()
        self.told: list[tuple[str, object]] = []
        roles = {"front": ("record", "detect"), "back": ("record",)}
        self.status = StreamStatus(roles, lambda camera: camera not in self.off, self.publish, lambda: self.now)

    def publish(self, topic: str, payload: object, *, retain: bool = False) -> None:
        self.told.append((topic, payload))

    def taken(self) -> list[tuple[str, object]]:
        told, self.told = self.told, []
        return told


@pytest.fixture
def scene() -> Scene:
    made = Scene()
    made.status.tick()
    assert made.taken() == [(f"{topic}", "offline") for topic in TOPICS]
    return made


TOPICS = ("front/status/record", "front/status/detect", "back/status/record")


def opened(camera: str, *roles: str) -> StreamOpened:
    return StreamOpened(camera, roles, "h264", 640, 360, 5.0)


def test_told_once_a_change(scene: Scene) -> None:
    scene.status.on_opened(opened("front", "record"))
    scene.status.on_opened(opened("front", "record"))
    scene.status.tick()
    assert scene.taken() == [("front/status/record", "online")]
    scene.status.on_lost(StreamLost("front", ("record",), "gone"))
    assert scene.taken() == [("front/status/record", "offline")]


def test_told_again_now_and_then(scene: Scene) -> None:
    scene.status.on_opened(opened("back", "record"))
    scene.taken()
    scene.now = REPEAT_S
    scene.status.tick()
    assert scene.taken() == list(zip(TOPICS, ("offline", "offline", "online"), strict=True))
    scene.status.tick()
    assert scene.taken() == []


def test_switched_off_and_on(scene: Scene) -> None:
    scene.status.on_opened(opened("back", "record"))
    scene.off.add("back")
    scene.taken()
    scene.status.tick()
    assert scene.taken() == [("back/status/record", "disabled")]
    scene.off.clear()
    scene.status.tick()
    assert scene.taken() == [("back/status/record", "offline")]
    scene.status.on_opened(opened("back", "record"))
    assert scene.taken() == [("back/status/record", "online")]


def test_its_process_has_gone(scene: Scene) -> None:
    scene.status.on_opened(opened("front", "record", "detect"))
    scene.status.on_opened(opened("back", "record"))
    scene.taken()
    scene.status.on_camera_gone("front")
    assert scene.taken() == [("front/status/record", "offline"), ("front/status/detect", "offline")]


def test_strangers_are_not_told_of(scene: Scene) -> None:
    scene.status.on_opened(opened("side", "record"))
    assert scene.taken() == []
