"""Section 4: the program, its figures and its configuration."""

from __future__ import annotations

import json
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from dogwatch.api.nvr.pages import PAGES
from dogwatch.testing.app import CONFIG
from dogwatch.testing.recordings import T0
from tests.built_ui import built
from tests.integration.contract import shapes
from tests.integration.contract.conftest import Contract, done, fails, rows, wait_for

endpoint = pytest.mark.endpoint


@endpoint("GET /api/", "GET /api/version")
def test_4_1_version(contract: Contract) -> None:
    alive = contract.admin.get("/api/")
    assert (alive.status_code, alive.headers["content-type"].partition(";")[0]) == (200, "text/plain")
    answer = contract.admin.get("/api/version", headers={"Accept": "*/*"})
    assert answer.headers["content-type"].startswith("text/plain")
    numbers = answer.text.partition("-")[0].split(".")
    assert len(numbers) == 3
    assert int(numbers[1]) >= 12
    assert rows(contract.admin.get("/api/version", headers={"Accept": "application/json"}), dict[str, str]) == {
        "version": answer.text
    }


@endpoint("GET /api/stats", "GET /api/stats/history", "GET /api/config")
def test_4_2_stats(contract: Contract) -> None:
    stats = rows(contract.admin.get("/api/stats"), shapes.Stats)
    config = contract.admin.get("/api/config").json()
    assert list(stats.cameras) == list(config["cameras"])
    assert stats.cameras["front"].camera_fps == 15.0
    for camera in stats.cameras.values():
        for pid in (camera.pid, camera.capture_pid, camera.ffmpeg_pid):
            assert not pid or str(pid) in stats.cpu_usages or pid in (4242, 4343)
    assert "frigate.full_system" in stats.cpu_usages
    assert {"/media/frigate/recordings", "/media/frigate/clips", "/tmp/cache", "/dev/shm"} <= set(stats.service.storage)
    for volume in stats.service.storage.values():
        assert volume.mount_type == volume.mnt_type
    limited = rows(contract.limited.get("/api/stats"), shapes.Stats)
    assert list(limited.cameras) == ["front"]
    assert "cmdline" not in contract.viewer.get("/api/stats").text
    contract.app.services.stats.remember()
    assert rows(contract.admin.get("/api/stats/history"), list[shapes.Stats])
    trimmed = rows(contract.admin.get("/api/stats/history?keys=service.last_updated,cpu_usages"), list[dict[str, Any]])
    assert trimmed[0].keys() == {"service", "cpu_usages"}
    assert trimmed[0]["service"].keys() == {"last_updated"}
    fails(contract.viewer.get("/api/stats/history"), 403)


@endpoint("GET /api/metrics")
def test_4_2_metrics(contract: Contract) -> None:
    answer = contract.viewer.get("/api/metrics")
    assert answer.headers["content-type"].startswith("text/plain")
    names = {
        sample.name: sample.labels.keys()
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }
    for name in ("camera_fps", "detection_fps", "process_fps", "skipped_fps", "detection_enabled"):
        assert names[f"frigate_{name}"] == {"camera_name"}
    assert names["frigate_detector_inference_speed_seconds"] == names["frigate_detection_start"] == {"name"}
    assert names["frigate_service_info"] == {"version", "latest_version"}
    assert names["frigate_storage_free_bytes"] == {"storage"}
    assert {"frigate_service_uptime_seconds", "frigate_service_last_updated_timestamp"} <= names.keys()
    assert 'camera_name="back"' not in contract.limited.get("/api/metrics").text


@endpoint("GET /api/config")
def test_4_3_config(contract: Contract) -> None:
    answer = contract.admin.get("/api/config")
    config = rows(answer, dict[str, Any])
    assert {
        "version", "mqtt", "cameras", "go2rtc", "birdseye", "model", "detectors", "camera_groups", "auth", "proxy",
        "notifications", "ui", "record", "snapshots", "detect", "objects", "motion", "review", "live", "audio",
        "timestamp_style", "ffmpeg", "telemetry", "database", "logger", "networking", "tls", "semantic_search",
        "face_recognition", "lpr", "classification", "plus",
    } <= config.keys()  # fmt: skip
    assert isinstance(config["version"], str)
    assert "hunter2" not in answer.text
    assert "*:*@192.0.2.1" in answer.text
    assert isinstance(config["plus"]["enabled"], bool)
    for streams in config["go2rtc"]["streams"].values():
        assert isinstance(streams, list)
    model = config["model"]
    assert {"width", "height", "labelmap", "colormap", "all_attributes", "attributes_map"} <= model.keys()
    assert all(len(colour) == 3 for colour in model["colormap"].values())
    for name, camera in config["cameras"].items():
        assert camera["name"] == name
        assert {
            "enabled", "enabled_in_config", "detect", "zones", "objects", "record", "snapshots", "review", "motion",
            "audio", "birdseye", "mqtt", "onvif", "live", "ffmpeg", "ffmpeg_cmds", "best_image_timeout",
            "timestamp_style", "ui", "type", "notifications",
        } <= camera.keys()  # fmt: skip
        assert isinstance(camera["objects"]["track"], list)
        assert isinstance(camera["audio"]["enabled_in_config"], bool)
        assert {"threshold", "contour_area"} <= camera["motion"].keys()
        assert {"enabled", "width", "height", "fps"} <= camera["detect"].keys()
        assert {"enabled", "enabled_in_config", "alerts", "detections", "retain"} <= camera["record"].keys()
        assert isinstance(camera["live"]["streams"], dict)
    zone = config["cameras"]["front"]["zones"]["porch"]
    assert {"coordinates", "objects", "filters", "inertia", "loitering_time", "color"} <= zone.keys()
    seen = rows(contract.viewer.get("/api/config"), dict[str, Any])
    assert "environment_vars" not in seen
    assert list(rows(contract.limited.get("/api/config"), dict[str, Any])["cameras"]) == ["front"]
    assert None not in config.values()


@endpoint("GET /api/config/schema.json", "GET /api/config/raw", "GET /api/config/raw_paths")
def test_4_4_config_reads(contract: Contract) -> None:
    schema = rows(contract.viewer.get("/api/config/schema.json"), dict[str, Any])
    assert {"type", "properties"} <= schema.keys()
    assert "cameras" in schema["properties"]
    assert rows(contract.admin.get("/api/config/raw"), str) == CONFIG
    paths = rows(contract.admin.get("/api/config/raw_paths"), dict[str, Any])
    first = paths["cameras"]["front"]["ffmpeg"]["inputs"][0]
    assert first == {"path": "rtsp://user:hunter2@192.0.2.1/main", "roles": ["record"]}
    assert paths["go2rtc"]["streams"]["front_sub"] == ["rtsp://user:hunter2@192.0.2.1/sub"]
    for path in ("raw", "raw_paths"):
        fails(contract.viewer.get(f"/api/config/{path}"), 403)


@endpoint("POST /api/config/save", "PUT /api/config/set")
def test_4_4_config_writes(contract: Contract) -> None:
    admin = contract.admin
    path = contract.app.services.loaded.path
    said = fails(admin.post("/api/config/save?save_option=saveonly", content="cameras: {front: {detect: 5}}"), 400)
    assert "line" in said
    assert path.read_text() == CONFIG
    fails(admin.post("/api/config/save?save_option=other", content=CONFIG), 422)
    done(admin.post("/api/config/save?save_option=saveonly", content=CONFIG))
    before = len(contract.app.restarts)
    done(admin.post("/api/config/save", content=CONFIG))
    wait_for(lambda: len(contract.app.restarts) == before + 1)
    done(admin.put("/api/config/set?cameras.front.detect.fps=7"))
    assert "fps: 7" in path.read_text()
    fails(admin.put("/api/config/set?cameras.front.detect.fps=never"), 400)
    fails(admin.put("/api/config/set"), 400)
    body = {"requires_restart": 0, "config_data": {"cameras": {"front": {"detect": {"fps": None}}}}}
    done(admin.put("/api/config/set", json=body))
    assert "fps" not in path.read_text()
    done(
        admin.put(
            "/api/config/set", json={**body, "config_data": {"ui": {"timezone": "Europe/Paris"}}, "skip_save": True}
        )
    )
    assert "timezone" not in path.read_text()
    for method, target in (("POST", "save"), ("PUT", "set")):
        fails(contract.viewer.request(method, f"/api/config/{target}"), 403)


@endpoint("POST /api/restart")
def test_4_5_restart(contract: Contract) -> None:
    before = len(contract.app.restarts)
    done(contract.admin.post("/api/restart"), "Restarting (this can take up to one minute)...")
    wait_for(lambda: len(contract.app.restarts) == before + 1)  # the answer goes out first
    fails(contract.viewer.post("/api/restart"), 403)


@endpoint("GET /api/logs/{service}")
def test_4_6_logs(contract: Contract) -> None:
    contract.app.services.paths.log.write_text("one\ntwo\ntwo\nthree\n")
    log = rows(contract.admin.get("/api/logs/frigate"), shapes.Log)
    assert (log.totalLines, log.lines[0], log.lines[-1]) == (3, "one", "three")
    assert rows(contract.admin.get("/api/logs/frigate?start=-1"), shapes.Log).lines == ["three"]
    assert rows(contract.admin.get("/api/logs/frigate?start=0&end=1"), shapes.Log).lines == ["one"]
    assert rows(contract.admin.get("/api/logs/frigate?download=true"), str) == "one\ntwo\ntwo\nthree\n"
    for other in ("nginx", "go2rtc"):
        assert rows(contract.admin.get(f"/api/logs/{other}"), shapes.Log).lines == []
    fails(contract.admin.get("/api/logs/other"), 404)
    fails(contract.admin.get("/api/logs/frigate?start=x"), 422)
    fails(contract.viewer.get("/api/logs/frigate"), 403)
    with contract.admin.stream("GET", "/api/logs/frigate?stream=true") as answer:
        assert answer.headers["content-type"].startswith("text/plain")
        assert next(answer.iter_text()).startswith("one")


@endpoint("GET /api/ffprobe", "GET /api/ffprobe/snapshot", "GET /api/keyframe_analysis")
def test_4_7_probes(contract: Contract) -> None:
    admin = contract.admin
    (found,) = rows(admin.get("/api/ffprobe?paths=rtsp://127.0.0.1:9/none"), list[dict[str, Any]])
    assert found["return_code"] != 0
    assert found["stdout"] == ""
    assert isinstance(found["stderr"], list)
    for path in ("", "?paths=camera:nobody"):
        fails(admin.get(f"/api/ffprobe{path}"), 404)
    fails(admin.get("/api/ffprobe?paths=/etc/passwd"), 400)
    fails(admin.get("/api/ffprobe/snapshot?url=rtsp://127.0.0.1:9/none&timeout=1"), 500)
    fails(admin.get("/api/ffprobe/snapshot?url=file:///etc/passwd"), 400)
    assert rows(admin.get("/api/keyframe_analysis?camera=front"), dict[str, Any])
    fails(admin.get("/api/keyframe_analysis?camera=nobody"), 404)
    for path in ("ffprobe", "ffprobe/snapshot", "keyframe_analysis"):
        fails(contract.viewer.get(f"/api/{path}"), 403)


@endpoint(
    "GET /api/vainfo", "GET /api/nvinfo", "GET /api/ffmpeg/presets", "GET /api/plus/models", "GET /api/audio_labels"
)
def test_4_7_hardware(contract: Contract) -> None:
    found = rows(contract.viewer.get("/api/vainfo"), dict[str, Any])
    assert {name: type(value) for name, value in found.items()} == {"return_code": int, "stderr": str, "stdout": str}
    assert isinstance(rows(contract.viewer.get("/api/nvinfo"), dict[str, dict[str, str]]), dict)
    presets = rows(contract.admin.get("/api/ffmpeg/presets"), dict[str, Any])
    assert presets.keys() == {"hwaccel_args", "input_args", "output_args"}
    assert presets["output_args"].keys() == {"record", "detect"}
    assert rows(contract.viewer.get("/api/plus/models"), list[Any]) == []
    assert rows(contract.admin.get("/api/audio_labels"), dict[str, str]) == {}
    for path in ("ffmpeg/presets", "audio_labels"):
        fails(contract.viewer.get(f"/api/{path}"), 403)


@endpoint("GET /api/profiles", "GET /api/profile/active")
def test_4_7_profiles(contract: Contract) -> None:
    found = rows(contract.viewer.get("/api/profiles"), dict[str, Any])
    assert found == {"profiles": [], "active_profile": None, "last_activated": {}}
    assert rows(contract.admin.get("/api/profile/active"), dict[str, Any]) == {"active_profile": None}
    fails(contract.viewer.get("/api/profile/active"), 403)
    part = {"away": {"detect": {"enabled": False}}}
    change = {"profiles": {"away": {"friendly_name": "Nobody home"}}, "cameras": {"front": {"profiles": part}}}
    done(contract.admin.put("/api/config/set", json={"requires_restart": 0, "config_data": change}))
    for target, value in (("*", "home"), ("front", "away"), ("nobody", "none")):
        fails(contract.admin.put(f"/api/camera/{target}/set/profile", json={"value": value}), 400)
    fails(contract.viewer.put("/api/camera/*/set/profile", json={"value": "away"}), 403)
    done(contract.admin.put("/api/camera/*/set/profile", json={"value": "away"}))
    found = rows(contract.viewer.get("/api/profiles"), dict[str, Any])
    assert found["profiles"] == [{"name": "away", "friendly_name": "Nobody home"}]
    assert found["active_profile"] == "away"
    assert type(found["last_activated"]["away"]) is float
    assert rows(contract.admin.get("/api/profile/active"), dict[str, Any]) == {"active_profile": "away"}
    config = rows(contract.limited.get("/api/config"), dict[str, Any])
    assert (config["profiles"], config["active_profile"]) == ({"away": {"friendly_name": "Nobody home"}}, "away")
    assert config["cameras"]["front"]["profiles"] == part
    assert config["cameras"]["front"]["detect"]["enabled"] is False
    done(contract.admin.put("/api/camera/*/set/profile", json={"value": "none"}))
    config = rows(contract.viewer.get("/api/config"), dict[str, Any])
    assert config["cameras"]["front"]["detect"]["enabled"] is True
    assert "active_profile" not in config


@endpoint("PUT /api/camera/{camera}/set/{feature}", "PUT /api/camera/{camera}/set/{feature}/{item}")
def test_4_7_switches(contract: Contract) -> None:
    admin = contract.admin
    done(admin.put("/api/camera/front/set/snapshots", json={"value": "ON"}))
    assert admin.get("/api/config").json()["cameras"]["front"]["snapshots"]["enabled"] is True
    done(admin.put("/api/camera/front/set/zone/porch", json={"value": "OFF"}))
    done(admin.put("/api/camera/front/set/zone/porch", json={"value": "ON"}))
    done(admin.put("/api/camera/*/set/motion_threshold", json={"value": 40}))
    for target in ("front/set/nothing", "front/set/zone", "front/set/zone/nobody", "nobody/set/detect"):
        assert admin.put(f"/api/camera/{target}", json={"value": "ON"}).status_code in (400, 404), target
    fails(admin.put("/api/camera/front/set/detect", json={"value": "maybe"}), 400)
    fails(admin.put("/api/camera/front/set/detect", json={}), 422)
    fails(contract.viewer.put("/api/camera/front/set/detect", json={"value": "ON"}), 403)


@endpoint("POST /api/media/sync", "GET /api/media/sync/current", "GET /api/media/sync/status/{job_id}")
def test_4_7_media_sync(contract: Contract) -> None:
    admin = contract.admin
    answer = admin.post("/api/media/sync", json={"dry_run": True})
    assert answer.status_code == 202
    job = answer.json()["job"]
    assert (job["job_type"], job["status"]) == ("media_sync", "queued")
    fails(admin.post("/api/media/sync"), 409)
    assert rows(admin.get("/api/media/sync/current"), dict[str, Any])["job"]["id"] == job["id"]
    assert rows(admin.get(f"/api/media/sync/status/{job['id']}"), dict[str, Any])["job"] == job
    fails(admin.get("/api/media/sync/status/nobody"), 404)
    contract.app.services.jobs.cancel(job["id"])
    assert rows(admin.get("/api/media/sync/current"), dict[str, Any]) == {"job": None}
    fails(contract.viewer.post("/api/media/sync"), 403)


@endpoint("DELETE /api/cameras/{name}")
def test_4_7_removal_of_a_camera(contract: Contract) -> None:
    fails(contract.viewer.delete("/api/cameras/front"), 403)
    fails(contract.admin.delete("/api/cameras/nobody"), 404)
    said = fails(contract.admin.delete("/api/cameras/front"), 400)  # the only camera of a role
    assert "front_only" in said
    done(contract.admin.delete("/api/cameras/back"))
    assert list(contract.admin.get("/api/config").json()["cameras"]) == ["front"]


@endpoint("GET /api/health")
def test_own_health(contract: Contract) -> None:
    found = rows(contract.viewer.get("/api/health"), dict[str, Any])
    assert {"status", "problems"} <= found.keys()
    assert found["status"] in ("ok", "warning", "error")


@endpoint("POST /api/{camera}/camera_health/accept")
def test_own_view_accepted(contract: Contract) -> None:
    accepted = list[str]()
    contract.app.services.commands.accept_view = accepted.append
    done(contract.admin.post("/api/front/camera_health/accept"))
    assert accepted == ["front"]
    fails(contract.admin.post("/api/nobody/camera_health/accept"), 404)
    fails(contract.viewer.post("/api/front/camera_health/accept"), 403)
    fails(contract.stranger.post("/api/front/camera_health/accept"), 401)


@endpoint("GET /api/openapi.json")
def test_own_openapi(contract: Contract) -> None:
    answer = contract.viewer.get("/api/openapi.json")
    assert answer.headers["content-type"] == "application/json"
    assert json.loads(answer.content)["openapi"].startswith("3.1")


@endpoint("GET /", *(f"GET /{page}" for page in PAGES))
def test_2_1_page(contract: Contract) -> None:
    built()
    for path in ("/", *(f"/{page}" for page in PAGES)):
        answer = contract.stranger.get(path)
        assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store")
        assert answer.headers["content-type"].startswith("text/html")


@endpoint("GET /assets/{name}", "GET /icons/{name}", "GET /manifest.webmanifest", "GET /sw.js")
def test_own_files_of_the_page(contract: Contract) -> None:
    script = next(path.name for path in (built() / "assets").glob("*.js"))
    answer = contract.stranger.get(f"/assets/{script}")
    assert answer.headers["content-type"].startswith("text/javascript")
    assert "immutable" in answer.headers["cache-control"]
    assert contract.stranger.get("/icons/icon-192.png").headers["content-type"] == "image/png"
    assert contract.stranger.get("/manifest.webmanifest").json()["scope"] == "./"
    assert contract.stranger.get("/sw.js").status_code == (200 if (built() / "sw.js").exists() else 404)
    for path in ("/assets/other.js", "/icons/other.png"):
        fails(contract.stranger.get(path), 404)


@endpoint(
    "POST /api/debug_replay/start",
    "POST /api/debug_replay/start_from_export",
    "POST /api/debug_replay/stop",
    "GET /api/debug_replay/status",
)
def test_4_7_debug_replay(contract: Contract) -> None:
    path, export = "/api/debug_replay", {"export_id": "nobody"}
    hour = {"camera": "front", "start_time": T0, "end_time": T0 + 3600}
    assert rows(contract.admin.get(f"{path}/status"), dict[str, Any]) == {"active": False, "job": None}
    fails(contract.admin.post(f"{path}/stop"), 404)
    too_long, empty = hour | {"end_time": T0 + 3601}, hour | {"end_time": T0}
    for wrong, status in ((too_long, 400), (empty, 400), (hour | {"camera": "nobody"}, 404), ({}, 422)):
        fails(contract.admin.post(f"{path}/start", json=wrong), status)
    fails(contract.admin.post(f"{path}/start_from_export", json=export), 404)
    fails(contract.viewer.post(f"{path}/start", json=hour), 403)
    fails(contract.viewer.post(f"{path}/start_from_export", json=export), 403)
    fails(contract.viewer.post(f"{path}/stop"), 403)
    fails(contract.viewer.get(f"{path}/status"), 403)
    started = contract.admin.post(f"{path}/start", json=hour)
    assert started.status_code == 202
    job = started.json()["job"]
    assert (job["job_type"], job["camera"], job["request_start_time"]) == ("debug_replay", "front", T0)
    known = rows(contract.admin.get(f"{path}/status"), dict[str, Any])["job"]
    assert known["id"] == job["id"]
    contract.admin.post(f"{path}/stop")
