"""Profiles of a file: what they make of cameras, what is wrong with them, and how they are shown."""

from __future__ import annotations

import json
from typing import Any

import pytest

from dogwatch.config import Config, ConfigErrors, Keeper, parse
from dogwatch.config.effective import CREDENTIAL, effective
from dogwatch.config.profiles import with_profile
from dogwatch.config.schema import schema

TEXT = """
profiles: {away: {friendly_name: Gone}, night: }
record: {enabled: true}
cameras:
  front:
    ffmpeg: {inputs: [{path: "rtsp://u:hunter2@x/a", roles: [record, detect]}]}
    detect: {width: 1000, height: 500, fps: 4}
    motion: {mask: {sky: {coordinates: "0,0,1,0,1,0.2"}}}
    zones: {porch: {coordinates: "0,0,1,0,1,1"}}
    profiles:
      away: PART
      night: {detect: {enabled: false}}
  back: {ffmpeg: {inputs: [{path: "rtsp://x/b"}]}}
"""
PART = (
    "{detect: {enabled: true}, record: {continuous: {days: 3}}, objects: {track: [car]}, "
    "motion: {mask: {sky: {enabled: false}}}, "
    "zones: {porch: {enabled: false}, lawn: {coordinates: '0,0,500,0,500,250'}}}"
)


def text(part: str = PART) -> str:
    return TEXT.replace("PART", part)


def config(part: str = PART) -> Config:
    return parse(text(part), env={}).config


def test_a_profile_is_laid_over_its_cameras_alone() -> None:
    file = config()
    away, night = with_profile(file, "away"), with_profile(file, "night")
    front = away.cameras["front"]
    assert (front.name, front.detect.enabled, front.detect.fps, front.record.enabled) == ("front", True, 4, True)
    assert front.record.continuous.days == 3
    assert front.objects.track == ["car"]
    assert "car" in front.objects.filters
    assert [(mask.name, mask.enabled) for mask in front.motion.mask] == [("sky", False)]
    assert not front.zones["porch"].enabled
    assert front.zones["lawn"].coordinates == "0,0,0.5,0,0.5,0.5"  # of the frame that the camera has
    assert away.cameras["back"] is file.cameras["back"]
    assert (night.cameras["front"].detect.enabled, night.cameras["front"].objects.track) == (False, ["person"])
    assert with_profile(file, None) is with_profile(file, "other") is file
    assert front.profiles == file.cameras["front"].profiles


@pytest.mark.parametrize(
    ("part", "place", "words"),
    [
        ("{detect: {fsp: 3}}", "away.detect.fsp", "unknown key 'fsp' (did you mean 'fps'?)"),
        ("{detect: {fps: x}}", "away.detect.fps", "expected a number"),
        ("{rekord: {enabled: true}}", "away.rekord", "did you mean 'record'?"),
        ("{zones: {lawn: {enabled: false}}}", "away.zones.lawn", "'coordinates' is missing"),
        ("{zones: {back: {coordinates: '0,0,1,0,1,1'}}}", "away.zones.back", "is named like a camera"),
        ("{zones: {'a b': {coordinates: '0,0,1,0,1,1'}}}", "away.zones.a b", "zone name"),
        ("{snapshots: {required_zones: [prch]}}", "away.snapshots.required_zones", "has no zone 'prch'"),
        ("5", "away", "expected keys with values"),
        ("{profiles: {}}", "away.profiles", "a profile has no profiles of its own"),
        ("{audio: {enabled: true}}", "away", "with this profile, cameras.front.ffmpeg.inputs: audio is enabled but no"),
    ],
)
def test_mistakes_are_told_with_their_place(part: str, place: str, words: str) -> None:
    with pytest.raises(ConfigErrors) as caught:
        config(part)
    (error,) = caught.value.errors
    assert error.line == 11
    assert error.path == f"cameras.front.profiles.{place}"
    assert words in str(caught.value)


def test_mistakes_of_a_camera_are_told_once() -> None:
    with pytest.raises(ConfigErrors) as caught:
        parse(text().replace("fps: 4", "fps: never"), env={})
    assert [error.path for error in caught.value.errors] == ["cameras.front.detect.fps"]


@pytest.mark.parametrize(
    ("profiles", "words"), [("{none: }", "stands for no profile"), ("[away]", "expected keys"), ("{'': }", "1 to 100")]
)
def test_names_of_profiles(profiles: str, words: str) -> None:
    with pytest.raises(ConfigErrors, match=words):
        parse(text().replace("{away: {friendly_name: Gone}, night: }", profiles), env={})


def test_a_profile_without_a_name_at_the_top_is_no_mistake() -> None:
    loaded = parse(text().replace("profiles: {away: {friendly_name: Gone}, night: }", "profiles: {awya: }"), env={})
    said = {notice.line: notice.message for notice in loaded.notices}
    assert said.keys() == {11, 12}
    assert "cannot be activated (did you mean 'awya'?)" in said[11]
    keeper = Keeper(loaded)
    assert not keeper.activate("away")
    assert keeper.activate("awya")
    assert keeper.config is keeper.file


def test_what_is_not_used_in_a_profile_is_told_as_of_the_camera() -> None:
    (notice,) = parse(text("{audio_transcription: {language: de}}"), env={}).notices
    assert (notice.path, notice.message) == (
        "cameras.front.profiles.away.audio_transcription",
        "ignored: Dogwatch does not use audio_transcription",
    )


def shown(file: Config, profile: str | None = None) -> dict[str, Any]:
    return effective(with_profile(file, profile), profile=profile)


def test_it_is_shown() -> None:
    file = config(
        "{detect: {enabled: true}, onvif: {host: h, user: u, password: hunter3}, motion: {mask: ['0,0,1,0,1,1']}}"
    )
    plain, away = shown(file), shown(file, "away")
    assert plain["profiles"] == away["profiles"] == {
        "away": {"friendly_name": "Gone"}, "night": {"friendly_name": "night"}
    }  # fmt: skip
    assert "active_profile" not in plain
    assert away["active_profile"] == "away"
    front, back = away["cameras"]["front"], away["cameras"]["back"]
    assert (front["detect"]["enabled"], front["onvif"]["host"]) == (True, "h")
    assert plain["cameras"]["front"]["profiles"] == front["profiles"] == {
        "away": {
            "detect": {"enabled": True}, "onvif": {"host": "h", "user": CREDENTIAL, "password": CREDENTIAL},
            "motion": {"mask": ["0,0,1,0,1,1"]},
        },
        "night": {"detect": {"enabled": False}},
    }  # fmt: skip
    assert back["profiles"] == {}
    assert "hunter" not in json.dumps(away)


def test_what_has_changed_is_told_of_the_profile_alone() -> None:
    keeper = Keeper(parse(text(), env={}))
    keeper.activate("away")
    assert list(keeper.change(parse(text().replace("fps: 4", "fps: 5"), env={})).lines()) == [
        "camera front: detect changed"
    ]
    assert keeper.config.cameras["front"].detect.fps == 5
    found = keeper.change(parse(text("{detect: {fps: 9}}").replace("fps: 4", "fps: 5"), env={}))
    assert list(found.lines()) == ["camera front: profiles changed"]
    assert keeper.config.cameras["front"].detect.fps == 9
    assert (keeper.in_force.profile, keeper.change(parse("cameras: {}", env={})).removed) == ("away", ("front", "back"))
    assert keeper.in_force.profile is None
    keeper.change(parse(text(), env={}))
    assert keeper.in_force.profile is None  # one that was away does not come back by itself


def test_the_schema_lets_a_profile_give_a_part_of_anything() -> None:
    definitions = schema()["$defs"]
    inner = definitions["CameraConfig"]["properties"]["profiles"]["anyOf"][0]["additionalProperties"]["anyOf"][0]
    part = definitions[inner["$ref"].rpartition("/")[2]]
    assert part["properties"].keys() == definitions["CameraConfig"]["properties"].keys() - {"profiles"}
    assert "required" not in part
    assert definitions["ZoneConfig"]["required"] == ["coordinates"]
    assert "required" not in definitions["ProfileZoneConfig"]
