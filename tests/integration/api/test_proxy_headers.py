"""Identities that a proxy passes on, and what a client makes of its headers."""

import json
from pathlib import Path
from typing import Any

import pytest

from dogwatch.api.listener import EXTERNAL, INTERNAL
from dogwatch.testing.app import CONFIG, Nvr, nvr
from tests.routes import exchange

SECRET = ("X-Proxy-Secret", "between us")
MAPPED = "header_map: {user: Remote-User, role: Remote-Groups}"
GROUPS = "header_map: {user: Remote-User, role: Remote-Groups, role_map: {admin: [ops], front_only: [family, 'a,ops']}}"


def behind(proxy: str, *, login: bool = False) -> str:
    """Return a configuration with a proxy in front, which says who somebody is unless there is a `login`."""
    text = CONFIG if login else CONFIG.replace("auth:", "auth:\n  enabled: false")
    return text.replace("mqtt:", f"proxy: {{auth_secret: between us, {proxy}}}\nmqtt:")


async def profile(app: Nvr, *headers: tuple[str, str], listener: Any = EXTERNAL, user: str | None = None) -> Any:
    """Return name and role, or the status of a refusal."""
    answer = await exchange(app, listener, user, "GET", "/api/profile", list(headers))
    if answer.status != 200:
        return answer.status
    found = json.loads(answer.body)
    return found["username"], found["role"]


@pytest.mark.parametrize(
    "headers",
    [
        [],
        [("X-Proxy-Secret", "")],
        [("X-Proxy-Secret", "between")],
        [("X-Proxy-Secret", "between us ")],
        [("X-Proxy-Secret", "Between us")],
        [("X-Proxy-Secret", "between us\0")],
        [("X-Proxy-Secret", "between us, between us")],
        [("X-Proxy-Secret", "b\xe9tween us")],
        [SECRET, SECRET],
        [SECRET, ("X-Proxy-Secret", "x")],
        [("X-Proxy-Secret", "x"), SECRET],
        [("X_Proxy_Secret", "between us")],
        [("Proxy-Secret", "between us")],
    ],
)
async def test_the_secret(tmp_path: Path, headers: list[tuple[str, str]]) -> None:
    with nvr(tmp_path, behind(MAPPED)) as app:
        said = [("Remote-User", "ann"), ("Remote-Groups", "admin")]
        assert await profile(app, *headers, *said) == 401
        assert await profile(app, SECRET, *said) == ("ann", "admin")


async def test_the_secret_counts_beside_a_login_too(tmp_path: Path) -> None:
    with nvr(tmp_path, behind(MAPPED, login=True)) as app:
        assert await profile(app, user="vera") == 401
        assert await profile(app, SECRET, user="vera") == ("vera", "viewer")
        # With a login, headers say nothing.
        claims = [("Remote-User", "admin"), ("Remote-Groups", "admin")]
        assert await profile(app, SECRET, *claims, user="vera") == ("vera", "viewer")
        assert await profile(app, SECRET, *claims) == 401


@pytest.mark.parametrize(
    ("headers", "found"),
    [
        ([("Remote-User", "ann")], ("ann", "viewer")),
        ([], ("viewer", "viewer")),
        # Of two headers, one is the client's own.
        ([("Remote-User", "admin"), ("Remote-User", "ann")], 401),
        ([("Remote-User", "ann"), ("remote-user", "ann")], 401),
        ([("Remote-User", "ann"), ("Remote-Groups", "x"), ("Remote-Groups", "admin")], 401),
        # A list is a name, not several.
        ([("Remote-User", "ann,admin")], ("ann,admin", "viewer")),
        # Other spellings are other headers.
        ([("Remote_User", "admin"), ("Remote_Groups", "admin")], ("viewer", "viewer")),
        ([("REMOTE-USER", "ann"), ("REMOTE-GROUPS", "front_only")], ("ann", "front_only")),
        ([("X-Forwarded-User", "admin"), ("X-Forwarded-Groups", "admin")], ("viewer", "viewer")),
        ([("Remote-Role", "admin"), ("X-Remote-Role", "admin")], ("viewer", "viewer")),
        ([("Remote-User", "ann"), ("Remote-Groups", "admin|x")], ("ann", "viewer")),
        ([("Remote-User", "ann"), ("Remote-Groups", "administrators")], ("ann", "viewer")),
        ([("Remote-User", "ann"), ("Remote-Groups", "not admin")], ("ann", "viewer")),
        ([("Remote-User", "admin"), ("Remote-Groups", "")], ("admin", "viewer")),
    ],
)
async def test_who_it_is(tmp_path: Path, headers: list[tuple[str, str]], found: Any) -> None:
    with nvr(tmp_path, behind(MAPPED)) as app:
        assert await profile(app, SECRET, *headers) == found


@pytest.mark.parametrize(
    ("separator", "value", "role"),
    [
        (",", "family", "front_only"),
        (",", "family,ops", "admin"),
        (",", "family|ops", "viewer"),
        ("|", "family|ops", "admin"),
        ("|", "family,ops", "viewer"),  # with another separator, a comma is a part of a name
        ("|", "a,ops", "front_only"),
        (",", "admin", "viewer"),  # a role's own name is no group
        (";", "x;OPS", "viewer"),
        (";", " ops ; x", "admin"),
    ],
)
async def test_separators_make_nobody_more(tmp_path: Path, separator: str, value: str, role: str) -> None:
    with nvr(tmp_path, behind(f"{GROUPS}, separator: '{separator}'")) as app:
        assert await profile(app, SECRET, ("Remote-User", "ann"), ("Remote-Groups", value)) == ("ann", role)


@pytest.mark.parametrize("login", [True, False])
async def test_nobody_says_who_they_are_on_the_internal_listener(tmp_path: Path, login: bool) -> None:
    with nvr(tmp_path, behind(MAPPED, login=login)) as app:
        claims = [("Remote-User", "vera"), ("Remote-Groups", "front_only"), ("X-Proxy-Secret", "wrong")]
        assert await profile(app, *claims, listener=INTERNAL) == ("anonymous", "admin")


async def test_a_limited_role_by_proxy_stays_limited(tmp_path: Path) -> None:
    with nvr(tmp_path, behind(MAPPED)) as app:
        ann = [SECRET, ("Remote-User", "ann"), ("Remote-Groups", "front_only")]
        for target, status in (("/api/front/latest.jpg", 200), ("/api/back/latest.jpg", 403), ("/api/users", 403)):
            assert (await exchange(app, EXTERNAL, None, "GET", target, ann)).status == status
        token = ("Authorization", f"Bearer {app.token('admin')}")
        assert await profile(app, *ann, token) == ("ann", "front_only")  # no login here, so no token either
