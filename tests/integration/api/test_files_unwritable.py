"""Video files on a full or read-only disk: a clear answer, nothing half done, and all works afterwards."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import httpx
import pytest

from dogwatch.api.files.policy import POLICY
from dogwatch.library.file_store import StoreLimits
from dogwatch.testing.app import EXTERNAL, PASSWORD, Nvr
from dogwatch.testing.video_files import MARK, files_nvr
from tests.integration.contract.files.conftest import done, uploaded
from tests.mounts import small_disk

TUS = {"Tus-Resumable": "1.0.0"}
BYTES = {**TUS, "Content-Type": "application/offset+octet-stream"}
REFUSED = {507: "no_space", 503: "busy"}


@dataclass
class There:
    """What there is before the disk is full: a file, an upload that was begun, a film to register, a token."""

    file: str
    upload: str
    film: Path
    token: str


async def _sent(client: httpx.AsyncClient, upload: str) -> httpx.Response:
    """Send what has not arrived yet: what has, stays, even if the database cannot note it."""
    at = int((await client.head(upload, headers=TUS)).headers["upload-offset"])
    return await client.patch(upload, headers={**BYTES, "Upload-Offset": str(at)}, content=(MARK + bytes(200_000))[at:])


Asked = Callable[[httpx.AsyncClient, There], Any]
CHANGING: dict[tuple[str, str], Asked] = {
    ("POST", "/api/v1/auth/logout"): lambda client, there: client.post(
        "/api/v1/auth/logout", headers={"Authorization": f"Bearer {there.token}"}
    ),
    ("POST", "/api/v1/files"): lambda client, _: client.post(
        "/api/v1/files", files={"file": ("b.mp4", MARK + bytes(200_000))}
    ),
    ("POST", "/api/v1/files/register"): lambda client, there: client.post(
        "/api/v1/files/register", json={"file_path": str(there.film)}
    ),
    ("POST", "/api/v1/uploads"): lambda client, _: client.post(
        "/api/v1/uploads", headers={**TUS, "Upload-Length": "300000"}
    ),
    ("PATCH", "/api/v1/uploads/{file_uuid}"): lambda client, there: _sent(client, f"/api/v1/uploads/{there.upload}"),
    ("DELETE", "/api/v1/uploads/{file_uuid}"): lambda client, there: client.delete(
        f"/api/v1/uploads/{there.upload}", headers=TUS
    ),
    ("DELETE", "/api/v1/file/{file_uuid}/traces"): lambda client, there: client.delete(
        f"/api/v1/file/{there.file}/traces"
    ),
    ("DELETE", "/api/v1/file/{file_uuid}"): lambda client, there: client.delete(f"/api/v1/file/{there.file}"),
}
"""In an order in which each can be done after the ones before."""
OTHER: dict[tuple[str, str], Asked] = {
    ("POST", "/api/v1/auth/login"): lambda client, _: client.post(
        "/api/v1/auth/login", json={"username": "vera", "password": PASSWORD}
    ),
    ("POST", "/api/v1/auth/token"): lambda client, there: client.post(
        "/api/v1/auth/token", json={"files": [there.file]}
    ),
    ("POST", "/api/v1/files/from-recording"): lambda client, _: client.post(
        "/api/v1/files/from-recording", json={"camera": "front", "start_time": 1, "end_time": 2}
    ),
    ("POST", "/api/v1/file/{file_uuid}/process"): lambda client, there: client.post(
        f"/api/v1/file/{there.file}/process", json={}
    ),
    ("DELETE", "/api/v1/jobs/{job_id}"): lambda client, _: client.delete("/api/v1/jobs/x"),
    ("OPTIONS", "/api/v1/uploads"): lambda client, _: client.options("/api/v1/uploads"),
}
"""Those that need not write, or have nothing to do here."""


@contextmanager
def full(app: Nvr) -> Iterator[None]:
    """Fill the disk to the last byte."""
    app.services.db.write(lambda _: None)
    backend = cast("Any", app.services.db._backend)
    backend.connection.connection.driver_connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    ballast = app.services.paths.data / "ballast"
    try:
        with ballast.open("wb", buffering=0) as file:
            while True:
                file.write(bytes(4096))
    except OSError:
        pass
    yield
    ballast.unlink()


@contextmanager
def read_only(app: Nvr) -> Iterator[None]:
    """Let the database take nothing, as on a disk that the system has made read-only."""
    app.services.db.write(lambda connection: connection.exec_driver_sql("PRAGMA query_only=ON") and None)
    yield
    backend = cast("Any", app.services.db._backend)
    backend.connection.connection.driver_connection.execute("PRAGMA query_only=OFF")


def state(app: Nvr) -> list[Any]:
    """Return all that the routes could change, but what has arrived of uploads."""
    tables = ("video_files", "video_traces", "video_boxes", "revoked_file_tokens", "jobs")
    with app.services.db.read() as connection:
        rows = [connection.exec_driver_sql(f"SELECT * FROM {name} ORDER BY 1").all() for name in tables]
    root = app.services.paths.data / "files"
    kept = (path for path in root.rglob("*") if path.is_file() and path.parent.name != "incoming")
    return [*rows, sorted(map(str, kept))]


@pytest.mark.parametrize("state_of_disk", [full, read_only])
async def test_every_route_that_writes_says_that_it_cannot(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, state_of_disk: Callable[[Nvr], Any]
) -> None:
    with small_disk(tmp_path / "disk", "6m") as disk, files_nvr(disk) as app:
        async with app.client(EXTERNAL, "vera") as client:
            assert app.parts.files is not None
            app.parts.files.store.limits = StoreLimits(0, 4 << 20, 4 << 20)
            there = await _stocked(client, disk)
            refused = {}
            with state_of_disk(app):
                for key, ask in CHANGING.items():
                    before = state(app)
                    answer = await ask(client, there)
                    if answer.status_code < 300:
                        assert state_of_disk is full, key  # it fitted where there was room in the log
                        continue
                    refused[key] = ask
                    body = answer.json()
                    assert REFUSED.get(answer.status_code) == body["error"]["code"], (key, answer.text)
                    assert body["success"] is False
                    assert body["error"]["message"]
                    assert state(app) == before, key
                    assert (await client.get("/api/v1/files")).status_code == 200
                for key, ask in OTHER.items():
                    assert (await ask(client, there)).status_code != 500, key
            assert ("POST", "/api/v1/files") in refused
            assert len(refused) == len(CHANGING) or state_of_disk is full
            for key, ask in refused.items():
                answer = await ask(client, there)
                assert answer.status_code < 300, (key, answer.text)
            assert not app.services.db.problem
    assert "Traceback" not in caplog.text


async def _stocked(client: httpx.AsyncClient, disk: Path) -> There:
    film = disk / "roots" / "c.mp4"
    film.write_bytes(MARK + b"c")
    begun = await client.post("/api/v1/uploads", headers={**TUS, "Upload-Length": "400000"})
    login = await client.post("/api/v1/auth/login", json={"username": "vera", "password": PASSWORD})
    file = (await uploaded(client))["file_uuid"]
    return There(file, begun.headers["file-uuid"], film, done(login)["jwt"])


def test_every_route_that_may_write_is_tried() -> None:
    present = {key for key in POLICY if key[0] != "GET"}
    assert present == CHANGING.keys() | OTHER.keys(), "a new route: add it to CHANGING or OTHER"
