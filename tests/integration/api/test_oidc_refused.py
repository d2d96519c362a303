"""Logins at an OpenID Connect provider that are refused, and what a provider may not do (docs/oidc.md)."""

from __future__ import annotations

import asyncio
import logging
import sys
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response

from dogwatch.api.listener import EXTERNAL
from dogwatch.auth import oidc_provider
from dogwatch.auth.accounts import Accounts
from dogwatch.auth.limits import RateLimit
from dogwatch.errors import ConflictError
from dogwatch.store.database import Database
from dogwatch.testing.app import PASSWORD, Nvr
from tests.oidc_login import BEGIN, CALLBACK, ROLES, at_provider, configured, log_in, problem, profile
from tests.oidc_provider import SECRET, Provider, serving

pytest.importorskip("authlib", reason="authlib is not installed")
pytest.importorskip("httpx2", reason="httpx2 is not installed")


@pytest.fixture
def provider() -> Iterator[Provider]:
    with serving() as found:
        yield found


@pytest.fixture
async def app(tmp_path: Path, provider: Provider) -> AsyncIterator[Nvr]:
    async with configured(tmp_path, provider) as made:
        yield made


WRONG: dict[str, dict[str, Any]] = {
    "nonce": {"nonce": "of another login"},
    "audience": {"aud": "somebody else"},
    "expired": {"exp": 1_000_000_000},
}


@pytest.mark.parametrize("wrong", WRONG)
async def test_tokens_that_prove_nothing(
    app: Nvr, provider: Provider, wrong: str, caplog: pytest.LogCaptureFixture
) -> None:
    provider.spoil = lambda claims: claims.update(WRONG[wrong])
    with caplog.at_level(logging.DEBUG):
        async with app.client(EXTERNAL) as client:
            assert problem(await log_in(client)) == "provider"
            assert (await client.get("/api/profile")).status_code == 401
    assert "a login at the provider from 127.0.0.1 failed" in caplog.text
    assert app.services.authority.accounts.find("ann") is None
    assert not [granted for granted in (*provider.granted, SECRET) if granted in caplog.text]


async def test_other_signatures_are_refused(app: Nvr, provider: Provider, monkeypatch: pytest.MonkeyPatch) -> None:
    """None at all, one with the shared secret, one of another key under the same name."""
    from joserfc import jwt
    from joserfc.jwk import OctKey

    real = jwt.encode

    def unsigned(header: dict[str, Any], claims: dict[str, Any], key: Any, **_: Any) -> str:
        import base64
        import json

        def part(value: Any) -> str:
            return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()

        return f"{part({'alg': 'none'})}.{part(claims)}."

    def shared(header: dict[str, Any], claims: dict[str, Any], key: Any, **_: Any) -> str:
        return real({"alg": "HS256", "kid": key.kid}, claims, OctKey.import_key(SECRET))

    for encode in (unsigned, shared):
        monkeypatch.setattr("tests.oidc_provider.jwt.encode", encode)
        async with app.client(EXTERNAL) as client:
            assert problem(await log_in(client)) == "provider"
        monkeypatch.undo()
    published = provider.key
    provider.rotate("first")
    provider.answer["/jwks"] = JSONResponse({"keys": [published.as_dict(private=False)]})
    async with app.client(EXTERNAL) as client:
        assert problem(await log_in(client)) == "provider"


async def test_a_login_is_of_one_browser_and_ends_once(app: Nvr, provider: Provider) -> None:
    async with app.client(EXTERNAL) as client:
        begun = await client.get(BEGIN)
        back = urlsplit(await at_provider(begun.headers["location"]))._replace(scheme="", netloc="").geturl()
        async with app.client(EXTERNAL) as another:
            assert problem(await another.get(back)) == "expired"
        cookie = {"Cookie": begun.headers["set-cookie"].partition(";")[0]}
        assert (await client.get(back)).headers["location"] == "/"
        asked = len(provider.asked)
        async with app.client(EXTERNAL) as thief:
            assert problem(await thief.get(back, headers=cookie)) == "expired"
        other = await client.get(BEGIN)
        mixed = parse_qs(urlsplit(other.headers["location"]).query)["state"][0]
        for state in (mixed[:-1], "", "x" * 43, "ü"):
            assert problem(await client.get(CALLBACK, params={"state": state, "code": "x"})) == "expired"
        forged = {"Cookie": "dogwatch_login=" + begun.headers["set-cookie"].partition("=")[2][:40]}
        async with app.client(EXTERNAL) as forger:
            assert problem(await forger.get(back, headers=forged)) == "expired"
        assert (await client.get(CALLBACK, params={"state": "x" * 5000})).status_code == 422
        assert len(provider.asked) == asked


async def test_a_login_that_takes_too_long(tmp_path: Path, provider: Provider) -> None:
    async with configured(tmp_path, provider) as app:
        authority, late = app.services.authority, [0.0]
        authority._states._clock = lambda: time.time() + late[0]
        async with app.client(EXTERNAL) as client:
            begun = await client.get(BEGIN)
            back = urlsplit(await at_provider(begun.headers["location"]))._replace(scheme="", netloc="").geturl()
            late[0] = 601
            assert problem(await client.get(back)) == "expired"


async def test_the_provider_refuses(app: Nvr, provider: Provider, caplog: pytest.LogCaptureFixture) -> None:
    provider.refuse = "access_denied\nforged line"
    async with app.client(EXTERNAL) as client:
        assert problem(await log_in(client)) == "refused"
    assert r"the provider says 'access_denied\nforged line'" in caplog.text


async def test_the_secrets_do_not_fit(app: Nvr, provider: Provider, caplog: pytest.LogCaptureFixture) -> None:
    provider.secret = "another"  # and the provider says in its answer what it got
    async with app.client(EXTERNAL) as client:
        assert problem(await log_in(client)) == "provider"
    assert "invalid_client" in caplog.text
    assert SECRET not in caplog.text


DISCOVERY = "/.well-known/openid-configuration"


NONSENSE: list[tuple[str, Response, str]] = [
    (DISCOVERY, PlainTextResponse("no", 500), "answers 500"),
    (DISCOVERY, PlainTextResponse("<html>"), "no JSON"),
    (DISCOVERY, PlainTextResponse("[" * 100_000), "no JSON"),
    (DISCOVERY, JSONResponse([1]), "incomplete"),
    (DISCOVERY, JSONResponse({"issuer": 1}), "incomplete"),
    (DISCOVERY, PlainTextResponse("x" * 300_000), "more than 262144 bytes"),
    (DISCOVERY, PlainTextResponse("x", headers={"Content-Encoding": "gzip"}), "compressed"),
    (DISCOVERY, RedirectResponse("http://127.0.0.1:1/"), "answers 307"),
    ("/jwks", JSONResponse({"keys": []}), "no keys"),
    ("/jwks", JSONResponse({"keys": [{"kty": "oct", "k": "AAAA"}]}), "keys cannot be read"),
    ("/jwks", JSONResponse({"keys": [{"kty": "RSA", "n": "!", "e": 5}]}), "keys cannot be read"),
    ("/jwks", JSONResponse({"keys": [7]}), "keys cannot be read"),
    ("/token", PlainTextResponse("no", 502), "cannot be asked"),
    ("/token", PlainTextResponse("<html>"), "cannot be asked"),
    ("/token", JSONResponse(["x"]), "cannot be asked"),
    ("/token", JSONResponse({"access_token": "x", "token_type": "Bearer"}), "no ID token"),
    ("/token", JSONResponse({"id_token": "x.y.z", "access_token": "x"}), "cannot be read"),
    ("/token", JSONResponse({"id_token": 5}), "no ID token"),
    ("/token", PlainTextResponse("x" * 300_000), "more than 262144 bytes"),
]


@pytest.mark.parametrize("place", [DISCOVERY, "/jwks", "/token"])
async def test_a_provider_that_says_nonsense(
    app: Nvr, provider: Provider, place: str, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(oidc_provider, "AGAIN_S", 0.0)
    app.services.authority._limit = RateLimit(())
    async with app.client(EXTERNAL) as client:
        for path, answer, said in NONSENSE:
            if path != place:
                continue
            caplog.clear()
            provider.answer[path] = answer
            assert problem(await client.get(BEGIN) if path == DISCOVERY else await log_in(client)) == "provider"
            assert said in caplog.text
            assert "Traceback" not in caplog.text
        provider.answer.clear()
        assert (await log_in(client)).headers["location"] == "/"


ELSEWHERE: list[tuple[dict[str, str], str]] = [
    ({"issuer": "https://sso.example"}, "calls itself 'https://sso.example'"),
    ({"token_endpoint": "http://sso.example/token"}, "token_endpoint is not reached over HTTPS"),
    ({"jwks_uri": "file:///etc/passwd"}, "jwks_uri is not reached over HTTPS"),
    ({"authorization_endpoint": "javascript:alert(1)"}, "authorization_endpoint is not reached over HTTPS"),
    ({"end_session_endpoint": "https://user@sso.example/"}, "end_session_endpoint is not reached over HTTPS"),
]


async def test_a_provider_that_names_other_places(
    app: Nvr, provider: Provider, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(oidc_provider, "AGAIN_S", 0.0)
    async with app.client(EXTERNAL) as client:
        for provider.metadata, said in ELSEWHERE:
            assert problem(await client.get(BEGIN)) == "provider"
            assert said in caplog.text


async def test_the_provider_is_away(app: Nvr, provider: Provider, monkeypatch: pytest.MonkeyPatch) -> None:
    async with app.client(EXTERNAL) as client:
        login = app.services.authority.oidc
        assert login is not None
        url, provider.url = provider.url, "http://127.0.0.1:1"
        monkeypatch.setattr(login, "_provider", oidc_provider.OidcProvider(
            login.config.model_copy(update={"issuer": provider.url}), time.time))  # fmt: skip
        for _ in range(2):
            assert problem(await client.get(BEGIN)) == "provider"
        answer = await client.post("/api/login", json={"user": "vera", "password": PASSWORD})
        assert answer.status_code == 200  # passwords do not need it
        provider.url = url


async def test_a_provider_that_hangs(app: Nvr, provider: Provider, monkeypatch: pytest.MonkeyPatch) -> None:
    async def hold(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    server = await asyncio.start_server(hold, "127.0.0.1", 0)
    provider.metadata = {"token_endpoint": f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/token"}
    async with app.client(EXTERNAL) as client:
        begun = await client.get(BEGIN)
        back = urlsplit(await at_provider(begun.headers["location"]))._replace(scheme="", netloc="").geturl()
        monkeypatch.setattr(oidc_provider, "ANSWER_S", 0.5)
        answer, other = await asyncio.gather(client.get(back), client.get("/api/auth/first_time_login"))
        assert problem(answer) == "provider"
        assert other.status_code == 200
    server.close()


async def test_open_redirects(app: Nvr, provider: Provider) -> None:
    async with app.client(EXTERNAL) as client:
        for query in ("next", "redirect", "redirect_uri", "return_to", "url"):
            begun = await client.get(BEGIN, params={query: "https://evil.example/"})
            assert "evil.example" not in begun.headers["location"]
        for header in ("X-Ingress-Path", "X-Forwarded-Host", "X-Original-URL", "Referer"):
            for value in ("//evil.example", "https://evil.example/", "/\\evil.example", "evil.example"):
                begun = await client.get(BEGIN, headers={header: value})
                assert "evil" not in begun.headers["location"]
                assert (await log_in(client, **{header: value})).headers["location"] == "/"
        for host in ("evil.example/x", "a@evil.example", "evil example", "", "nvr\\@evil"):
            assert (await client.get(BEGIN, headers={"Host": host})).status_code == 400
        issuer = {"iss": "https://evil.example"}
        begun = await client.get(BEGIN)
        back = urlsplit(await at_provider(begun.headers["location"]))
        params = {name: values[0] for name, values in parse_qs(back.query).items()} | issuer
        assert problem(await client.get(CALLBACK, params=params)) == "provider"


async def test_who_has_no_role_gets_no_account(app: Nvr, provider: Provider) -> None:
    async with app.client(EXTERNAL) as client:
        for groups in (["strangers"], [], "", None, ["admin"], {"family": 1}):
            provider.user["groups"] = groups
            assert problem(await log_in(client)) == "role"
            assert app.services.authority.accounts.find("ann") is None
        provider.user["groups"] = ["family", "ops"]
        await log_in(client)
        assert (await profile(client))["role"] == "admin"


async def test_nobody_takes_an_account_over(app: Nvr, provider: Provider) -> None:
    async with app.client(EXTERNAL) as client:
        for name in ("admin", "vera"):
            provider.user["preferred_username"] = name
            assert problem(await log_in(client)) == "name"
            user = app.services.authority.accounts.find(name)
            assert user is not None
            assert user.issuer is None


def test_nobody_takes_the_name_of_the_first_user_before_it_is_made(tmp_path: Path) -> None:
    """Login may be switched on while running; the first password is hashed meanwhile."""
    db = Database(f"sqlite:///{tmp_path}/x.db")
    db.migrate()
    with pytest.raises(ConflictError):
        Accounts(db).provided("https://sso.example", "u1", "admin", "admin", None)
    db.close()


async def test_names_that_cannot_be_used(app: Nvr, provider: Provider) -> None:
    async with app.client(EXTERNAL) as client:
        for name in ("a b", None, "ännchen"):
            provider.user["preferred_username"] = name
            assert problem(await log_in(client)) == "name"


async def test_tries_are_limited(tmp_path: Path, provider: Provider) -> None:
    limit = "\n  failed_login_rate_limit: 2/hour"
    async with configured(tmp_path, provider, ROLES, limit) as app, app.client(EXTERNAL) as client:
        for _ in range(5):  # as a page of another site could do, to which browsers send no cookie
            assert problem(await client.get(CALLBACK)) == "expired"
        assert (await log_in(client)).headers["location"] == "/"
        await client.get(BEGIN)
        assert problem(await client.get(CALLBACK)) == "expired"
        assert problem(await log_in(client)) == "tries"
        answer = await client.post("/api/login", json={"user": "vera", "password": PASSWORD})
        assert answer.status_code == 429


async def test_the_package_is_missing(
    app: Nvr, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:

    monkeypatch.setitem(sys.modules, "authlib.integrations.httpx_client", None)
    async with app.client(EXTERNAL) as client:
        assert problem(await client.get(BEGIN)) == "provider"
    assert "pip install 'dogwatch[oidc]'" in caplog.text
