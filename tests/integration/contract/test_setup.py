"""What setting up and editing needs: additions to the contract (docs/api/config.md, probes.md, authentication.md)."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from typing import Any

import pytest

from dogwatch.api.shapes import setup
from dogwatch.bus.messages import DetectorStats, IngestStats
from dogwatch.config import parse
from dogwatch.media import jpeg
from dogwatch.testing.app import CONFIG
from tests.integration.contract.conftest import Contract, done, fails, rows
from tests.media import street
from tests.rtsp import RtspServer, serving

endpoint = pytest.mark.endpoint
ONLY_ADMINS = (
    ("GET", "/api/first_run"),
    ("POST", "/api/config/check"),
    ("POST", "/api/config/apply"),
    ("POST", "/api/config/forecast"),
    ("POST", "/api/ffprobe"),
    ("GET", "/api/stats/series"),
)


@endpoint(*(" ".join(key) for key in ONLY_ADMINS))
def test_own_routes_for_administrators(contract: Contract) -> None:
    for method, path in ONLY_ADMINS:
        for client in (contract.viewer, contract.limited):
            fails(client.request(method, path), 403)
        fails(contract.stranger.request(method, path), 401)
        contract.admin.request(method, path, json={"url": ""})


@endpoint("GET /api/first_run")
def test_own_first_run(contract: Contract) -> None:
    services = contract.app.services
    found = rows(contract.admin.get("/api/first_run"), setup.FirstRunAnswer)
    assert (found.due, found.cameras, found.version) == (False, 2, services.version)
    assert found.detectors == {"opencv": setup.FirstDetectorAnswer("opencv", None)}
    assert found.config_path == str(services.loaded.path)
    assert 0 < found.disk.free_bytes < found.disk.total_bytes
    assert found.disk.floor_bytes == services.space.floor
    before = services.loaded
    model = "model: {path: /models/yolox-tiny.onnx}\ndetectors: {one: {type: onnx}}\ncameras: {}"
    services.keeper.change(parse(model, path=before.path))
    found = rows(contract.admin.get("/api/first_run"), setup.FirstRunAnswer)
    services.keeper.change(before)
    assert (found.due, found.cameras) == (True, 0)
    assert found.detectors == {"one": setup.FirstDetectorAnswer("onnx", "yolox-tiny")}


@endpoint("POST /api/config/check")
def test_own_config_check(contract: Contract) -> None:
    path = contract.app.services.loaded.path

    def check(text: str | bytes) -> setup.ConfigCheckAnswer:
        answer: setup.ConfigCheckAnswer = rows(
            contract.admin.post("/api/config/check", content=text), setup.ConfigCheckAnswer
        )
        assert path.read_text() == CONFIG
        return answer

    assert check(CONFIG) == setup.ConfigCheckAnswer(True, [], [], [], [])
    wrong = check(
        CONFIG.replace("width: 640", "width: wide").replace("enabled: false}\n    record", "enabld: 1}\n    record")
    )
    assert not wrong.valid
    lines = CONFIG.splitlines()
    assert [one.path for one in wrong.errors] == ["cameras.front.detect.width", "cameras.back.detect.enabld"]
    for one, word in zip(wrong.errors, ("width: 640", "detect: {enabled: false}"), strict=True):
        assert one.line is not None
        assert word in lines[one.line - 1]
        assert one.column
    assert wrong.errors[1].hint is not None
    assert "enabled" in wrong.errors[1].hint
    changed = check(
        CONFIG.replace("width: 640", "width: 320") + "tls: {enabled: false}\nsemantic_search: {enabled: true}\n"
    )
    assert changed.valid
    assert "camera front: detect changed" in changed.changes
    assert changed.restart == ["tls"]
    assert [one.line for one in changed.notices] == [len(lines) + 2]
    assert not any("starts anew" in line for line in changed.changes)
    assert not check("cameras: {").valid
    assert not check("").valid, "there were cameras"
    masked = check(CONFIG.replace("user:hunter2@192.0.2.1/main", "*:*@192.0.2.1/main"))
    assert not masked.valid
    assert masked.errors[0].line
    secret = check(CONFIG.replace("rtsp://user:hunter2@192.0.2.1/main", "rtsp://user:hunter2@192.0.2.1/main, x: {"))
    assert "hunter2" not in str(secret)
    fails(contract.admin.post("/api/config/check", content=b"\xff\xfe"), 400)


@endpoint("POST /api/config/apply", "POST /api/config/save")
def test_own_config_apply(contract: Contract) -> None:
    services, restarts = contract.app.services, len(contract.app.restarts)
    nothing = rows(contract.admin.post("/api/config/apply"), setup.ConfigAppliedAnswer)
    assert (nothing.changes, nothing.restart) == ([], [])
    done(
        contract.admin.post("/api/config/save?save_option=saveonly", content=CONFIG.replace("width: 640", "width: 320"))
    )
    assert services.config.cameras["front"].detect.width == 640
    found = rows(contract.admin.post("/api/config/apply"), setup.ConfigAppliedAnswer)
    assert (found.changes, found.restart) == (["camera front: detect changed"], [])
    assert services.config.cameras["front"].detect.width == 320
    services.loaded.path.write_text("cameras: {front: 5}")
    assert "line 1" in fails(contract.admin.post("/api/config/apply"), 400)
    services.loaded.path.write_text(CONFIG)
    rows(contract.admin.post("/api/config/apply"), setup.ConfigAppliedAnswer)
    assert services.config.cameras["front"].detect.width == 640
    assert len(contract.app.restarts) == restarts


@endpoint("POST /api/config/forecast")
def test_own_config_forecast(contract: Contract) -> None:
    def ask(**body: Any) -> setup.ForecastAnswer:
        answer: setup.ForecastAnswer = rows(
            contract.admin.post("/api/config/forecast", json=body or None), setup.ForecastAnswer
        )
        return answer

    now = ask()
    assert {name: one.records for name, one in now.cameras.items()} == {"front": False, "back": True}
    assert now.needed_bytes == now.cameras["back"].bytes > 0
    assert now.fits == (now.needed_bytes <= now.free_bytes + now.used_bytes - now.floor_bytes)
    record = {"enabled": True, "continuous": {"days": 2}, "motion": {"days": 0}}
    keep = {name: {"retain": {"days": 0}} for name in ("alerts", "detections")}
    inputs = [{"path": "rtsp://192.0.2.9/main", "roles": ["record"]}]
    yard = {"ffmpeg": {"inputs": inputs}, "record": record | keep}
    more = ask(config={"cameras": {"yard": yard}}, rates={"yard": 1e6})
    assert more.cameras["yard"].bytes == 2 * 86_400 * 1_000_000
    assert more.needed_bytes == now.needed_bytes + more.cameras["yard"].bytes
    assert more.cameras["yard"].kept[0] == setup.KeptFootageAnswer("everything", 2.0, "record.continuous.days")
    assert "yard" not in contract.app.services.config.cameras
    assert not ask(config={"cameras": {"yard": yard}}, rates={"yard": 1e12}).fits
    wrong = {"cameras": {"yard": {"detect": {"fps": "never"}}}}
    assert "fps" in fails(contract.admin.post("/api/config/forecast", json={"config": wrong}), 400)
    for bad in ({"rates": {"front": 0}}, {"rates": {"front": "x"}}, {"config": 5}, {"rates": {"front": 1e300}}):
        fails(contract.admin.post("/api/config/forecast", json=bad), 422)


@pytest.fixture(scope="module")
def server() -> Iterator[RtspServer]:
    with RtspServer(serving(street()), login="user:p#ss/w%41rd") as made:
        yield made


@endpoint("POST /api/ffprobe")
def test_own_stream_trial(contract: Contract, server: RtspServer) -> None:
    body = {"url": server.url, "username": "user", "password": "p#ss/w%41rd", "seconds": 2}
    answer = contract.admin.post("/api/ffprobe", json=body)
    found = rows(answer, setup.StreamTrialAnswer)
    assert (found.width, found.height) == (1280, 720)
    assert found.streams[0]["codec_name"] == "h264"
    assert found.fps == pytest.approx(15, abs=2)
    assert found.seconds == pytest.approx(2, abs=0.6)
    assert found.bytes_per_second is not None
    assert 10_000 < found.bytes_per_second < 5_000_000
    assert found.picture is not None
    assert jpeg.size(base64.b64decode(found.picture)) == (1280, 720)
    assert "w%41rd" not in answer.text
    wrong = fails(contract.admin.post("/api/ffprobe", json={**body, "password": "hunter2"}), 502)
    assert "password is wrong" in wrong
    assert "hunter2" not in wrong
    for url in ("/etc/passwd", "file:///etc/passwd", "synthetic://street", "", "concat:a"):
        fails(contract.admin.post("/api/ffprobe", json={"url": url, "username": "x"}), 400)
    for bad in ({"seconds": 16}, {"seconds": 0}, {"url": 5}, {"url": "x" * 2001}):
        fails(contract.admin.post("/api/ffprobe", json={**body, **bad}), 422)
    log = contract.app.services.paths.log.read_text()
    assert "hunter2" not in log


@endpoint("GET /api/stats/series")
def test_own_series(contract: Contract) -> None:
    stats = contract.app.services.stats
    stats.on_message(IngestStats("front", 15.0, 15.0, 5.0, 1000.0, "full"))
    stats.on_message(DetectorStats("opencv", 4444, 12.5, 0.0, 0))
    stats.remember()
    stats.remember()
    found = rows(contract.admin.get("/api/stats/series"), setup.SeriesAnswer)
    assert len(found.times) >= 2
    columns = [
        *found.machine.values(),
        *(
            values
            for group in (found.processes, found.cameras, found.disks)
            for one in group.values()
            for values in one.values()
        ),
    ]
    assert {len(values) for values in columns} == {len(found.times)}
    assert found.cameras["front"]["camera_fps"][-1] == 15.0
    assert found.detectors["opencv"]["inference_speed"][-1] == 12.5
    assert found.disks["recordings"]["total_bytes"][-1]
    assert "ingest:front" in found.processes
    later = rows(contract.admin.get(f"/api/stats/series?since={found.times[-1]}"), setup.SeriesAnswer)
    assert later.times == []
    assert later.machine["cpu"] == []
    assert rows(contract.admin.get("/api/stats/series?step=120"), setup.SeriesAnswer).step == 120
    fails(contract.admin.get("/api/stats/series?step=7"), 422)


@endpoint("GET /api/profile/ui", "PUT /api/profile/ui")
def test_own_choices(contract: Contract) -> None:
    assert rows(contract.viewer.get("/api/profile/ui"), setup.UiChoicesAnswer) == setup.UiChoicesAnswer({}, 0, None)
    fails(contract.stranger.get("/api/profile/ui"), 401)
    fails(contract.stranger.put("/api/profile/ui", json={"settings": {}}), 401)
    chosen = {"theme": "dark", "cameras": ["front", "bäck"], "filters": [{"name": "a\n", "labels": None}], "zoom": 1.5}
    first = rows(contract.viewer.put("/api/profile/ui", json={"settings": chosen}), setup.UiChoicesAnswer)
    assert (first.settings, first.version) == (chosen, 1)
    assert rows(contract.viewer.get("/api/profile/ui"), setup.UiChoicesAnswer) == first
    assert rows(contract.limited.get("/api/profile/ui"), setup.UiChoicesAnswer).settings == {}
    assert rows(contract.admin.get("/api/profile/ui"), setup.UiChoicesAnswer).settings == {}
    second = rows(contract.viewer.put("/api/profile/ui", json={"settings": {}, "version": 1}), setup.UiChoicesAnswer)
    assert second.version == 2
    fails(contract.viewer.put("/api/profile/ui", json={"settings": chosen, "version": 1}), 409)
    assert rows(contract.viewer.get("/api/profile/ui"), setup.UiChoicesAnswer) == second
    fails(contract.viewer.put("/api/profile/ui", json={"settings": {"x": "ä" * 33_000}}), 413)
    deep: Any = {}
    for _ in range(40):
        deep = {"a": deep}
    fails(contract.viewer.put("/api/profile/ui", json={"settings": deep}), 400)
    for text in ('{"settings": {"x": NaN}}', '{"settings": {"x": 1e999}}'):
        fails(contract.viewer.put("/api/profile/ui", content=text), 400)
    for text in (
        '{"settings": [1]}',
        '{"settings": {"x": "\\ud800"}}',
        '{"settings": {"x": "\\u0000"}}',
        '{"version": 1}',
    ):
        fails(contract.viewer.put("/api/profile/ui", content=text), 422)
    assert rows(contract.viewer.get("/api/profile/ui"), setup.UiChoicesAnswer) == second


@endpoint("DELETE /api/users/{username}", "PUT /api/profile/ui")
def test_own_choices_go_with_their_account(contract: Contract) -> None:
    accounts = contract.app.services.authority.accounts

    def made() -> dict[str, str]:
        accounts.add("gone", "correct horse battery", "viewer")
        return {"Authorization": f"Bearer {contract.app.token('gone')}"}

    headers = made()
    contract.stranger.put("/api/profile/ui", json={"settings": {"a": 1}}, headers=headers).raise_for_status()
    contract.admin.delete("/api/users/gone").raise_for_status()
    again = rows(contract.stranger.get("/api/profile/ui", headers=made()), setup.UiChoicesAnswer)
    contract.admin.delete("/api/users/gone").raise_for_status()
    assert again == setup.UiChoicesAnswer({}, 0, None)
