"""Tokens: login, logout, narrower ones (contract, section 2)."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from dogwatch.auth import file_tokens
from dogwatch.auth.file_tokens import FileScope
from dogwatch.testing.app import EXTERNAL, INTERNAL, KEY, PASSWORD, Nvr
from dogwatch.testing.video_files import files_nvr
from tests.integration.contract.files.conftest import CONTENT, done, fails, uploaded

endpoint = pytest.mark.files_endpoint
LOGIN, ME, LOGOUT, TOKEN = (f"/api/v1/auth/{name}" for name in ("login", "me", "logout", "token"))
FILE_KEY = file_tokens.file_key(KEY)
GOOD = {"typ": "JWT", "alg": "HS256"}


class Clock:
    """A clock that stands, a little after the accounts were made."""

    def __init__(self) -> None:
        self.now = time.time() + 5

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def app(tmp_path: Path, clock: Clock) -> Iterator[Nvr]:
    with files_nvr(tmp_path, clock=clock) as made:
        yield made


@pytest.fixture
async def client(app: Nvr) -> AsyncIterator[httpx.AsyncClient]:
    """Somebody who is not logged in."""
    async with app.client(EXTERNAL) as made:
        yield made


def bearer(text: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {text}"}


async def logged_in(client: httpx.AsyncClient, user: str = "vera") -> str:
    return str(done(await client.post(LOGIN, json={"username": user, "password": PASSWORD}))["jwt"])


def invalid(answer: httpx.Response) -> None:
    fails(answer, 401, "unauthorized")
    assert answer.headers["www-authenticate"] == 'Bearer error="invalid_token"'


def part(text: str, number: int) -> dict[str, Any]:
    """Return a part of a token."""
    raw = text.split(".")[number]
    found: dict[str, Any] = json.loads(base64.urlsafe_b64decode(raw + "=" * (-len(raw) % 4)))
    return found


@endpoint("POST /api/v1/auth/login", "GET /api/v1/auth/me")
@pytest.mark.parametrize(("user", "role", "files"), [("vera", "user", "own"), ("admin", "admin", "all")])
async def test_a_login(client: httpx.AsyncClient, clock: Clock, user: str, role: str, files: str) -> None:
    body = done(await client.post(LOGIN, json={"username": user, "password": PASSWORD, "more": 1}))
    assert body == {
        "success": True, "jwt": body["jwt"], "token_type": "Bearer", "expires_at": body["expires_at"],
        "user": {"username": user, "role": role},
    }  # fmt: skip
    assert part(body["jwt"], 0) == {"typ": "JWT", "alg": "HS256"}
    claims = part(body["jwt"], 1)
    assert claims.keys() == {"sub", "role", "iat", "exp", "jti", "scope"}
    assert (claims["sub"], claims["role"]) == (user, role)
    assert claims["exp"] - claims["iat"] == 3600
    assert claims["scope"] == {"files": files, "actions": ["read", "write"]}
    me = done(await client.get(ME, headers=bearer(body["jwt"])))
    assert me == {
        "success": True, "user": {"username": user, "role": role}, "scope": claims["scope"],
        "expires_at": body["expires_at"],
    }  # fmt: skip


@endpoint("POST /api/v1/auth/login")
async def test_wrong_names_and_passwords_are_answered_alike(client: httpx.AsyncClient) -> None:
    answers = [
        await client.post(LOGIN, json={"username": name, "password": password})
        for name, password in (("vera", "wrong"), ("nobody", PASSWORD), ("a\0b", "x" * 5000), ("v" * 300, "\0"))
    ]
    for answer in answers:
        fails(answer, 401, "bad_credentials")
    assert len({answer.content for answer in answers}) == 1


@endpoint("POST /api/v1/auth/login")
async def test_failures_are_counted(client: httpx.AsyncClient) -> None:
    for _ in range(10):
        await logged_in(client)  # who knows the password may come as often as he likes
    for _ in range(5):
        fails(await client.post(LOGIN, json={"username": "vera", "password": "x"}), 401, "bad_credentials")
    answer = await client.post(LOGIN, json={"username": "vera", "password": PASSWORD})
    fails(answer, 429, "rate_limited")
    assert int(answer.headers["retry-after"]) > 0


@endpoint("POST /api/v1/auth/login")
@pytest.mark.parametrize(
    ("sent", "status", "code"),
    [
        ({"content": b"{", "headers": {"content-type": "application/json"}}, 400, "bad_json"),
        ({"content": b"[]", "headers": {"content-type": "application/json"}}, 400, "bad_json"),
        ({"content": b"[" * 100_000, "headers": {"content-type": "application/json"}}, 400, "bad_json"),
        ({"content": b"\xff", "headers": {"content-type": "application/json"}}, 400, "bad_json"),
        ({"json": {"username": "vera"}}, 400, "bad_field"),
        ({"json": {"username": 1, "password": "x"}}, 400, "bad_field"),
        ({"data": {"username": "vera"}}, 415, "bad_media_type"),
        ({}, 400, "bad_field"),
    ],
    ids=["half", "list", "deep", "bytes", "missing", "number", "form", "empty"],
)
async def test_bodies_that_are_none(client: httpx.AsyncClient, sent: dict[str, Any], status: int, code: str) -> None:
    answer = await client.post(LOGIN, **sent)
    fails(answer, status, code)
    assert PASSWORD not in answer.text


@endpoint("POST /api/v1/auth/logout")
async def test_a_token_that_has_logged_out(app: Nvr, client: httpx.AsyncClient) -> None:
    one, other = await logged_in(client), await logged_in(client)
    assert done(await client.post(LOGOUT, headers=bearer(one))) == {"success": True}
    invalid(await client.get(ME, headers=bearer(one)))
    done(await client.get(ME, headers=bearer(other)))
    app.services.file_access._revoked.forget()  # as after a restart
    invalid(await client.get(ME, headers=bearer(one)))


async def test_life_and_leeway(client: httpx.AsyncClient, clock: Clock) -> None:
    text = await logged_in(client)
    began = clock.now
    try:
        clock.now = began + 3629
        done(await client.get(ME, headers=bearer(text)))
        clock.now = began + 3632
        invalid(await client.get(ME, headers=bearer(text)))
    finally:
        clock.now = began


async def test_who_is_gone_or_has_another_password_or_role(app: Nvr, client: httpx.AsyncClient, clock: Clock) -> None:
    accounts = app.services.authority.accounts
    accounts.add("ann", PASSWORD, "admin")
    text = await logged_in(client, "ann")
    done(await client.get(ME, headers=bearer(text)))
    accounts.set_role("ann", "viewer")
    invalid(await client.get(ME, headers=bearer(text)))
    accounts.set_role("ann", "admin")
    done(await client.get(ME, headers=bearer(text)))
    clock.now += 3
    changed = accounts.set_password("ann", "another long password").password_changed_at
    assert file_tokens.decode(FILE_KEY, text, clock.now) is not None
    older, text = (forged(GOOD, {**part(text, 1), "iat": int(changed) - seconds}) for seconds in (1, 0))
    invalid(await client.get(ME, headers=bearer(older)))
    done(await client.get(ME, headers=bearer(text)))
    accounts.remove("ann")
    invalid(await client.get(ME, headers=bearer(text)))


def forged(header: dict[str, Any], claims: dict[str, Any], key: Any = FILE_KEY) -> str:
    from joserfc import jwt

    return jwt.encode(header, claims, key.jwk, algorithms=[header["alg"]])


def unsigned(header: dict[str, Any], claims: dict[str, Any]) -> str:
    def raw(value: dict[str, Any]) -> str:
        return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")

    return f"{raw(header)}.{raw(claims)}."


async def test_tokens_that_are_none(client: httpx.AsyncClient, clock: Clock) -> None:
    text = await logged_in(client)
    claims = part(text, 1)
    good = GOOD
    done(await client.get(ME, headers=bearer(forged(good, claims))))
    head, body, signature = text.split(".")
    bad = {
        "none": unsigned({"typ": "JWT", "alg": "none"}, claims),
        "no signature": f"{head}.{body}.",
        "two parts": f"{head}.{body}",
        "another signature": f"{head}.{body}.{signature[:-4]}AAAA",
        "another body": f"{head}.{text.split('.')[0]}.{signature}",
        "HS512": forged({"typ": "JWT", "alg": "HS512"}, claims),
        "the key of sessions": forged(good, claims, KEY),
        "more in the header": forged({**good, "kid": "x"}, claims),
        "long": "x" * 7000,
        "empty": "",
        "letters": "\xe4\xf6\xfc",
        **{f"without {name}": forged(good, {one: claims[one] for one in claims if one != name}) for name in claims},
        "exp as text": forged(good, {**claims, "exp": str(claims["exp"])}),
        "exp true": forged(good, {**claims, "exp": True}),
        "iat far ahead": forged(good, {**claims, "iat": claims["iat"] + 200_000, "exp": claims["exp"] + 200_000}),
        "role root": forged(good, {**claims, "role": "root"}),
        "role admin": forged(good, {**claims, "role": "admin"}),
        "scope text": forged(good, {**claims, "scope": "all"}),
        "scope every": forged(good, {**claims, "scope": {"files": "every", "actions": ["read"]}}),
        "scope action": forged(good, {**claims, "scope": {"files": "all", "actions": ["delete"]}}),
        "scope numbers": forged(good, {**claims, "scope": {"files": [1], "actions": ["read"]}}),
        "of nobody": forged(good, {**claims, "sub": "nobody"}),
    }  # fmt: skip
    for name, one in bad.items():
        answer = await client.get(ME, headers=[(b"authorization", b"Bearer " + one.encode("latin-1"))])
        assert answer.status_code == 401, name
        invalid(answer)
    answer = await client.get(ME)
    fails(answer, 401, "unauthorized")
    assert answer.headers["www-authenticate"] == "Bearer"
    for scheme in ("Basic eDp4", "Bearer"):
        assert (await client.get(ME, headers={"Authorization": scheme})).status_code == 401


@endpoint("POST /api/v1/auth/token")
async def test_narrower_tokens(client: httpx.AsyncClient, admin: httpx.AsyncClient, clock: Clock) -> None:
    text = await logged_in(client)
    mine = (await uploaded_by(client, text))["file_uuid"]
    theirs = (await uploaded(admin))["file_uuid"]

    async def narrowed(of: str, **body: Any) -> httpx.Response:
        return await client.post(TOKEN, json=body, headers=bearer(of))

    made = done(await narrowed(text, files=[mine.upper()]), 201)
    assert made.keys() == {"success", "jwt", "expires_at"}
    claims = part(made["jwt"], 1)
    assert claims["scope"] == {"files": [mine], "actions": ["read"]}
    assert claims["exp"] - claims["iat"] == 900
    assert (await client.get(f"/api/v1/file/{mine}/video?token={made['jwt']}")).content == CONTENT
    fails(await client.delete(f"/api/v1/file/{mine}", headers=bearer(made["jwt"])), 403, "file_forbidden")
    fails(await client.get(f"/api/v1/file/{theirs}", headers=bearer(made["jwt"])), 403, "file_forbidden")
    listed = done(await client.get("/api/v1/files", headers=bearer(made["jwt"])))
    assert [file["file_uuid"] for file in listed["files"]] == [mine]

    for files in ([theirs], ["0" * 32], [mine, theirs]):
        fails(await narrowed(text, files=files), 403, "scope_too_wide")
    fails(await narrowed(made["jwt"], files=[mine], actions=["read", "write"]), 403, "scope_too_wide")
    fails(await narrowed(made["jwt"], files=[theirs]), 403, "scope_too_wide")
    assert part(done(await narrowed(text, files=[mine], actions=["write"], ttl_seconds=86400), 201)["jwt"], 1)[
        "exp"
    ] == (int(clock.now) + 86400)
    again = part(done(await narrowed(made["jwt"], files=[mine], ttl_seconds=86400), 201)["jwt"], 1)
    assert again["exp"] <= claims["exp"], "a token for a file must not prolong itself"
    everything = await logged_in(client, "admin")
    done(await narrowed(everything, files=[mine, theirs, "0" * 32]), 201)
    fails(await narrowed(text, files=["x"]), 400, "bad_file_uuid")
    wrong: list[dict[str, Any]] = [
        {}, {"files": []}, {"files": "own"}, {"files": [mine], "actions": []}, {"files": [mine], "actions": ["delete"]},
        {"files": [mine], "ttl_seconds": 59}, {"files": [mine], "ttl_seconds": 86401},
        {"files": [mine], "ttl_seconds": "60"}, {"files": [mine] * 1001}, {"files": [mine], "ttl_seconds": True},
    ]  # fmt: skip
    for body in wrong:
        fails(await narrowed(text, **body), 400, "bad_field")


@endpoint("POST /api/v1/auth/token", "POST /api/v1/auth/logout")
async def test_a_token_ends_with_that_which_it_was_made_with(app: Nvr, client: httpx.AsyncClient) -> None:
    text, other = await logged_in(client), await logged_in(client)
    mine = (await uploaded_by(client, text))["file_uuid"]

    async def narrowed(of: str) -> str:
        answer = await client.post(TOKEN, json={"files": [mine], "ttl_seconds": 86_400}, headers=bearer(of))
        return str(done(answer, 201)["jwt"])

    child, sibling = await narrowed(text), await narrowed(text)
    grandchild, stranger = await narrowed(child), await narrowed(other)
    done(await client.post(LOGOUT, headers=bearer(sibling)))
    invalid(await client.get(ME, headers=bearer(sibling)))
    for one in (child, grandchild, text, stranger):
        done(await client.get(ME, headers=bearer(one)))
    done(await client.post(LOGOUT, headers=bearer(text)))
    app.services.file_access._revoked.forget()  # as after a restart
    for one in (child, grandchild, text):
        invalid(await client.get(ME, headers=bearer(one)))
    done(await client.get(ME, headers=bearer(stranger)))


async def test_a_revoked_token_is_remembered_as_long_as_those_made_with_it(
    app: Nvr, client: httpx.AsyncClient, clock: Clock
) -> None:
    text = await logged_in(client)
    mine = (await uploaded_by(client, text))["file_uuid"]
    answer = await client.post(TOKEN, json={"files": [mine], "ttl_seconds": 86_400}, headers=bearer(text))
    child = done(answer, 201)["jwt"]
    done(await client.post(LOGOUT, headers=bearer(text)))
    began = clock.now
    try:
        clock.now = began + 2 * 3600  # the login would have expired
        done(await client.post(LOGOUT, headers=bearer(await logged_in(client))))  # forgets what has expired
        app.services.file_access._revoked.forget()
        invalid(await client.get(ME, headers=bearer(child)))
    finally:
        clock.now = began


async def test_a_token_of_a_session_ends_with_it(app: Nvr, client: httpx.AsyncClient) -> None:
    async with app.client(EXTERNAL, "vera") as vera:
        mine = (await uploaded(vera))["file_uuid"]
        made = done(await vera.post(TOKEN, json={"files": [mine]}), 201)["jwt"]
        done(await client.get(f"/api/v1/file/{mine}", headers=bearer(made)))
        done(await vera.post(LOGOUT))
    invalid(await client.get(f"/api/v1/file/{mine}", headers=bearer(made)))


async def test_tokens_are_not_made_of_one_another_for_ever(client: httpx.AsyncClient) -> None:
    text = await logged_in(client)
    mine = (await uploaded_by(client, text))["file_uuid"]
    for _ in range(file_tokens.MOST_PARTS - 1):
        text = done(await client.post(TOKEN, json={"files": [mine]}, headers=bearer(text)), 201)["jwt"]
    fails(await client.post(TOKEN, json={"files": [mine]}, headers=bearer(text)), 403, "scope_too_wide")


async def uploaded_by(client: httpx.AsyncClient, text: str) -> dict[str, Any]:
    answer = await client.post("/api/v1/files", files={"file": ("a.mp4", CONTENT)}, headers=bearer(text))
    file: dict[str, Any] = done(answer, 201)["file"]
    return file


async def test_tokens_of_the_listener_without_login(app: Nvr, client: httpx.AsyncClient) -> None:
    """Nobody can have the name that they are made out to."""
    async with app.client(INTERNAL) as inside:
        me = done(await inside.get(ME))
        assert (me["user"], me["expires_at"]) == ({"username": "anonymous", "role": "admin"}, None)
        file = await uploaded(inside)
        made = done(await inside.post(TOKEN, json={"files": [file["file_uuid"]]}), 201)["jwt"]
    assert done(await client.get(ME, headers=bearer(made)))["user"]["username"] == "anonymous"
    assert " " in part(made, 1)["sub"]
    done(await client.get(f"/api/v1/file/{file['file_uuid']}", headers=bearer(made)))


@pytest.mark.usefixtures("app")
async def test_no_token_and_no_password_in_the_log(
    client: httpx.AsyncClient, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level("DEBUG")
    text = await logged_in(client)
    await client.get(f"/api/v1/file/{'0' * 32}/video?token={text}")
    await client.post(LOGIN, json={"username": "vera", "password": "a wrong one"})
    said = caplog.text + "".join(capfd.readouterr())
    assert text.split(".")[2] not in said.replace(f"?token={text}", "")
    assert "a wrong one" not in said
    assert PASSWORD not in said


def test_a_scope_is_written_the_same_way_each_time() -> None:
    assert FileScope(frozenset({"b", "a"}), frozenset({"write", "read"})).body() == {
        "files": ["a", "b"],
        "actions": ["read", "write"],
    }
