"""Section 3: authentication, users, roles."""

from __future__ import annotations

import base64
import json
import time
from typing import Any

import pytest

from dogwatch.testing.app import PASSWORD
from tests.integration.contract import shapes
from tests.integration.contract.conftest import Contract, fails, rows

endpoint = pytest.mark.endpoint


def claims(token: str) -> tuple[dict[str, Any], dict[str, Any]]:
    head, body, _ = token.split(".")
    first, second = (json.loads(base64.urlsafe_b64decode(part + "===")) for part in (head, body))
    return first, second


@endpoint("POST /api/login", "GET /api/logout", "GET /api/profile")
def test_3_1_login(contract: Contract) -> None:
    client = contract.stranger
    answer = client.post("/api/login", json={"user": "vera", "password": PASSWORD})
    assert (answer.status_code, answer.content) == (200, b"")
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("frigate_token=")
    attributes = [part.strip().lower() for part in cookie.split(";")[1:]]
    assert {"httponly", "max-age=86400", "path=/", "samesite=lax"} <= set(attributes)
    assert "secure" not in attributes
    token = cookie.removeprefix("frigate_token=").partition(";")[0]
    head, body = claims(token)
    assert head["alg"] == "HS256"
    assert (body["sub"], body["role"]) == ("vera", "viewer")
    assert isinstance(body["exp"], int | float)
    assert abs(body["exp"] - body["iat"] - 86400) < 2
    assert abs(body["iat"] - time.time()) < 60
    client.cookies.clear()
    bearer = {"Authorization": f"Bearer {token}"}
    assert client.get("/api/profile", headers=bearer).json()["username"] == "vera"
    assert client.get("/api/profile", headers={"Cookie": f"frigate_token={token}"}).json()["username"] == "vera"
    texts = set()
    for wrong in ({"user": "vera", "password": "x"}, {"user": "nobody", "password": PASSWORD}):
        refused = client.post("/api/login", json=wrong)
        assert refused.status_code == 401
        texts.add(refused.json()["message"])
    assert texts == {"Login failed"}
    fails(client.post("/api/login", json={"user": "vera"}), 422)
    away = client.get("/api/logout", headers=bearer, follow_redirects=False)
    assert (away.status_code, away.headers["location"]) == (303, "/login")
    assert "frigate_token=" in away.headers["set-cookie"]
    assert "max-age=0" in away.headers["set-cookie"].lower()
    fails(client.get("/api/profile", headers=bearer), 401)


@endpoint("GET /api/profile", "GET /api/auth/first_time_login")
def test_3_2_profile(contract: Contract) -> None:
    mine = rows(contract.admin.get("/api/profile"), shapes.Profile)
    assert (mine.username, mine.role, mine.allowed_cameras) == ("anonymous", "admin", ["front", "back"])
    limited = rows(contract.limited.get("/api/profile"), shapes.Profile)
    assert (limited.username, limited.role, limited.allowed_cameras) == ("frida", "front_only", ["front"])
    assert fails(contract.stranger.get("/api/profile"), 401) == "Authentication required"
    assert rows(contract.stranger.get("/api/auth/first_time_login"), dict[str, bool]) == {
        "admin_first_time_login": False
    }


@endpoint("GET /api/auth")
def test_3_4_verdict(contract: Contract) -> None:
    for client, user, role in (
        (contract.admin, "anonymous", "admin"), (contract.viewer, "vera", "viewer"),
        (contract.limited, "frida", "front_only"),
    ):  # fmt: skip
        answer = client.get("/api/auth")
        assert (answer.status_code, answer.content) == (202, b"")
        assert (answer.headers["remote-user"], answer.headers["remote-role"]) == (user, role)
    refused = contract.stranger.get("/api/auth")
    assert (refused.status_code, refused.headers["location"]) == (401, "/login")
    hidden = {"X-Original-URL": "http://nvr/api/back/latest.jpg"}
    assert contract.limited.get("/api/auth", headers=hidden).status_code == 403
    assert contract.viewer.get("/api/auth", headers=hidden).status_code == 202


@endpoint(
    "GET /api/users", "POST /api/users", "DELETE /api/users/{username}", "PUT /api/users/{username}/password",
    "PUT /api/users/{username}/role",
)  # fmt: skip
def test_3_5_users(contract: Contract) -> None:
    admin = contract.admin
    listed = rows(admin.get("/api/users"), list[shapes.User])
    assert [user.username for user in listed] == sorted(user.username for user in listed)
    assert fails(contract.viewer.get("/api/users"), 403) == "Access denied. A user with the admin role is required."
    bob = {"username": "bob", "password": PASSWORD, "role": "viewer"}
    assert rows(admin.post("/api/users", json=bob), dict[str, str]) == {"username": "bob"}
    for wrong, status in (
        (bob, 409), ({**bob, "username": "b b"}, 400), ({**bob, "username": "c", "role": "nothing"}, 400),
        ({**bob, "username": "c", "password": "short"}, 400), ({"username": "c"}, 422),
    ):  # fmt: skip
        fails(admin.post("/api/users", json=wrong), status)
    path = "/api/users/bob/password"
    assert rows(admin.put(path, json={"password": "another horse battery"}), dict[str, bool]) == {"success": True}
    fails(admin.put(path, json={"password": "short"}), 400)
    fails(admin.put("/api/users/nobody/password", json={"password": PASSWORD}), 404)
    fails(contract.viewer.put(path, json={"password": PASSWORD}), 403)
    own = "/api/users/vera/password"
    fails(contract.viewer.put(own, json={"password": PASSWORD}), 400)
    wrong_old = contract.viewer.put(own, json={"password": PASSWORD, "old_password": "x"})
    assert (wrong_old.status_code, "message" in wrong_old.json()) == (401, True)
    answer = contract.viewer.put(own, json={"password": PASSWORD, "old_password": PASSWORD})
    assert rows(answer, dict[str, bool]) == {"success": True}
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("frigate_token=")  # a new session for the account that has changed its own
    contract.viewer.cookies.clear()
    contract.viewer.headers["Authorization"] = f"Bearer {cookie.removeprefix('frigate_token=').partition(';')[0]}"
    assert rows(admin.put("/api/users/bob/role", json={"role": "admin"}), dict[str, bool]) == {"success": True}
    fails(admin.put("/api/users/bob/role", json={"role": "nothing"}), 400)
    fails(admin.put("/api/users/admin/role", json={"role": "viewer"}), 403, shapes.Message)
    fails(admin.put("/api/users/nobody/role", json={"role": "viewer"}), 404)
    for _ in range(2):  # an unknown name too
        assert rows(admin.delete("/api/users/bob"), dict[str, bool]) == {"success": True}
    fails(admin.delete("/api/users/admin"), 403, shapes.Message)


@endpoint(
    "GET /api/users/{username}/sessions", "DELETE /api/users/{username}/sessions",
    "DELETE /api/users/{username}/sessions/{session_id}",
)  # fmt: skip
def test_own_sessions(contract: Contract) -> None:
    token = contract.app.token("admin")
    mine = rows(contract.admin.get("/api/users/admin/sessions"), list[dict[str, Any]])
    assert {"id", "created_at", "used_at", "expires_at", "address", "agent", "current"} == mine[0].keys()
    fails(contract.viewer.get("/api/users/admin/sessions"), 403)
    fails(contract.admin.get("/api/users/nobody/sessions"), 404)
    assert rows(contract.admin.delete(f"/api/users/admin/sessions/{mine[0]['id']}"), dict[str, bool])["success"]
    fails(contract.admin.delete(f"/api/users/admin/sessions/{mine[0]['id']}"), 404)
    contract.app.token("admin")
    assert rows(contract.admin.delete("/api/users/admin/sessions"), dict[str, Any])["ended"] >= 1
    fails(contract.stranger.get("/api/profile", headers={"Authorization": f"Bearer {token}"}), 401)


@endpoint("GET /api/auth/methods", "GET /api/login/oidc", "GET /api/login/oidc/callback")
def test_own_ways_to_log_in(contract: Contract) -> None:
    assert rows(contract.stranger.get("/api/auth/methods"), dict[str, Any]) == {
        "password": True, "oidc": None, "logout_url": None,
    }  # fmt: skip
    for path in ("/api/login/oidc", "/api/login/oidc/callback?code=x&state=y"):
        fails(contract.stranger.get(path), 404)
