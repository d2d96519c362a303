"""A push service over HTTPS on a free port of this machine, and the browsers that subscribe to it.

It does what both sides do for real: checks who sends (RFC 8292) and decrypts (RFC 8291).
"""

from __future__ import annotations

import base64
import json
import os
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import http_ece
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from joserfc import jwt
from joserfc.jwk import ECKey

from dogwatch.api import self_signed


def encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


@dataclass(frozen=True)
class Pushed:
    """A message that a browser got; `claims` tell who sent it, `key` is what that was signed with."""

    browser: str
    payload: Any
    headers: dict[str, str]
    claims: dict[str, Any]
    key: str


@dataclass
class Browser:
    """A subscription of one browser; `answers` are the statuses of the next requests, then 201."""

    name: str
    url: str
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    secret: bytes = field(default_factory=lambda: os.urandom(16))
    answers: list[int | tuple[int, str]] = field(default_factory=list)

    @property
    def subscription(self) -> dict[str, Any]:
        point = self.key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        return {
            "endpoint": f"{self.url}/push/{self.name}",
            "expirationTime": None,
            "keys": {"p256dh": encoded(point), "auth": encoded(self.secret)},
        }


@dataclass
class PushService:
    """The service; `got` are messages that arrived, `asked` the names of browsers with the status, in order."""

    url: str
    host: str
    certificate: Path
    browsers: dict[str, Browser] = field(default_factory=dict)
    got: list[Pushed] = field(default_factory=list)
    asked: list[tuple[str, int]] = field(default_factory=list)
    delay_s: float = 0.0

    def browser(self, name: str) -> Browser:
        return self.browsers.setdefault(name, Browser(name, self.url))

    def wait_for(self, count: int, seconds: float = 20) -> list[Pushed]:
        """Wait for this many messages in all; return them."""
        end = time.monotonic() + seconds
        while len(self.got) < count:
            assert time.monotonic() < end, f"{len(self.got)} of {count} messages came; asked: {self.asked}"
            time.sleep(0.01)
        return list(self.got)

    def take(self, path: str, headers: dict[str, str], body: bytes) -> tuple[int, str]:
        name = path.rpartition("/")[2]
        time.sleep(self.delay_s)
        browser = self.browsers.get(name)
        answer = (browser.answers.pop(0) if browser.answers else 201) if browser else 404
        status, retry = answer if isinstance(answer, tuple) else (answer, "")
        if browser and status == 201:
            self.got.append(self._read(browser, headers, body))
        self.asked.append((name, status))
        return status, retry

    def _read(self, browser: Browser, headers: dict[str, str], body: bytes) -> Pushed:
        scheme, _, rest = headers["authorization"].partition(" ")
        assert scheme == "vapid"
        given = dict(part.strip().split("=", 1) for part in rest.split(","))
        point = decoded(given["k"])
        public = ECKey.import_key({"kty": "EC", "crv": "P-256", "x": encoded(point[1:33]), "y": encoded(point[33:])})
        claims = jwt.decode(given["t"], public, algorithms=["ES256"]).claims
        assert claims["aud"] == self.url
        assert time.time() < claims["exp"] <= time.time() + 24 * 3600
        assert headers["content-encoding"] == "aes128gcm"
        text = http_ece.decrypt(body, private_key=browser.key, auth_secret=browser.secret, version="aes128gcm")
        return Pushed(browser.name, json.loads(text), headers, claims, given["k"])


@contextmanager
def push_service(directory: Path, host: str = "localhost") -> Iterator[PushService]:
    """Run a service whose certificate is written to `directory`."""
    file = directory / "push.pem"
    now = datetime.now(UTC)
    file.write_bytes(self_signed.make("push", now - timedelta(days=1), now + timedelta(days=1)))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)

    class Handler(BaseHTTPRequestHandler):
        timeout = 20

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            status, retry = service.take(self.path, headers, body)
            self.send_response(status)
            if status in (301, 307):
                self.send_header("Location", f"{service.url}/push/elsewhere")
            if retry:
                self.send_header("Retry-After", retry)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_: object) -> None:
            """A client that does not trust the certificate hangs up."""

    server = Server(("127.0.0.1", 0), Handler)
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    port = server.server_address[1]
    service = PushService(f"https://{host}:{port}", f"{host}:{port}", file)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, name="push service")
    thread.start()
    try:
        yield service
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
