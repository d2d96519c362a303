from pathlib import Path

import pytest

from dogwatch import config
from dogwatch.config import ConfigErrors, Keeper
from dogwatch.errors import DogwatchError, NotFoundError, RefusedError
from dogwatch.onvif.moves import PtzMove
from dogwatch.outputs.broadcast import Broadcast
from dogwatch.outputs.commands import (
    AcceptCameraView,
    Command,
    CommandDispatcher,
    MovePtz,
    Restart,
    SuspendNotifications,
    SwitchCamera,
    SwitchEdge,
    SwitchNotifications,
    TellStates,
    TryNotifications,
    parse,
)
from dogwatch.outputs.profiles import Profiles
from dogwatch.outputs.switches import Switches
from dogwatch.store.database import Database

CONFIG = """
mqtt: {enabled: false}
cameras:
  front: {ffmpeg: {inputs: [{path: "rtsp://192.0.2.1/", roles: [detect]}]}, detect: {enabled: true}}
  back:
    ffmpeg: {inputs: [{path: "rtsp://192.0.2.2/", roles: [detect]}]}
    zones: {porch: {coordinates: "0,0,1,0,1,1"}}
"""


@pytest.mark.parametrize(
    ("topic", "payload", "command"),
    [
        ("onConnect", None, TellStates()),
        ("jobState", "", TellStates()),
        ("restart", "", Restart()),
        ("front/detect/set", b"ON", SwitchCamera("front", "detect", True)),
        ("*/zone/porch/set", "OFF", SwitchCamera("*", "zone/porch", False)),
        ("front/motion_threshold/set", 40, SwitchCamera("front", "motion_threshold", 40)),
        ("front/notifications/set", "ON", SwitchCamera("front", "notifications", True)),
        ("front/notifications/suspend", "90", SuspendNotifications("front", 90)),
        ("notifications/set", b"ON", SwitchNotifications(on=True)),
        ("notifications/set", "OFF", SwitchNotifications(on=False)),
        ("notification_test", None, TryNotifications()),
        ("front/ptz", b"MOVE_LEFT", MovePtz("front", PtzMove("move_left"))),
        ("front/camera_health/accept", None, AcceptCameraView("front")),
        ("edge/mode/set", "armed", SwitchEdge("mode", "armed")),
        ("edge/output/siren/set", b"ON", SwitchEdge("output/siren", "ON")),
        ("edge/detect/set", "ON", SwitchCamera("edge", "detect", True)),
    ],
)
def test_parsed(topic: str, payload: object, command: Command) -> None:
    assert parse(topic, payload) == command


@pytest.mark.parametrize(
    ("topic", "payload", "kind", "words"),
    [
        ("", "", NotFoundError, "There is no command ''."),
        ("front/set", "ON", NotFoundError, "There is no command 'front/set'."),
        ("front/ptz", "SPIN", RefusedError, "'SPIN' is no move of a camera."),
        ("front/stop", "STOP", NotFoundError, "There is no command 'front/stop'."),
        ("front/no_such/set", "ON", NotFoundError, "There is no switch 'no_such'."),
        ("front/zone/set", "ON", NotFoundError, "There is no switch 'zone': it needs a name, as 'zone/...'."),
        ("front/detect/porch/set", "ON", NotFoundError, "There is no switch 'detect/porch'."),
        ("front/detect/set", "on", RefusedError, "'on' is no value of the switch 'detect', which takes ON, OFF."),
        ("front/detect/set", {"a": 1}, RefusedError, "'' is no value of the switch 'detect', which takes ON, OFF."),
        ("front/motion_threshold/set", "256", RefusedError, "which takes 1 to 255."),
        ("front/birdseye_mode/set", "x", RefusedError, "which takes CONTINUOUS, MOTION, OBJECTS."),
        ("front/notifications/suspend", "\u0665", RefusedError, "'\u0665' is no number of minutes."),
        ("front/notifications/suspend", "1000000", RefusedError, "is no number of minutes."),
        ("notifications/set", "on", RefusedError, "'on' is neither ON nor OFF."),
    ],
    ids=str,
)
def test_refused_with_words(topic: str, payload: object, kind: type[DogwatchError], words: str) -> None:
    with pytest.raises(kind) as refused:
        parse(topic, payload)
    assert words in str(refused.value)


def test_every_camera_that_can_is_changed(tmp_path: Path) -> None:
    file = tmp_path / "config.yml"
    file.write_text(CONFIG)
    keeper, restarts = Keeper(config.load(file)), list[None]()
    db = Database("sqlite://")
    db.migrate()
    try:
        switches = Switches(keeper, db, Broadcast())
        profiles = Profiles(keeper, db, switches.broadcast)
        commands = CommandDispatcher(keeper, switches, profiles, lambda: restarts.append(None))
        commands.do(parse("*/detect/set", "OFF"))
        assert [switches.find(camera, "detect") for camera in ("front", "back")] == [False, False]
        commands.do(parse("*/zone/porch/set", "OFF"))
        assert switches.find("back", "zone/porch") is False
        with pytest.raises(NotFoundError, match="The camera 'front' has no switch 'zone/lawn'"):
            commands.do(parse("*/zone/lawn/set", "OFF"))
        with pytest.raises(NotFoundError, match="There is no camera 'attic'"):
            commands.do(parse("attic/detect/set", "OFF"))
        commands.do(parse("*/notifications/suspend", "5"))
        assert switches.suspended_until("back") == switches.suspended_until("front") > 0

        for command in (SwitchEdge("mode", "armed"), parse("front/ptz", "STOP")):
            with pytest.raises((NotFoundError, RefusedError)):
                commands.do(command)
        with pytest.raises(NotFoundError, match="There is no camera 'attic'"):
            commands.do(parse("attic/ptz", "STOP"))

        accepted = list[str]()
        commands.accept_view = accepted.append
        commands.do(parse("front/camera_health/accept", ""))
        with pytest.raises(NotFoundError, match="There is no camera 'attic'"):
            commands.do(parse("attic/camera_health/accept", ""))
        commands.do(parse("front/motion/set", "OFF"))
        with pytest.raises(RefusedError, match="The pictures of 'front' are not looked at"):
            commands.do(parse("front/camera_health/accept", ""))
        assert accepted == ["front"]

        commands.do(Restart())
        file.write_text("cameras: {")
        with pytest.raises(ConfigErrors):
            commands.do(Restart())
        assert restarts == [None]
    finally:
        db.close()
