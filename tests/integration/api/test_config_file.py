"""Changing the configuration by the API: what is written, what is in force, and what is refused."""

from __future__ import annotations

import os
import stat
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from dogwatch.api.listener import EXTERNAL
from dogwatch.config import ConfigErrors, load, parse, text_file
from dogwatch.config import file as module
from dogwatch.config.effective import CREDENTIAL
from dogwatch.config.load import text_of
from dogwatch.errors import ConfigError
from dogwatch.testing.app import CONFIG, Nvr
from tests.mounts import bound

LIVE = {"requires_restart": 0}


async def put(app: Nvr, query: str = "", body: Any = None, status: int = 200) -> dict[str, Any]:
    async with app.client() as client:
        answer = await client.put(f"/api/config/set{query}", json=body)
    assert answer.status_code == status, answer.text
    found: dict[str, Any] = answer.json()
    assert found["success"] is (status == 200)
    return found


def path(app: Nvr) -> Path:
    return app.services.loaded.path


async def test_a_key_is_changed_and_nothing_else(app: Nvr) -> None:
    await put(app, "?cameras.front.detect.fps=7")
    assert path(app).read_text() == CONFIG.replace("height: 360}", "height: 360, fps: 7}")
    assert app.services.config.cameras["front"].detect.fps == 5  # it waits for the restart
    assert app.restarts == []


async def test_a_change_is_in_force_at_once(app: Nvr) -> None:
    answer = await put(app, "?cameras.front.detect.fps=7", LIVE)
    assert answer["changes"] == ["camera front: detect changed"]
    assert app.services.config.cameras["front"].detect.fps == 7
    assert app.services.loaded.text == path(app).read_text()
    async with app.client() as client:
        assert (await client.get("/api/config")).json()["cameras"]["front"]["detect"]["fps"] == 7


@pytest.mark.parametrize("topic", [None, "", "config/cameras/front/detect", "config/cameras/back/record", "config/ui"])
async def test_what_has_changed_is_applied_whatever_topic_a_client_names(app: Nvr, topic: str | None) -> None:
    """The topic is for servers that do not find out by themselves which part of the configuration has changed."""
    changed = {"cameras": {"front": {"detect": {"fps": 7}}, "back": {"detect": {"fps": 3}}}}
    answer = await put(app, "", LIVE | {"config_data": changed, "update_topic": topic})
    assert answer["changes"] == ["camera front: detect changed", "camera back: detect changed"]
    assert [camera.detect.fps for camera in app.services.config.cameras.values()] == [7, 3]


async def test_a_camera_is_added_and_removed_while_running(app: Nvr) -> None:
    side = {"ffmpeg": {"inputs": [{"path": "rtsp://192.0.2.3/", "roles": ["record", "detect"]}]}}
    await put(app, "", LIVE | {"config_data": {"cameras": {"side": side}}})
    async with app.client() as client:
        assert "side" in (await client.get("/api/stats")).json()["cameras"]
        assert "side" in (await client.get("/api/go2rtc/streams")).json()
        assert (await client.get("/api/side/latest.jpg")).status_code == 200
    await put(app, "", LIVE | {"config_data": {"cameras": {"side": None, "back": None}}})
    assert list(app.services.config.cameras) == ["front"]
    async with app.client() as client:
        assert list((await client.get("/api/stats")).json()["cameras"]) == ["front"]
        assert (await client.get("/api/side/latest.jpg")).status_code == 404


async def test_a_repeated_key_is_a_list_and_an_empty_one_is_deleted(app: Nvr) -> None:
    await put(app, "?objects.track=person&objects.track=face&cameras.back.record.enabled=", LIVE)
    assert app.services.config.cameras["front"].objects.track == ["person", "face"]
    assert not app.services.config.cameras["back"].record.enabled
    assert "record: {enabled: true}" not in path(app).read_text()


async def test_what_waits_for_a_restart_goes_on_waiting(app: Nvr) -> None:
    await put(app, "?cameras.front.detect.fps=7")
    await put(app, "?cameras.back.detect.fps=3", LIVE)
    fps = {name: camera.detect.fps for name, camera in app.services.config.cameras.items()}
    assert fps == {"front": 5, "back": 3}
    written = load(path(app), {}).config
    assert {name: camera.detect.fps for name, camera in written.cameras.items()} == {"front": 7, "back": 3}


async def test_a_change_that_is_not_saved_is_in_force(app: Nvr) -> None:
    await put(app, "", {"skip_save": True, "config_data": {"cameras": {"front": {"detect": {"fps": 9}}}}})
    assert app.services.config.cameras["front"].detect.fps == 9
    assert path(app).read_text() == CONFIG
    assert app.services.config_file.reload()
    assert app.services.config.cameras["front"].detect.fps == 5


async def test_a_file_that_is_mended_is_in_force_and_no_longer_complained_about(app: Nvr) -> None:
    config_file = app.services.config_file
    for mend in ("reload", "change"):
        app.services.keeper.change(replace(parse(CONFIG, path=path(app), env={}), mistakes=(ConfigError("wrong"),)))
        path(app).write_text(CONFIG.replace("height: 360}", "height: 360, fsp: 7}"))
        with pytest.raises(ConfigErrors):
            config_file.reload()
        async with app.client() as client:
            assert (await client.get("/api/stats")).json()["service"]["config_mistakes"] == 1
        if mend == "reload":
            path(app).write_text(CONFIG.replace("height: 360}", "height: 360, fps: 7}"))
            assert config_file.reload().changed == {"front": ("detect",)}
        else:
            await put(app, "?cameras.front.detect.fsp=&cameras.front.detect.fps=7", LIVE)
        assert app.services.loaded.text == path(app).read_text()
        async with app.client() as client:
            assert (await client.get("/api/stats")).json()["service"]["config_mistakes"] == 0
            assert (await client.get("/api/config")).json()["cameras"]["front"]["detect"]["fps"] == 7


async def test_what_only_a_start_can_do_starts_the_core_anew(app: Nvr) -> None:
    answer = await put(app, "?networking.listen.internal=5001", LIVE)
    assert "networking.listen.internal" in answer["message"]
    assert app.restarts == [None]
    assert app.services.config.networking.listen.internal == 5000


@pytest.mark.parametrize(
    ("query", "body", "said"),
    [
        ("", None, "Nothing to do"),
        ("", {"config_data": {}}, "Nothing to do"),
        ("?cameras.front.detect.fps=fast", None, "fps"),
        ("?cameras.front.fsp=5", None, "fsp"),
        ("?cameras..front=5", None, "dotted key"),
        ("?version.nothing.here=5", None, "version"),
        ("", {"config_data": {"cameras": {"front": {"ffmpeg": None}}}}, "ffmpeg"),
        ("", {"config_data": {f"x{n}": 1 for n in range(1001)}}, "1000"),
    ],
)
async def test_what_is_wrong_is_refused_and_changes_nothing(app: Nvr, query: str, body: Any, said: str) -> None:
    before = app.services.config
    for live in ({}, LIVE):
        assert said in (await put(app, query, (body or {}) | live, 400))["message"]
    assert path(app).read_text() == CONFIG
    assert app.services.config is before


@pytest.mark.parametrize("depth", [50, 400, 900])
@pytest.mark.parametrize(("opening", "closing"), [('{"a":', "}"), ("[", "]")], ids=["maps", "lists"])
async def test_what_is_nested_deeply_is_refused(app: Nvr, depth: int, opening: str, closing: str) -> None:
    body = '{"config_data": {"x": ' + opening * depth + "1" + closing * depth + "}}"
    async with app.client() as client:
        assert (await client.put("/api/config/set", content=body)).status_code == 400
        assert (await client.put(f"/api/config/set?{'a.' * depth}b=1")).status_code == 400


async def test_masked_secrets_are_not_written_back(app: Nvr) -> None:
    inputs = [
        {"path": "rtsp://*:*@192.0.2.1/main", "roles": ["record"]},
        {"path": "rtsp://127.0.0.1:8554/front_sub", "roles": ["detect"]},
    ]
    await put(app, f"?environment_vars.SOME_KEY={CREDENTIAL}&cameras.front.detect.fps=7", LIVE)
    await put(app, "", LIVE | {"config_data": {"cameras": {"front": {"ffmpeg": {"inputs": inputs}}}}})
    text = path(app).read_text()
    assert CREDENTIAL not in text
    assert "*:*" not in text
    assert text.count("hunter2") == CONFIG.count("hunter2")
    inputs[0]["path"] = "rtsp://*:*@192.0.2.99/main"
    await put(app, "", LIVE | {"config_data": {"cameras": {"front": {"ffmpeg": {"inputs": inputs}}}}}, 400)
    async with app.client() as client:
        answer = await client.post("/api/config/save", content=text.replace("user:hunter2@", "*:*@"))
    assert answer.status_code == 400
    assert "line" in answer.json()["message"]
    assert path(app).read_text() == text


@pytest.mark.parametrize(
    "key",
    ["mqtt.hunter2", 'mqtt."hunter2.x"', "rtsp://u:hunter2@192.0.2.9/x", "auth..hunter2", "cameras.front.mqtt.hunter2",
     "cameras.front.ffmpeg.inputs.0.hunter2", "cameras.rtsp://u:hunter2@h.x", "mqtt.host.hunter2"],
)  # fmt: skip
async def test_a_secret_in_the_place_of_a_key_is_not_repeated(
    app: Nvr, key: str, caplog: pytest.LogCaptureFixture
) -> None:
    answer = await put(app, f"?{quote(key)}=1", LIVE, 400)
    async with app.client() as client:
        *above, last = key.replace('"', "").split(".")
        text = f"{CONFIG}\n" + "".join(f"{'  ' * depth}'{part}':\n" for depth, part in enumerate((*above, last)))
        saved = await client.post("/api/config/save", content=text)
    assert saved.status_code == 400
    for said in (answer["message"], saved.text, caplog.text):
        assert "hunter2" not in said


async def test_a_file_is_saved_and_the_core_restarted(app: Nvr) -> None:
    fresh = CONFIG + "\n# the end ä\n"
    async with app.client() as client:
        answer = await client.post(
            "/api/config/save?save_option=saveonly", content=fresh.encode(), headers={"Content-Type": "text/plain"}
        )
        assert answer.json() == {"success": True, "message": "Config successfully saved"}
        assert app.restarts == []
        assert path(app).read_text() == fresh
        assert (await client.get("/api/config/raw")).json() == fresh
        answer = await client.post("/api/config/save", content=CONFIG)
        assert answer.status_code == 200
        assert answer.json()["message"].startswith("Config successfully saved")
    assert app.restarts == [None]
    assert path(app).read_text() == CONFIG


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (CONFIG + "nonsense: {}\n", f"line {CONFIG.count(chr(10)) + 1}"),
        ("cameras: [", "line 1"),
        ("", "empty"),
        (b"\xff\xfe", "UTF-8"),
        ("x: " + "y" * (1 << 20) + "\n", "MiB"),
    ],
    ids=["unknown", "yaml", "empty", "bytes", "large"],
)
async def test_a_file_that_is_wrong_is_not_saved(app: Nvr, text: str | bytes, said: str) -> None:
    async with app.client() as client:
        answer = await client.post("/api/config/save", content=text)
    assert answer.status_code == 400
    assert answer.json()["success"] is False
    assert said in answer.json()["message"]
    assert path(app).read_text() == CONFIG
    assert app.restarts == []


async def test_one_at_a_time(app: Nvr, monkeypatch: pytest.MonkeyPatch) -> None:
    writing, go_on = threading.Event(), threading.Event()
    real = text_file.write

    def slow(target: Path, text: str) -> None:
        writing.set()
        assert go_on.wait(10)
        real(target, text)

    monkeypatch.setattr(module, "write", slow)
    changes: dict[tuple[str, ...], int] = {("cameras", "front", "detect", "fps"): 7}
    first = threading.Thread(target=lambda: app.services.config_file.change(changes, live=True, write=True))
    first.start()
    assert writing.wait(10)
    try:
        assert "Busy" in (await put(app, "?cameras.back.detect.fps=3", LIVE, 503))["message"]
        async with app.client() as client:
            assert (await client.post("/api/config/save", content=CONFIG)).status_code == 503
    finally:
        go_on.set()
        first.join()
    assert [camera.detect.fps for camera in app.services.config.cameras.values()] == [7, 5]


async def test_a_disk_that_cannot_be_written_changes_nothing(app: Nvr, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_file: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    before = app.services.config
    assert "No space left" in (await put(app, "?cameras.front.detect.fps=7", LIVE, 500))["message"]
    assert path(app).read_text() == CONFIG
    assert app.services.config is before
    assert list(path(app).parent.glob(".config.yml*")) == []


@pytest.fixture
def mounted(app: Nvr, tmp_path: Path) -> Iterator[Path]:
    """The file is a mount point, as of `docker run -v ./config.yml:/data/config.yml`."""
    source = tmp_path / "outside" / "config.yml"
    source.parent.mkdir()
    source.write_text(CONFIG)
    with bound(source, path(app)):
        yield source


async def test_a_file_that_is_a_mount_point(app: Nvr, mounted: Path) -> None:
    await put(app, "?cameras.front.detect.fps=7", LIVE)
    assert text_of(mounted) == path(app).read_text() == CONFIG.replace("height: 360}", "height: 360, fps: 7}")
    assert app.services.config.cameras["front"].detect.fps == 7
    async with app.client() as client:
        assert (await client.post("/api/config/save?save_option=saveonly", content=CONFIG)).status_code == 200
    assert text_of(mounted) == CONFIG
    assert list(path(app).parent.glob(".config.yml*")) == []


def replace_outside(mounted: Path) -> None:
    """As many editors do."""
    mounted.unlink()
    mounted.write_text(CONFIG)


async def test_a_mounted_file_that_was_replaced_outside_is_not_written_into_the_void(app: Nvr, mounted: Path) -> None:
    replace_outside(mounted)
    answer = await put(app, "?cameras.front.detect.fps=7", LIVE, 500)
    assert "replaced outside of this container" in answer["message"]
    assert app.services.config.cameras["front"].detect.fps == 5
    assert list(path(app).parent.glob(".config.yml*")) == []


async def test_a_pipe_in_place_of_the_file_holds_nobody_up(app: Nvr) -> None:
    path(app).unlink()
    os.mkfifo(path(app))
    assert "is no ordinary file" in (await put(app, "?cameras.front.detect.fps=7", status=400))["message"]
    with pytest.raises(ConfigErrors, match="is no ordinary file"):
        app.services.config_file.reload()


async def test_half_a_character_is_refused_as_it_would_break_every_answer(app: Nvr) -> None:
    before = path(app).read_text()
    body = rb'{"requires_restart": 0, "config_data": {"cameras": {"front": {"friendly_name": "\ud800"}}}}'
    async with app.client() as client:
        answer = await client.put("/api/config/set", content=body, headers={"Content-Type": "application/json"})
        assert answer.status_code == 400
        assert "no text" in answer.json()["message"]
        assert (await client.get("/api/config")).status_code == 200
    assert path(app).read_text() == before


async def test_only_administrators_may(app: Nvr) -> None:
    for user in ("vera", "frida"):
        async with app.client(EXTERNAL, user) as client:
            assert (await client.put("/api/config/set?ui.time_format=24hour", json=LIVE)).status_code == 403
            assert (await client.post("/api/config/save", content=CONFIG)).status_code == 403
            assert (await client.get("/api/config/raw_paths")).status_code == 403
    async with app.client(EXTERNAL, "admin") as client:
        assert (await client.put("/api/config/set?ui.time_format=24hour", json=LIVE)).status_code == 200


async def test_raw_paths(app: Nvr) -> None:
    async with app.client() as client:
        found = (await client.get("/api/config/raw_paths")).json()
    assert found["cameras"]["front"]["ffmpeg"]["inputs"][0] == {
        "path": "rtsp://user:hunter2@192.0.2.1/main",
        "roles": ["record"],
    }
    assert found["go2rtc"] == {"streams": {"front_sub": ["rtsp://user:hunter2@192.0.2.1/sub"]}}


def test_the_file_keeps_its_mode_and_a_link_its_place(app: Nvr, tmp_path: Path) -> None:
    target = tmp_path / "elsewhere.yml"
    path(app).rename(target)
    path(app).symlink_to(target)
    target.chmod(0o640)
    app.services.config_file.save(CONFIG + "# new\n")
    assert path(app).is_symlink()
    assert target.read_text() == CONFIG + "# new\n"
    assert stat.S_IMODE(target.stat().st_mode) == 0o640


def test_a_role_that_loses_a_camera_sees_it_no_more(app: Nvr) -> None:
    authority = app.services.authority
    assert authority.cameras_of("front_only") == frozenset({"front"})
    app.services.config_file.change({("auth", "roles", "front_only"): ["back"]}, live=True, write=True)
    assert authority.cameras_of("front_only") == frozenset({"back"})
    assert authority.accounts.roles == ("admin", "viewer", "front_only")
