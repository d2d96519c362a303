"""An edge camera changes nothing of the NVR API."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from dogwatch.api.listener import EXTERNAL, INTERNAL
from dogwatch.api.surface import keys
from dogwatch.testing.app import Nvr, edge_nvr, nvr
from tests.routes import exchange


def routes(app: Nvr) -> set[Any]:
    surface = next(one for one in app.app.surfaces if one.name == "nvr")
    return {key for route in surface.routes() for key in keys(route)}


async def shown(app: Nvr) -> dict[str, Any]:
    async with app.client(INTERNAL) as client:
        config = (await client.get("/api/config")).json()
        document = (await client.get("/api/openapi.json")).json()
    return {"config": config, "openapi": document}


async def test_the_nvr_is_as_without(tmp_path: Path) -> None:
    (tmp_path / "without").mkdir()
    (tmp_path / "with").mkdir()
    with nvr(tmp_path / "without") as app:
        before, own = await shown(app), routes(app)
    async with edge_nvr(tmp_path / "with", start=False) as app:
        after = await shown(app)
        assert routes(app) == own
        assert after["config"].pop("edge")["camera"] == "front"
        assert after["openapi"] == before["openapi"]
        assert _without_paths(after["config"]) == _without_paths(before["config"])
        for user in ("vera", "frida"):
            async with app.client(EXTERNAL, user) as client:
                assert "edge" not in (await client.get("/api/config")).json()
        token = app.edge.settings.current.auth.token
        found = await exchange(app, EXTERNAL, None, "GET", "/api/config", [("Authorization", f"Bearer {token}")])
        assert found.status == 401


def _without_paths(config: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in config.items() if name != "database"}
