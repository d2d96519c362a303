"""A broker, and an app that talks to it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import pytest

from dogwatch.testing.app import CONFIG, Nvr, edge_nvr, nvr
from tests import mosquitto
from tests.mosquitto import Broker

Started = Callable[..., AbstractAsyncContextManager[Nvr]]


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Broker]:
    """A running Mosquitto without login."""
    if mosquitto.program() is None:
        pytest.skip("mosquitto is not installed")
    with mosquitto.broker(tmp_path) as made:
        yield made


def with_mqtt(section: str, text: str = CONFIG) -> str:
    """Return a configuration with this section `mqtt`."""
    return text.replace("mqtt: {enabled: false}", f"mqtt: {{{section}}}")


@asynccontextmanager
async def running(app: Nvr) -> AsyncIterator[Nvr]:
    """Do what the core does at its start and end, as far as MQTT goes."""
    app.parts.mqtt.begin()
    task = asyncio.create_task(app.parts.mqtt.run())
    app.parts.switches.publish_all()
    app.parts.profiles.publish()
    app.parts.events.announce()
    try:
        yield app
    finally:
        await app.parts.mqtt.stop()
        await task


@pytest.fixture
def started(tmp_path: Path, broker: Broker) -> Started:
    """Start an app on the broker, with more keys of its section `mqtt` and another configuration if given."""

    @asynccontextmanager
    async def start(section: str = "", text: str = CONFIG, edge: str | None = None) -> AsyncIterator[Nvr]:
        data = tmp_path / "data"
        data.mkdir(exist_ok=True)
        more = f", {section}" if section else ""
        whole = with_mqtt(f"host: 127.0.0.1, port: {broker.port}{more}", text)
        if edge is None:
            with nvr(data, whole) as app:
                async with running(app):
                    yield app
        else:
            async with edge_nvr(data, whole, edge=edge) as app, running(app):
                yield app

    return start
