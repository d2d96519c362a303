from __future__ import annotations

import json
from typing import Any

import pytest

from dogwatch.config import parse
from dogwatch.config.effective import CREDENTIAL, effective
from dogwatch.config.switches import overlaid
from tests.unit.config.files import ENV, MIDDLE, NEWEST, OLDEST, SMALL

SECRETS = ("mqtt-secret", "cam-secret", "genai-secret", "viewer:", "u:p@", "0123")


def answer(text: str, switches: dict[str, dict[str, Any]] | None = None, **options: Any) -> dict[str, Any]:
    file = parse(text, env=ENV).config
    return effective(overlaid(file, switches or {}), file, **options)


@pytest.mark.parametrize("text", [SMALL, OLDEST, MIDDLE, NEWEST])
def test_what_clients_need_is_there(text: str) -> None:
    config = answer(text)
    assert config["version"] == "0.16-0"
    assert isinstance(config["mqtt"]["topic_prefix"], str)
    assert isinstance(config["mqtt"]["client_id"], str)
    assert isinstance(config["model"], dict)
    assert isinstance(config["birdseye"]["restream"], bool)
    assert isinstance(config["lpr"]["enabled"], bool)
    assert isinstance(config["lpr"]["known_plates"], dict)
    assert config["cameras"]
    for name, camera in config["cameras"].items():
        assert camera["name"] == name
        assert isinstance(camera["objects"]["track"], list)
        assert isinstance(camera["zones"], dict)
        assert isinstance(camera["motion"]["threshold"], int)
        assert isinstance(camera["motion"]["contour_area"], int)
        assert isinstance(camera["audio"]["enabled_in_config"], bool)
        assert isinstance(camera["onvif"]["autotracking"]["enabled_in_config"], bool)
        assert isinstance(camera["enabled_in_config"], bool)
        assert camera["live"]["stream_name"] == next(iter(camera["live"]["streams"].values()))
        assert camera["detect"]["width"] > 0
        assert camera["record"]["retain"].keys() == {"days", "mode"}


OF_ABSENT = {
    "semantic_search": {"enabled", "reindex", "model_size"},
    "face_recognition": {
        "enabled", "model_size", "unknown_score", "detection_threshold", "recognition_threshold", "min_area",
        "min_faces", "save_attempts", "blur_confidence_filter",
    },
    "lpr": {
        "enabled", "model_size", "detection_threshold", "min_area", "recognition_threshold", "min_plate_length",
        "match_distance", "known_plates", "enhancement", "debug_save_plates", "replace_rules",
    },
    "audio_transcription": {"enabled", "language", "device", "model_size", "live_enabled"},
    "classification": {"bird", "custom"},
    "plus": {"enabled"},
}  # fmt: skip
"""The keys of sections 4.3 and 19.2 of the contract that no feature of Dogwatch stands behind."""


def test_what_there_is_not_is_shown_with_the_keys_of_the_contract() -> None:
    config = answer(SMALL)
    for name, names in OF_ABSENT.items():
        assert names <= config[name].keys(), name
        assert not config[name].get("enabled")
    assert config["classification"]["bird"] == {"enabled": False, "threshold": 0.9}
    assert config["ffmpeg"]["output_args"].keys() == {"detect", "record"}
    assert config["mqtt"]["tls_insecure"] is False
    camera = next(iter(config["cameras"].values()))
    for part in (config, camera):
        assert {"enabled", "alerts", "detections"} <= part["review"]["genai"].keys()
    assert camera["lpr"] == {"enabled": False, "expire_time": 3, "min_area": 1000, "enhancement": 0}
    assert camera["face_recognition"] == {"enabled": False, "min_area": 750}


def test_a_file_with_mistakes_is_told() -> None:
    assert answer(SMALL)["safe_mode"] is False
    assert answer(SMALL, mistaken=True)["safe_mode"] is True


@pytest.mark.parametrize("text", [OLDEST, MIDDLE, NEWEST])
def test_it_is_json_without_secrets_and_nulls(text: str) -> None:
    said = json.dumps(answer(text))
    assert not any(secret in said for secret in SECRETS)
    assert "null" not in said


def test_secrets_are_replaced_by_their_stand_ins() -> None:
    config = answer(OLDEST)
    assert config["mqtt"]["password"] == CREDENTIAL
    assert config["cameras"]["back"]["onvif"]["password"] == CREDENTIAL
    paths = [source["path"] for source in config["cameras"]["front"]["ffmpeg"]["inputs"]]
    assert paths == ["rtsp://*:*@192.168.1.20:554/main", "rtsp://*:*@192.168.1.20:554/sub"]
    assert config["cameras"]["front"]["ffmpeg_cmds"][1] == {
        "roles": ["detect"],
        "cmd": "ffmpeg -timeout 5000000 -rtsp_transport udp -i rtsp://*:*@192.168.1.20:554/sub",
    }
    detectors = "detectors: {far: {type: remote, api_url: 'http://a:b@c/', api_key: topsecret}}\n"
    far = answer(detectors + SMALL)["detectors"]["far"]
    assert (far["api_url"], far["api_key"]) == ("http://*:*@c/", CREDENTIAL)


def test_streams_are_lists_with_masked_addresses() -> None:
    config = answer(MIDDLE)
    assert config["go2rtc"]["streams"] == {
        "drive": ["rtsp://*:*@192.168.1.30/main", "ffmpeg:drive#audio=opus"],
        "drive_sub": ["rtsp://*:*@192.168.1.30/sub"],
    }
    assert config["go2rtc"]["webrtc"] == {"candidates": ["192.168.1.2:8555"]}


def test_switches_show_and_the_file_stays_visible() -> None:
    camera = answer(
        NEWEST,
        {
            "yard": {
                "enabled": False,
                "recordings": False,
                "motion_threshold": 44,
                "birdseye_mode": "MOTION",
                "review_alerts": False,
                "motion_mask/tree": False,
                "unknown": 1,
            }
        },
    )["cameras"]["yard"]
    assert (camera["enabled"], camera["enabled_in_config"]) == (False, True)
    assert (camera["record"]["enabled"], camera["record"]["enabled_in_config"]) == (False, True)
    assert camera["motion"]["threshold"] == 44
    assert camera["birdseye"]["mode"] == "motion"
    assert (camera["review"]["alerts"]["enabled"], camera["review"]["alerts"]["enabled_in_config"]) == (False, True)
    assert camera["motion"]["mask"] == []


def test_masks_out_of_force_are_left_out() -> None:
    assert answer(NEWEST)["cameras"]["yard"]["motion"]["mask"] == ["0,0,0.1,0,0.1,0.1"]


def test_the_stream_gives_the_detect_frame_that_the_file_does_not() -> None:
    detect = answer(SMALL)["cameras"]["front"]["detect"]
    assert (detect["width"], detect["height"]) == (1280, 720)
    detect = answer(SMALL, sizes={"front": (640, 480)})["cameras"]["front"]["detect"]
    assert (detect["width"], detect["height"]) == (640, 480)


def test_environment_variables_are_for_admins() -> None:
    text = "environment_vars: {A: b}\n" + SMALL
    assert answer(text)["environment_vars"] == {"A": "b"}
    assert "environment_vars" not in answer(text, admin=False)


def test_a_restricted_caller_learns_of_no_other_camera() -> None:
    text = (
        "auth: {roles: {one: [front], two: [back, front], three: [back]}}\n"
        "go2rtc: {streams: {front: rtsp://x/1, back: rtsp://x/2}}\n"
        "camera_groups: {all: {cameras: [front, back, birdseye]}}\n"
        + SMALL
        + "  back: {ffmpeg: {inputs: [{path: rtsp://x/2}]}}\n"
    )
    config = answer(text, cameras=frozenset({"front"}), admin=False)
    assert "back" not in json.dumps(config)
    assert config["camera_groups"]["all"]["cameras"] == ["front", "birdseye"]
    assert list(config["cameras"]) == ["front"]
    assert list(answer(text, cameras=frozenset())["cameras"]) == []


def test_the_model_block_names_labels_attributes_and_colours() -> None:
    model = answer(SMALL)["model"]
    assert model["labelmap"] == {"0": "person", "1": "face"}
    assert "license_plate" in model["all_attributes"]
    assert model["non_logo_attributes"] == ["face", "license_plate"]
    assert model["attributes_map"]["person"] == ["amazon", "face"]
    for color in model["colormap"].values():
        assert len(color) == 3
        assert all(0 <= part <= 255 for part in color)
    onnx = answer("detectors: {a: {type: onnx}}\nmodel: {model_type: yolo-generic, path: m.onnx}\n" + SMALL)["model"]
    assert (onnx["labelmap"]["0"], onnx["labelmap"]["79"], len(onnx["labelmap"])) == ("person", "toothbrush", 80)
    given = "detectors: {a: {type: onnx}}\nmodel: {model_type: ssd, path: m.onnx, labelmap: {3: vehicle}}\n"
    ssd = answer(given + SMALL)["model"]
    assert (ssd["labelmap"]["1"], ssd["labelmap"]["3"], ssd["labelmap"]["90"]) == ("person", "vehicle", "toothbrush")


def test_zones_have_a_colour() -> None:
    assert len(answer(OLDEST)["cameras"]["front"]["zones"]["porch"]["color"]) == 3


@pytest.mark.parametrize(
    ("record", "retain"),
    [
        ("{enabled: true}", {"days": 0, "mode": "motion"}),
        ("{motion: {days: 4}}", {"days": 4, "mode": "motion"}),
        ("{continuous: {days: 2}, motion: {days: 4}}", {"days": 2, "mode": "all"}),
    ],
)
def test_the_older_retain_stands_beside_the_new_one(record: str, retain: dict[str, Any]) -> None:
    assert answer(f"record: {record}\n" + SMALL)["cameras"]["front"]["record"]["retain"] == retain
