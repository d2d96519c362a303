from typing import Any

import pytest

from dogwatch.outputs.broadcast import Broadcast
from dogwatch.stats.monitoring import AUDIO_TOPIC, TOPIC, CameraMonitoring


class World:
    def __init__(self) -> None:
        self.now = 0.0
        self.streams = {"front": {"detect": "online"}}
        self.broadcast = Broadcast()
        self.stats: dict[str, Any] | None = None
        self.made = CameraMonitoring(
            self.broadcast, lambda: {name: dict(one) for name, one in self.streams.items()}, lambda: self.stats,
            lambda: self.now,
        )  # fmt: skip

    def newest(self, topic: str = TOPIC) -> Any:
        found = self.broadcast.newest(topic)
        return found.payload if found else None


@pytest.fixture
def world() -> World:
    return World()


def test_a_change_is_told_at_once(world: World) -> None:
    world.made.tick()
    assert world.newest() == {"front": {"streams": {"detect": "online"}}}
    world.streams["front"]["detect"] = "offline"
    world.made.tick()
    assert world.newest()["front"]["streams"] == {"detect": "offline"}


def test_figures_are_told_every_15_s(world: World) -> None:
    world.made.tick()
    world.stats = {"cameras": {"front": {"camera_fps": 5.0, "connection_quality": "excellent", "pid": 7}}}
    world.now = 14
    world.made.tick()
    assert "camera_fps" not in world.newest()["front"]
    world.now = 15
    world.made.tick()
    assert world.newest()["front"] == {
        "streams": {"detect": "online"}, "camera_fps": 5.0, "connection_quality": "excellent",
    }  # fmt: skip


def test_sounds(world: World) -> None:
    with world.broadcast.observed_by(world.made.observe):
        for topic, payload in (
            ("front/audio/bark", "ON"), ("front/audio/all", "ON"), ("front/audio/dBFS", -30.0),
            ("back/audio/yell", "OFF"),            ("front/audio/state", "ON"), ("front/audio/speech", "ON"),
        ):  # fmt: skip
            world.broadcast.publish(topic, payload)
        assert world.newest(AUDIO_TOPIC) is None
        world.made.tick()
        assert world.newest(AUDIO_TOPIC) == {"back": [], "front": ["bark", "speech"]}
        world.broadcast.publish("front/audio/bark", "OFF")
        world.made.tick()
        assert world.newest(AUDIO_TOPIC)["front"] == ["speech"]
