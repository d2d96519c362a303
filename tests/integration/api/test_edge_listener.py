"""The edge API listens where its login allows: at the loopback address while it is off."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import psutil
import pytest

from dogwatch.api.edge.surface import listener
from dogwatch.api.listener import EDGE
from dogwatch.api.listeners import Listeners
from dogwatch.testing.app import EDGE_CONFIG, Nvr, edge_nvr, until


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


@pytest.fixture
async def app(tmp_path: Path) -> AsyncIterator[Nvr]:
    edge = EDGE_CONFIG.replace("}", f", port: {free_port()}}}")
    async with edge_nvr(tmp_path, edge=edge, start=False) as made:
        yield made


def listening(app: Nvr) -> list[str]:
    """Return the addresses that this process listens on at the port of the edge API."""
    port = app.services.config.edge.port
    found = psutil.Process().net_connections("tcp")
    return [one.laddr.ip for one in found if one.status == psutil.CONN_LISTEN and one.laddr.port == port]


async def test_it_moves_with_the_login(app: Nvr, tmp_path: Path) -> None:
    opened = Listeners(app.app, [listener(app.edge)], tmp_path)
    await opened.start()
    try:
        assert listening(app) == ["127.0.0.1"]
        url = f"http://127.0.0.1:{app.services.config.edge.port}"
        async with httpx.AsyncClient() as client:
            token = (await client.post(f"{url}/settings", json={"Auth": {"enabled": True}})).json()["token"]
            await opened.move(listener(app.edge))
            assert listening(app) == ["0.0.0.0"]
            assert (await client.get(f"{url}/settings")).status_code == 401
            headers = {"Authorization": f"Bearer {token}"}
            off = {"Auth": {"enabled": False}}
            moving: list[asyncio.Task[None]] = []

            def follow() -> None:
                moving.append(loop.create_task(opened.move(listener(app.edge))))

            loop = asyncio.get_running_loop()
            app.edge.settings.follow("Auth", lambda: loop.call_soon_threadsafe(follow))
            answer = await client.post(f"{url}/settings", json=off, headers=headers)
            assert answer.status_code == 200, "the answer to the change itself arrives"
            await until(lambda: moving)
            await moving[0]
            assert listening(app) == ["127.0.0.1"]
            assert (await client.get(f"{url}/settings")).status_code == 200
    finally:
        await opened.stop()
    assert listening(app) == []


async def test_it_stays_where_the_configuration_says(tmp_path: Path) -> None:
    edge = EDGE_CONFIG.replace("}", f", port: {free_port()}, host: 127.0.0.1}}")
    async with edge_nvr(tmp_path, edge=edge, start=False) as app:
        opened = Listeners(app.app, [listener(app.edge)], tmp_path)
        await opened.start()
        try:
            app.edge.settings.change({"Auth": {"enabled": True}})
            await opened.move(listener(app.edge))
            assert listening(app) == ["127.0.0.1"]
        finally:
            await opened.stop()


async def test_an_app_without_an_edge_camera_has_no_such_listener(app: Nvr) -> None:
    assert [one.name for one in app.app.listeners] == ["internal", "external", EDGE]
