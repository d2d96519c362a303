"""Health, version, configuration, stats, logs, page: the answers that need no camera."""

import json
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from dogwatch.api.listener import EXTERNAL
from dogwatch.api.nvr.system import collapsed
from dogwatch.bus.messages import AnalysisStats, DetectorStats, IngestStats
from dogwatch.config.effective import CREDENTIAL
from dogwatch.testing.app import CONFIG, VERSION, Nvr


async def test_version(app: Nvr) -> None:
    async with app.client(EXTERNAL) as stranger:
        for path in ("/api/version", "/api/"):
            assert (await stranger.get(path)).status_code == 401, path
        schema = await stranger.get("/api/config/schema.json")  # made of the models, so it knows no configuration
        assert schema.status_code == 200
        assert "hunter2" not in schema.text
        assert "192.0.2" not in schema.text
    async with app.client() as client:
        answer = await client.get("/api/version", headers={"Accept": "*/*"})
        assert answer.text == VERSION
        assert answer.headers["content-type"].startswith("text/plain")
        assert int(answer.text.split(".")[1]) >= 14
        mixed = await client.get("/api/version", headers={"Accept": "application/json, text/plain, */*"})
        assert mixed.text == VERSION
        only = await client.get("/api/version", headers={"Accept": "application/json"})
        assert only.json() == {"version": VERSION}
        assert (await client.get("/api/")).text.startswith("Dogwatch is running")


async def test_config(app: Nvr) -> None:
    async with app.client() as client:
        # The Home Assistant integration sends a body even here.
        answer = await client.request("GET", "/api/config", json={})
        config = answer.json()
        assert list(config["cameras"]) == ["front", "back"]
        assert config["version"] == "0.16-0"
        assert config["environment_vars"] == {"SOME_NAME": "some-value", "SOME_KEY": CREDENTIAL}
        assert "hunter2" not in answer.text
        assert (await client.get("/api/config/raw")).json() == CONFIG
        assert (await client.get("/api/birdseye")).json() == config["birdseye"]
        assert list((await client.get("/api/zones")).json()["front"]) == ["porch"]
        assert "objects" in (await client.get("/api/zones/front")).json()["porch"]
        app.services.loaded.path.unlink()
        assert (await client.get("/api/config/raw")).status_code == 404
    async with app.client(EXTERNAL, "frida") as client:
        config = (await client.get("/api/config")).json()
        assert list(config["cameras"]) == ["front"]
        assert "environment_vars" not in config
        assert list((await client.get("/api/zones")).json()) == ["front"]
        assert list((await client.get("/api/camera/notifications")).json()) == ["front"]
    async with app.client() as client:
        schema = (await client.get("/api/config/schema.json")).json()
        assert "cameras" in schema["properties"]
        assert schema["$defs"]["RecordConfig"]["properties"]["retain"]["deprecated"]


async def test_switches_show_in_the_config(app: Nvr) -> None:
    app.services.switches.set("front", "detect", value=False)
    async with app.client() as client:
        detect = (await client.get("/api/config")).json()["cameras"]["front"]["detect"]
        assert (detect["enabled"], detect["enabled_in_config"]) == (False, True)


async def test_stats(app: Nvr) -> None:
    stats = app.services.stats
    stats.note_process("ingest", "front", 4242, 1)
    stats.on_message(IngestStats("front", 15.0, 15.0, 5.0, 1000.0, "full"))
    stats.on_message(AnalysisStats("front", 4343, 5.0, 0.0, 2.5))
    stats.on_message(DetectorStats("opencv", 4444, 12.5, 0.0))
    async with app.client() as client:
        answer = (await client.get("/api/stats")).json()
        front = answer["cameras"]["front"]
        assert (front["camera_fps"], front["process_fps"], front["detection_fps"]) == (15.0, 5.0, 2.5)
        assert (front["pid"], front["capture_pid"], front["ffmpeg_pid"]) == (4343, 4242, 4242)
        assert front["connection_quality"] == "excellent"
        assert answer["cameras"]["back"]["camera_fps"] == 0
        assert answer["detectors"]["opencv"]["inference_speed"] == 12.5
        config = (await client.get("/api/config")).json()
        assert all("enabled_in_config" in config["cameras"][name]["audio"] for name in answer["cameras"])
        stats.remember()
        history = (await client.get("/api/stats/history?keys=service.last_updated,cameras.front.pid,no.such")).json()
        assert history == [
            {"service": {"last_updated": history[0]["service"]["last_updated"]}, "cameras": {"front": {"pid": 4343}}}
        ]
        text = (await client.get("/api/metrics")).text
        samples = {
            (sample.name, sample.labels.get("camera_name")): sample.value
            for family in text_string_to_metric_families(text)
            for sample in family.samples
        }
        assert samples["frigate_camera_fps", "front"] == 15.0
    async with app.client(EXTERNAL, "frida") as client:
        answer = await client.get("/api/stats")
        assert list(answer.json()["cameras"]) == ["front"]
        assert "cmdline" not in answer.text
        assert 'camera_name="back"' not in (await client.get("/api/metrics")).text


async def test_restart_answers_first(app: Nvr) -> None:
    async with app.client() as client:
        answer = await client.post("/api/restart")
        assert answer.json() == {"success": True, "message": "Restarting (this can take up to one minute)..."}
        assert app.restarts == [None]


async def test_logs(app: Nvr) -> None:
    async with app.client() as client:
        assert (await client.get("/api/logs/frigate")).status_code == 500
        app.services.paths.log.write_text("".join(f"line {n}\n" for n in range(5)) + "same\nsame\nsame\n")
        whole = (await client.get("/api/logs/frigate")).json()
        assert whole["totalLines"] == 6
        assert whole["lines"][-1] == "same (repeated 2 times)"
        assert (await client.get("/api/logs/frigate?start=-2")).json()["lines"][0] == "line 4"
        assert (await client.get("/api/logs/frigate?start=1&end=3")).json()["lines"] == ["line 1", "line 2"]
        assert (await client.get("/api/logs/frigate?download=true")).json().startswith("line 0\n")
        assert (await client.get("/api/logs/nginx")).json() == {"totalLines": 0, "lines": []}
        assert (await client.get("/api/logs/other")).status_code == 404


@pytest.mark.parametrize(
    ("lines", "result"),
    [([], []), (["a"], ["a"]), (["a", "a"], ["a (repeated 1 times)"]), (["a", "b", "a"], ["a", "b", "a"])],
)
def test_collapsed(lines: list[str], result: list[str]) -> None:
    assert collapsed(lines) == result


async def test_no_such_page(app: Nvr) -> None:
    async with app.client(EXTERNAL) as client:
        assert (await client.get("/no-such-page")).json() == {"detail": "Not Found"}


async def test_streams(app: Nvr) -> None:
    async with app.client() as client:
        found = (await client.get("/api/go2rtc/streams")).json()
        assert set(found) == {"front", "front_sub", "back"}
        assert "hunter2" not in json.dumps(found)
        assert (await client.get("/api/go2rtc/streams/front")).json() == found["front"]
        assert (await client.get("/api/go2rtc/api/streams?src=front&video=all")).json() == found["front"]
        assert (await client.get("/api/go2rtc/streams/none")).status_code == 404
    async with app.client(EXTERNAL, "frida") as client:
        assert set((await client.get("/api/go2rtc/streams")).json()) == {"front", "front_sub"}


BROKEN: dict[str, tuple[str | bytes | tuple[()] | None, list[str]]] = {
    "syntax": ("cameras: [", ["line 1, column"]),
    "keys": ("detekt: {}\ncameras: {}\nmotion: {threshold: 999}\n", ["line 1, column 1: detekt", "line 3, column 10"]),
    "empty": ("", ["the file is empty, though it had cameras (write `cameras: {}` if that is meant)"]),
    "blank": (" \n\n", ["the file is empty"]),
    "secret": ("cameras: {a: {ffmpeg: {inputs: [{path: '{FRIGATE_GONE}'}]}}}", ["{FRIGATE_GONE} is not known"]),
    "not text": (b"\xff\xfe\x00", ["is not UTF-8 text (byte 0)"]),
    "large": (b"#" * ((1 << 20) + 1), ["the file is larger than 1 MiB"]),
    "missing": (None, ["cannot be read: No such file or directory"]),
    "directory": ((), ["cannot be read: Is a directory"]),
}


def break_file(path: Path, content: str | bytes | tuple[()] | None) -> None:
    path.unlink()
    if isinstance(content, tuple):
        path.mkdir()
    elif content is not None:
        path.write_bytes(content if isinstance(content, bytes) else content.encode())


@pytest.mark.parametrize("case", BROKEN)
async def test_nothing_is_restarted_on_a_file_that_is_wrong(app: Nvr, case: str) -> None:
    content, words = BROKEN[case]
    break_file(app.services.loaded.path, content)
    async with app.client() as client:
        answer = await client.post("/api/restart")
        assert answer.status_code == 400
        body = answer.json()
        assert body["success"] is False
        assert all(word in body["message"] for word in words)
        assert app.restarts == []
        raw = await client.get("/api/config/raw")
        assert raw.status_code == (200 if isinstance(content, str) else 404)


async def test_a_file_without_cameras_is_an_order_like_any_other(app: Nvr) -> None:
    app.services.loaded.path.write_text("cameras: {}\n")
    async with app.client() as client:
        assert (await client.post("/api/restart")).status_code == 200
    assert app.restarts == [None]
