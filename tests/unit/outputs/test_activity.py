from dogwatch.config import Keeper, parse
from dogwatch.outputs.activity import Activity
from dogwatch.outputs.broadcast import Broadcast
from dogwatch.outputs.switches import Switches
from dogwatch.store.database import Database

LOADED = parse(
    """
cameras:
  front:
    ffmpeg: {inputs: [{path: "rtsp://192.0.2.1/", roles: [detect, record]}]}
    detect: {enabled: true}
  back:
    ffmpeg: {inputs: [{path: "rtsp://192.0.2.2/", roles: [detect]}]}
""",
    env={},
)


def test_activity(db: Database) -> None:
    seen = {"front": {"motion": True, "objects": [{"id": "a", "label": "person-verified", "sub_label": "Bob"}]}}
    activity = Activity(LOADED.config.cameras, Switches(Keeper(LOADED), db, Broadcast()), lambda: seen)
    found = activity.snapshot()
    assert list(found) == ["front", "back"]
    assert (found["front"]["motion"], found["front"]["objects"]) == (True, seen["front"]["objects"])
    assert (found["back"]["motion"], found["back"]["objects"]) == (False, [])
    assert list(activity.snapshot(["back"])) == ["back"]


def test_its_switches(db: Database) -> None:
    switches = Switches(Keeper(LOADED), db, Broadcast())
    activity = Activity(LOADED.config.cameras, switches, dict)
    assert activity.snapshot()["front"]["config"]["detect"] is True
    switches.set("front", "detect", value=False)
    assert activity.snapshot()["front"]["config"]["detect"] is False
    assert activity.snapshot()["front"]["config"]["notifications_suspended"] == 0
