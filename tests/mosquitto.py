"""A Mosquitto of the tests' own, on a free port of loopback, and a client that notes what it hears."""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import socket
import subprocess
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiomqtt
import msgspec

from tests.rtsp import free_port


def program() -> str | None:
    """Return the path of Mosquitto, None without one."""
    return shutil.which("mosquitto") or shutil.which("mosquitto", path="/usr/sbin:/usr/local/sbin")


@dataclass
class Broker:
    """One Mosquitto, which can be killed and started again on its port."""

    directory: Path
    settings: str = "allow_anonymous true"
    port: int = field(default_factory=free_port)
    _process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, and wait until it listens."""
        path = program()
        assert path is not None
        config = self.directory / f"mosquitto-{self.port}.conf"
        config.write_text(f"listener {self.port} 127.0.0.1\n{self.settings}\nmax_queued_messages 0\n")
        self._process = subprocess.Popen(
            [path, "-c", str(config)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        until = time.monotonic() + 20
        while True:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1):
                return
            assert time.monotonic() < until
            assert self._process.poll() is None
            time.sleep(0.02)

    def kill(self) -> None:
        """Kill it: what it has retained is lost, as it has no persistence."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None


@contextmanager
def broker(directory: Path, settings: str = "allow_anonymous true") -> Iterator[Broker]:
    """Give a running broker."""
    made = Broker(directory, settings)
    made.start()
    try:
        yield made
    finally:
        made.kill()


@dataclass(frozen=True)
class Said:
    """One message as a client gets it."""

    topic: str
    payload: bytes
    retained: bool

    @property
    def text(self) -> str:
        """The payload as text."""
        return self.payload.decode()

    @property
    def json(self) -> Any:
        """The payload as JSON."""
        return msgspec.json.decode(self.payload)


class MqttListener:
    """A client that notes everything on the topics it subscribes to."""

    def __init__(self, client: aiomqtt.Client) -> None:
        self.client, self.said = client, list[Said]()
        self.task = asyncio.create_task(self._listen())
        self._changed = asyncio.Event()

    async def _listen(self) -> None:
        with contextlib.suppress(aiomqtt.MqttError):
            async for message in self.client.messages:
                assert isinstance(message.payload, bytes)
                self.said.append(Said(str(message.topic), message.payload, bool(message.retain)))
                self._changed.set()

    def on(self, topic: str) -> list[Said]:
        """Return what was said on a topic."""
        return [one for one in self.said if one.topic == topic]

    def last(self, topic: str) -> str | None:
        """Return what was said last on a topic."""
        found = self.on(topic)
        return found[-1].text if found else None

    async def until(self, topic: str, text: str | None = None, seconds: float = 30.0) -> Said:
        """Wait until something, or `text`, is what was said last on a topic."""
        async with asyncio.timeout(seconds):
            while not (found := self.on(topic)) or (text is not None and found[-1].text != text):
                self._changed.clear()
                await self._changed.wait()
        return found[-1]

    async def say(self, topic: str, payload: str | bytes, *, retain: bool = False) -> None:
        """Send a message, as a home automation does."""
        await self.client.publish(topic, payload, qos=1, retain=retain)


@asynccontextmanager
async def listening(port: int, *topics: str, **options: Any) -> AsyncIterator[MqttListener]:
    """Give a client that listens to `topics`, by default to all."""
    async with aiomqtt.Client("127.0.0.1", port, **options) as client:
        made = MqttListener(client)
        await client.subscribe([(topic, 1) for topic in topics or ("#",)])
        try:
            yield made
        finally:
            made.task.cancel()
            await asyncio.gather(made.task, return_exceptions=True)
