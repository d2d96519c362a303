"""Settings: sections 2 and 3 of the contract."""

import json
from pathlib import Path

import httpx
import pytest

from dogwatch.testing.app import Nvr, edge_nvr
from tests.integration.contract.edge.conftest import done

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
