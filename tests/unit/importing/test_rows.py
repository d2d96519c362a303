"""What rows of another program mean here, and which are left out."""

import base64
import json
from typing import Any

import pytest

from dogwatch.importing import event_rows, history_rows, media_rows, values
from dogwatch.importing.layout import LeftOutError

START = 1_700_000_000.5
EVENT = {"id": f"{START}-abc123", "camera": "front", "label": "person", "start_time": START, "end_time": START + 9}
REVIEW = {"id": f"{START}-rev123", "camera": "front", "severity": "alert", "start_time": START, "end_time": START + 9}
PATH = "/media/frigate/recordings/2023-11-14/22/front/13.20.mp4"
RECORDING = {"id": f"{START}-rec123", "camera": "front", "path": PATH, "start_time": START, "duration": 10.0}


def test_an_event_of_today() -> None:
    data = {
        "type": "audio", "score": 0.7, "top_score": 0.9, "box": [0.1, 0.2, 0.3, 0.4], "max_severity": "detection",
        "attributes": [{"label": "face", "score": 0.8, "box": [0.1, 0.1, 0.1, 0.1]}, {"score": 1}, "x"],
        "path_data": [[[0.1, 0.2], START + 1], [1, 2], "x"], "average_estimated_speed": 4.5, "description": "A dog.",
        "recognized_license_plate": "B AB 123", "bird": "wren", "region": "nowhere",
    }  # fmt: skip
    row = event_rows.event(
        {**EVENT, "sub_label": "Bob", "zones": '["a", "b"]', "has_clip": 1, "data": json.dumps(data)}
    )
    assert (row["type"], row["score"], row["top_score"], row["severity"]) == ("audio", 0.7, 0.9, "detection")
    assert (row["average_speed"], row["recognized_license_plate"]) == (4.5, "B AB 123")
    assert (row["zones"], row["sub_label"], row["has_clip"], row["has_snapshot"]) == (["a", "b"], "Bob", True, False)
    assert row["data"] == {
        "description": "A dog.",
        "bird": "wren",
        "box": [0.1, 0.2, 0.3, 0.4],
        "attributes": [{"label": "face", "score": 0.8, "box": [0.1, 0.1, 0.1, 0.1]}],
        "path_data": [[[0.1, 0.2], START + 1]],
    }


def test_an_event_of_an_old_version() -> None:
    old = {"top_score": 0.9, "score": 0.8, "box": "[0.1, 0.2, 0.3, 0.4]", "region": "[5, 6, 700, 800]", "zones": None}
    row = event_rows.event({**EVENT, **old, "false_positive": 0})
    assert (row["type"], row["score"], row["top_score"], row["zones"]) == ("object", 0.8, 0.9, [])
    assert row["data"] == {"box": [0.1, 0.2, 0.3, 0.4], "attributes": [], "path_data": []}


def test_an_event_that_was_going_on_ends_where_its_path_ends() -> None:
    data = json.dumps({"path_data": [[[0.1, 0.2], START + 4]]})
    assert event_rows.event({**EVENT, "end_time": None, "data": data})["end_time"] == START + 4
    assert event_rows.event({**EVENT, "end_time": None})["end_time"] == START


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        pytest.param({"id": None}, "its id is not usable", id="no-id"),
        pytest.param({"id": "../../etc/passwd"}, "its id is not usable", id="path-as-id"),
        pytest.param({"id": "x" * 41}, "its id is not usable", id="long-id"),
        pytest.param({"camera": "../front"}, "the name of its camera is not usable", id="path-as-camera"),
        pytest.param({"camera": 7}, "the name of its camera is not usable", id="number-as-camera"),
        pytest.param({"label": ""}, "it has no label", id="no-label"),
        pytest.param({"start_time": None}, "it has no start_time", id="no-start"),
        pytest.param({"start_time": -5}, "its start_time is no time", id="negative"),
        pytest.param({"start_time": float("nan")}, "its start_time is no time", id="nan"),
        pytest.param({"start_time": 1e300}, "its start_time is no time", id="huge"),
        pytest.param({"end_time": START - 1}, "it ends before it begins", id="backwards"),
        pytest.param({"false_positive": 1}, "it was a false positive", id="false-positive"),
    ],
)
def test_events_that_are_left_out(change: dict[str, Any], reason: str) -> None:
    with pytest.raises(LeftOutError, match=reason):
        event_rows.event({**EVENT, **change})


@pytest.mark.parametrize(
    "data",
    ["", "{", "[]", "null", '{"score": NaN}', '{"box": [1e999, 0, 0, 0]}', "[" * 5000, b"\xff", 7, '{"attributes": 3}'],
    ids=["empty", "cut", "list", "null", "nan", "infinite", "deep", "bytes", "number", "odd"],
)
def test_odd_data_is_no_data(data: Any) -> None:
    row = event_rows.event({**EVENT, "data": data})
    assert row["score"] is None
    json.dumps(row["data"], allow_nan=False)


def test_times_may_be_texts() -> None:
    assert values.time({"t": "1700000000.5"}, "t") == START
    assert values.time({"t": "2023-11-14 22:13:20.5"}, "t") == START
    assert values.time({"t": "2023-11-14T23:13:20.5+01:00"}, "t") == START


def test_thumbnails_in_rows() -> None:
    for data, suffix in ((b"\xff\xd8rest", ".jpg"), (b"RIFFrest", ".webp")):
        assert event_rows.thumbnail({"thumbnail": base64.b64encode(data).decode()}) == (data, suffix)
    for text in (None, "", "!!!", base64.b64encode(b"<html>").decode(), 7):
        assert event_rows.thumbnail({"thumbnail": text}) is None


def test_review_items() -> None:
    data = json.dumps({"detections": ["a", 3, "a", "b"], "objects": ["person"], "metadata": "x", "more": 1})
    row = history_rows.review({**REVIEW, "data": data, "thumb_path": "/media/frigate/clips/review/x.webp"})
    assert row["data"]["detections"] == ["a", "b"]
    assert (row["data"]["zones"], row["data"]["metadata"], row["data"]["thumb_time"]) == ([], None, START)
    assert row["data"]["more"] == 1
    assert history_rows.review({**REVIEW, "end_time": None, "data": "{}"})["end_time"] == START
    with pytest.raises(LeftOutError, match="severity"):
        history_rows.review({**REVIEW, "severity": "significant_motion"})


def test_who_has_seen_what() -> None:
    assert history_rows.seen({"user_id": "vera", "review_segment_id": "x", "has_been_reviewed": 1}) == ("vera", "x")
    assert history_rows.seen({"user_id": "vera", "review_segment_id": "x", "has_been_reviewed": 0}) is None
    assert history_rows.seen({"user_id": None, "review_segment_id": "x", "has_been_reviewed": 1}) is None


def test_recordings_stay_where_they_are_or_go_where_new_ones_are() -> None:
    assert media_rows.recording(RECORDING).path == "recordings/2023-11-14/22/front/13.20.mp4"
    old = {**RECORDING, "path": "/media/frigate/recordings/2023-11/14/22/front/13.20.mp4"}
    assert media_rows.recording(old).path == "recordings/2023-11-14/22/front/13.20.mp4"
    other = {**RECORDING, "camera": "back"}
    assert media_rows.recording(other).path == "recordings/2023-11-14/22/back/13.20.mp4"
    assert media_rows.recording({**RECORDING, "dBFS": 0}).dbfs is None
    for change in ({"path": ""}, {"duration": 9000}, {"id": "a/b"}):
        with pytest.raises(LeftOutError):
            media_rows.recording({**RECORDING, **change})


def test_previews_and_exports() -> None:
    film = {"id": "front_1.0", "camera": "front", "path": "/media/frigate/clips/previews/front/1.0-3600.0.mp4"}
    assert media_rows.preview({**film, "start_time": 1.0, "end_time": 3600.0}).file == "1.0-3600.0.mp4"
    for change in ({"end_time": 90_000.0}, {"path": "/media/frigate/clips/previews/front/x.mp4"}, {"id": "../x"}):
        with pytest.raises(LeftOutError):
            media_rows.preview({**film, "start_time": 1.0, "end_time": 3600.0, **change})
    export = {"id": "front_a", "camera": "front", "video_path": "/media/frigate/exports/a_b.mp4", "date": START}
    assert media_rows.export(export).name == "a b"
    for wrong in ({"in_progress": 1}, {"video_path": "/media/frigate/exports/.mp4"}, {"video_path": "x.mkv"}):
        with pytest.raises(LeftOutError):
            media_rows.export({**export, **wrong})
