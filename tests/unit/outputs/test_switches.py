import pytest

from dogwatch import config
from dogwatch.config import Keeper
from dogwatch.config.switches import Value, value_of, values_of
from dogwatch.errors import NotFoundError, RefusedError
from dogwatch.outputs.broadcast import Broadcast
from dogwatch.outputs.commands import CommandDispatcher, parse
from dogwatch.outputs.profiles import Profiles
from dogwatch.outputs.switches import Switches
from dogwatch.store.database import Database

LOADED_TEXT = """
cameras:
  front:
    ffmpeg: {inputs: [{path: "rtsp://192.0.2.1/", roles: [detect, record]}]}
    detect: {enabled: true}
    record: {enabled: true}
    birdseye: {enabled: true}
    motion: {mask: {sky: {coordinates: "0,0,1,0,1,0.2"}, tree: {enabled: false, coordinates: "0,0,1,0,1,0.2"}}}
    objects: {mask: ["0,0,1,0,1,0.2", "0,0.5,1,0.5,1,0.6"]}
    zones:
      porch: {coordinates: "0,0,1,0,1,1"}
      lawn: {enabled: false, coordinates: "0,0,1,0,1,1"}
  off:
    enabled: false
    ffmpeg: {inputs: [{path: "rtsp://192.0.2.2/", roles: [detect, record]}]}
    detect: {enabled: false}
    motion: {enabled: false}
    review: {alerts: {enabled: false}}
"""
LOADED = config.parse(LOADED_TEXT, env={})


class Made:
    def __init__(self, db: Database) -> None:
        self.broadcast = Broadcast()
        self.keeper = Keeper(LOADED)
        self.switches = Switches(self.keeper, db, self.broadcast)
        profiles = Profiles(self.keeper, db, self.broadcast)
        self.commands = CommandDispatcher(self.keeper, self.switches, profiles, lambda: None)

    def obey(self, topic: str, payload: object) -> None:
        self.commands.do(parse(topic, payload))

    def changed(self) -> dict[tuple[str, str], Value]:
        """Return what is in force otherwise than the file has it."""
        return {
            (camera, name): value
            for camera, now in self.keeper.config.cameras.items()
            for name, value in values_of(now).items()
            if value != value_of(self.keeper.file.cameras[camera], name)
        }

    @property
    def states(self) -> dict[str, object]:
        return {one.topic: one.payload for one in self.broadcast.retained()}


def test_the_file_counts_first(db: Database) -> None:
    switches = Made(db).switches
    assert switches.find("front", "detect") is True
    assert switches.find("off", "enabled") is False
    assert switches.find("off", "motion") is False
    assert switches.find("front", "motion_threshold") == 30
    assert switches.find("front", "birdseye_mode") == "OBJECTS"
    assert switches.find("nowhere", "detect") is None
    assert switches.find("front", "nothing") is None


@pytest.mark.parametrize(
    ("topic", "payload", "name", "value"),
    [
        ("front/detect/set", "OFF", "detect", False),
        ("front/detect/set", b"OFF", "detect", False),
        ("front/recordings/set", "OFF", "recordings", False),
        ("front/motion_threshold/set", "255", "motion_threshold", 255),
        ("front/motion_contour_area/set", "1", "motion_contour_area", 1),
        ("front/birdseye_mode/set", "MOTION", "birdseye_mode", "MOTION"),
        ("off/snapshots/set", "ON", "snapshots", True),
        ("front/zone/porch/set", "OFF", "zone/porch", False),
        ("front/motion_mask/sky/set", "OFF", "motion_mask/sky", False),
        ("front/object_mask/mask_2/set", "OFF", "object_mask/mask_2", False),
    ],
)
def test_obeyed(db: Database, topic: str, payload: object, name: str, value: Value) -> None:
    made = Made(db)
    camera = topic.partition("/")[0]
    made.obey(topic, payload)
    assert made.switches.find(camera, name) == value
    shown = {True: "ON", False: "OFF"}.get(value, value) if isinstance(value, bool) else value
    assert made.states[f"{camera}/{name}/state"] == shown
    assert made.changed() == {(camera, name): value}


@pytest.mark.parametrize(
    ("topic", "payload"),
    [
        ("front/detect/set", "off"),
        ("front/detect/set", "1"),
        ("front/detect/set", None),
        ("front/detect/set", {"value": "OFF"}),
        ("front/detect", "OFF"),
        ("front/no_such/set", "ON"),
        ("front/zone/set", "OFF"),
        ("front/zone/sky/set", "OFF"),
        ("front/object_mask/mask_3/set", "OFF"),
        ("off/zone/porch/set", "OFF"),
        ("nowhere/detect/set", "ON"),
        ("front/motion/set", "OFF"),  # while detect is on
        ("front/motion_threshold/set", "0"),
        ("front/motion_threshold/set", "256"),
        ("front/motion_threshold/set", "-1"),
        ("front/motion_threshold/set", "ON"),
        ("front/motion_contour_area/set", "0"),
        ("front/birdseye_mode/set", "motion"),
        ("front/audio/set", "ON"),  # not on in the file, as are those below
        ("front/ptz_autotracker/set", "ON"),
        ("front/audio_transcription/set", "ON"),
        ("front/notifications/set", "ON"),
        ("front/zone/lawn/set", "ON"),
        ("front/motion_mask/tree/set", "ON"),
        ("off/enabled/set", "ON"),
        ("off/recordings/set", "ON"),
        ("off/review_alerts/set", "ON"),
        ("set", "ON"),
        ("", ""),
    ],
)
def test_refused(db: Database, topic: str, payload: object) -> None:
    made = Made(db)
    with pytest.raises((NotFoundError, RefusedError)):
        made.obey(topic, payload)
    assert (made.states, made.changed()) == ({}, {})


def test_detect_brings_motion_along(db: Database) -> None:
    made = Made(db)
    made.switches.set("off", "detect", value=True)
    assert made.changed() == {("off", "detect"): True, ("off", "motion"): True}
    with pytest.raises(RefusedError, match="needs motion"):
        made.switches.set("off", "motion", value=False)
    made.switches.set("off", "detect", value=False)
    made.switches.set("off", "motion", value=False)


def test_the_birdseye_mode_of_a_camera_that_is_off(db: Database) -> None:
    made = Made(db)
    made.switches.set("front", "birdseye", value=False)
    modes = [made.states["front/birdseye_mode/state"]]
    with pytest.raises(RefusedError, match="not in birdseye"):
        made.switches.set("front", "birdseye_mode", "OBJECTS")
    made.switches.set("front", "birdseye", value=True)
    modes.append(made.states["front/birdseye_mode/state"])
    made.switches.set("front", "birdseye_mode", "OBJECTS")
    assert modes == ["OFF", "OBJECTS"]


def test_some_outlive_a_restart(db: Database) -> None:
    first = Made(db).switches
    first.set("front", "detect", value=False)
    first.set("front", "motion", value=False)
    first.set("front", "motion_threshold", 99)
    db.write(lambda _: None)  # what was submitted before is written by now
    made = Made(db)
    again = made.switches
    assert again.find("front", "detect") is False
    assert again.find("front", "motion") is True
    assert again.find("front", "motion_threshold") == 30
    assert made.changed() == {("front", "detect"): False}


def test_publish_all(db: Database) -> None:
    made = Made(db)
    made.switches.publish_all()
    assert made.states["front/recordings/state"] == "ON"
    assert made.states["off/enabled/state"] == "OFF"
    assert made.states["front/zone/lawn/state"] == "OFF"
    assert made.states["front/object_mask/mask_1/state"] == "ON"
    assert made.states["front/motion_threshold/state"] == 30
    assert made.states["front/notifications/suspended"] == 0


def test_suspended_notifications(db: Database) -> None:
    made = Made(db)
    made.obey("front/notifications/suspend", "5")
    until = made.switches.suspended_until("front")
    assert made.states["front/notifications/suspended"] == until > 0
    made.obey("front/notifications/suspend", "0")
    assert made.switches.suspended_until("front") == 0
    for topic, minutes in (("front", "x"), ("front", "-1"), ("front", "1000000"), ("nowhere", "5")):
        with pytest.raises((NotFoundError, RefusedError)):
            made.obey(f"{topic}/notifications/suspend", minutes)


def test_what_was_told_of_a_removed_camera_is_taken_back(db: Database) -> None:
    made = Made(db)
    made.switches.publish_all()
    for name in ("detect", "motion_threshold"):
        made.switches.set("front", name, 40 if name == "motion_threshold" else False)
    text = LOADED.text
    made.keeper.change(config.parse(text.replace("  front:", "  other:"), env={}))
    assert not [topic for topic in made.states if topic.startswith("front/")]
    assert made.states["other/detect/state"] == "ON"
    assert made.states["other/notifications/suspended"] == 0
    made.keeper.change(config.parse(text.replace("      lawn", "      grass"), env={}))
    assert made.switches.find("front", "detect") is False  # which outlives a restart
    assert made.switches.find("front", "motion_threshold") == 30
    assert "front/zone/lawn/state" not in made.states
    assert made.states["front/zone/grass/state"] == "OFF"


def test_what_outlives_a_restart_is_told_now_and_when_it_changes(db: Database) -> None:
    told: list[object] = []
    switches = Switches(Keeper(LOADED), db, Broadcast(), told.append)
    switches.set("front", "detect", value=False)
    switches.set("front", "birdseye", value=False)  # a restart forgets it
    db.write(lambda _: None)
    Switches(Keeper(LOADED), db, Broadcast(), told.append)
    assert told == [{}, {"front": {"detect": False}}, {"front": {"detect": False}}]


def test_notifications_of_all_cameras(db: Database) -> None:
    made = Made(db)
    made.switches.publish_all()

    def state() -> object:
        return made.states["notifications/state"]

    assert state() == "OFF"  # the file has them nowhere
    with pytest.raises(RefusedError):
        made.obey("notifications/set", "ON")
    made.keeper.change(config.parse(f"notifications: {{enabled: true}}\n{LOADED_TEXT}", env={}))
    assert state() == "ON"
    made.obey("notifications/set", "OFF")
    assert state() == "OFF"
    assert made.switches.quiet("front")
    made.obey("front/notifications/set", "OFF")  # tells nothing about all
    made.obey("front/notifications/set", "ON")
    assert state() == "OFF"
    made.obey("notifications/set", "ON")
    assert state() == "ON"
    assert not made.switches.quiet("front")
    made.obey("front/notifications/suspend", "5")
    assert made.switches.quiet("front")
    assert not made.switches.quiet("off")


def test_the_end_of_a_suspension_is_told(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    made = Made(db)
    made.obey("front/notifications/suspend", "5")
    until = made.states["front/notifications/suspended"]
    assert isinstance(until, int)
    made.switches.tick()
    assert made.states["front/notifications/suspended"] == until
    monkeypatch.setattr("dogwatch.outputs.switches.time.time", lambda: until + 0.5)
    made.switches.tick()
    assert made.states["front/notifications/suspended"] == 0
    assert not made.switches.quiet("front")
