"""A thousand random requests to the edge API: no fault, and no file outside of its directory is touched."""

from __future__ import annotations

import json
import random
import re
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from dogwatch.api.edge import surface
from dogwatch.api.edge.policy import EDGE_POLICY
from dogwatch.api.listener import EDGE
from dogwatch.api.surface import Key, keys, routes_of
from dogwatch.testing.app import Nvr, edge_nvr
from tests.routes import exchange
from tests.unit.api.test_docs import parameters

REQUESTS = 1000
ENDLESS = {("GET", "/events")}
SLOW = {
    ("POST", "/bt/scan"),
    ("POST", "/bluetooth/scan"),
    ("POST", "/bt/discoverable"),
    ("POST", "/bluetooth/discoverable"),
    ("POST", "/bluetooth/pair"),
    ("POST", "/devices/bt/add"),
    ("POST", "/snapshot"),
}
"""What waits for hardware, or for a camera that sends nothing."""
POWER = {("POST", "/system/restart"), ("POST", "/system/reboot"), ("POST", "/captive-portal")}
"""What a machine with these tests should not be asked."""
ROUTES = {key: route for router in surface.routers() for route in routes_of(router) for key in keys(route)}
TRIED = sorted(set(EDGE_POLICY) - ENDLESS - SLOW - POWER)
PATHS = (
    "/etc/hostname",
    "../../../../etc/hostname",
    "..%2f..%2fetc%2fhostname",
    "%00",
    "x\u0000.mp4",
    "",
    ".",
    "/",
    "OUTSIDE",
    "OUTSIDE/video.mp4",
    "recordings/../../../OUTSIDE",
    "output_20260401_120000.mp4",
    "~",
    "a" * 5000,
    "\U0001f600.mp4",
    "timelapse/timelapse_20260401.mp4",
    "snapshot_20260401_120000.jpg",
    "link.mp4",
    "link/video.mp4",
)
VALUES: tuple[Any, ...] = (
    None,
    True,
    False,
    0,
    -1,
    1,
    10**30,
    1e308,
    0.5,
    "",
    "x",
    "mock",
    "reed_switch",
    [],
    [[]],
    {},
    {"a": {"b": []}},
    "AA:BB:CC:DD:EE:FF",
    "640x480",
    "2026-04-01T00:00:00+00:00",
    "\u0000",
    "\u202e",
    "off",
    "on",
    "armed",
)
NAMES = (
    "path",
    "video_path",
    "snapshot_path",
    "enabled",
    "type",
    "gpio",
    "hold_seconds",
    "calibration",
    "invert_logic",
    "address",
    "name",
    "duration",
    "interval_minutes",
    "fps",
    "resolution",
    "max_percent",
    "password",
    "current",
    "new",
    "width",
    "mode",
    "state",
    "seconds",
    "limit",
    "hours",
    "since",
    "Sensor",
    "Auth",
    "ISP",
    "StreamFPS",
    "TARGET_BT_ADDRESSES",
)


class Chooser:
    """Makes requests of one seed."""

    def __init__(self, seed: int, outside: Path) -> None:
        self._random, self._outside = random.Random(seed), str(outside)

    def text(self) -> str:
        return self._random.choice(PATHS).replace("OUTSIDE", self._outside)

    def value(self) -> Any:
        return self.text() if self._random.random() < 0.3 else self._random.choice(VALUES)

    def request(self) -> tuple[Key, str, bytes]:
        key = self._random.choice(TRIED)
        own = [name for name, _ in parameters(ROUTES[key])]
        path = re.sub(r"\{[^}]+\}", lambda _: self.text(), key[1])
        names = [self._random.choice([*own, *own, *NAMES]) for _ in range(self._random.randint(0, 4))]
        if key[0] == "GET":
            query = urlencode([(name, str(self.value())) for name in names])
            return key, f"{path}?{query}" if query else path, b""
        body = {name: self.value() for name in names if name != "VideoSaveLocation"}
        return key, path, json.dumps(body).encode()


def files(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


@pytest.mark.parametrize("seed", range(4))
async def test_random_requests(tmp_path: Path, seed: int) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    for name in ("video.mp4", "snapshot_20260401_120000.jpg", "output_20260401_120000.mp4", "other.log"):
        (outside / name).write_text("secret")
    data = tmp_path / "data"
    data.mkdir()
    async with edge_nvr(data, start=False) as app:
        place = app.edge.settings.save_dir
        place.mkdir(parents=True, exist_ok=True)
        (place / "link.mp4").symlink_to(outside / "video.mp4")
        (place / "link").symlink_to(outside)
        chooser = Chooser(seed, outside)
        before = files(outside)
        for _ in range(REQUESTS // 4):
            key, target, body = chooser.request()
            sent = [("Content-Type", "application/json")] if body else []
            found = await _asked(app, key, target, sent, body)
            assert found.status, (key, target, body)
            assert b'"internal"' not in found.body, (key, target, body, found.body)
            assert b"secret" not in found.body, (key, target, body)
            if found.status >= 400:
                assert {"error", "code"} <= json.loads(found.body).keys(), (key, target, body, found.body)
            assert files(outside) == before, (key, target, body)


async def _asked(app: Nvr, key: Key, target: str, sent: list[tuple[str, str]], body: bytes) -> Any:
    token = ("Authorization", f"Bearer {app.edge.settings.current.auth.token}")
    return await exchange(app, EDGE, None, key[0], target, [token, *sent], body)
