"""Login at an OpenID Connect provider that the tests start (docs/oidc.md)."""

from __future__ import annotations

import asyncio
import logging
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from joserfc.jwk import ECKey
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response

from dogwatch.api.listener import EXTERNAL, INTERNAL
from dogwatch.auth import oidc_provider
from dogwatch.auth.accounts import Accounts
from dogwatch.auth.limits import RateLimit
from dogwatch.errors import ConflictError
from dogwatch.store.database import Database
from dogwatch.testing.app import CONFIG, PASSWORD, Nvr, nvr
from tests.oidc_provider import CLIENT, SECRET, Provider, serving

pytest.importorskip("authlib", reason="authlib is not installed")
pytest.importorskip("httpx2", reason="httpx2 is not installed")

BEGIN, CALLBACK = "/api/login/oidc", "/api/login/oidc/callback"
ROLES = "role_claim: groups, role_map: {front_only: [family], admin: [ops]}"


@pytest.fixture
def provider() -> Iterator[Provider]:
    with serving() as found:
        yield found


@asynccontextmanager
async def configured(directory: Path, provider: Provider, more: str = ROLES, auth: str = "") -> AsyncIterator[Nvr]:
    oidc = f'{{issuer: "{provider.url}", client_id: {CLIENT}, client_secret: "{SECRET}", {more}}}'
    text = CONFIG.replace("auth:", f"auth:\n  oidc: {oidc}{auth}", 1)
    with nvr(directory, text) as app:
        yield app


@pytest.fixture
async def app(tmp_path: Path, provider: Provider) -> AsyncIterator[Nvr]:
    async with configured(tmp_path, provider) as made:
        yield made


async def at_provider(url: str) -> str:
    """Follow a browser to the provider; return where that sends it back to."""
    async with httpx.AsyncClient(verify=False) as outside:
        answer = await outside.get(url)
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


async def log_in(client: httpx.AsyncClient, **headers: str) -> httpx.Response:
    """Go the whole way; return the answer of the callback."""
    begun = await client.get(BEGIN, headers=headers)
    assert begun.status_code == 303
    back = await at_provider(begun.headers["location"])
    return await client.get(urlsplit(back)._replace(scheme="", netloc="").geturl(), headers=headers)


def problem(answer: httpx.Response) -> str:
    """Return what the login page is told; nobody is logged in."""
    assert answer.status_code == 303
    assert not any(one.startswith("frigate_token=") for one in answer.headers.get_list("set-cookie"))
    path, _, query = answer.headers["location"].partition("?problem=")
    assert path == "/login"
    return query


async def profile(client: httpx.AsyncClient) -> dict[str, Any]:
    found: dict[str, Any] = (await client.get("/api/profile")).json()
    return found


async def test_log_in(app: Nvr, provider: Provider) -> None:
    async with app.client(EXTERNAL) as client:
        assert (await client.get("/api/auth/methods")).json() == {
            "password": True,
            "oidc": {"label": "Single sign-on"},
            "logout_url": None,
        }
        begun = await client.get(BEGIN)
        cookie = begun.headers["set-cookie"]
        assert cookie.startswith("dogwatch_login=")
        assert cookie.endswith("; HttpOnly; Max-Age=600; Path=/; SameSite=lax")
        asked = {name: values[0] for name, values in parse_qs(urlsplit(begun.headers["location"]).query).items()}
        assert begun.headers["location"].startswith(f"{provider.url}/authorize?")
        assert asked["redirect_uri"] == f"http://nvr{CALLBACK}"
        assert asked["scope"] == "openid profile"
        assert {"state", "nonce", "code_challenge"} <= set(asked)
        for hidden in (asked["state"], asked["nonce"]):
            assert hidden not in cookie
        answer = await log_in(client)
        assert (answer.status_code, answer.headers["location"]) == (303, "/")
        assert (answer.headers["cache-control"], answer.headers["referrer-policy"]) == ("no-store", "no-referrer")
        gone, session = answer.headers.get_list("set-cookie")
        assert gone.startswith("dogwatch_login=; HttpOnly; Max-Age=0")
        assert session.startswith("frigate_token=")
        assert await profile(client) == {"username": "ann", "role": "front_only", "allowed_cameras": ["front"]}
    async with app.client(INTERNAL) as client:
        assert {"username": "ann", "role": "front_only", "login": "oidc"} in (await client.get("/api/users")).json()
        assert len((await client.get("/api/users/ann/sessions")).json()) == 1
    async with app.client(EXTERNAL) as client:  # passwords work beside it
        answer = await client.post("/api/login", json={"user": "vera", "password": PASSWORD})
        assert answer.status_code == 200


async def test_without_a_provider_there_is_no_such_login(tmp_path: Path) -> None:
    with nvr(tmp_path) as app:
        async with app.client(EXTERNAL) as client:
            assert (await client.get("/api/auth/methods")).json()["oidc"] is None
            for path in (BEGIN, f"{CALLBACK}?code=x&state=y"):
                answer = await client.get(path)
                assert (answer.status_code, "message" in answer.json()) == (404, True)


@pytest.mark.parametrize("algorithm", ["RS256", "PS512", "ES256"])
async def test_signatures(app: Nvr, provider: Provider, algorithm: str) -> None:
    provider.algorithm = algorithm
    if algorithm == "ES256":
        provider.key = ECKey.generate_key("P-256", {"kid": "curve", "use": "sig"})
    async with app.client(EXTERNAL) as client:
        assert (await log_in(client)).headers["location"] == "/"


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


async def test_a_clock_that_is_a_little_wrong(app: Nvr, provider: Provider) -> None:
    for off in (-360.0, 90.0):
        provider.delay = lambda off=off: off  # type: ignore[misc]
        async with app.client(EXTERNAL) as client:
            assert (await log_in(client)).headers["location"] == "/", off
    provider.delay = lambda: -1000.0
    async with app.client(EXTERNAL) as client:
        assert problem(await log_in(client)) == "provider"


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


async def test_keys_are_kept_and_rotated(app: Nvr, provider: Provider, monkeypatch: pytest.MonkeyPatch) -> None:
    async with app.client(EXTERNAL) as client:
        assert (await log_in(client)).headers["location"] == "/"
        assert (await log_in(client)).headers["location"] == "/"
        assert provider.asked.count("/jwks") == provider.asked.count("/.well-known/openid-configuration") == 1
        provider.rotate()
        assert problem(await log_in(client)) == "provider"  # the keys were read a moment ago: forged tokens ask no more
        assert provider.asked.count("/jwks") == 1
        monkeypatch.setattr(oidc_provider, "AGAIN_S", 0.0)
        assert (await log_in(client)).headers["location"] == "/"
        assert provider.asked.count("/jwks") == 2


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


@pytest.mark.parametrize(
    ("more", "auth", "headers", "expected"),
    [
        ("", "", {"Host": "nvr.example:8971"}, "http://nvr.example:8971"),
        ("", "", {"X-Forwarded-Proto": "https", "X-Forwarded-Host": "nvr.example"}, "http://nvr"),
        ("", "\n  trusted_proxies: [127.0.0.1]", {"X-Forwarded-Proto": "https", "X-Forwarded-Host": "nvr.example"},
         "https://nvr.example"),
        ("", "\n  trusted_proxies: [127.0.0.1]", {"X-Forwarded-Proto": "https", "X-Ingress-Path": "/cams"},
         "https://nvr/cams"),
        (', external_url: "https://nvr.example/cams/"', "", {"X-Forwarded-Host": "evil"}, "https://nvr.example/cams"),
    ],
)  # fmt: skip
async def test_behind_a_proxy(
    tmp_path: Path, provider: Provider, more: str, auth: str, headers: dict[str, str], expected: str
) -> None:
    async with configured(tmp_path, provider, ROLES + more, auth) as app, app.client(EXTERNAL) as client:
        begun = await client.get(BEGIN, headers=headers)
        asked = parse_qs(urlsplit(begun.headers["location"]).query)
        assert asked["redirect_uri"] == [f"{expected}{CALLBACK}"]
        secure = expected.startswith("https") and "X-Forwarded-Proto" in headers
        assert begun.headers["set-cookie"].endswith("; Secure") is secure
        back = await at_provider(begun.headers["location"])
        query = urlsplit(back).query
        answer = await client.get(f"{CALLBACK}?{query}", headers={**headers, "Cookie": begun.headers["set-cookie"]})
        assert answer.headers["location"] == f"{headers.get('X-Ingress-Path', '')}/"


async def test_who_has_no_role_gets_no_account(app: Nvr, provider: Provider) -> None:
    async with app.client(EXTERNAL) as client:
        for groups in (["strangers"], [], "", None, ["admin"], {"family": 1}):
            provider.user["groups"] = groups
            assert problem(await log_in(client)) == "role"
            assert app.services.authority.accounts.find("ann") is None
        provider.user["groups"] = ["family", "ops"]
        await log_in(client)
        assert (await profile(client))["role"] == "admin"


async def test_what_the_id_token_lacks_is_asked_for(app: Nvr, provider: Provider) -> None:
    provider.user = {"sub": "u1"}
    provider.info = {"preferred_username": "ann", "groups": ["ops"]}
    async with app.client(EXTERNAL) as client:
        await log_in(client)
        assert (await profile(client))["role"] == "admin"
    provider.info["sub"] = "another"
    async with app.client(EXTERNAL) as client:
        assert problem(await log_in(client)) == "provider"


async def test_the_role_follows_the_provider(app: Nvr, provider: Provider) -> None:
    async with app.client(EXTERNAL) as early, app.client(EXTERNAL) as client:
        await log_in(early)
        provider.user["groups"] = ["ops"]
        await log_in(client)
        assert (await profile(early))["role"] == (await profile(client))["role"] == "admin"
        provider.user["groups"] = []
        async with app.client(EXTERNAL) as third:
            assert problem(await log_in(third)) == "role"


async def test_a_role_that_is_given_here_stays(tmp_path: Path, provider: Provider) -> None:
    async with configured(tmp_path, provider, "default_role: viewer") as app, app.client(EXTERNAL) as client:
        await log_in(client)
        app.services.authority.accounts.set_role("ann", "front_only")
        await log_in(client)
        assert (await profile(client))["role"] == "front_only"


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


async def test_the_subject_counts_not_the_name(app: Nvr, provider: Provider) -> None:
    async with app.client(EXTERNAL) as client:
        await log_in(client)
        provider.user["preferred_username"] = "anna"
        await log_in(client)
        assert (await profile(client))["username"] == "ann"
        provider.user = {**provider.user, "sub": "u2", "preferred_username": "ann"}
        async with app.client(EXTERNAL) as another:
            assert problem(await log_in(another)) == "name"


async def test_names_that_cannot_be_used(app: Nvr, provider: Provider) -> None:
    async with app.client(EXTERNAL) as client:
        for name in ("a b", None, "ännchen"):
            provider.user["preferred_username"] = name
            assert problem(await log_in(client)) == "name"


async def test_a_name_with_an_at_sign(tmp_path: Path, provider: Provider) -> None:
    provider.user["email"] = "ann-marie+nvr@example.org"
    more = ROLES + ", username_claim: email"
    async with configured(tmp_path, provider, more) as app, app.client(EXTERNAL) as client:
        await log_in(client)
        assert (await profile(client))["username"] == "ann-marie+nvr@example.org"
        assert (await client.get("/api/auth")).headers["remote-user"] == "ann-marie+nvr@example.org"


async def test_such_an_account_has_no_password(app: Nvr, provider: Provider) -> None:
    async with app.client(EXTERNAL) as client:
        await log_in(client)
    async with app.client(EXTERNAL) as client:
        for password in ("", "x", PASSWORD):
            answer = await client.post("/api/login", json={"user": "ann", "password": password})
            assert answer.status_code == 401
    async with app.client(INTERNAL) as client:
        answer = await client.put("/api/users/ann/password", json={"password": "a long new password"})
        assert (answer.status_code, "provider" in answer.json()["message"]) == (400, True)


async def test_log_out(app: Nvr, provider: Provider) -> None:
    async with app.client(EXTERNAL) as client:
        await log_in(client)
        out = await client.get("/api/logout")
        assert out.status_code == 303
        where = urlsplit(out.headers["location"])
        assert out.headers["location"].startswith(f"{provider.url}/logout?")
        assert parse_qs(where.query) == {
            "a": ["b"], "client_id": [CLIENT], "post_logout_redirect_uri": ["http://nvr/login"],
        }  # fmt: skip
        assert out.headers["set-cookie"].startswith("frigate_token=; ")
        assert (await client.get("/api/profile")).status_code == 401
    async with app.client(EXTERNAL, "vera") as client:
        assert (await client.get("/api/logout")).headers["location"] == "/login"


async def test_log_out_here_alone(tmp_path: Path, provider: Provider) -> None:
    async with configured(tmp_path, provider, ROLES + ", sign_out: false") as app, app.client(EXTERNAL) as client:
        await log_in(client)
        assert (await client.get("/api/logout")).headers["location"] == "/login"


async def test_log_out_while_the_provider_is_away(app: Nvr, provider: Provider) -> None:
    async with app.client(EXTERNAL) as client:
        await log_in(client)
        login = app.services.authority.oidc
        assert login is not None
        away = login.config.model_copy(update={"issuer": "http://127.0.0.1:1"})
        login._provider = oidc_provider.OidcProvider(away, time.time)
        assert (await client.get("/api/logout")).headers["location"] == "/login"
        assert (await client.get("/api/profile")).status_code == 401


async def test_a_session_does_not_go_on_for_ever(tmp_path: Path, provider: Provider) -> None:
    async with configured(tmp_path, provider, ROLES + ", session_limit: 3600") as app:
        authority = app.services.authority
        async with app.client(EXTERNAL) as client:
            await log_in(client)
            authority._clock = lambda: time.time() + 3500
            assert (await client.get("/api/profile")).status_code == 200
            authority._clock = lambda: time.time() + 3700
            assert (await client.get("/api/profile")).status_code == 401
        async with app.client(EXTERNAL, "vera") as client:
            assert (await client.get("/api/users")).status_code in (401, 403)


async def test_without_the_provider_its_users_have_no_session(app: Nvr, provider: Provider) -> None:
    authority, config = app.services.authority, app.services.config
    async with app.client(EXTERNAL) as client:
        await log_in(client)
        none = config.auth.oidc.model_copy(update={"issuer": None})
        authority.configure(config.auth.model_copy(update={"oidc": none}), config.proxy)
        assert (await client.get("/api/profile")).status_code == 401
        other = config.auth.oidc.model_copy(update={"issuer": "https://sso.example"})
        authority.configure(config.auth.model_copy(update={"oidc": other}), config.proxy)
        assert (await client.get("/api/profile")).status_code == 401
        authority.configure(config.auth, config.proxy)
        assert (await client.get("/api/profile")).status_code == 200


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


async def test_limited_roles_learn_nothing_of_other_roles(app: Nvr) -> None:
    async with app.client(EXTERNAL, "frida") as client:
        shown = (await client.get("/api/config")).json()["auth"]["oidc"]
        assert not {"role_map", "default_role"} & set(shown)
        assert SECRET not in str(shown)
    async with app.client(INTERNAL) as client:
        text = (await client.get("/api/config")).text
        assert SECRET not in text
