"""Which review items are told, when, and how that reads."""

from typing import Any

import pytest

from dogwatch.config import parse
from dogwatch.outputs.push.occasions import Occasions, ReviewNotice
from dogwatch.outputs.push.settings import PushSettings, push_settings_of

CONFIG = """
notifications: {{enabled: true, email: me@example.org{0}}}
cameras:
  front_door: {{ffmpeg: {{inputs: [{{path: "rtsp://192.0.2.1/"}}]}}{1}}}
  back: {{friendly_name: The yard, ffmpeg: {{inputs: [{{path: "rtsp://192.0.2.2/"}}]}}}}
"""


def settings(more: str = "", camera: str = "") -> PushSettings:
    return push_settings_of(parse(CONFIG.format(more, camera), env={}).config)


def item(key: str = "1.5-a", camera: str = "front_door", severity: str = "alert", **data: Any) -> dict[str, Any]:
    return {
        "id": key, "camera": camera, "severity": severity, "start_time": 1.5, "end_time": None,
        "thumb_path": f"/media/frigate/clips/review/thumb-{camera}-{key}.webp",
        "data": {"detections": ["e1"], "objects": ["person"], "sub_labels": [], "zones": [], "audio": [], **data},
    }  # fmt: skip


def message(kind: str, after: dict[str, Any], before: dict[str, Any] | None = None) -> dict[str, Any]:
    return {"type": kind, "before": before or after, "after": after}


def made(more: str = "", camera: str = "", suspended: tuple[str, ...] = ()) -> Occasions:
    return Occasions(settings(more, camera), suspended.__contains__)


def test_a_life() -> None:
    occasions = made()
    first = occasions.take(message("new", item(zones=["drive_way"])), 0)
    assert first == ReviewNotice(
        "1.5-a", "front_door", "alert", "new", "Person detected in Drive Way", "Detected on Front Door", "/#front_door",
        "/clips/review/thumb-front_door-1.5-a.webp", 0, first=True, detections=("e1",),
    )  # fmt: skip
    assert occasions.take(message("update", item(zones=["porch"]), item(zones=["drive_way"])), 1) is None
    more = occasions.take(message("update", item(objects=["person", "dog"]), item()), 2)
    assert more is not None
    assert (more.title, more.first, more.ttl) == ("Dog, Person detected", False, 0)
    zones = occasions.take(message("update", item(zones=["a", "b"]), item(zones=["a"])), 3)
    assert zones is not None
    assert zones.title == "Person detected in A, B"
    end = occasions.take(message("end", item(objects=["person", "dog"])), 4)
    assert end is not None
    assert (end.title, end.path, end.ttl, end.first) == ("Dog, Person was detected", "/review?id=1.5-a", 3600, False)
    again = occasions.take(message("new", item("2.5-b")), 5)
    assert again is not None
    assert again.first


@pytest.mark.parametrize(
    ("data", "title"),
    [
        ({"objects": ["person-verified"], "sub_labels": ["Bob"]}, "Bob detected"),
        ({"objects": ["person-verified", "car"], "sub_labels": ["Bob"]}, "Bob, Car detected"),
        ({"objects": ["person-verified"]}, "Person detected"),
        ({"objects": [], "audio": ["bark"]}, "Bark detected"),
        ({"objects": []}, "Activity detected"),
        ({"objects": ["x" * 500]}, ("X" + "x" * 499)[:200]),
    ],
)
def test_titles(data: dict[str, Any], title: str) -> None:
    notice = made().take(message("new", item(**data)), 0)
    assert notice is not None
    assert notice.title == title


def test_names_of_cameras() -> None:
    notice = made().take(message("new", item(camera="back")), 0)
    assert notice is not None
    assert notice.text == "Detected on The yard"


def test_severities() -> None:
    quiet, both = made(), made(camera=", notifications: {severities: [alert, detection]}")
    low, high = item(severity="detection"), item()
    assert quiet.take(message("new", low), 0) is None
    assert both.take(message("new", low), 0) is not None
    raised = quiet.take(message("update", high, low), 1)  # as many objects as before, but it is an alert now
    assert raised is not None
    assert raised.first
    assert both.take(message("update", high, low), 1) is None
    assert quiet.take(message("end", item("9.5-z", severity="detection")), 2) is None


def test_who_is_not_told() -> None:
    assert made(camera=", notifications: {enabled: false}").take(message("new", item()), 0) is None
    assert made(suspended=("front_door",)).take(message("new", item()), 0) is None
    assert made(suspended=("back",)).take(message("new", item()), 0) is not None
    assert made().take(message("new", item(camera="gone")), 0) is None
    assert made().take(message("genai", item()), 0) is None


def test_the_cooldown_of_all_and_of_each_camera() -> None:
    both = made(", cooldown: 10")
    assert both.take(message("new", item()), 0) is not None
    assert both.take(message("new", item(camera="back")), 9.9) is None
    assert both.take(message("new", item("3.5-c", "back")), 10) is not None
    assert both.take(message("end", item()), 19) is None
    own = made(camera=", notifications: {cooldown: 60}")
    assert own.take(message("new", item()), 0) is not None
    assert own.take(message("new", item(camera="back")), 1) is not None
    assert own.take(message("end", item()), 59) is None
    assert own.take(message("new", item("2.5-b")), 60) is not None


def test_what_is_suppressed_starts_no_cooldown() -> None:
    occasions = made(", cooldown: 10")
    assert occasions.take(message("new", item()), 0) is not None
    assert occasions.take(message("update", item(objects=["a", "b"]), item()), 9) is None
    assert occasions.take(message("end", item()), 10) is not None


def test_what_a_channel_does_not_want_starts_no_cooldown() -> None:
    at_end, at_begin = (
        channel.wants
        for channel in settings(", cooldown: 60, channels: [{url: 'json://a', 'on': end}, {url: 'json://b'}]").channels
    )
    occasions = made(", cooldown: 60")
    assert occasions.take(message("new", item()), 0, at_end) is None
    assert occasions.take(message("end", item()), 10, at_end) is not None
    occasions = made(", cooldown: 60")
    assert occasions.take(message("new", item()), 0, at_begin) is not None
    assert occasions.take(message("update", item(objects=["a", "b"]), item()), 61, at_begin) is None
    assert occasions.take(message("new", item("2.5-b")), 62, at_begin) is not None
