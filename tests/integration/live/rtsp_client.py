"""An RTSP client for tests, that sends what it is told to, and a real camera behind the server."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from dogwatch.bus.messages import LiveFragment, LiveInit, LivePacket, PacketsBegin, Watch
from dogwatch.live.rtsp.server import RtspServer
from dogwatch.live.rtsp.settings import RtspSettings
from dogwatch.testing.app import Nvr, until
from dogwatch.testing.ingest import IngestProcess

LIVE = LiveInit | LiveFragment | PacketsBegin | LivePacket
TIMEOUT_S = 20


@dataclass
class Reply:
    """One answer."""

    status: int
    headers: dict[str, list[str]]
    body: str

    def header(self, name: str) -> str:
        """Return the one header of this name."""
        (value,) = self.headers[name]
        return value


@dataclass
class RtspClient:
    """One connection; `frames` are the interleaved frames that came between answers, with their channels."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    url: str
    number: int = 0
    session: str = ""
    frames: list[tuple[int, bytes]] = field(default_factory=list)

    async def ask(self, method: str, path: str = "", body: str = "", **headers: str) -> Reply:
        """Send a request for the stream, or for a part of it, and wait for its answer."""
        self.number += 1
        given = {"CSeq": str(self.number)} | ({"Session": self.session} if self.session else {})
        given |= {name.replace("_", "-"): value for name, value in headers.items()}
        if body:
            given["Content-Length"] = str(len(body))
        head = [f"{method} {self.url}{path} RTSP/1.0", *(f"{name}: {value}" for name, value in given.items())]
        self.writer.write("\r\n".join([*head, "", body]).encode())
        reply = await self.reply()
        assert reply.header("cseq") == given["CSeq"]
        return reply

    async def reply(self) -> Reply:
        """Return the next answer."""
        async with asyncio.timeout(TIMEOUT_S):
            while (frame := await self._frame()) is not None:
                self.frames.append(frame)
            head = (self._first + await self.reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        status = re.fullmatch(r"RTSP/1\.0 (\d{3}) .+", head[0])
        assert status is not None
        found: dict[str, list[str]] = {}
        for line in head[1:-2]:
            name, _, value = line.partition(": ")
            found.setdefault(name.lower(), []).append(value)
        body = await self.reader.readexactly(int(found.get("content-length", ["0"])[0]))
        if "session" in found:
            self.session = found["session"][0].partition(";")[0]
        return Reply(int(status[1]), found, body.decode())

    async def frame(self) -> tuple[int, bytes]:
        """Return the next interleaved frame: its channel, and an RTP or RTCP packet."""
        if self.frames:
            return self.frames.pop(0)
        async with asyncio.timeout(TIMEOUT_S):
            found = await self._frame()
        assert found is not None
        return found

    async def _frame(self) -> tuple[int, bytes] | None:
        """Return the next frame; None if an answer comes instead, of which `_first` is the first byte."""
        self._first = await self.reader.readexactly(1)
        if self._first != b"$":
            return None
        head = await self.reader.readexactly(3)
        return head[0], await self.reader.readexactly(int.from_bytes(head[1:], "big"))

    async def set_up(self, *tracks: int) -> None:
        """Set up tracks over TCP, on the channels 0 and 1, 2 and 3, and so on."""
        for track in tracks:
            channels = f"{2 * track}-{2 * track + 1}"
            reply = await self.ask(
                "SETUP", f"/trackID={track}", Transport=f"RTP/AVP/TCP;unicast;interleaved={channels}"
            )
            assert reply.status == 200
            assert f"interleaved={channels}" in reply.header("transport")

    async def gone(self) -> None:
        """Wait until the server has closed the connection."""
        async with asyncio.timeout(TIMEOUT_S):
            while await self.reader.read(1 << 16):
                pass


@asynccontextmanager
async def client(server: RtspServer, stream: str = "front") -> AsyncIterator[RtspClient]:
    """Connect to `server`."""
    host, port = server.addresses[0]
    reader, writer = await asyncio.open_connection(host, port)
    try:
        yield RtspClient(reader, writer, f"rtsp://{host}:{port}/{stream}")
    finally:
        writer.close()


@asynccontextmanager
async def serving(app: Nvr, **settings: object) -> AsyncIterator[RtspServer]:
    """Run an RTSP server of `app` on a free port of this machine."""
    made = RtspServer(
        app.services.streams,
        app.services.authority,
        RtspSettings("127.0.0.1", 0, **settings),  # type: ignore[arg-type]
    )
    task = asyncio.create_task(made.run())
    await until(lambda: made.addresses)
    try:
        yield made
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        app.services.streams.close()


@asynccontextmanager
async def real_camera(app: Nvr, ingest: IngestProcess) -> AsyncIterator[None]:
    """Let `ingest` be the camera `front` of `app`."""

    async def exchange() -> None:
        told = seen = 0
        while True:
            for name, message in app.told[told:]:
                if name == "front" and isinstance(message, Watch):
                    ingest.tell(message)
            told = len(app.told)
            ingest.pump(0)
            for one in ingest.messages[seen:]:
                if isinstance(one, LIVE):
                    app.services.streams.on_live(one)
            seen = len(ingest.messages)
            await asyncio.sleep(0.005)

    task = asyncio.create_task(exchange())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
