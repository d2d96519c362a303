from collections.abc import Iterator

import pytest

from dogwatch.bus.messages import FrameTracks
from dogwatch.config import parse
from dogwatch.model import Box, TrackedObject
from dogwatch.notify.activity import Activity
from dogwatch.notify.broadcast import Broadcast
from dogwatch.notify.switches import Switches
from dogwatch.store.database import Database

CAMERAS = parse(
    """
cameras:
  front:
    ffmpeg: {inputs: [{path: "rtsp://192.0.2.1/", roles: [detect, record]}]}
    detect: {enabled: true}
  back:
    ffmpeg: {inputs: [{path: "rtsp://192.0.2.2/", roles: [detect]}]}
""",
    env={},
).config.cameras
NOW = 1_700_000_000.0


@pytest.fixture
def db() -> Iterator[Database]:
    made = Database("sqlite://")
    made.migrate()
    yield made
    made.close()


def found(name: str, *, false_positive: bool) -> TrackedObject:
    box = Box(0, 0, 20, 40)
    return TrackedObject(
        name, "front", "person", NOW, NOW, box, box, 0.8, 0.8, 0.9, false_positive, current_zones=("porch",)
    )


def test_activity(db: Database) -> None:
    now = [NOW + 1]
    switches = Switches(CAMERAS, db, Broadcast(), lambda _: None)
    activity = Activity(CAMERAS, switches, lambda: now[0])
    quiet = activity.snapshot()
    assert set(quiet) == {"front", "back"}
    assert (quiet["front"]["motion"], quiet["front"]["objects"]) == (False, [])
    objects = (found("a", false_positive=False), found("b", false_positive=True))
    activity.on_tracks(FrameTracks("front", NOW, 640, 360, 50, objects=objects))
    seen = activity.snapshot(["front"])
    assert list(seen) == ["front"]
    assert seen["front"]["motion"] is True
    assert seen["front"]["objects"] == [
        {
            "id": "a", "label": "person", "stationary": False, "area": 800, "ratio": 0.5, "score": 0.8,
            "sub_label": None, "current_zones": ["porch"],
        }
    ]  # fmt: skip
    assert seen["front"]["config"]["detect"] is True
    switches.set("front", "detect", value=False)
    assert activity.snapshot()["front"]["config"]["detect"] is False
    now[0] = NOW + CAMERAS["front"].motion.mqtt_off_delay
    assert activity.snapshot()["front"]["motion"] is False
