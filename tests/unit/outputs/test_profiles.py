"""The active profile: activated, kept, told, and ended by a file that no longer names it."""

from __future__ import annotations

import time

import pytest

from dogwatch import config
from dogwatch.config import Keeper
from dogwatch.errors import RefusedError
from dogwatch.outputs.broadcast import Broadcast
from dogwatch.outputs.commands import ActivateProfile, CommandDispatcher, parse
from dogwatch.outputs.profiles import Profiles
from dogwatch.outputs.switches import Switches
from dogwatch.store.database import Database

TEXT = """
profiles: {away: {friendly_name: Gone}, night: }
cameras:
  front:
    ffmpeg: {inputs: [{path: "rtsp://192.0.2.1/", roles: [detect, record]}]}
    detect: {enabled: true}
    record: {enabled: true}
    profiles:
      away: {detect: {enabled: false}, record: {enabled: false}, motion: {threshold: 77}}
"""


class Made:
    def __init__(self, db: Database, text: str = TEXT) -> None:
        self.broadcast = Broadcast()
        self.kept: list[str | None] = []
        self.keeper = Keeper(config.parse(text, env={}))
        self.switches = Switches(self.keeper, db, self.broadcast)
        self.profiles = Profiles(self.keeper, db, self.broadcast, self.kept.append)
        self.commands = CommandDispatcher(self.keeper, self.switches, self.profiles, lambda: None)

    def obey(self, topic: str, payload: object) -> None:
        self.commands.do(parse(topic, payload))

    def front(self) -> tuple[bool, bool, int]:
        camera = self.keeper.config.cameras["front"]
        return camera.detect.enabled, camera.record.enabled, camera.motion.threshold

    @property
    def states(self) -> dict[str, object]:
        return {one.topic: one.payload for one in self.broadcast.retained()}


@pytest.mark.parametrize("topic", ["profile/set", "*/profile/set"])
def test_activated_and_ended(db: Database, topic: str) -> None:
    made = Made(db)
    before = made.keeper.config
    made.profiles.publish()
    assert (made.profiles.active, made.states["profile/state"], made.profiles.last_activated) == (None, "none", {})
    begun = time.time()
    made.obey(topic, b"away")
    assert made.front() == (False, False, 77)
    assert (made.profiles.active, made.states["profile/state"]) == ("away", "away")
    assert begun <= made.profiles.last_activated["away"] <= time.time()
    assert [made.states[f"front/{name}/state"] for name in ("detect", "motion_threshold")] == ["OFF", 77]
    made.obey(topic, "night")
    assert made.front() == (True, True, 30)
    made.obey(topic, "none")
    assert made.keeper.config == before
    assert [made.states[f"front/{name}/state"] for name in ("detect", "motion_threshold")] == ["ON", 30]
    assert (made.profiles.active, made.states["profile/state"]) == (None, "none")
    assert made.profiles.last_activated.keys() == {"away", "night"}
    assert made.kept == [None, "away", "night", None]


@pytest.mark.parametrize(
    ("topic", "payload", "words"),
    [
        ("profile/set", "awya", "There is no profile 'awya': did you mean 'away'?"),
        ("profile/set", "Away", "There is no profile 'Away'"),
        ("profile/set", "", "There is no profile ''."),
        ("profile/set", {"name": "away"}, "There is no profile ''."),
        ("front/profile/set", "away", "it is set for '*', not for one"),
    ],
)
def test_refused(db: Database, topic: str, payload: object, words: str) -> None:
    made = Made(db)
    made.obey("profile/set", "night")
    with pytest.raises(RefusedError) as refused:
        made.obey(topic, payload)
    assert words in str(refused.value)
    assert made.profiles.active == "night"


def test_it_survives_a_restart(db: Database) -> None:
    first = Made(db)
    first.obey("profile/set", "away")
    db.write(lambda _: None)  # what was submitted before is written by now
    again = Made(db)
    assert (again.profiles.active, again.front(), again.kept) == ("away", (False, False, 77), ["away"])
    assert again.profiles.last_activated == first.profiles.last_activated
    again.obey("profile/set", "none")
    db.write(lambda _: None)
    assert Made(db).profiles.active is None


def test_what_is_switched_lies_above_it(db: Database) -> None:
    made = Made(db)
    made.obey("front/motion_threshold/set", "40")
    made.obey("front/recordings/set", "OFF")
    made.obey("profile/set", "away")
    assert made.front() == (False, False, 40)
    made.obey("front/detect/set", "ON")
    assert made.front() == (True, False, 40)
    with pytest.raises(RefusedError, match="off in the configuration file"):
        made.obey("front/recordings/set", "ON")  # as if the profile's settings stood in the file
    made.obey("profile/set", "none")
    assert made.front() == (True, False, 40)
    made.obey("front/recordings/set", "ON")
    assert made.front() == (True, True, 40)


@pytest.mark.parametrize("restarted", [False, True])
def test_one_that_the_file_no_longer_names_ends(
    db: Database, caplog: pytest.LogCaptureFixture, *, restarted: bool
) -> None:
    made = Made(db)
    made.obey("profile/set", "away")
    db.write(lambda _: None)
    without = TEXT.replace("away: {friendly_name: Gone}, ", "")
    if restarted:
        made = Made(db, without)
    else:
        made.keeper.change(config.parse(without, env={}))
    assert made.front() == (True, True, 30)
    assert (made.profiles.active, made.states["profile/state"], made.kept[-1]) == (None, "none", None)
    assert made.profiles.last_activated == {}
    assert "'away' is not in the configuration file any more" in caplog.text
    made.keeper.change(config.parse(TEXT, env={}))
    db.write(lambda _: None)
    assert (made.profiles.active, Made(db).profiles.active) == (None, None)


def test_parsed() -> None:
    assert parse("profile/set", "none") == ActivateProfile(None)
    assert parse("*/profile/set", "away") == ActivateProfile("away")
