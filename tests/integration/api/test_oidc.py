"""Login at an OpenID Connect provider that the tests start (docs/oidc.md)."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from joserfc.jwk import ECKey

from dogwatch.api.listener import EXTERNAL, INTERNAL
from dogwatch.auth import oidc_provider
from dogwatch.testing.app import PASSWORD, Nvr, nvr
from tests.oidc_login import BEGIN, CALLBACK, ROLES, at_provider, configured, log_in, problem, profile
from tests.oidc_provider import CLIENT, SECRET, Provider, serving

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


async def test_a_clock_that_is_a_little_wrong(app: Nvr, provider: Provider) -> None:
    for off in (-360.0, 90.0):
        provider.delay = lambda off=off: off  # type: ignore[misc]
        async with app.client(EXTERNAL) as client:
            assert (await log_in(client)).headers["location"] == "/", off
    provider.delay = lambda: -1000.0
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


async def test_the_subject_counts_not_the_name(app: Nvr, provider: Provider) -> None:
    async with app.client(EXTERNAL) as client:
        await log_in(client)
        provider.user["preferred_username"] = "anna"
        await log_in(client)
        assert (await profile(client))["username"] == "ann"
        provider.user = {**provider.user, "sub": "u2", "preferred_username": "ann"}
        async with app.client(EXTERNAL) as another:
            assert problem(await log_in(another)) == "name"


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


async def test_limited_roles_learn_nothing_of_other_roles(app: Nvr) -> None:
    async with app.client(EXTERNAL, "frida") as client:
        shown = (await client.get("/api/config")).json()["auth"]["oidc"]
        assert not {"role_map", "default_role"} & set(shown)
        assert SECRET not in str(shown)
    async with app.client(INTERNAL) as client:
        text = (await client.get("/api/config")).text
        assert SECRET not in text
