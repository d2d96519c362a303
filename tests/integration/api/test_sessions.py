"""Sessions end: at once, for every connection, and for good."""

import asyncio
import json
import threading
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from joserfc.jwk import OctKey
from sqlalchemy import update
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from dogwatch.api.listener import EXTERNAL, INTERNAL
from dogwatch.api.listeners import Listeners
from dogwatch.auth import passwords
from dogwatch.auth.accounts import Accounts
from dogwatch.auth.sessions import MAX_SESSIONS, Sessions
from dogwatch.errors import StoreError
from dogwatch.store.tables import sessions
from dogwatch.testing.app import KEY, PASSWORD, Nvr, nvr, until
from tests.integration.api.conftest import listening
from tests.integration.api.test_proxy_headers import MAPPED, behind

NEW = "another long password"
LIVE = ["/ws", "/live/mse/api/ws?src=front", "/api/go2rtc/api/ws?src=front"]


def at(listeners: Listeners, path: str) -> str:
    return listeners.urls[EXTERNAL].replace("http", "ws", 1) + path


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def cookie(answer: httpx.Response) -> str:
    return answer.headers["set-cookie"].removeprefix("frigate_token=").partition(";")[0]


async def closed(socket: ClientConnection) -> int | None:
    async def read() -> None:
        async with asyncio.timeout(3):
            while True:
                await socket.recv()

    with pytest.raises(ConnectionClosed):
        await read()
    return socket.close_code


async def last(parts: AsyncIterator[bytes]) -> None:
    async for _ in parts:
        pass


ENDINGS = ["logout", "password", "another's password", "role", "deleted"]


async def end(how: str, listeners: Listeners, admin: str, vera: str) -> None:
    """End the session of vera's token in one of the ways that there are."""
    async with (
        httpx.AsyncClient(base_url=listeners.urls[EXTERNAL], headers=bearer(admin)) as by_admin,
        httpx.AsyncClient(base_url=listeners.urls[EXTERNAL], headers=bearer(vera)) as by_vera,
    ):
        match how:
            case "logout":
                answer = await by_vera.get("/api/logout")
            case "password":
                body = {"password": NEW, "old_password": PASSWORD}
                answer = await by_vera.put("/api/users/vera/password", json=body)
            case "another's password":
                answer = await by_admin.put("/api/users/vera/password", json={"password": NEW})
            case "role":
                answer = await by_admin.put("/api/users/vera/role", json={"role": "front_only"})
            case _:
                answer = await by_admin.delete("/api/users/vera")
        assert answer.status_code in (200, 303), answer.text


@pytest.mark.parametrize("how", ENDINGS)
@pytest.mark.parametrize("path", LIVE)
async def test_a_websocket_ends_at_once(app: Nvr, listeners: Listeners, path: str, how: str) -> None:
    vera = app.token("vera")
    async with (
        connect(at(listeners, path), additional_headers=bearer(vera)) as socket,
        connect(at(listeners, path), additional_headers=bearer(app.token("frida"))) as other,
    ):
        await end(how, listeners, app.token("admin"), vera)
        assert await closed(socket) == 1008
        await (await other.ping())  # nobody else is concerned


@pytest.mark.parametrize("how", ENDINGS)
async def test_an_endless_answer_ends_at_once(app: Nvr, listeners: Listeners, how: str) -> None:
    vera = app.token("vera")
    url = f"{listeners.urls[EXTERNAL]}/api/front?fps=1"
    async with httpx.AsyncClient(headers=bearer(vera)) as client, client.stream("GET", url) as answer:
        parts = answer.aiter_raw()
        assert await anext(parts)
        await end(how, listeners, app.token("admin"), vera)
        with pytest.raises(httpx.RemoteProtocolError):
            await asyncio.wait_for(last(parts), 3)
    await until(lambda: not app.services.pictures._viewers)


async def test_a_download_ends_at_once(app: Nvr, listeners: Listeners, tmp_path: Path) -> None:
    folder, size = tmp_path / "recordings" / "2026-01-01" / "00" / "front", 256 << 20
    folder.mkdir(parents=True)
    with (folder / "00.00.mp4").open("wb") as file:
        file.truncate(size)
    url = f"{listeners.urls[EXTERNAL]}/recordings/2026-01-01/00/front/00.00.mp4"
    async with httpx.AsyncClient(headers=bearer(app.token("vera"))) as client, client.stream("GET", url) as answer:
        parts = answer.aiter_raw(1 << 16)
        assert len(await anext(parts)) == 1 << 16
        await asyncio.to_thread(app.services.authority.accounts.remove, "vera")
        with pytest.raises(httpx.RemoteProtocolError):
            await asyncio.wait_for(last(parts), 20)
        assert answer.num_bytes_downloaded < size


async def test_a_command_that_cannot_be_checked_is_not_obeyed(
    app: Nvr, listeners: Listeners, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with connect(at(listeners, "/ws"), additional_headers=bearer(app.token("admin"))) as socket:

        async def fail(caller: object) -> bool:
            raise StoreError("the database is being mended")

        monkeypatch.setattr(app.services.authority, "holds", fail)
        await socket.send(json.dumps({"topic": "front/detect/set", "payload": "OFF"}))
        assert await closed(socket) == 1008
    assert app.services.switches.find("front", "detect") is True


async def test_a_deleted_admin_is_not_obeyed(app: Nvr, listeners: Listeners) -> None:
    """The command comes as quickly behind the deletion as it can."""
    accounts = app.services.authority.accounts
    accounts.add("boss", PASSWORD, "admin")
    async with connect(at(listeners, "/ws"), additional_headers=bearer(app.token("boss"))) as socket:
        await socket.send(json.dumps({"topic": "front/detect/set", "payload": "OFF"}))
        await until(lambda: app.services.switches.find("front", "detect") is False)
        accounts.remove("boss")  # the loop stands still meanwhile: nothing has been told of it yet
        await socket.send(json.dumps({"topic": "front/detect/set", "payload": "ON"}))
        await socket.send(json.dumps({"topic": "restart"}))
        assert await closed(socket) == 1008
    assert app.services.switches.find("front", "detect") is False
    assert app.restarts == []


async def test_a_session_that_another_process_ends(
    app: Nvr, listeners: Listeners, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As `dogwatch users passwd` does."""
    monkeypatch.setattr("dogwatch.auth.row_cache.CACHE_S", 0.1)
    monkeypatch.setattr("dogwatch.api.open_requests.SWEEP_S", 0.1)
    async with connect(at(listeners, "/ws"), additional_headers=bearer(app.token("vera"))) as socket:
        other = Accounts(app.services.db, iterations=10)
        other.set_password("vera", NEW)
        assert await closed(socket) == 1008


async def test_a_change_at_the_command_line_counts_at_once(app: Nvr, listeners: Listeners) -> None:
    async with connect(at(listeners, "/ws"), additional_headers=bearer(app.token("vera"))) as socket:
        await (await socket.ping())
        other = Accounts(app.services.db, iterations=10)
        other.remove("vera")
        app.services.authority.accounts.changed_elsewhere()  # as the command tells the core
        async with asyncio.timeout(1):
            assert await closed(socket) == 1008


async def test_a_session_runs_out(app: Nvr, listeners: Listeners, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dogwatch.auth.row_cache.CACHE_S", 0.1)
    monkeypatch.setattr("dogwatch.api.open_requests.SWEEP_S", 0.1)
    session = app.session("vera")
    async with connect(at(listeners, "/ws"), additional_headers=bearer(app.token("vera", session=session))) as socket:
        over = update(sessions).where(sessions.c.id == session).values(expires_at=1.0)
        app.services.db.write(lambda connection: connection.execute(over) and None)
        assert await closed(socket) == 1008


async def status(app: Nvr, token: str) -> int:
    async with app.client(EXTERNAL) as client:
        return (await client.get("/api/profile", headers=bearer(token))).status_code


async def test_a_new_password_ends_all_sessions_but_the_one_that_set_it(app: Nvr) -> None:
    tokens = [app.token("vera") for _ in range(3)]
    async with app.client(EXTERNAL, "vera") as client:
        body = {"password": NEW, "old_password": PASSWORD}
        fresh = cookie(await client.put("/api/users/vera/password", json=body))
    assert [await status(app, token) for token in tokens] == [401] * 3
    assert await status(app, fresh) == 200


async def test_a_login_during_a_password_change_opens_nothing(app: Nvr, monkeypatch: pytest.MonkeyPatch) -> None:
    """The old password was right when it was looked at."""
    verified, changed = threading.Event(), threading.Event()
    verify = passwords.verify_password

    def slow(password: str, stored: str) -> bool:
        right = verify(password, stored)
        verified.set()
        assert changed.wait(10)
        return right

    monkeypatch.setattr(passwords, "verify_password", slow)
    async with app.client(EXTERNAL) as client:
        login = asyncio.create_task(client.post("/api/login", json={"user": "vera", "password": PASSWORD}))
        assert await asyncio.to_thread(verified.wait, 10)
        await asyncio.to_thread(app.services.authority.accounts.set_password, "vera", NEW)
        changed.set()
        answer = await login
    assert (answer.status_code, "set-cookie" in answer.headers) == (401, False)
    assert app.services.authority.accounts.sessions.of_user("vera") == []


async def test_logout_leaves_other_sessions(app: Nvr) -> None:
    first, second = app.token("vera"), app.token("vera")
    async with app.client(EXTERNAL) as client:
        assert (await client.get("/api/logout", headers=bearer(first))).status_code == 303
        assert (await client.get("/api/logout", headers=bearer(first))).status_code == 303
        assert (await client.get("/api/logout", headers=bearer("nonsense"))).status_code == 303
    assert [await status(app, token) for token in (first, second)] == [401, 200]


async def test_sessions_outlive_a_restart(tmp_path: Path) -> None:
    with nvr(tmp_path) as app:
        kept, ended = app.token("vera"), app.token("vera")
        async with app.client(EXTERNAL) as client:
            await client.get("/api/logout", headers=bearer(ended))
    with nvr(tmp_path, users={}) as app:
        assert [await status(app, token) for token in (kept, ended)] == [200, 401]


async def test_a_user_has_so_many_sessions(app: Nvr) -> None:
    tokens = [app.token("vera") for _ in range(MAX_SESSIONS + 3)]
    found = [await status(app, token) for token in tokens]
    assert found == [401] * 3 + [200] * MAX_SESSIONS  # those used longest ago make room


async def test_old_rows_go(app: Nvr) -> None:
    app.session("vera")
    old = update(sessions).values(expires_at=1.0)
    app.services.db.write(lambda connection: connection.execute(old) and None)
    app.session("frida")
    assert app.services.authority.accounts.sessions.of_user("vera") == []


async def test_a_row_tells_when_it_was_used_and_from_where(app: Nvr, monkeypatch: pytest.MonkeyPatch) -> None:
    async with app.client(EXTERNAL) as client:
        headers = {"User-Agent": "x" * 500}
        answer = await client.post("/api/login", json={"user": "vera", "password": PASSWORD}, headers=headers)
        kept = app.services.authority.accounts.sessions
        (session,) = kept.of_user("vera")
        assert (session.address, session.agent) == ("127.0.0.1", "x" * 100)
        await client.get("/api/profile", headers=bearer(cookie(answer)))
        assert kept.of_user("vera") == [session]  # not each request is a write
        monkeypatch.setattr("dogwatch.auth.sessions.USE_S", 0.0)
        await client.get("/api/profile", headers=bearer(cookie(answer)))
        await until(lambda: kept.of_user("vera")[0].used_at > session.used_at)
        assert kept.of_user("vera")[0].expires_at == session.expires_at


async def test_what_was_read_before_a_change_is_not_kept_behind_it(app: Nvr) -> None:
    """A request that reads while an account is deleted must not make it live for some seconds more."""
    accounts = app.services.authority.accounts
    read, go_on = threading.Event(), threading.Event()
    look = accounts._read

    def slow(username: str) -> Any:
        row = look(username)
        read.set()
        assert go_on.wait(10)
        return row

    accounts._recent._read = slow
    reader = asyncio.create_task(asyncio.to_thread(accounts.find, "vera"))
    await asyncio.to_thread(read.wait, 10)
    accounts._recent._read = look
    accounts.remove("vera")
    go_on.set()
    assert await reader is not None
    assert accounts.find("vera") is None


async def test_a_token_without_a_session_is_none(app: Nvr) -> None:
    """As they were given out before sessions were kept."""
    from joserfc import jwt

    now = 1_700_000_000
    claims = {"sub": "vera", "role": "viewer", "iat": now, "exp": now + 10**9}
    old = jwt.encode({"alg": "HS256"}, claims, KEY.jwk)
    assert await status(app, old) == 401
    assert await status(app, jwt.encode({"alg": "HS256"}, {**claims, "jti": app.session("vera")}, KEY.jwk)) == 200
    other = OctKey.import_key(b"x" * 32)
    assert await status(app, jwt.encode({"alg": "HS256"}, {**claims, "jti": app.session("vera")}, other)) == 401


def test_a_change_on_the_way_does_not_bring_an_ended_session_back(app: Nvr) -> None:
    kept: Sessions = app.services.authority.accounts.sessions
    session = kept.find(app.session("vera"))
    assert session is not None
    kept.end(session)
    kept.used(session, session.expires_at + 1000)
    assert kept.find(session.id) is None
    app.services.db.write(lambda _: None)  # what was submitted before is done
    assert kept.of_user("vera") == []


async def test_a_role_that_loses_a_camera_ends_what_is_open(app: Nvr, listeners: Listeners) -> None:
    async with (
        connect(at(listeners, "/ws"), additional_headers=bearer(app.token("frida"))) as limited,
        connect(at(listeners, "/ws"), additional_headers=bearer(app.token("vera"))) as other,
    ):
        await asyncio.to_thread(app.services.config_file.change, CHANGES["roles"], live=True, write=True)
        assert await closed(limited) == 1008
        await (await other.ping())


REMOVED: dict[tuple[str, ...], Any] = {("cameras", "front"): None, ("auth", "roles", "front_only"): ["back"]}
VIEWERS = [(EXTERNAL, "frida"), (EXTERNAL, "vera"), (INTERNAL, None)]


def remove_camera(app: Nvr) -> None:
    """Take a camera out, in the event loop, as a keeper tells of it."""
    app.services.config_file.change(REMOVED, live=True, write=True)


@pytest.mark.parametrize("playing", [True, False])
@pytest.mark.parametrize("path", LIVE[1:])
@pytest.mark.parametrize(("listener", "user"), VIEWERS)
async def test_live_video_of_a_camera_that_is_removed_ends_at_once(
    app: Nvr, listeners: Listeners, listener: str, user: str | None, path: str, playing: bool
) -> None:
    url = listeners.urls[listener].replace("http", "ws", 1) + path
    async with connect(url, additional_headers=bearer(app.token(user)) if user else None) as socket:
        if playing:
            await socket.send(json.dumps({"type": "mse"}))
            await until(lambda: app.told)
        await (await socket.ping())
        remove_camera(app)
        async with asyncio.timeout(1):
            assert await closed(socket) in (1008, 1012)


@pytest.mark.parametrize(("listener", "user"), VIEWERS)
async def test_motion_jpeg_of_a_camera_that_is_removed_ends_at_once(
    app: Nvr, listeners: Listeners, listener: str, user: str | None
) -> None:
    """Its next picture would come after ten seconds."""
    headers = bearer(app.token(user)) if user else None
    async with (
        httpx.AsyncClient(base_url=listeners.urls[listener], headers=headers) as client,
        client.stream("GET", "/api/front?fps=0.1") as answer,
        client.stream("GET", "/api/back?fps=20", headers=bearer(app.token("vera"))) as other,
    ):
        parts, others = answer.aiter_raw(), other.aiter_raw()
        assert await anext(parts)
        await until(lambda: app.services.pictures._viewers == 2)
        remove_camera(app)
        async with asyncio.timeout(1):
            with pytest.raises(httpx.RemoteProtocolError):
                await last(parts)
        assert await anext(others)  # another camera's goes on
    await until(lambda: not app.services.pictures._viewers)


async def test_a_download_of_a_camera_that_is_removed_ends_at_once(app: Nvr, monkeypatch: pytest.MonkeyPatch) -> None:
    """The answer had not begun, so it can say why."""
    begun = asyncio.Event()

    async def slow(*_: object, **__: object) -> None:
        begun.set()
        await asyncio.Event().wait()

    monkeypatch.setattr("dogwatch.api.pictures.PictureResponse.__call__", slow)
    async with app.client() as client:
        asked = asyncio.create_task(client.get("/api/front/latest.jpg"))
        await begun.wait()
        remove_camera(app)
        async with asyncio.timeout(1):
            answer = await asked
    assert (answer.status_code, answer.json()["detail"]) == (404, "Camera not found")


CHANGES: dict[str, dict[tuple[str, ...], Any]] = {
    "roles": {("auth", "roles", "front_only"): ["back"]},
    "login": {("auth", "enabled"): True},
    "secret": {("proxy", "auth_secret"): "another"},
}


@pytest.mark.parametrize("how", sorted(CHANGES))
async def test_who_a_proxy_has_let_in_is_looked_at_again(tmp_path: Path, how: str) -> None:
    with nvr(tmp_path, behind(MAPPED)) as app:
        async with listening(app, tmp_path) as made:
            said = {"X-Proxy-Secret": "between us", "Remote-User": "ann", "Remote-Groups": "front_only"}
            async with connect(at(made, "/ws"), additional_headers=said) as socket:
                await (await socket.ping())
                await asyncio.to_thread(app.services.config_file.change, CHANGES[how], live=True, write=True)
                assert await closed(socket) == 1008
