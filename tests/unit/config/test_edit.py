from __future__ import annotations

import difflib

import pytest

from dogwatch.config import ConfigErrors, edit
from dogwatch.config.edit import edited, edited_and_checked, flatten, from_query, scalar, split
from dogwatch.config.effective import CREDENTIAL
from dogwatch.config.splice import put
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
     ("a: b: c", "a: b: c"), ("a: b", "a: b"), ("p #w", "p #w"), ("'5'", "5"), ("[a, 5]", ["a", 5]), ("!x", "!x"),
     ("null", None), ("yes", "yes"), ("0123", 123), ("[", "["), ("2026-01-01", "2026-01-01")],
)  # fmt: skip
def test_scalar(text: str, value: object) -> None:
    assert scalar(text) == value


def test_flatten() -> None:
    assert flatten({"a": {"b": 1, "c": None}, "d": {}}) == {("a", "b"): 1, ("a", "c"): None, ("d",): {}}


SHARED = "a: &x\n  f: 5  # five\n  g: [1, 2]\nb: *x\nc:\n  <<: *x  # m\n  h: 1\n"
DASHES = "i:\n  - path: a # x\n    # roles\n    roles: [b]\n  - path: c\n    roles: [d]\n"
EMPTY = "motion:   # m\ndetect: ~\nx: null # c\nq:"
BLOCKS = "a: |\n  x\n\n  y\n\n# c\nb: >+\n  q\n\nc: 1\n"
FLOW = "x: {a: 1, # one\n    b: 2, # two\n    c: 3 # three\n  }\n"
CAMERAS = "cameras:\n  front:\n    x: 1\n    # y: 2\n\n  # back\n  back: {x: 1}\nui: {}\n"


@pytest.mark.parametrize(
    ("text", "path", "value", "after"),
    [
        # An alias elsewhere keeps what it said, and what has an alias gets its own.
        (SHARED, "a.f", 7, SHARED.replace(" &x", "").replace("5", "7").replace("b: *x", "b: &x {f: 5, g: [1, 2]}")),
        (SHARED, "a", None, "b: &x {f: 5, g: [1, 2]}\nc:\n  <<: *x  # m\n  h: 1\n"),
        (SHARED, "b.f", 7, SHARED.replace("b: *x", "b:\n  <<: *x\n  f: 7")),
        (SHARED, "b.f", None, SHARED.replace("b: *x", "b:\n  g: [1, 2]")),
        (SHARED, "c.f", 7, SHARED + "  f: 7\n"),
        (SHARED, "c.g.0", 7, SHARED + "  g: [7, 2]\n"),
        (SHARED, "c.f", None, SHARED.replace("  <<: *x  # m\n", "") + "  g: [1, 2]\n"),
        ("a: &f 5\nb: [*f , 1]\n", "a", 7, "a: 7\nb: [&f 5 , 1]\n"),
        ("a: &f 5\nb: *f # x\n", "b", 7, "a: &f 5\nb: 7 # x\n"),
        # Items of lists, and keys beside a dash.
        (DASHES, "i.0.path", None, DASHES.replace(" path: a # x", "")),
        (DASHES, "i.1.path", None, DASHES.replace("path: c\n    ", "")),
        (DASHES, "i.1.roles", None, DASHES.replace("    roles: [d]\n", "")),
        (DASHES, "i.1", None, DASHES.partition("  - path: c")[0]),
        (DASHES, "i.2", {"path": "e", "roles": ["f"]}, DASHES + "  - path: e\n    roles: [f]\n"),
        (DASHES, "i.1.x.y", 1, DASHES + "    x:\n      y: 1\n"),
        ("a:\n- - 1\n  - 2\n- - 3\n", "a.0.0", None, "a:\n- - 2\n- - 3\n"),
        ("a:\n- 1\n# x\n- 2\nb: 1\n", "a", [3, 4], "a:\n- 3\n- 4\nb: 1\n"),
        ("a: []\n", "a.0", "x", "a: [x]\n"),
        # Values that are not there.
        (EMPTY, "motion.t", 1, EMPTY.replace("# m\n", "# m\n  t: 1\n")),
        (EMPTY, "detect", 5, EMPTY.replace("~", "5")),
        (EMPTY, "x.t", [{"a": 1}], EMPTY.replace("x: null # c\n", "x: # c\n  t:\n    - a: 1\n")),
        (EMPTY, "q.t", 1, EMPTY + "\n  t: 1"),
        (EMPTY, "n", 1, EMPTY + "\nn: 1"),
        # Block scalars, texts of several lines.
        (BLOCKS, "a", "new", BLOCKS.replace("|\n  x\n\n  y", "new")),
        (BLOCKS, "a", None, BLOCKS.replace("a: |\n  x\n\n  y\n", "")),
        (BLOCKS, "b", None, BLOCKS.replace("b: >+\n  q\n\n", "")),
        (BLOCKS, "b.c", 1, None),
        (BLOCKS, "n", "1\n2", BLOCKS + 'n: "1\\n2"\n'),
        ("a: one\n  two # c\nb: 1\n", "a", "x", "a: x # c\nb: 1\n"),
        # Braces.
        (FLOW, "x.a", None, FLOW.replace("a: 1,", "")),
        (FLOW, "x.b", 7, FLOW.replace("2,", "7,")),
        (FLOW, "x.d", "a, b", FLOW.replace("3", "3, d: 'a, b'")),
        ("{a: 1, b: 2,}\n", "b", None, "{a: 1, }\n"),
        ("{a: 1}\n", "a", None, "{}\n"),
        ("--- {}\n", "a.b", 1, "--- {a: {b: 1}}\n"),
        # Cameras.
        (CAMERAS, "cameras.front", None, CAMERAS.replace("  front:\n    x: 1\n    # y: 2\n", "")),
        (CAMERAS, "cameras.front", 1, CAMERAS.replace("\n    x: 1", " 1")),
        (
            CAMERAS,
            "cameras.new",
            {"ffmpeg": {"inputs": [{"path": "rtsp://h", "roles": ["record"]}]}},
            CAMERAS.replace(
                "ui", "  new:\n    ffmpeg:\n      inputs:\n        - path: rtsp://h\n          roles: [record]\nui"
            ),
        ),
        ("cameras:  # mine\n  a:\n    x: 1\n    # y\n", "cameras.a.x", None, "cameras: {}  # mine\n"),
        # Whole files.
        ("%YAML 1.2\n---\na: 1\n...\n", "b", 1, "%YAML 1.2\n---\na: 1\nb: 1\n...\n"),
        ("---\n# c\n...\n", "b", 1, "---\n# c\nb: 1\n...\n"),
        ("# c", "b", 1, "# c\nb: 1"),
        ("\ufeffa: 1\nb: 2\n", "a", None, "\ufeffb: 2\n"),
        ("a: 1\r\nb:\r\n  c: 2 # x\r\n", "b.d.e", 1, "a: 1\r\nb:\r\n  c: 2 # x\r\n  d:\r\n    e: 1\r\n"),
        # Quotes stay; what needs them gets them; numbers are written as they were.
        ("a: 'x' # '\n", "a", "it's", "a: 'it''s' # '\n"),
        ('a: "x"\n', "a", "y", 'a: "y"\n'),
        ("a: x\n", "a", "5", "a: '5'\n"),
        ("a: &x 0123\nb: *x\n", "a", None, "b: &x 0123\n"),
        ("a: !!str 5 # x\n", "a", 6, "a: 6 # x\n"),
        ('"a": 1\n0: {x: 1}\n', "0.x", 2, '"a": 1\n0: {x: 2}\n'),
        ("? a\n: 1\n", "a", 2, None),
    ],
)
def test_only_the_characters_of_the_value_change(text: str, path: str, value: object, after: str | None) -> None:
    change = {tuple(path.split(".")): value}
    if after is None:
        with pytest.raises(ConfigError):
            edited(text, change)
    else:
        assert edited(text, change) == after


def test_secrets_in_lists_are_put_back() -> None:
    shown = [{"path": "rtsp://*:*@h/1", "roles": ["record"]}]
    path = ("cameras", "front", "ffmpeg", "inputs")
    assert "- path: rtsp://u:p@h/1\n" in edited(TEXT, {path: shown})
    with pytest.raises(ConfigError, match="masked"):
        edited(TEXT, {path: [{"path": "rtsp://*:*@other/1"}]})


def test_a_query_is_read_as_changes() -> None:
    pairs = [
        ("cameras.front.detect.enabled", "True"), ("cameras.front.objects.track", "person"), ("model.path", ""),
        ("cameras.front.objects.track", "cat"), ('go2rtc.streams."front.hd"', "rtsp://u:p#x@h/1"),
    ]  # fmt: skip
    assert from_query(pairs) == {
        ("cameras", "front", "detect", "enabled"): True,
        ("cameras", "front", "objects", "track"): ["person", "cat"],
        ("model", "path"): None,
        ("go2rtc", "streams", "front.hd"): "rtsp://u:p#x@h/1",
    }


def test_what_cannot_be_read_is_not_edited() -> None:
    for text in ("- a\n", "a: [\n", "a: 1\na: 2\n", "a: !secret x\n"):
        with pytest.raises(ConfigError):
            edited(text, {("b",): 1})


def test_many_keys_of_a_new_section_are_written_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[tuple[str, ...]] = []

    def noted(text: str, path: tuple[str, ...], value: object) -> str:
        written.append(path)
        return put(text, path, value)

    monkeypatch.setattr(edit, "put", noted)
    camera = {"ffmpeg": {"inputs": [{"path": "rtsp://h/1"}]}, "detect": {f"k{n}": n for n in range(50)}}
    after = edited(TEXT, flatten({"cameras": {"new": camera, "front": {"detect": {"fps": 9, "width": 640}}}}))
    assert written == [
        ("cameras", "new"),
        ("cameras", "front", "detect", "fps"),
        ("cameras", "front", "detect", "width"),
    ]
    assert "      fps: 9\n      width: 640\n  new:\n    ffmpeg:\n" in after
