"""Switches over HTTP do what the WebSocket's messages do."""

import pytest

from dogwatch.api.listener import EXTERNAL
from dogwatch.testing.app import Nvr


@pytest.mark.parametrize(
    ("path", "value", "camera", "name", "now"),
    [
        ("front/set/detect", "OFF", "front", "detect", False),
        ("front/set/motion_threshold", 40, "front", "motion_threshold", 40),
        ("front/set/motion_threshold", "41", "front", "motion_threshold", 41),
        ("front/set/zone/porch", "OFF", "front", "zone/porch", False),
        ("*/set/snapshots", "ON", "back", "snapshots", True),
        ("*/set/zone/porch", "OFF", "front", "zone/porch", False),
    ],
)
async def test_set(app: Nvr, path: str, value: object, camera: str, name: str, now: object) -> None:
    async with app.client() as client:
        answer = await client.put(f"/api/camera/{path}", json={"value": value})
    assert (answer.status_code, answer.json()["success"]) == (200, True)
    assert app.services.switches.find(camera, name) == now


@pytest.mark.parametrize(
    ("path", "value", "status", "words"),
    [
        ("attic/set/detect", "OFF", 404, "There is no camera 'attic'."),
        ("front/set/flash", "ON", 404, "There is no switch 'flash'."),
        ("front/set/zone", "ON", 404, "it needs a name"),
        ("front/set/zone/lawn", "ON", 404, "has no switch 'zone/lawn'"),
        ("front/set/detect", "maybe", 400, "which takes ON, OFF"),
        ("front/set/audio", "ON", 400, "it is off in the configuration file"),
        ("*/set/audio", "ON", 400, "it is off in the configuration file"),
        ("*/set/profile", "away", 400, "There is no profile 'away'."),
        ("front/set/profile", "none", 400, "it is set for '*', not for one"),
        ("*/set/profile/away", "ON", 404, "There is no switch 'profile/away'."),
    ],
)
async def test_refused(app: Nvr, path: str, value: object, status: int, words: str) -> None:
    before = app.services.config
    async with app.client() as client:
        answer = await client.put(f"/api/camera/{path}", json={"value": value})
    assert answer.status_code == status
    assert answer.json()["success"] is False
    assert words in answer.json()["message"]
    assert app.services.config is before


async def test_only_admins_may(app: Nvr) -> None:
    async with app.client(EXTERNAL, "vera") as client:
        answer = await client.put("/api/camera/front/set/detect", json={"value": "OFF"})
    assert answer.status_code == 403
    assert app.services.switches.find("front", "detect") is True
