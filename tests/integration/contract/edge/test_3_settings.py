"""Settings: sections 2 and 3 of the contract."""

import json
from pathlib import Path

import httpx
import pytest

from dogwatch.testing.app import Nvr, edge_nvr
from tests.integration.contract.edge.conftest import done, fails

DEFAULTS = {
    "TARGET_BT_ADDRESSES": [],
    "TARGET_AP_MAC_ADDRESSES": [],
    "VideoSaveLocation": "./recordings",
    "RotationAngle": 0,
    "RotationMode": "display",
    "StreamWidth": 1296,
    "StreamHeight": 972,
    "StreamFPS": 30,
    "ISP": {},
    "Sensor": {
        "type": "reed_switch", "gpio": 22, "enabled": False, "hold_seconds": 10, "invert_logic": False,
        "calibration": {},
    },
    "StorageLimit": {"enabled": False, "max_percent": 85},
    "CaptivePortal": {"enabled": True},
    "Timelapse": {"enabled": False, "interval_minutes": 5, "fps": 24, "resolution": "640x480"},
}  # fmt: skip


def file_of(directory: Path) -> Path:
    return directory / "edge" / "client" / "settings" / "settings.json"


@pytest.mark.edge_endpoint("GET /settings")
async def test_settings_begin_with_the_defaults(app: Nvr, client: httpx.AsyncClient, tmp_path: Path) -> None:
    found = done(await client.get("/settings"))
    auth = found.pop("Auth")
    assert found == DEFAULTS
    assert (auth["enabled"], len(auth["token"]), set(auth)) == (False, 43, {"enabled", "token"})
    kept = json.loads(file_of(tmp_path).read_text())
    assert kept.pop("Auth")["token"] == auth["token"]
    assert kept == DEFAULTS
    assert file_of(tmp_path).stat().st_mode & 0o777 == 0o600


async def test_missing_keys_are_added_at_the_start_and_others_stay(tmp_path: Path) -> None:
    file_of(tmp_path).parent.mkdir(parents=True)
    file_of(tmp_path).write_text(json.dumps({"StreamFPS": 12, "StreamWidth": "wide", "Mine": [1]}))
    async with edge_nvr(tmp_path) as app, app.edge_client() as client:
        found = done(await client.get("/settings"))
        assert (found["StreamFPS"], found["StreamWidth"], found["Mine"]) == (12, 1296, [1])
        assert json.loads(file_of(tmp_path).read_text())["StreamHeight"] == 972


async def test_a_file_that_is_no_json_is_kept_aside(tmp_path: Path) -> None:
    file_of(tmp_path).parent.mkdir(parents=True)
    file_of(tmp_path).write_text("{")
    async with edge_nvr(tmp_path) as app, app.edge_client() as client:
        assert done(await client.get("/settings"))["StreamFPS"] == 30
    assert file_of(tmp_path).with_name("settings.json.broken").read_text() == "{"


@pytest.mark.edge_endpoint("POST /settings")
async def test_changes_are_merged_one_level_deep_and_written(client: httpx.AsyncClient, tmp_path: Path) -> None:
    changes = {"StreamFPS": 15, "Sensor": {"hold_seconds": 2.5}, "ISP": {"ev": 1}, "Mine": {"a": [1]}}
    assert set(done(await client.post("/settings", json=changes))) == {"message"}
    done(await client.post("/settings", json={"ISP": {"contrast": 2}, "Mine": {"b": None}}))
    found = done(await client.get("/settings"))
    assert (found["StreamFPS"], found["ISP"], found["Mine"]) == (15, {"ev": 1, "contrast": 2}, {"a": [1], "b": None})
    assert found["Sensor"] == {**DEFAULTS["Sensor"], "hold_seconds": 2.5}  # type: ignore[dict-item]
    assert json.loads(file_of(tmp_path).read_text())["Mine"] == {"a": [1], "b": None}


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"StreamFPS": "15"}, "StreamFPS"),
        ({"StreamFPS": True}, "StreamFPS"),
        ({"StreamWidth": 319}, "StreamWidth"),
        ({"StreamHeight": 3041}, "StreamHeight"),
        ({"RotationAngle": 45}, "RotationAngle"),
        ({"RotationMode": "stream", "RotationAngle": 90}, "RotationAngle"),
        ({"Sensor": 5}, "Sensor"),
        ({"Sensor": {"gpio": 28}}, "Sensor.gpio"),
        ({"StorageLimit": {"max_percent": 96}}, "StorageLimit.max_percent"),
        ({"Timelapse": {"resolution": "1x1"}}, "Timelapse.resolution"),
        ({"TARGET_BT_ADDRESSES": [{"address": "AA:BB"}]}, "TARGET_BT_ADDRESSES.0.address"),
        ({"ISP": {"awb": "blue"}}, "ISP.awb"),
        ({"Auth": {"enabled": "yes"}}, "Auth.enabled"),
        ({"Auth": True}, "Auth.enabled"),
    ],
    ids=str,
)
async def test_one_wrong_value_changes_nothing(client: httpx.AsyncClient, wrong: dict[str, object], field: str) -> None:
    before = done(await client.get("/settings"))
    fails(await client.post("/settings", json={"StreamFPS": 7, "Mine": 1, **wrong}), 400, "bad_field", field=field)
    assert done(await client.get("/settings")) == before


@pytest.mark.parametrize("place", ["/proc/no/where", "/proc", "../client/settings/settings.json"], ids=repr)
async def test_a_place_that_cannot_be_written(client: httpx.AsyncClient, place: str) -> None:
    answer = await client.post("/settings", json={"VideoSaveLocation": place})
    body = fails(answer, 400, "bad_save_location")
    assert body["message"] == body["error"]


async def test_a_place_for_recordings_is_made(app: Nvr, client: httpx.AsyncClient, tmp_path: Path) -> None:
    done(await client.post("/settings", json={"VideoSaveLocation": "./other/place"}))
    assert (tmp_path / "edge" / "client" / "other" / "place").is_dir()
    assert app.edge.settings.save_dir == (tmp_path / "edge" / "client" / "other" / "place").resolve()


async def test_only_whether_the_login_is_on_is_taken(app: Nvr, client: httpx.AsyncClient) -> None:
    old, password = app.edge.settings.current.auth.token, app.edge.settings.current.auth.password_hash
    given = {"enabled": True, "token": "mine", "password_hash": "x"}
    token = done(await client.post("/settings", json={"Auth": given}))["token"]
    assert token not in (old, "mine")
    assert app.edge.settings.current.auth.password_hash == password
    fails(await client.get("/settings"), 401, "unauthorized")
    client.headers["Authorization"] = f"Bearer {token}"
    assert done(await client.post("/settings", json={"Auth": {}}))["token"] == token
    assert "token" not in done(await client.post("/settings", json={"Auth": {"enabled": False}}))


async def test_settings_have_a_largest_size(client: httpx.AsyncClient) -> None:
    fails(await client.post("/settings", json={"Mine": "x" * (256 << 10)}), 413, "too_large")


@pytest.mark.edge_endpoint("GET /settings/export", "POST /settings/import")
async def test_a_backup_brings_everything_back(app: Nvr, client: httpx.AsyncClient) -> None:
    done(await client.post("/settings", json={"StreamFPS": 11, "Mine": 2, "Sensor": {"gpio": 4}}))
    answer = await client.get("/settings/export")
    assert answer.headers["content-disposition"] == "attachment; filename=settings-backup.json"
    backup = done(answer)
    assert backup == done(await client.get("/settings"))
    assert "password_hash" not in answer.text
    done(await client.post("/settings", json={"StreamFPS": 12, "Sensor": {"gpio": 5, "hold_seconds": 1}}))
    password = app.edge.settings.current.auth.password_hash
    restored = {**backup, "Auth": {"enabled": True, "token": "t" * 20}}
    assert done(await client.post("/settings/import", json=restored))["token"] == "t" * 20
    assert app.edge.settings.current.auth.password_hash == password
    fails(await client.get("/settings"), 401, "unauthorized")
    client.headers["Authorization"] = "Bearer " + "t" * 20
    assert done(await client.get("/settings")) == restored


async def test_a_password_of_a_backup_replaces_the_first_one(
    app: Nvr, client: httpx.AsyncClient, tmp_path: Path
) -> None:
    first = tmp_path / "edge" / "client" / "data" / "default-password.txt"
    assert first.is_file()
    stored = app.edge.settings.current.auth.password_hash
    done(await client.post("/settings/import", json={"Auth": {"enabled": False, "password_hash": stored}}))
    assert not first.exists()


async def test_a_sensor_after_the_mock_one_gets_its_usual_line(app: Nvr, client: httpx.AsyncClient) -> None:
    done(await client.post("/sensor/configure", json={"type": "mock", "enabled": False}))
    done(await client.post("/settings", json={"Sensor": {"type": "pir"}}))
    assert done(await client.get("/sensor/status"))["config"]["gpio"] == 17


async def test_a_backup_that_will_not_do(client: httpx.AsyncClient) -> None:
    before = done(await client.get("/settings"))
    body = fails(await client.post("/settings/import", json={"StreamFPS": 5, "Other": 1}), 400, "unknown_keys")
    assert body["keys"] == ["Other"]
    json_kind = {"Content-Type": "application/json"}
    fails(await client.post("/settings/import", content=b"[]", headers=json_kind), 400, "bad_json")
    fails(await client.post("/settings/import", content=b"{", headers=json_kind), 400, "bad_json")
    fails(await client.post("/settings/import", json={"ISP": {"x": "y" * (256 << 10)}}), 413, "too_large")
    fails(await client.post("/settings/import", json={"Auth": {"password_hash": "x"}}), 400, "bad_field")
    slow = f"pbkdf2_sha256${10**9}$aa$bb"
    fails(await client.post("/settings/import", json={"Auth": {"password_hash": slow}}), 400, "bad_field")
    fails(await client.post("/settings/import", json={"StreamFPS": 500}), 400, "bad_field")
    assert done(await client.get("/settings")) == before


@pytest.mark.edge_endpoint("GET /list_directories")
async def test_directories(client: httpx.AsyncClient, tmp_path: Path) -> None:
    for name in ("b", "a", ".hidden"):
        (tmp_path / "places" / name).mkdir(parents=True)
    (tmp_path / "places" / "file").write_text("")
    place = tmp_path / "places"
    found = done(await client.get("/list_directories", params={"path": str(place)}))
    assert found == {
        "current_path": str(place),
        "directories": [{"name": name, "path": str(place / name)} for name in ("a", "b")],
    }
    assert done(await client.get("/list_directories"))["current_path"] == "/"
    for wrong in (str(place / "file"), str(place / "no"), "a\x01b", "/" + "x" * 5000):
        fails(await client.get("/list_directories", params={"path": wrong}), 400, "not_a_directory")


async def test_a_directory_that_cannot_be_read(
    client: httpx.AsyncClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_: Path) -> None:
        raise PermissionError(13, "Permission denied")

    with monkeypatch.context() as patched:
        patched.setattr("dogwatch.api.edge.settings.os.scandir", refuse)
        fails(await client.get("/list_directories", params={"path": str(tmp_path)}), 500, "unreadable")


async def test_a_part_that_cannot_follow_does_not_undo_a_change(app: Nvr, client: httpx.AsyncClient) -> None:
    told: list[str] = []

    def fail() -> None:
        raise OSError("no")

    app.edge.settings.follow("StreamFPS", fail)
    app.edge.settings.follow("StreamFPS", lambda: told.append("other"))
    done(await client.post("/settings", json={"StreamFPS": 9}))
    assert done(await client.get("/settings"))["StreamFPS"] == 9
    assert told == ["other"]
