"""The login: section 4 of the contract, and check 8 of section 15."""

import asyncio
import json
import logging
from pathlib import Path

import httpx
import pytest

from dogwatch.edge.auth import MOST_WAITING
from dogwatch.testing.app import EDGE_CONFIG, Nvr, edge_nvr, until
from dogwatch.testing.clock import StandingClock
from tests.integration.contract.edge.conftest import done, fails


def first_password(directory: Path) -> Path:
    return directory / "edge" / "client" / "data" / "default-password.txt"


def token_of(app: Nvr) -> str:
    return app.edge.settings.current.auth.token


@pytest.fixture
def locked(app: Nvr) -> Nvr:
    """An app whose login is on."""
    app.edge.settings.change({"Auth": {"enabled": True}})
    return app


async def test_the_first_password(app: Nvr, client: httpx.AsyncClient, tmp_path: Path) -> None:
    password = first_password(tmp_path).read_text().strip()
    assert len(password) == 12
    assert password.isalnum()
    assert first_password(tmp_path).stat().st_mode & 0o777 == 0o600
    assert password not in (tmp_path / "edge" / "client" / "settings" / "settings.json").read_text()
    found = done(await client.post("/auth/validate", json={"password": password}))
    assert found == {"valid": True, "token": token_of(app)}


@pytest.mark.edge_endpoint("GET /auth/status")
async def test_status(app: Nvr, client: httpx.AsyncClient) -> None:
    assert done(await client.get("/auth/status")) == {"enabled": False, "valid": None}
    assert done(await client.get("/auth/status?token=x"))["valid"] is False
    assert done(await client.get(f"/auth/status?token={token_of(app)}"))["valid"] is True
    app.edge.settings.change({"Auth": {"enabled": True}})
    assert done(await client.get("/auth/status")) == {"enabled": True, "valid": None}


@pytest.mark.edge_endpoint("POST /auth/validate")
async def test_a_wrong_password(locked: Nvr, client: httpx.AsyncClient) -> None:
    for body in ({"password": "wrong"}, {"password": ""}, {}, {"password": "x" * 2000}):
        assert done(await client.post("/auth/validate", json=body)) == {"valid": False}
    fails(await client.post("/auth/validate", json={"password": 5}), 400, "bad_field", field="password")


async def test_a_password_of_any_length_is_just_wrong(app: Nvr, client: httpx.AsyncClient) -> None:
    assert done(await client.post("/auth/validate", json={"password": "x" * 100_000})) == {"valid": False}


async def test_five_failures_in_a_minute(tmp_path: Path) -> None:
    clock = StandingClock(1000.0)
    async with edge_nvr(tmp_path, monotonic=clock) as app, app.edge_client() as client:
        password = first_password(tmp_path).read_text().strip()
        for _ in range(7):
            assert done(await client.post("/auth/validate", json={"password": password}))["valid"] is True
        for _ in range(5):
            assert done(await client.post("/auth/validate", json={"password": "wrong"})) == {"valid": False}
        for tried in ("wrong", password):
            answer = await client.post("/auth/validate", json={"password": tried})
            fails(answer, 429, "rate_limited", valid=False)
            assert answer.headers["retry-after"] == "60"
        clock.advance(61)
        assert done(await client.post("/auth/validate", json={"password": password}))["valid"] is True


async def test_head_without_a_token_is_refused_while_the_login_is_on(locked: Nvr, client: httpx.AsyncClient) -> None:
    """Check 8 of section 15."""
    for path in ("/settings", "/events", "/nothing"):
        answer = await client.head(path)
        assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")
    assert (await client.head("/settings", params={"token": token_of(locked)})).status_code == 200
    assert [one.kind for one in locked.edge.event_log.since(1)][-1] == "unauthorized_access"


@pytest.mark.edge_endpoint("POST /auth/regenerate")
async def test_a_new_token(app: Nvr, client: httpx.AsyncClient) -> None:
    old = token_of(app)
    fails(await client.post("/auth/regenerate"), 401, "unauthorized")
    client.headers["Authorization"] = f"Bearer {old}"
    new = done(await client.post("/auth/regenerate"))["token"]
    assert new == token_of(app) != old
    fails(await client.post("/auth/regenerate"), 401, "unauthorized")


@pytest.mark.edge_endpoint("POST /auth/set-password")
async def test_a_new_password(app: Nvr, client: httpx.AsyncClient, tmp_path: Path) -> None:
    old, token = first_password(tmp_path).read_text().strip(), token_of(app)
    fails(await client.post("/auth/set-password", json={"current": old, "new": "good enough"}), 401, "unauthorized")
    client.headers["Authorization"] = f"Bearer {token}"
    for current, new, status, code in (
        ("wrong", "abc", 400, "password_too_short"),
        (old, "", 400, "password_too_short"),
        ("wrong", "x" * 129, 400, "password_too_long"),
        ("wrong", "good enough", 403, "wrong_password"),
        ("", "good enough", 403, "wrong_password"),
    ):
        fails(await client.post("/auth/set-password", json={"current": current, "new": new}), status, code)
    fails(await client.post("/auth/set-password", json={"current": old}), 400, "password_too_short")
    assert first_password(tmp_path).exists()
    answer = await client.post("/auth/set-password", json={"current": old, "new": "good enough"})
    assert done(answer) == {"message": "Password updated"}
    assert not first_password(tmp_path).exists()
    assert done(await client.post("/auth/validate", json={"password": old})) == {"valid": False}
    found = done(await client.post("/auth/validate", json={"password": "good enough"}))
    assert found == {"valid": True, "token": token}


async def test_a_start_keeps_token_and_password(tmp_path: Path) -> None:
    async with edge_nvr(tmp_path) as app:
        token, password = token_of(app), first_password(tmp_path).read_text()
    async with edge_nvr(tmp_path) as app:
        assert (token_of(app), first_password(tmp_path).read_text()) == (token, password)


async def test_the_file_that_resets(tmp_path: Path) -> None:
    async with edge_nvr(tmp_path) as app:
        app.edge.settings.change({"Auth": {"enabled": True}})
        password = first_password(tmp_path).read_text().strip()
    (tmp_path / "boot").mkdir()
    (tmp_path / "boot" / "reset-auth").write_text("")
    async with edge_nvr(tmp_path) as app, app.edge_client() as client:
        assert not app.edge.auth.enabled
        assert not (tmp_path / "boot" / "reset-auth").exists()
        assert done(await client.post("/auth/validate", json={"password": password})) == {"valid": False}
        new = first_password(tmp_path).read_text().strip()
        assert done(await client.post("/auth/validate", json={"password": new}))["valid"] is True


async def test_a_reset_that_would_come_again_is_none(tmp_path: Path) -> None:
    (tmp_path / "boot" / "reset-auth").mkdir(parents=True)
    async with edge_nvr(tmp_path) as app:
        app.edge.settings.change({"Auth": {"enabled": True}})
    async with edge_nvr(tmp_path) as app:
        assert app.edge.auth.enabled


async def test_no_token_and_no_password_in_the_log(
    locked: Nvr, client: httpx.AsyncClient, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    caplog.set_level(logging.DEBUG, "dogwatch")
    token, password = token_of(locked), first_password(tmp_path).read_text().strip()
    for query in (
        f"token={token}",
        f"a=b&token={token}&c=d",
        f"%74oken={token}",
        f"TOKEN={token}",
        f"x&tok%65n={token}",
    ):
        await client.get(f"/settings?{query}")
        await client.get(f"/nothing?{query}")
    await client.post("/auth/validate", json={"password": password})
    await client.post("/auth/set-password", json={"current": password, "new": "n3w-s3cret"}, params={"token": token})
    await client.get("/nothing?token=s3cret-guess")
    text = "\n".join(record.getMessage() for record in caplog.records)
    assert "token=***" in text
    for secret in (token, password, "n3w-s3cret", "s3cret-guess"):
        assert secret not in text
    events = json.dumps([one.body() for one in locked.edge.event_log.since(1)])
    assert token not in events


@pytest.mark.parametrize(
    ("edge", "enabled", "host"),
    [
        ("", False, "127.0.0.1"),
        ("", True, "0.0.0.0"),
        (", host: 192.0.2.7", False, "192.0.2.7"),
        (", host: 127.0.0.1", True, "127.0.0.1"),
    ],
)
async def test_where_it_listens(tmp_path: Path, edge: str, host: str, *, enabled: bool) -> None:
    from dogwatch.api.edge.surface import listener

    async with edge_nvr(tmp_path, edge=EDGE_CONFIG.replace("}", edge + "}")) as app:
        app.edge.settings.change({"Auth": {"enabled": enabled}})
        found = listener(app.edge)
        assert (found.address.host, found.address.port, found.login) == (host, 5005, enabled)


async def test_many_passwords_at_once_leave_threads_to_others(
    app: Nvr, client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    app.edge.auth._hashing.acquire()
    monkeypatch.setattr(app.edge.auth._failures, "exceeded", lambda _: None)
    waiting = [asyncio.create_task(client.post("/auth/validate", json={"password": "x"})) for _ in range(60)]
    try:
        await until(lambda: sum(task.done() for task in waiting) == 60 - MOST_WAITING)
        done(await client.get("/settings"))
    finally:
        app.edge.auth._hashing.release()
    statuses = [(await task).status_code for task in waiting]
    assert (statuses.count(200), statuses.count(429)) == (MOST_WAITING, 60 - MOST_WAITING)


async def test_passwords_that_were_counted_are_refused_without_a_wait(app: Nvr, client: httpx.AsyncClient) -> None:
    for _ in range(5):
        done(await client.post("/auth/validate", json={"password": "x"}))
    app.edge.auth._hashing.acquire()
    try:
        fails(await client.post("/auth/validate", json={"password": "x"}), 429, "rate_limited")
    finally:
        app.edge.auth._hashing.release()
