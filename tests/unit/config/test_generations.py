"""What a working installation of any generation has in its file loads with its meaning."""

from __future__ import annotations

import pytest

from dogwatch.config import ConfigErrors, parse
from dogwatch.config.record import RecordConfig
from tests.unit.config.files import SMALL
from tests.unit.config.reference import REFERENCE, REFERENCE_ENV


def record(text: str) -> RecordConfig:
    return parse(f"{text}\n{SMALL}", env={}).config.cameras["front"].record


@pytest.mark.parametrize(
    ("written", "continuous", "motion"),
    [
        ("{enabled: true, retain_days: 2}", 2, 2),
        ("{enabled: true, retain_days: 0}", 0, 0),
        ("{retain_days: 0.5}", 0.5, 0.5),
        ("{retain_days: '3'}", 3, 3),
        ("{retain_days: }", 0, 0),
        ("{retain_days: 2, retain: {days: 5}}", 5, 5),
        ("{retain_days: 2, retain: {mode: motion}}", 0, 2),
        ("{retain_days: 2, continuous: {days: 1}}", 1, 2),
        ("{retain: {days: 4, mode: all}}", 4, 4),
        ("{retain: {days: 4, mode: active_objects}}", 0, 4),
        ("{continuous: {days: 1}, motion: {days: 3}}", 1, 3),
    ],
)
def test_days_of_every_generation(written: str, continuous: float, motion: float) -> None:
    found = record(f"record: {written}")
    assert (found.continuous.days, found.motion.days) == (continuous, motion)


def test_a_camera_lays_its_days_over_the_global_ones() -> None:
    text = f"record: {{enabled: true, retain_days: 2}}\n{SMALL}    record: {{retain: {{mode: motion}}}}\n"
    found = parse(text, env={}).config.cameras["front"].record
    assert (found.enabled, found.continuous.days, found.motion.days) == (True, 0, 2)


@pytest.mark.parametrize("written", ["many", "-1", "[2]", "{days: 2}"])
def test_days_that_are_none_are_refused_where_they_stand(written: str) -> None:
    with pytest.raises(ConfigErrors) as caught:
        record(f"record:\n  enabled: true\n  retain_days: {written}")
    assert {(error.line, error.column, error.path) for error in caught.value.errors} == {(3, 3, "record.retain_days")}


EIGHT = """\
mqtt: {host: 10.0.0.1}
clips:
  max_seconds: 300
  tmpfs_cache_size: 256m
  retain: {default: 12, objects: {person: 15}}
cameras:
  door:
    ffmpeg:
      inputs:
        - path: rtsp://10.0.0.3/main
          roles: [rtmp, clips]
        - path: rtsp://10.0.0.3/sub
          roles: [detect]
      output_args: {clips: -f segment, detect: -f rawvideo}
    width: 640
    height: 360
    fps: 6
    clips: {enabled: True, pre_capture: 3, post_capture: 4, objects: [person], required_zones: []}
    snapshots: {enabled: true, timestamp: false, retain: {default: 5}}
    rtmp: {enabled: True}
  yard:
    ffmpeg: {inputs: [{path: rtsp://10.0.0.4/main, roles: [detect, clips, record]}]}
    record: {enabled: true, retain_days: 7}
    clips: {enabled: true, retain: {default: 20}}
  hall:
    ffmpeg: {inputs: [{path: rtsp://10.0.0.5/main, roles: [detect, rtmp]}]}
    record: {enabled: true}
    clips: {enabled: false}
"""


def test_clips_become_footage_of_events() -> None:
    loaded = parse(EIGHT, env={})
    door, yard, hall = (loaded.config.cameras[name] for name in ("door", "yard", "hall"))
    assert [source.roles for source in door.ffmpeg.inputs] == [["record"], ["detect"]]
    assert (door.detect.width, door.detect.height, door.detect.fps, door.detect.enabled) == (640, 360, 6, True)
    assert (door.record.enabled, door.record.continuous.days, door.record.motion.days) == (True, 0, 0)
    assert (door.record.alerts.pre_capture, door.record.detections.post_capture) == (3, 4)
    assert (door.record.alerts.retain.days, door.record.detections.retain.days) == (12, 12)
    assert (yard.record.continuous.days, yard.record.alerts.retain.days) == (7, 20)
    assert yard.ffmpeg.inputs[0].roles == ["detect", "record"]
    assert (hall.record.enabled, hall.record.continuous.days, hall.record.alerts.retain.days) == (True, 30, 12)
    assert [notice.line for notice in loaded.notices] == sorted(notice.line for notice in loaded.notices)
    assert "ignored: Dogwatch does not use tmpfs_cache_size" in str([str(one) for one in loaded.notices])


def test_a_wrong_key_of_clips_is_refused() -> None:
    with pytest.raises(ConfigErrors, match="unknown key 'pre'"):
        parse(f"clips: {{pre: 3}}\n{SMALL}", env={})


@pytest.mark.parametrize(
    ("written", "interval", "threshold", "most"),
    [
        ("{stationary: {interval: 0, threshold: 50, max_frames: {default: 3000}}}", 0, 50, 3000),
        ("{stationary: {max_frames: 900}}", 50, 50, 900),
        ("{stationary_interval: 4, stationary_threshold: 9}", 4, 9, None),
        ("{stationary: {interval: 7}, stationary_interval: 4}", 7, 50, None),
    ],
)
def test_stationary_objects_of_every_generation(written: str, interval: int, threshold: int, most: int | None) -> None:
    found = parse(f"detect: {written}\n{SMALL}", env={}).config.cameras["front"].detect.stationary
    assert (found.interval, found.threshold, found.max_frames.default) == (interval, threshold, most)


@pytest.mark.parametrize(
    "written",
    [
        "auth: {failed_login_rate_limit: None}", "detect: {width: None, height: None}", "snapshots: {height: None}",
        "timestamp_style: {effect: None}", "ui: {timezone: None}", "review: {detections: {labels: None}}",
        "database: {path: None}", "motion: {skip_motion_threshold: None}",
    ],
)  # fmt: skip
def test_the_word_none_is_nothing(written: str) -> None:
    loaded = parse(f"{written}\n{SMALL}", env={})
    assert {notice.message for notice in loaded.notices} == {"'None' is taken as nothing; YAML writes null"}
    assert loaded.config == parse(f"{written.replace('None', '')}\n{SMALL}", env={}).config


def test_the_word_none_stays_a_password() -> None:
    assert parse(f"proxy: {{auth_secret: None}}\n{SMALL}", env={}).config.proxy.auth_secret == "None"


def test_modules_of_the_stream_server_are_its_own_affair() -> None:
    (notice,) = parse(f"go2rtc: {{rtmp: {{listen: ':1935'}}, ngrok: {{}}, xiaomi: {{a: b}}}}\n{SMALL}", env={}).notices
    assert notice.message == "ignored: Dogwatch does not use rtmp, ngrok, xiaomi"


def test_a_name_in_braces_without_quotes_gets_a_hint() -> None:
    with pytest.raises(ConfigErrors) as caught:
        parse("mqtt: {host: h, user: u, password: {FRIGATE_MQTT_PASSWORD}}\n", env={})
    (error,) = caught.value.errors
    assert (error.path, error.hint) == ("mqtt.password", "put it in quotes")


def test_the_published_reference_loads_with_notices() -> None:
    loaded = parse(REFERENCE, env=REFERENCE_ENV)
    back = loaded.config.cameras["back"]
    assert (back.detect.fps, back.detect.annotation_offset, back.record.alerts.retain.days) == (5, -250, 14)
    assert back.zones["front_steps"].distances == [10, 15, 12, 11]
    assert all(notice.line for notice in loaded.notices)
    assert len(loaded.notices) > 10
