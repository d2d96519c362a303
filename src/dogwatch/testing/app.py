"""The whole app: real services on a scratch directory, without workers and without sockets."""

from __future__ import annotations

import asyncio
import re
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, tzinfo
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from dogwatch.api.app import App, create_app
from dogwatch.api.listener import EDGE, EXTERNAL, INTERNAL, Marked
from dogwatch.api.services import Services
from dogwatch.api.surfaces import all_surfaces
from dogwatch.auth import tokens
from dogwatch.auth.accounts import Accounts
from dogwatch.auth.caller import ADMIN, VIEWER
from dogwatch.auth.secret import SigningKey
from dogwatch.bus.messages import Message
from dogwatch.config import Keeper, Loaded, parse
from dogwatch.config.file import ConfigFile
from dogwatch.runtime.parts import CoreParts, PartsContext, make_parts
from dogwatch.runtime.services import services_of
from dogwatch.store.database import Database

if TYPE_CHECKING:
    import httpx

    from dogwatch.edge.camera import EdgeCamera
    from dogwatch.library.ports import Indexer

VERSION = "0.16.0-dogwatch"
PASSWORD = "correct horse battery"
KEY = SigningKey(b"0123456789abcdef0123456789abcdef")
CONFIG = """
version: 0.16-0
auth:
  hash_iterations: 10
  roles:
    front_only: [front]
mqtt: {enabled: false}
go2rtc:
  streams:
    front_sub: rtsp://user:hunter2@192.0.2.1/sub
environment_vars: {SOME_NAME: some-value, SOME_KEY: hunter2}
cameras:
  front:
    ffmpeg:
      inputs:
        - {path: "rtsp://user:hunter2@192.0.2.1/main", roles: [record]}
        - {path: "rtsp://127.0.0.1:8554/front_sub", roles: [detect]}
    detect: {enabled: true, width: 640, height: 360}
    live: {streams: {Main: front, Sub: front_sub}}
    zones:
      porch: {coordinates: "0.1,0.1,0.9,0.1,0.9,0.9"}
  back:
    ffmpeg:
      inputs: [{path: "rtsp://192.0.2.2/main", roles: [record, detect]}]
    detect: {enabled: false}
    record: {enabled: true}
"""
USERS = {"admin": "admin", "vera": "viewer", "frida": "front_only"}


async def until(condition: Callable[[], object], seconds: float = 10.0) -> None:
    """Wait until `condition` holds, at most so many seconds."""
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110 - what is waited for knows no events
            await asyncio.sleep(0.01)


@dataclass(frozen=True, slots=True)
class ScratchPaths:
    """Everything in one directory, `data`."""

    data: Path

    @property
    def media(self) -> Path:
        """The media root."""
        return self.data

    @property
    def run(self) -> Path:
        """The directory of sockets."""
        return self.data

    @property
    def log(self) -> Path:
        """The log file."""
        return self.data / "dogwatch.log"


@dataclass(slots=True)
class Nvr:
    """The app, its services, and what they were told to do.

    `told` are the messages to ingest by camera, `restarts` one entry for each restart that was asked for. `tokens` is
    for a test to keep tokens in, by user.
    """

    parts: CoreParts
    services: Services
    app: App
    told: list[tuple[str, Message]]
    restarts: list[None] = field(default_factory=list)
    tokens: dict[str, str] = field(default_factory=dict)

    @asynccontextmanager
    async def client(self, listener: str = INTERNAL, user: str | None = None) -> AsyncIterator[httpx.AsyncClient]:
        """Give a client of one listener; `user` brings a bearer token."""
        import httpx

        transport = httpx.ASGITransport(app=Marked(self.app, listener))
        headers = {"Authorization": f"Bearer {self.token(user)}"} if user else {}
        async with httpx.AsyncClient(transport=transport, base_url="http://nvr", headers=headers) as client:
            yield client

    @property
    def edge(self) -> EdgeCamera:
        """The edge camera of an app that `edge_nvr` has made."""
        assert self.parts.edge is not None
        return self.parts.edge

    @asynccontextmanager
    async def edge_client(self, token: str | None = None) -> AsyncIterator[httpx.AsyncClient]:
        """Give a client of the edge API, which shows `token`."""
        async with self.client(EDGE) as client:
            if token is not None:
                client.headers["Authorization"] = f"Bearer {token}"
            yield client

    def token(self, user: str, lifetime: int = 3600, session: str | None = None) -> str:
        """Return a valid token of `user`, of a new session; one of a stranger names a session that there is not."""
        return tokens.issue(KEY, user, USERS.get(user, "viewer"), session or self.session(user), time.time(), lifetime)

    def session(self, user: str) -> str:
        """Return the id of a new session of `user`."""
        accounts = self.services.authority.accounts
        account = accounts.find(user)
        opened = accounts.sessions.open(account, 86400) if account else None
        return opened.id if opened else "none"


def database_in(directory: Path) -> str:
    """Return the URL of the database of an app on `directory`; the tests replace this to use a server."""
    return f"sqlite:///{directory / 'dogwatch.db'}"


@lru_cache(maxsize=16)
def new_database(users: tuple[tuple[str, str], ...] = (), iterations: int = 1) -> bytes:
    """Return an SQLite file with all tables and `users`, which takes less time to write than to make."""
    with tempfile.TemporaryDirectory() as scratch:
        path = Path(scratch) / "dogwatch.db"
        db = Database(f"sqlite:///{path}")
        try:
            db.migrate()
            accounts = Accounts(db, roles=[role for _, role in users], iterations=iterations)
            for username, role in users:
                accounts.add(username, PASSWORD, role)
        finally:
            db.close()
        return path.read_bytes()


def _write_new(url: str, users: tuple[tuple[str, str], ...], iterations: int) -> bool:
    """Write an SQLite file with all tables and `users` where there is none; tell whether that was so."""
    _, is_file, path = url.partition("sqlite:///")
    if not is_file or Path(path).exists():
        return False
    Path(path).touch(mode=0o600)
    Path(path).write_bytes(new_database(users, iterations))
    return True


@lru_cache(maxsize=8)
def _parsed(text: str) -> Loaded:
    """Parse a configuration, which cannot be changed afterwards, once for many apps."""
    return parse(text, path=Path("config.yml"), env={})


@contextmanager
def nvr(
    directory: Path,
    text: str = CONFIG,
    users: Mapping[str, str] = USERS,
    *,
    clock: Callable[[], float] = time.time,
    monotonic: Callable[[], float] = time.monotonic,
    database: str | None = None,
    zone: tzinfo | None = None,
    indexer: Indexer | None = None,
) -> Iterator[Nvr]:
    """Build an app on `directory`, whose parts take the time from `clock`.

    Args:
        directory: The data directory, media root and run directory.
        text: The configuration file.
        users: Roles by name; all have `PASSWORD`. By default `admin`, `vera` (viewer) and `frida` (front only).
        clock: Gives epoch seconds.
        monotonic: Gives monotonic seconds.
        database: The URL of the database; by default that of an SQLite file in `directory`.
        zone: The time zone of the edge camera's file names.
        indexer: Looks at video files; None for the usual.
    """
    file = directory / "config.yml"
    file.write_text(text)
    loaded = replace(_parsed(text), path=file)
    auth = loaded.config.auth
    known = tuple((name, role) for name, role in users.items() if role in (ADMIN, VIEWER, *auth.roles))
    url = database or database_in(directory)
    has_users = _write_new(url, known, auth.hash_iterations)
    db = Database(url)
    parts: CoreParts | None = None
    try:
        db.migrate()
        told: list[tuple[str, Message]] = []
        restarts: list[None] = []

        def restart() -> None:
            restarts.append(None)

        keeper, paths = Keeper(loaded), ScratchPaths(directory)
        context = PartsContext(
            db=db,
            data=directory,
            media=directory,
            run=directory,
            shm=str(directory),
            version=VERSION,
            key=KEY,
            tell_ingest=lambda camera, message: told.append((camera, message)),
            restart=restart,
            clock=clock,
            monotonic=monotonic,
            settle_s=0.0,
            zone=zone,
            indexer=indexer,
        )
        parts = make_parts(keeper, context)
        accounts = parts.authority.accounts
        for username, role in known if not has_users else ():
            if accounts.find(username) is None:
                accounts.add(username, PASSWORD, role)
        services = services_of(parts, context, keeper, paths, ConfigFile(keeper, restart))
        yield Nvr(parts, services, create_app(all_surfaces(services)), told, restarts)
    finally:
        if parts is not None:
            parts.ptz.close()
            parts.jobs.close()
        db.close()


EDGE_CONFIG = """
edge: {camera: front, boot: [boot], sysfs: sys, proc: proc}
"""


@asynccontextmanager
async def edge_nvr(
    directory: Path,
    text: str = CONFIG,
    *,
    edge: str = EDGE_CONFIG,
    start: bool = True,
    clock: Callable[[], float] = time.time,
    monotonic: Callable[[], float] = time.monotonic,
    zone: tzinfo = UTC,
) -> AsyncIterator[Nvr]:
    """Build an app whose camera `front` has an edge API, and start the parts of that, in the running event loop.

    Args:
        directory: As for `nvr`; the install root is `edge/` in it.
        text: The configuration without the section `edge`.
        edge: That section. Directories in it that are relative lie in `directory`.
        start: Whether the parts are started.
        clock: Gives epoch seconds.
        monotonic: Gives monotonic seconds.
        zone: The device's time zone.
    """
    for name in ("boot", "sysfs", "proc", "checkout"):
        edge = re.sub(rf"(\b{name}: \[?)(?=[a-z])", rf"\g<1>{directory}/", edge)
    with nvr(directory, text + edge, clock=clock, monotonic=monotonic, zone=zone) as made:
        if start:
            made.edge.start()
        try:
            yield made
        finally:
            if start:
                await made.edge.stop()


__all__ = [
    "CONFIG",
    "EDGE",
    "EDGE_CONFIG",
    "EXTERNAL",
    "INTERNAL",
    "KEY",
    "PASSWORD",
    "VERSION",
    "Nvr",
    "ScratchPaths",
    "edge_nvr",
    "new_database",
    "nvr",
    "until",
]
