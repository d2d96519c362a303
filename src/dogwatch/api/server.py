"""uvicorn as Dogwatch runs it: on sockets that are open already, until it is told to stop.

`uvicorn.Server.serve` would take the signals, which are the core's, and wake up ten times a second to look whether it
should stop: with two listeners, that was most of what woke an idle core. So only what it does before and after that is
used, `startup` and `shutdown`.
"""

from __future__ import annotations

import logging
import socket
import ssl

import uvicorn
from starlette.types import ASGIApp

from dogwatch.api import timeouts
from dogwatch.api.sockets import MAX_MESSAGE
from dogwatch.api.tls import Certificate
from dogwatch.errors import DogwatchError

EXPECTED = frozenset(
    {
        "ASGI callable returned without completing handshake.",  # a WebSocket that was refused
        "ASGI callable returned without completing response.",  # an answer that was broken off, which is logged there
        "Invalid UTF-8 sequence received from client.",  # with a traceback
        "Invalid HTTP request received.",
    }
)
"""Messages of uvicorn that any client can bring about as often as it likes."""
GRACE_S = 3


class Server:
    """Serves an app on some sockets."""

    def __init__(self, app: ASGIApp, certificate: Certificate | None) -> None:
        """Serve `app`, over TLS with a certificate.

        Raises:
            DogwatchError: The certificate cannot be used.
        """
        config = uvicorn.Config(
            app,
            http=timeouts.TimedHttp,
            ws=timeouts.TimedWebSocket,
            ws_ping_interval=timeouts.PING_S,
            ws_ping_timeout=timeouts.PING_S,
            lifespan="off",
            log_config=None,
            log_level="warning",  # it tells of every start and stop
            access_log=False,
            server_header=False,
            date_header=False,  # `Wire` sets it
            proxy_headers=False,  # addresses and schemes that clients claim are not believed
            ws_max_size=MAX_MESSAGE,
            ws_per_message_deflate=False,  # video does not get smaller
            timeout_graceful_shutdown=GRACE_S,
            ssl_certfile=str(certificate.chain) if certificate else None,
            ssl_keyfile=str(certificate.key) if certificate else None,
        )
        try:
            config.load()
        except (ssl.SSLError, OSError) as error:
            chain = certificate.chain if certificate else ""
            raise DogwatchError(f"{chain}: the certificate cannot be used: {error}") from error
        if config.ssl is not None:
            config.ssl.minimum_version = ssl.TLSVersion.TLSv1_2
        logging.getLogger("uvicorn.error").addFilter(_is_unexpected)
        self._server = uvicorn.Server(config)
        self._server.lifespan = config.lifespan_class(config)
        self._sockets: list[socket.socket] = []

    async def start(self, sockets: list[socket.socket]) -> None:
        """Begin to serve on `sockets`, which are its own from now on."""
        self._sockets = sockets
        await self._server.startup(sockets)

    async def stop(self) -> None:
        """Take no more connections, and let running answers finish for `GRACE_S`."""
        self._server.should_exit = True
        await self._server.shutdown(self._sockets)


def _is_unexpected(record: logging.LogRecord) -> bool:
    return record.msg not in EXPECTED
