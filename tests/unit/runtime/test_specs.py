from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from dogwatch.auth.caller import Caller
from dogwatch.bus.messages import StreamOpened
from dogwatch.config import Config, ConfigErrors, parse
from dogwatch.config.switches import BIRDSEYE_MODES, TABLE, overlaid, values_of
from dogwatch.live.stream_names import streams_of
from dogwatch.live.streams import LiveStreams
from dogwatch.media.rpicam import arguments
from dogwatch.runtime.paths import Paths
from dogwatch.runtime.specs import (
    all_specs,
    analysis_settings,
    analysis_specs,
    can_follow,
    detection_specs,
    ingest_spec,
    listening_specs,
)
from tests.unit.config.files import ENV, MIDDLE, OLDEST, SMALL

PATHS = Paths(Path("/data"), Path("/media"), Path("/run/dog"), "/dev/shm")


def config(text: str) -> Config:
    return parse(text, env=ENV).config


def test_ingest_gets_its_inputs_with_options() -> None:
    spec = ingest_spec(config(OLDEST), "front", PATHS)
    assert (spec.run_dir, spec.media_root, spec.ring_dir) == ("/run/dog", "/media", "/dev/shm")
    assert [source.roles for source in spec.inputs] == [("record",), ("detect",)]
    assert spec.inputs[0].options == {"rtsp_transport": "tcp", "timeout": "10000000"}
    assert spec.inputs[1].options == {"rtsp_transport": "udp", "timeout": "5000000"}
    assert spec.inputs[0].url == "rtsp://viewer:cam-secret@192.168.1.20:554/main"
    assert (spec.record, spec.audio, spec.detect_fps) == (True, False, 5)
    assert spec.space_floor_bytes == 1 << 30


OWN = """
mqtt: {enabled: false}
cameras:
  door: {ffmpeg: {inputs: [{path: "rpicam:?fps=15&awb=cloudy", roles: [record]}]}}
  yard: {ffmpeg: {inputs: [{path: "rpicam:?camera=1", roles: [record]}]}}
"""


def test_the_edge_camera_keeps_packets_and_its_own_stream_follows_its_settings(tmp_path: Path) -> None:
    paths = Paths(tmp_path, tmp_path, tmp_path, "/dev/shm")
    edge = config(OWN + "edge: {camera: door}\n")
    assert [ingest_spec(edge, name, paths).clip_before_s for name in ("door", "yard")] == [4.0, 0.0]
    assert ingest_spec(config(OWN), "door", paths).clip_before_s == 0.0
    url = "rpicam:?width=1296&height=972&fps=15&hflip=0&vflip=0&awb=cloudy"
    assert ingest_spec(edge, "door", paths).inputs[0].url == url
    assert ingest_spec(edge, "yard", paths).inputs[0].url == "rpicam:?camera=1"
    file = tmp_path / "edge/client/settings/settings.json"
    file.parent.mkdir(parents=True)
    file.write_text(
        """{"StreamWidth": 640, "StreamFPS": 24, "RotationAngle": 180, "RotationMode": "stream",
        "ISP": {"brightness": 0.25, "awb": "daylight", "hflip": true}}"""
    )
    url = "rpicam:?width=640&height=972&fps=15&brightness=0.25&awb=cloudy&hflip=0&vflip=1"
    assert ingest_spec(edge, "door", paths).inputs[0].url == url
    assert arguments(url)


SOUND = """
mqtt: {enabled: false}
audio:
  enabled: true
  listen: [bark, speech]
  filters: {speech: {threshold: 0.6}}
  model: {path: /models/m.onnx, labelmap_path: "%s", mel_bands: 32, hop_ms: 20, log: decibel}
cameras:
  yard: {ffmpeg: {inputs: [{path: "rtsp://a/", roles: [detect, audio]}]}, audio: {num_threads: 3, min_volume: 70}}
  lane: {ffmpeg: {inputs: [{path: "rtsp://b/", roles: [detect, audio]}]}, audio: {listen: []}}
  gate: {ffmpeg: {inputs: [{path: "rtsp://c/", roles: [detect, audio]}]}, audio: {listen: [bark]}, enabled: false}
  door: {ffmpeg: {inputs: [{path: "rtsp://d/", roles: [detect]}]}, audio: {enabled: false}}
"""


def test_sounds_are_told_apart_in_one_process_while_a_camera_listens(tmp_path: Path) -> None:
    labels = tmp_path / "labels.csv"
    labels.write_text('index,mid,display_name\n0,/m/1,Speech\n1,/m/2,"Fire alarm, siren"\n2,/m/3,Bark\n')
    made = config(SOUND % labels)
    (spec,) = listening_specs(made, PATHS)
    assert spec.cameras == {"yard": {"bark": 0.8, "speech": 0.6}}
    assert spec.model.labels == {0: "speech", 1: "fire_alarm_siren", 2: "bark"}
    assert (spec.model.path, spec.model.threads, spec.model.bands, spec.model.hop_s) == ("/models/m.onnx", 3, 32, 0.02)
    assert (spec.model.decibel, spec.model.power) == (True, False)
    rates = {name: ingest_spec(made, name, PATHS).sound_rate for name in made.cameras}
    assert rates == {"yard": 16000, "lane": 0, "gate": 0, "door": 0}
    assert ingest_spec(made, "yard", PATHS).min_volume == 70
    assert [one.kind for one in all_specs(made, PATHS)].count("listening") == 1
    off = overlaid(made, {"yard": {"audio": False}})
    assert listening_specs(off, PATHS) == []
    assert listening_specs(off, PATHS, ["yard"]) == [msgspec.structs.replace(spec, cameras={})]
    assert listening_specs(config(MIDDLE), PATHS) == []  # without a model


def test_a_listening_process_follows_its_cameras_but_no_other_model(tmp_path: Path) -> None:
    (spec,) = listening_specs(config(SOUND % ""), PATHS)
    assert spec.model.labels == {}
    for changed, follows in (
        (msgspec.structs.replace(spec, cameras={"lane": {"bark": 0.1}}, log_level="debug"), True),
        (msgspec.structs.replace(spec, model=msgspec.structs.replace(spec.model, threads=9)), False),
    ):
        texts = [msgspec.json.encode(one).decode() for one in (spec, changed)]
        assert can_follow("listening", *texts) is follows


def test_a_restream_is_read_at_the_camera() -> None:
    spec = ingest_spec(config(MIDDLE), "drive", PATHS)
    assert [source.url for source in spec.inputs] == ["rtsp://u:p@192.168.1.30/main", "rtsp://u:p@192.168.1.30/sub"]
    assert spec.audio


def test_inputs_of_one_address_are_one_connection() -> None:
    text = (
        "cameras: {a: {ffmpeg: {inputs: [{path: 'rtsp://x/', roles: [record]}, {path: 'rtsp://x/', roles: [detect]}]}}}"
    )
    assert [source.roles for source in ingest_spec(config(text), "a", PATHS).inputs] == [("record", "detect")]


SAME = [
    "[{path: 'rtsp://x/', roles: [detect]}, {path: 'rtsp://x/', roles: [record]}]",
    "[{path: 'rtsp://y/', roles: [audio]}, {path: 'rtsp://x/', roles: [detect]}, {path: 'rtsp://x/', roles: [record]}]",
    "[{path: 'rtsp://x/', roles: [detect]}, {path: 'rtsp://127.0.0.1:8554/s', roles: [record]}]",
    "[{path: 'rtsp://127.0.0.1:8554/s', roles: [detect]}, {path: 'rtsp://x/', roles: [record]}]",
    "[{path: 'rtsp://127.0.0.1:8554/s', roles: [record]}, {path: 'rtsp://y/', roles: [detect]}]",
]


@pytest.mark.parametrize("sources", SAME)
def test_live_plays_the_input_that_ingest_records(sources: str) -> None:
    made = config(
        f"go2rtc: {{streams: {{s: 'rtsp://x/'}}}}\n"
        f"cameras: {{a: {{ffmpeg: {{inputs: {sources}}}, live: {{streams: {{Main: s}}}}}}}}"
    )
    inputs = ingest_spec(made, "a", PATHS).inputs
    streams = LiveStreams(streams_of(made), lambda *_: None)
    found = streams.find("a", Caller("vera", "viewer"))
    assert found is not None
    assert "record" in inputs[found[1]].roles
    streams.on_opened(StreamOpened("a", inputs[found[1]].roles, "h264", 1, 1, 5.0))
    assert streams.medias(*found) == ["video, recvonly, H264"]


@pytest.mark.parametrize(
    ("cameras", "processes", "shares"),
    [(5, 2, [3, 2]), (1, 4, [1]), (4, 4, [4]), (9, 4, [3, 3, 3]), (20, 2, [10, 10]), (0, 2, [])],
)
def test_cameras_are_shared_out_evenly(cameras: int, processes: int, shares: list[int]) -> None:
    lines = [f"  c{n}: {{ffmpeg: {{inputs: [{{path: x}}]}}}}" for n in range(cameras)]
    specs = analysis_specs(config("cameras:\n" + "\n".join(lines)), PATHS, processes)
    assert [len(spec.cameras) for spec in specs] == shares
    assert sorted(camera.camera for spec in specs for camera in spec.cameras) == sorted(f"c{n}" for n in range(cameras))


def test_disabled_cameras_have_no_vision_and_quiet_ones_do() -> None:
    text = (
        SMALL + "    detect: {enabled: false}\n    motion: {enabled: false}\n"
        "  off: {enabled: false, ffmpeg: {inputs: [{path: x}]}}\n"
    )
    specs = analysis_specs(config(text), PATHS, 1)
    assert [camera.camera for camera in specs[0].cameras] == ["front"]
    camera = specs[0].cameras[0]
    assert (camera.detect, camera.motion.enabled, camera.pictures) == (False, False, True)


def test_vision_gets_polygons_filters_and_zones() -> None:
    front = analysis_specs(config(OLDEST), PATHS, 1)[0].cameras[0]
    assert (front.width, front.height, front.max_disappeared, front.stationary.threshold) == (640, 360, 25, 50)
    assert list(front.motion.masks[0]) == [(0, 0), (0.5, 0), (0.5, 0.1), (0, 0.1)]
    assert front.filters["person"].min_area == 5000
    assert [list(mask) for mask in front.filters["person"].masks] == [[(0.1, 0.1), (0.2, 0.1), (0.2, 0.2)]]
    assert front.zones[0].name == "porch"
    assert front.zones[0].objects == ("person",)
    assert "face" in front.attributes["person"]


@pytest.mark.parametrize(
    ("written", "frames"),
    [
        ("{}", (2, 25, 50, 50)),
        ("{fps: 1}", (2, 5, 10, 10)),
        ("{min_initialized: 1, max_disappeared: 1, stationary: {interval: 0, threshold: 1}}", (1, 1, 0, 1)),
    ],
)
def test_the_smallest_numbers_are_obeyed(written: str, frames: tuple[int, ...]) -> None:
    made = analysis_settings(config(f"detect: {written}\ncameras: {{a: {{ffmpeg: {{inputs: [{{path: x}}]}}}}}}"), "a")
    stationary = made.stationary
    assert (made.min_initialized, made.max_disappeared, stationary.interval, stationary.threshold) == frames


@pytest.mark.parametrize("key", ["min_initialized", "max_disappeared", "stationary: {threshold"])
def test_a_count_of_frames_that_cannot_be_0_is_refused(key: str) -> None:
    with pytest.raises(ConfigErrors, match=r"greater than or equal to 1|at least 1"):
        config(f"detect: {{{key}: 0{'}' * key.count('{')}}}\ncameras: {{a: {{ffmpeg: {{inputs: [{{path: x}}]}}}}}}")


def test_detection_needs_motion() -> None:
    assert analysis_specs(config(SMALL + "    motion: {enabled: false}\n"), PATHS, 1)[0].cameras[0].motion.enabled


def test_the_built_in_detector_gets_options_and_no_model() -> None:
    spec = detection_specs(config("detectors: {a: {type: opencv, cat: true, num_threads: 2}}\n" + SMALL), PATHS)[
        0
    ].detector
    assert (spec.name, spec.type, spec.options, spec.threads, spec.model.path) == ("a", "opencv", {"cat": True}, 2, "")


def test_a_model_is_passed_on_as_far_as_it_was_given() -> None:
    text = "detectors: {a: {type: onnx, device: CUDA}}\nmodel: {path: m.onnx, model_type: yolo-generic}\n" + SMALL
    spec = detection_specs(config(text), PATHS)[0].detector
    assert (spec.type, spec.device) == ("onnx", "CUDA")
    assert (spec.model.path, spec.model.model_type, spec.model.width, spec.model.labels) == (
        "m.onnx",
        "yolo-generic",
        0,
        {},
    )


def test_labels_come_from_file_and_overrides(tmp_path: Path) -> None:
    (tmp_path / "labels.txt").write_text("0 dog\n1  cat\n")
    text = (
        f"detectors: {{a: {{type: onnx}}}}\nmodel: {{labelmap_path: {tmp_path}/labels.txt, labelmap: {{1: tiger}}}}\n"
    )
    assert detection_specs(config(text + SMALL), PATHS)[0].detector.model.labels == {0: "dog", 1: "tiger"}


SWITCHED = """
record: {enabled: true}
audio: {enabled: true, model: {path: m.onnx}}
cameras:
  a:
    ffmpeg: {inputs: [{path: 'rtsp://x/', roles: [detect, record, audio]}]}
    detect: {enabled: DETECT}
    motion: {enabled: false, mask: {sky: {coordinates: '0,0,1,0,1,0.2'}}}
    objects: {mask: {tree: {coordinates: '0,0,1,0,1,0.2'}}}
    zones: {porch: {coordinates: '0,0,1,0,1,1'}}
"""


@pytest.mark.parametrize("kind", TABLE)
def test_a_switch_reaches_the_workers_that_obey_it(kind: str) -> None:
    reached: set[str] = set()
    for detect in ("true", "false"):
        file = config(SWITCHED.replace("DETECT", detect))
        before = {
            (one.kind, one.name): one.spec for one in all_specs(overlaid(file, {}), PATHS, ["a"], listening_for=["a"])
        }
        (name,) = [name for name in values_of(file.cameras["a"]) if name.partition("/")[0] == kind]
        for value in (True, False, 77, *BIRDSEYE_MODES):
            after = all_specs(overlaid(file, {"a": {name: value}}), PATHS, ["a"], listening_for=["a"])
            reached |= {one.kind for one in after if one.spec != before[one.kind, one.name]}
    assert reached == set(TABLE[kind].obeyed_by)
