from __future__ import annotations

import difflib

import pytest

from dogwatch.config import ConfigErrors
from dogwatch.config.edit import edited, edited_and_checked, flatten, scalar, split
from dogwatch.config.effective import CREDENTIAL
from dogwatch.config.template import template
from dogwatch.errors import ConfigError
from tests.unit.config.files import ENV, OLDEST

TEXT = """\
# my cameras
mqtt:
  enabled: false  # later
cameras:
  front:   # the door
    ffmpeg:
      inputs:
        - path: "rtsp://u:p@h/1"   # main
          roles: [record, detect]
        - path: 'rtsp://u:p@h/2'
          roles:
            - audio
    detect:
      fps: 5
"""


def changes(before: str, after: str) -> list[str]:
    lines = difflib.ndiff(before.splitlines(), after.splitlines())
    return [line for line in lines if line.startswith(("+ ", "- "))]


def test_setting_a_key_changes_its_line_only() -> None:
    after = edited(TEXT, {("cameras", "front", "detect", "fps"): 7})
    assert changes(TEXT, after) == ["-       fps: 5", "+       fps: 7"]


def test_a_new_section_is_added() -> None:
    after = edited(
        TEXT, {("cameras", "front", "record", "enabled"): True, ("cameras", "front", "detect", "width"): 640}
    )
    assert changes(TEXT, after) == ["+       width: 640", "+     record:", "+       enabled: true"]


def test_lists_are_written_in_one_line_and_items_by_number() -> None:
    after = edited(
        TEXT,
        {
            ("cameras", "front", "objects", "track"): ["person", "cat"],
            ("cameras", "front", "ffmpeg", "inputs", "1", "path"): "rtsp://h/3",
        },
    )
    assert "      track: [person, cat]\n" in after
    assert "rtsp://h/3" in after


def test_deleting_takes_empty_sections_along() -> None:
    after = edited(TEXT, {("cameras", "front", "detect", "fps"): None})
    assert changes(TEXT, after) == ["-     detect:", "-       fps: 5"]


def test_deleting_the_last_camera_leaves_cameras() -> None:
    assert edited("cameras:\n  a: {x: 1}\n", {("cameras", "a"): None}) == "cameras: {}\n"


def test_nothing_changes_nothing() -> None:
    assert edited(TEXT, {}) == TEXT
    assert edited(TEXT, {("cameras", "front", "detect", "fps"): 5, ("no", "such"): None}) == TEXT


@pytest.mark.parametrize("value", [CREDENTIAL, "rtsp://*:*@h/1"])
def test_a_masked_secret_written_back_changes_nothing(value: str) -> None:
    assert edited(TEXT, {("cameras", "front", "ffmpeg", "inputs", "0", "path"): value}) == TEXT


@pytest.mark.parametrize("text", [TEXT, OLDEST, template({"a": "rtsp://u:p@h/1"})])
def test_comments_order_quotes_and_anchors_stay(text: str) -> None:
    after = edited(text, {("ui", "time_format"): "24hour"})
    assert not [line for line in changes(text, after) if line.startswith("- ") and "#" in line]
    assert [line.strip() for line in text.splitlines() if "#" in line] == [
        line.strip() for line in after.splitlines() if "#" in line
    ]
    assert "*" in after or "&" not in text.replace("&record", "")


@pytest.mark.parametrize("mapping", [2, 3, 4])
@pytest.mark.parametrize("offset", [0, 2, 4])
def test_indentation_stays(mapping: int, offset: int) -> None:
    step, dash = " " * mapping, " " * offset
    maps = f"a:\n{step}empty:\n{step}b:\n{step * 2}c: 1\n"
    text = maps + f"{step}d:\n{step}{dash}- e: 1\n{step}{dash}  f: 2\n{step}{dash}- g: 3\n"
    assert edited(text, {("a", "b", "c"): 2}) == text.replace("c: 1", "c: 2")


def test_an_empty_file_can_be_edited() -> None:
    assert edited("", {("mqtt", "enabled"): False}) == "mqtt:\n  enabled: false\n"


@pytest.mark.parametrize("path", [("mqtt", "enabled", "x"), ("cameras", "front", "ffmpeg", "inputs", "9", "path")])
def test_a_path_through_a_value_is_refused(path: tuple[str, ...]) -> None:
    with pytest.raises(ConfigError):
        edited(TEXT, {path: 1})


def test_the_result_is_checked() -> None:
    text, loaded = edited_and_checked(OLDEST, {("cameras", "front", "detect", "fps"): 7}, ENV)
    assert loaded.config.cameras["front"].detect.fps == 7
    assert loaded.text == text
    with pytest.raises(ConfigErrors, match="expected a number"):
        edited_and_checked(OLDEST, {("cameras", "front", "detect", "fps"): "fast"}, ENV)


@pytest.mark.parametrize(
    ("dotted", "path"),
    [
        ("a", ("a",)),
        ("cameras.front.detect.fps", ("cameras", "front", "detect", "fps")),
        ('go2rtc.streams."front.hd"', ("go2rtc", "streams", "front.hd")),
        ("a.'b.c'.d", ("a", "b.c", "d")),
    ],
)
def test_split(dotted: str, path: tuple[str, ...]) -> None:
    assert split(dotted) == path


@pytest.mark.parametrize("dotted", ["", ".", "a..b", 'a."b', "a."])
def test_what_is_no_dotted_key_is_refused(dotted: str) -> None:
    with pytest.raises(ConfigError):
        split(dotted)


@pytest.mark.parametrize(
    ("text", "value"),
    [("True", True), ("false", False), ("5", 5), ("1.5", 1.5), ("abc", "abc"), ("", None), ("None", None),
     ("a: b: c", "a: b: c")],
)  # fmt: skip
def test_scalar(text: str, value: object) -> None:
    assert scalar(text) == value


def test_flatten() -> None:
    assert flatten({"a": {"b": 1, "c": None}, "d": {}}) == {("a", "b"): 1, ("a", "c"): None, ("d",): {}}
