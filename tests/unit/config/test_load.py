from __future__ import annotations

import time
from pathlib import Path

import pytest

from dogwatch.config import ConfigErrors, Loaded, load, parse
from dogwatch.config.detectors import FOREIGN_TYPES
from tests.unit.config.files import ENV, MIDDLE, NEWEST, OLDEST, SMALL


def notices(loaded: Loaded) -> list[str]:
    return [str(notice) for notice in loaded.notices]


def test_the_smallest_file_has_one_camera_that_detects_and_records_nothing_yet() -> None:
    loaded = parse(SMALL, env={})
    camera = loaded.config.cameras["front"]
    assert camera.name == "front"
    assert camera.ffmpeg.inputs[0].roles == ["record", "detect"]
    assert camera.detect.enabled
    assert not camera.record.enabled
    assert loaded.config.detectors["opencv"].type == "opencv"
    assert not loaded.config.mqtt.enabled
    assert loaded.notices == []


def test_an_empty_file_is_a_configuration() -> None:
    assert parse("", env={}).config.cameras == {}
    assert parse("cameras:\nmqtt:\n  enabled: false\n", env={}).config.cameras == {}


def test_a_file_of_the_oldest_generation_loads_unchanged() -> None:
    loaded = parse(OLDEST, env=ENV)
    config = loaded.config
    front, back = config.cameras["front"], config.cameras["back"]
    assert config.mqtt.password == "mqtt-secret"
    assert config.database.path is None
    assert config.detectors["coral"].type == "opencv"
    assert front.ffmpeg.inputs[0].path == "rtsp://viewer:cam-secret@192.168.1.20:554/main"
    assert [source.roles for source in front.ffmpeg.inputs] == [["record"], ["detect"]]
    assert (front.record.continuous.days, front.record.motion.days) == (0, 3)
    assert front.record.alerts.retain.model_dump() == {"days": 14, "mode": "active_objects"}
    assert (front.record.alerts.pre_capture, front.record.alerts.post_capture) == (8, 9)
    assert front.record.detections.retain.days == 3  # alerts are restricted to zones
    assert front.review.alerts.required_zones == ["porch"]
    assert (back.record.continuous.days, back.record.motion.days) == (3, 3)
    assert back.record.detections.retain.days == 14
    assert front.live.streams == {"front_hd": "front_hd"}
    assert [mask.coordinates for mask in front.motion.mask] == ["0,0,0.5,0,0.5,0.1,0,0.1", "0,0.9444,1,0.9444,1,1,0,1"]
    assert front.objects.filters["person"].mask[0].coordinates == "0.1,0.1,0.2,0.1,0.2,0.2"
    assert front.zones["porch"].coordinates == "0.1,0.5,0.9,0.5,0.9,1,0.1,1"
    assert front.zones["porch"].objects == ["person"]
    assert front.detect.enabled
    assert not back.detect.enabled
    assert (front.snapshots.quality, front.snapshots.retain.objects) == (70, {"person": 60})
    assert back.onvif.password == "0123"


def test_the_oldest_generation_is_told_once_a_section_what_has_no_effect() -> None:
    said = notices(parse(OLDEST, env=ENV))
    assert "line 9: detectors.coral.type: Dogwatch has no 'edgetpu' detector; 'opencv' is used" in said
    assert "line 17: ffmpeg.hwaccel_args: ignored: Dogwatch does not use hwaccel_args, output_args" in said
    for line in (6, 17, 23, 28, 63, 70):
        assert any(notice.startswith(f"line {line}: ") for notice in said), line


def test_a_file_of_the_middle_generation_loads_unchanged() -> None:
    loaded = parse(MIDDLE, env=ENV)
    drive = loaded.config.cameras["drive"]
    assert (drive.record.continuous.days, drive.record.motion.days) == (7, 7)
    assert (drive.record.alerts.retain.days, drive.record.detections.retain.days) == (30, 14)
    assert drive.zones["street"].distances == [10, 20, 10, 20]
    assert loaded.config.camera_groups["Outside"].cameras == ["drive", "birdseye"]
    assert loaded.config.go2rtc.streams["drive_sub"] == ["rtsp://u:p@192.168.1.30/sub"]
    assert loaded.config.birdseye.restream
    said = notices(loaded)
    assert any("'openvino'" in line for line in said)
    assert any("semantic_search, genai" in line for line in said)


@pytest.mark.parametrize("kind", ["openvino", "litert"])
@pytest.mark.parametrize(
    ("model", "there", "present", "used", "reason"),
    [
        ("m.bin", True, True, "", ""),
        ("m.onnx", True, True, "", ""),
        ("m.onnx", True, False, "onnx", "needs its runtime (pip install 'dogwatch["),
        ("m.bin", True, False, "opencv", "needs its runtime (pip install 'dogwatch["),
        ("m.bin", False, True, "opencv", "there is no model file "),
        ("", False, True, "opencv", "needs a model (model.path)"),
    ],
)
def test_a_runtime_of_the_family_is_used_where_it_can_be(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    kind: str,
    model: str,
    there: bool,
    present: bool,
    used: str,
    reason: str,
) -> None:
    monkeypatch.setattr("dogwatch.config.migrate.installed", lambda _: present)
    file = tmp_path / model
    if there:
        file.touch()
    path = f"model: {{path: {file}}}\n" if model else ""
    loaded = parse(f"detectors: {{ov: {{type: {kind}, device: GPU}}}}\n{path}{SMALL}", env={})
    detector = loaded.config.detectors["ov"]
    assert (detector.type, detector.device) == ((used, None) if used else (kind, "GPU"))
    said = [notice.message for notice in loaded.notices if notice.path == "detectors.ov.type"]
    assert len(said) == bool(used)
    assert all(reason in line and line.endswith(f"; '{used}' is used") for line in said)


@pytest.mark.parametrize(
    "kind", [*FOREIGN_TYPES, "Apple Silicon", "apple-silicon", "ROCm", "EdgeTPU", "CPU", "hailo-8l", "Hailo8L"]
)
@pytest.mark.parametrize(("model", "used"), [("", "opencv"), ("/m.tflite", "opencv"), ("/m.onnx", "onnx")])
def test_a_detector_of_the_family_that_is_not_there_has_a_stand_in(kind: str, model: str, used: str) -> None:
    path = f"model: {{path: {model}}}\n" if model else ""
    loaded = parse(f"detectors: {{one: {{type: {kind}, device: 'pci:0'}}}}\n{path}{SMALL}", env={})
    assert loaded.config.detectors["one"].type == used
    said = [notice for notice in loaded.notices if notice.path == "detectors.one.type"]
    assert len(said) >= 1
    assert said[0].message.endswith(f"detector; '{used}' is used")
    assert said[0].line == 1


@pytest.mark.parametrize("kind", ["deepstack", "DeepStack"])
def test_a_detection_server_of_the_family_is_asked(kind: str) -> None:
    text = f"detectors: {{one: {{type: {kind}, api_url: 'http://10.0.0.9/v1/vision/detection', api_timeout: 0.1}}}}\n"
    assert parse(text + SMALL, env={}).config.detectors["one"].type == "remote"


@pytest.mark.parametrize(
    ("written", "weights"),
    [
        ("0.2, 1.0, 6.6, 537834.1, -259003.4, 0", [0.2, 1.0, 6.6, 537834.1, -259003.4, 0]),
        ("'-1,-2,-3'", [-1, -2, -3]),
        ("[0, 1, -1.5]", [0, 1, -1.5]),
        ("['0.1', '-7']", [0.1, -7]),
        ("''", []),
        ("1e3,-2e-4", [1000, -0.0002]),
    ],
)
def test_calibration_may_have_any_sign(written: str, weights: list[float]) -> None:
    loaded = parse(
        f"{SMALL}    onvif:\n      host: h\n      autotracking:\n        movement_weights: {written}\n", env={}
    )
    assert loaded.config.cameras["front"].onvif.autotracking.movement_weights == weights
    said = ["ignored: Dogwatch does not use movement_weights"] if weights else []
    assert [notice.message for notice in loaded.notices] == said


def test_a_missing_runtime_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dogwatch.config.rules.installed", lambda _: False)
    (notice,) = parse("detectors:\n  mine:\n    type: onnx\nmodel: {path: m.onnx}\n" + SMALL, env={}).notices
    assert (notice.line, notice.message) == (3, "'onnx' needs its runtime: pip install 'dogwatch[onnx]'")


def test_a_file_of_the_newest_generation_loads_unchanged() -> None:
    loaded = parse(NEWEST, env=ENV)
    yard = loaded.config.cameras["yard"]
    assert (yard.record.continuous.days, yard.record.motion.days) == (2, 5)
    assert yard.record.alerts.pre_capture == 10
    assert [(mask.name, mask.enabled) for mask in yard.motion.mask] == [("tree", True), ("sky", False)]
    assert loaded.config.auth.roles == {"family": ["yard"]}
    assert yard.friendly_name == "The yard"


def test_detection_is_off_by_default_in_newer_files() -> None:
    assert not parse("version: 0.16-0\n" + SMALL, env={}).config.cameras["front"].detect.enabled
    assert parse("version: 0.15-1\n" + SMALL, env={}).config.cameras["front"].detect.enabled


def test_a_camera_takes_given_global_keys_and_replaces_lists() -> None:
    text = (
        "objects: {track: [person, cat], filters: {person: {min_area: 10, threshold: 0.8}}}\n"
        "motion: {threshold: 40}\n"
        "detect: {fps: 8}\n" + SMALL + "    objects: {track: [face], filters: {person: {min_area: 99}}}\n"
        "    motion: {contour_area: 20}\n"
    )
    camera = parse(text, env={}).config.cameras["front"]
    assert camera.objects.track == ["face"]
    assert (camera.objects.filters["person"].min_area, camera.objects.filters["person"].threshold) == (99, 0.8)
    assert (camera.motion.threshold, camera.motion.contour_area) == (40, 20)
    assert camera.objects.filters["face"].min_score == 0.7
    assert (camera.detect.min_initialized, camera.detect.max_disappeared) == (4, 40)
    assert camera.detect.stationary.threshold == 80


def test_anchors_and_merge_keys_work() -> None:
    text = (
        "cameras:\n"
        "  a:\n"
        "    detect: &detect {fps: 3, width: 640, height: 480}\n"
        "    ffmpeg: &ffmpeg {inputs: [{path: /a.mp4}]}\n"
        "  b:\n"
        "    detect: {<<: *detect, fps: 4}\n"
        "    ffmpeg: *ffmpeg\n"
    )
    config = parse(text, env={}).config
    assert (config.cameras["b"].detect.fps, config.cameras["b"].detect.width) == (4, 640)
    assert config.cameras["b"].ffmpeg.inputs[0].path == "/a.mp4"


def test_secret_files_are_used_and_the_environment_wins(tmp_path: Path) -> None:
    (tmp_path / "FRIGATE_A").write_text("from-file\n")
    (tmp_path / "DOGWATCH_B").write_text("other\n")
    env = {"CREDENTIALS_DIRECTORY": str(tmp_path), "FRIGATE_A": "from-env"}
    text = SMALL.replace("10.0.0.2", "{FRIGATE_A}:{DOGWATCH_B}{{x}}@host")
    assert parse(text, env=env).config.cameras["front"].ffmpeg.inputs[0].path == "rtsp://from-env:other{x}@host/main"


def test_load_reads_yml_or_yaml(tmp_path: Path) -> None:
    (tmp_path / "config.yaml").write_text(SMALL)
    loaded = load(tmp_path / "config.yml", {})
    assert loaded.path == tmp_path / "config.yaml"
    assert loaded.text == SMALL


def test_load_reports_a_missing_a_large_and_a_binary_file(tmp_path: Path) -> None:
    path = tmp_path / "config.yml"
    with pytest.raises(ConfigErrors, match="cannot be read: No such file"):
        load(path, {})
    path.write_bytes(b"#" * ((1 << 20) + 1))
    with pytest.raises(ConfigErrors, match="larger than 1 MiB"):
        load(path, {})
    path.write_bytes(b"a: \xff\xfe")
    with pytest.raises(ConfigErrors, match="not UTF-8"):
        load(path, {})


def test_fifty_cameras_load_in_less_than_a_second() -> None:
    camera = SMALL.removeprefix("cameras:\n") + (
        "    detect: {width: 1280, height: 720, fps: 5}\n"
        "    objects: {track: [person, car], filters: {person: {min_area: 100}}}\n"
        "    motion: {mask: ['0,0,640,0,640,80,0,80', '0,0,640,0,640,80,0,80']}\n"
        "    zones: {porch: {coordinates: '0.1,0.1,0.5,0.5,0.1,0.5'}}\n"
        "    record: {enabled: true, alerts: {retain: {days: 3}}}\n"
    )
    text = "cameras:\n" + "".join(camera.replace("front", f"cam{number}") for number in range(50))
    began = time.process_time()
    assert len(parse(text, env={}).config.cameras) == 50
    assert time.process_time() - began < 1


def test_a_number_that_no_float_can_hold_is_a_mistake_of_its_key() -> None:
    with pytest.raises(ConfigErrors) as caught:
        parse(f"detect: {{fps: {'9' * 400}}}\ncameras: {{}}\n")
    assert [one.path for one in caught.value.errors] == ["detect.fps"]
