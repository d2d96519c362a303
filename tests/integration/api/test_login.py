"""Logging in, sessions, accounts, and who one is taken for."""

import asyncio
import time
from pathlib import Path

import httpx
import pytest

from dogwatch.api.listener import EXTERNAL, INTERNAL
from dogwatch.auth import passwords, tokens
from dogwatch.store import users
from dogwatch.testing.app import CONFIG, KEY, PASSWORD, Nvr, nvr
from tests.built_ui import built

NEW = "another long password"


def cookie(answer: httpx.Response) -> str:
    return answer.headers["set-cookie"].removeprefix("frigate_token=").partition(";")[0]


async def log_in(client: httpx.AsyncClient, user: str, password: str = PASSWORD) -> httpx.Response:
    return await client.post("/api/login", json={"user": user, "password": password})


async def test_log_in(app: Nvr) -> None:
    async with app.client(EXTERNAL) as client:
        answer = await log_in(client, "vera")
        assert (answer.status_code, answer.content) == (200, b"")
        assert answer.headers["set-cookie"].startswith("frigate_token=")
        assert answer.headers["set-cookie"].endswith("; HttpOnly; Max-Age=86400; Path=/; SameSite=lax")
        profile = await client.get("/api/profile")
        assert profile.json() == {"username": "vera", "role": "viewer", "allowed_cameras": ["front", "back"]}
    async with app.client(EXTERNAL) as client:
        bearer = {"Authorization": f"Bearer {cookie(answer)}"}
        assert (await client.get("/api/profile", headers=bearer)).json()["username"] == "vera"
        out = await client.get("/api/logout", headers={"Cookie": f"frigate_token={cookie(answer)}"})
        assert (out.status_code, out.headers["location"]) == (303, "/login")
        assert "Max-Age=0" in out.headers["set-cookie"]
        assert (await client.get("/api/profile", headers=bearer)).status_code == 401  # the token is worth nothing now
        basic = httpx.BasicAuth("vera", PASSWORD)
        assert (await client.get("/api/profile", auth=basic)).status_code == 401


@pytest.mark.parametrize(("user", "password"), [("vera", "wrong"), ("nobody", PASSWORD), ("", ""), ("vera", "")])
async def test_log_in_fails_alike(app: Nvr, user: str, password: str) -> None:
    async with app.client(EXTERNAL) as client:
        answer = await log_in(client, user, password)
        assert answer.status_code == 401
        assert answer.json()["message"] == "Login failed"
        assert "set-cookie" not in answer.headers


async def test_a_hash_with_few_iterations_is_replaced_at_a_login(app: Nvr) -> None:
    accounts = app.services.authority.accounts
    weak = passwords.hash_password(PASSWORD, 3)
    app.services.db.write(lambda connection: users.set_password(connection, "vera", weak, time.time()))
    async with app.client(EXTERNAL) as client:
        answers = await asyncio.gather(*(log_in(client, "vera") for _ in range(4)))
        assert [answer.status_code for answer in answers] == [200] * 4
        token = {"Authorization": f"Bearer {cookie(answers[0])}"}
        assert (await client.get("/api/profile", headers=token)).status_code == 200
    (stored,) = [user.password_hash for user in accounts.everyone() if user.username == "vera"]
    assert stored.startswith("pbkdf2_sha256$10$")


async def test_a_body_that_lacks_something_is_not_echoed(app: Nvr) -> None:
    async with app.client(EXTERNAL) as client:
        answer = await client.post("/api/login", json={"password": "very secret"})
        assert answer.status_code == 422
        assert answer.json()["detail"][0]["loc"] == ["body", "user"]
        assert "very secret" not in answer.text


async def test_half_a_character_is_no_name(app: Nvr) -> None:
    async with app.client(EXTERNAL) as client:
        body = b'{"user": "\\ud800", "password": "x"}'
        answer = await client.post("/api/login", content=body, headers={"Content-Type": "application/json"})
        assert (answer.status_code, answer.json()["detail"][0]["type"]) == (422, "string_unicode")


async def test_rate_limit(tmp_path: Path) -> None:
    text = CONFIG.replace("hash_iterations: 10", "hash_iterations: 10\n  failed_login_rate_limit: 2/hour")
    with nvr(tmp_path, text) as app:
        async with app.client(EXTERNAL) as client:
            assert (await log_in(client, "vera")).status_code == 200
            assert (await log_in(client, "vera", "wrong")).status_code == 401
            answer = await log_in(client, "vera")
            assert (answer.status_code, answer.json()) == (429, {"error": "Rate limit exceeded: 2 per 1 hour"})


async def test_present_passwords_are_tried_within_the_rate_limit_too(tmp_path: Path) -> None:
    text = CONFIG.replace("hash_iterations: 10", "hash_iterations: 10\n  failed_login_rate_limit: 2/hour")
    with nvr(tmp_path, text) as app:
        async with app.client(EXTERNAL, "vera") as client:
            path, guess = "/api/users/vera/password", {"password": NEW, "old_password": "a guess"}
            assert [(await client.put(path, json=guess)).status_code for _ in range(2)] == [401, 401]
            answer = await client.put(path, json={**guess, "old_password": PASSWORD})
            assert (answer.status_code, answer.json()) == (429, {"error": "Rate limit exceeded: 2 per 1 hour"})
            assert (await log_in(client, "vera")).status_code == 429  # one limit for both
        async with app.client(EXTERNAL, "admin") as client:  # who needs no present password
            assert (await client.put(path, json={"password": NEW})).status_code == 200
            assert app.services.authority.accounts.verify("vera", NEW) is not None


async def test_who_a_proxy_names_may_have_no_account(tmp_path: Path) -> None:
    text = CONFIG.replace("auth:", "auth:\n  enabled: false").replace(
        "mqtt:", "proxy:\n  header_map: {user: Remote-User}\nmqtt:"
    )
    with nvr(tmp_path, text) as app:
        async with app.client(EXTERNAL) as client:
            for user, status in (("ann", 404), ("vera", 401)):
                body = {"password": NEW, "old_password": "a guess"}
                answer = await client.put(f"/api/users/{user}/password", json=body, headers={"Remote-User": user})
                assert answer.status_code == status


async def test_sliding_session(app: Nvr) -> None:
    now, session = time.time(), app.session("vera")
    fresh, ending, over = (app.token("vera", lifetime, session) for lifetime in (86400, 900, -1))
    async with app.client(EXTERNAL) as client:
        kept = await client.get("/api/profile", headers={"Cookie": f"frigate_token={fresh}"})
        assert "set-cookie" not in kept.headers
        unknown = await client.get("/api/no/such/path/here", headers={"Cookie": f"frigate_token={ending}"})
        assert unknown.status_code == 404
        assert tokens.read(KEY, cookie(unknown), now) is not None
        method = await client.delete("/api/profile", headers={"Cookie": f"frigate_token={ending}"})
        assert (method.status_code, method.headers["allow"]) == (405, "GET, HEAD")
        assert tokens.read(KEY, cookie(method), now) is not None
        renewed = await client.get("/api/profile", headers={"Cookie": f"frigate_token={ending}"})
        token = tokens.read(KEY, cookie(renewed), now)
        assert token is not None
        assert (token.expires_at >= int(now) + 86400, token.session) == (True, session)
        bearer = await client.get("/api/profile", headers={"Authorization": f"Bearer {ending}"})
        assert (bearer.status_code, "set-cookie" in bearer.headers) == (200, False)
        assert (await client.get("/api/profile", headers={"Cookie": f"frigate_token={over}"})).status_code == 401


async def test_the_account_counts_not_the_token(app: Nvr) -> None:
    accounts = app.services.authority.accounts
    async with app.client(EXTERNAL, "vera") as client:
        assert (await client.get("/api/users")).status_code == 403
        accounts.set_role("vera", "front_only")
        assert (await client.get("/api/profile")).json()["allowed_cameras"] == ["front"]
        accounts.remove("vera")
        assert (await client.get("/api/profile")).status_code == 401


async def test_a_role_that_is_no_more(app: Nvr) -> None:
    app.services.authority.accounts.roles = ("admin", "viewer")
    async with app.client(EXTERNAL, "frida") as client:
        assert (await client.get("/api/profile")).status_code == 401
        assert (await log_in(client, "frida")).status_code == 401


async def test_password_change_ends_other_sessions(app: Nvr) -> None:
    old = app.token("vera")
    async with app.client(EXTERNAL, "vera") as client:
        path = "/api/users/vera/password"
        assert (await client.put(path, json={"password": NEW})).status_code == 400
        wrong = await client.put(path, json={"password": NEW, "old_password": "x"})
        assert (wrong.status_code, "message" in wrong.json()) == (401, True)
        weak = await client.put(path, json={"password": "short", "old_password": PASSWORD})
        assert weak.status_code == 400
        other = await client.put("/api/users/frida/password", json={"password": NEW, "old_password": PASSWORD})
        assert (other.status_code, "detail" in other.json()) == (403, True)
        done = await client.put(path, json={"password": NEW, "old_password": PASSWORD})
        assert (done.status_code, done.json()) == (200, {"success": True})
        fresh = cookie(done)
    async with app.client(EXTERNAL) as client:
        assert (await client.get("/api/profile", headers={"Authorization": f"Bearer {old}"})).status_code == 401
        assert (await client.get("/api/profile", headers={"Authorization": f"Bearer {fresh}"})).status_code == 200
        assert (await log_in(client, "vera")).status_code == 401
        assert (await log_in(client, "vera", NEW)).status_code == 200


async def test_accounts(app: Nvr) -> None:
    async with app.client(INTERNAL) as client:
        assert (await client.get("/api/users")).json() == [
            {"username": "admin", "role": "admin"},
            {"username": "frida", "role": "front_only"},
            {"username": "vera", "role": "viewer"},
        ]
        bob = {"username": "bob", "password": NEW}
        assert (await client.post("/api/users", json=bob)).json() == {"username": "bob"}
        again = await client.post("/api/users", json=bob)
        assert (again.status_code, "message" in again.json()) == (409, True)
        bad = [{"username": "b b"}, {"username": "ann", "role": "king"}, {"username": "ann", "password": "short"}]
        for change in bad:
            assert (await client.post("/api/users", json={**bob, **change})).status_code == 400
        assert (await client.put("/api/users/bob/role", json={"role": "front_only"})).json() == {"success": True}
        assert (await client.put("/api/users/bob/role", json={"role": "king"})).status_code == 400
        assert (await client.put("/api/users/nobody/role", json={"role": "viewer"})).status_code == 404
        assert (await client.put("/api/users/admin/role", json={"role": "viewer"})).status_code == 403
        assert (await client.put("/api/users/nobody/password", json={"password": NEW})).status_code == 404
        reset = await client.put("/api/users/bob/password", json={"password": NEW + "!"})
        assert (reset.status_code, "set-cookie" in reset.headers) == (200, False)
        assert (await client.delete("/api/users/admin")).status_code == 403
        assert (await client.delete("/api/users/bob")).json() == {"success": True}
        assert (await client.delete("/api/users/bob")).status_code == 200


async def test_nobody_logs_in_on_the_internal_listener(app: Nvr) -> None:
    async with app.client(INTERNAL) as client:
        assert (await client.get("/api/profile")).json() == {
            "username": "anonymous",
            "role": "admin",
            "allowed_cameras": ["front", "back"],
        }


async def test_the_verdict(app: Nvr) -> None:
    async with app.client(EXTERNAL, "frida") as client:
        answer = await client.get("/api/auth")
        assert (answer.status_code, answer.content) == (202, b"")
        assert (answer.headers["remote-user"], answer.headers["remote-role"]) == ("frida", "front_only")
        for url, status in (
            ("https://nvr/api/front/latest.jpg?h=1", 202),
            ("https://nvr/api/back/latest.jpg", 403),
            ("https://nvr/api/%62ack/latest.jpg", 403),
            ("/live/mse/api/ws?src=front_sub", 202),
            ("/live/mse/api/ws?src=back", 403),
            ("/clips/../x", 403),
            ("http://[::1", 403),
        ):
            assert (await client.get("/api/auth", headers={"X-Original-URL": url})).status_code == status, url
    async with app.client(EXTERNAL) as client:
        answer = await client.get("/api/auth")
        assert (answer.status_code, answer.headers["location"]) == (401, "/login")


async def test_a_proxy_in_front(tmp_path: Path) -> None:
    text = CONFIG.replace("auth:", "auth:\n  enabled: false").replace(
        "mqtt:",
        "proxy:\n  auth_secret: between us\n  header_map: {user: Remote-User, role: Remote-Groups}\nmqtt:",
    )
    with nvr(tmp_path, text) as app:
        async with app.client(EXTERNAL) as client:
            said = {"Remote-User": "ann", "Remote-Groups": "x, front_only"}
            assert (await client.get("/api/profile", headers=said)).status_code == 401
            said["X-Proxy-Secret"] = "between us"
            assert (await client.get("/api/profile", headers=said)).json() == {
                "username": "ann",
                "role": "front_only",
                "allowed_cameras": ["front"],
            }
            assert (await log_in(client, "vera")).status_code == 404


def test_first_start(tmp_path: Path) -> None:
    with nvr(tmp_path) as app:
        accounts = app.services.authority.accounts
        told: list[tuple[str, str]] = []
        accounts.first_start(lambda *args: told.append(args))
        assert told == []
        accounts.first_start(lambda *args: told.append(args), reset=True)
        assert told[0][0] == "admin"
        assert accounts.verify(*told[0]) is not None
        assert accounts.verify("admin", PASSWORD) is None


async def test_sessions_are_listed_and_ended(app: Nvr) -> None:
    kept, other = app.token("vera"), app.token("vera")
    path = "/api/users/vera/sessions"
    async with app.client(EXTERNAL) as client:
        mine, theirs = ({"Authorization": f"Bearer {token}"} for token in (kept, other))
        listed = (await client.get(path, headers=mine)).json()
        assert len(listed) == 2
        assert set(listed[0]) == {"id", "created_at", "used_at", "expires_at", "address", "agent", "current"}
        current = [one["id"] for one in listed if one["current"]]
        assert [one["id"] for one in (await client.get(path, headers=theirs)).json() if one["current"]] != current
        unknown = await client.delete(f"{path}/none", headers=mine)
        assert (unknown.status_code, unknown.json()["message"]) == (404, "Session not found")
        assert (await client.delete(path, headers=mine)).json() == {"success": True, "ended": 1}
        assert (await client.get("/api/profile", headers=theirs)).status_code == 401
        assert (await client.get("/api/profile", headers=mine)).status_code == 200
        assert (await client.delete(f"{path}/{current[0]}", headers=mine)).json() == {"success": True}
        assert (await client.get("/api/profile", headers=mine)).status_code == 401


async def test_sessions_of_others_are_an_administrators(app: Nvr) -> None:
    vera, frida = app.session("vera"), app.session("frida")
    async with app.client(EXTERNAL, "vera") as client:
        for method, path in (("GET", ""), ("DELETE", ""), ("DELETE", f"/{frida}")):
            for user in ("frida", "admin", "nobody"):
                answer = await client.request(method, f"/api/users/{user}/sessions{path}")
                assert (answer.status_code, "detail" in answer.json()) == (403, True)
        assert (await client.delete(f"/api/users/vera/sessions/{frida}")).status_code == 404
    async with app.client(EXTERNAL, "admin") as client:
        assert (await client.get("/api/users/nobody/sessions")).status_code == 404
        assert [one["id"] for one in (await client.get("/api/users/frida/sessions")).json()] == [frida]
        assert (await client.delete(f"/api/users/vera/sessions/{vera}")).status_code == 200
    async with app.client(INTERNAL) as client:
        assert (await client.delete("/api/users/frida/sessions")).json()["ended"] == 1


async def test_an_expired_session_is_not_listed(app: Nvr) -> None:
    accounts = app.services.authority.accounts
    user = accounts.find("vera")
    assert user is not None
    accounts.sessions.open(user, -1)
    async with app.client(INTERNAL) as client:
        assert (await client.get("/api/users/vera/sessions")).json() == []


async def test_who_a_proxy_names_has_no_sessions_here(tmp_path: Path) -> None:
    text = CONFIG.replace("auth:", "auth:\n  enabled: false").replace(
        "mqtt:", "proxy:\n  header_map: {user: Remote-User}\nmqtt:"
    )
    with nvr(tmp_path, text) as app:
        async with app.client(EXTERNAL) as client:
            assert (await client.get("/api/users/vera/sessions", headers={"Remote-User": "vera"})).status_code == 403


@pytest.mark.parametrize("name", ["DOGWATCH_BASE_PATH", "FRIGATE_BASE_PATH"])
async def test_the_base_path(app: Nvr, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    built()
    monkeypatch.setenv(name, "/nvr/")
    async with app.client(EXTERNAL) as client:
        for sent, prefix in (("", "/nvr"), ("/other", "/other"), ("//evil.example", "/nvr"), ("/a/../b", "/nvr")):
            headers = {"X-Ingress-Path": sent} if sent else {}
            assert (await client.get("/api/logout", headers=headers)).headers["location"] == f"{prefix}/login"
            assert (await client.get("/api/config", headers=headers)).headers["location"] == f"{prefix}/login"
            assert f'<base href="{prefix}/">' in (await client.get("/login", headers=headers)).text
        monkeypatch.setenv(name, 'https://evil.example/"><script>')
        assert (await client.get("/api/logout")).headers["location"] == "/login"
        assert "<base" not in (await client.get("/")).text
