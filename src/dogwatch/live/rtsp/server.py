"""Listens for RTSP clients while the configuration says so, and looks after their connections."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from typing import TYPE_CHECKING

from dogwatch.errors import unexpected
from dogwatch.live.rtsp.answers import RtspAnswer
from dogwatch.live.rtsp.connection import RtspConnection, RtspContext
from dogwatch.live.rtsp.restreams import Restreams
from dogwatch.live.rtsp.udp import UdpPorts

if TYPE_CHECKING:
    from dogwatch.auth.authority import Authority
    from dogwatch.live.rtsp.settings import RtspSettings
    from dogwatch.live.streams import LiveStreams

log = logging.getLogger(__name__)

MAX_CONNECTIONS = 256
MAX_UNKNOWN = 64  # connections on which nobody has logged in yet, so that these leave room for others
MAX_UNKNOWN_OF_ONE = 16  # of these from one address
CHECK_S = 5.0
LISTEN_AGAIN_S = 30.0
BUFFER_BYTES = 64 << 10  # of what a client has sent and is not read yet
STOP_S = 1.0


class RtspServer:
    """The RTSP server. For one event loop; `run` is its task."""

    def __init__(self, streams: LiveStreams, authority: Authority, settings: RtspSettings | None) -> None:
        """Serve `streams` to whom `authority` lets in; without `settings` nothing listens."""
        self._restreams, self._authority, self._udp = Restreams(streams), authority, UdpPorts()
        self._settings = settings
        self._changed = asyncio.Event()
        self._connections: dict[RtspConnection, asyncio.Task[None]] = {}
        self._checking: asyncio.Task[None] | None = None
        self.addresses: list[tuple[str, int]] = []
        """Where it listens now."""

    def configure(self, settings: RtspSettings | None) -> None:
        """Listen as these settings say; who is connected has to connect again."""
        self._settings = settings
        self._changed.set()

    async def run(self) -> None:
        """Listen until cancelled, and follow `configure`."""
        try:
            while True:
                self._changed.clear()
                await self._listen(self._settings)
        finally:
            self._restreams.close()
            if self._checking is not None:
                self._checking.cancel()

    async def _listen(self, settings: RtspSettings | None) -> None:
        """Listen with these settings until they change; a port that is taken is tried again and again."""
        server = await self._bound(settings) if settings is not None else None
        try:
            while settings is not None and server is None and not self._changed.is_set():
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._changed.wait(), LISTEN_AGAIN_S)
                server = await self._bound(settings) if not self._changed.is_set() else None
            await self._changed.wait()
        finally:
            self.addresses = []
            if server is not None:
                server.close()
            await self._end_all()

    async def _bound(self, settings: RtspSettings) -> asyncio.Server | None:
        context = RtspContext(self._restreams, self._authority, self._udp, settings)

        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await self._serve(context, reader, writer)

        try:
            server = await asyncio.start_server(serve, settings.hosts, settings.port, limit=BUFFER_BYTES)
        except OSError as error:
            log.error("RTSP cannot be served at %s port %s: %s", settings.host, settings.port, error.strerror or error)
            return None
        self.addresses = [one.getsockname()[:2] for one in server.sockets]
        log.info("RTSP listener on %s port %s", settings.host, settings.port)
        return server

    async def _serve(self, context: RtspContext, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._full(writer) or context.settings is not self._settings:
            writer.write(RtspAnswer(503).encoded(""))
            writer.close()
            return
        task = asyncio.current_task()
        assert task is not None  # noqa: S101 - this runs in one
        if writer.get_extra_info("peername") is None:  # it has gone already
            writer.close()
            return
        connection = RtspConnection(context, reader, writer)
        self._connections[connection] = task
        if self._checking is None or self._checking.done():
            self._checking = asyncio.create_task(self._check())
        try:
            await connection.run()
        except Exception as error:
            log.error("an RTSP connection failed: %s", error, exc_info=unexpected(error))
        finally:
            del self._connections[connection]

    def _full(self, writer: asyncio.StreamWriter) -> bool:
        """Whether there is no room for one more connection, or for one more stranger from its address."""
        peer = (writer.get_extra_info("peername") or ("",))[0]
        unknown = [one.peer for one in self._connections if not one.known]
        strangers = len(unknown) >= MAX_UNKNOWN or unknown.count(peer) >= MAX_UNKNOWN_OF_ONE
        return strangers or len(self._connections) >= MAX_CONNECTIONS

    async def _check(self) -> None:
        """Look after the connections while there are any."""
        while self._connections:
            await asyncio.sleep(CHECK_S)
            now = time.monotonic()
            for connection in list(self._connections):
                try:
                    await connection.check(now)
                except Exception as error:
                    log.error("an RTSP connection cannot be checked: %s", error, exc_info=unexpected(error))

    async def _end_all(self) -> None:
        for connection in list(self._connections):
            connection.close()
        tasks = list(self._connections.values())
        if tasks:
            _, late = await asyncio.wait(tasks, timeout=STOP_S)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)
        self._udp.close()
