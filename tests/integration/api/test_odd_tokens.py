"""Tokens that the true key has signed, and that are still not what a login gives out."""

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Iterator
from typing import Any

import pytest
from joserfc import jwe, jws

from dogwatch.api.listener import EXTERNAL
from dogwatch.testing.app import KEY, Nvr, nvr

SECRET = b"0123456789abcdef0123456789abcdef"
NOW = int(time.time())
GOOD = {"sub": "vera", "role": "viewer", "iat": NOW, "exp": NOW + 3600}
HEADER = {"typ": "JWT", "alg": "HS256"}


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nvr]:
    """One for all: each test opens sessions of its own."""
    with nvr(tmp_path_factory.mktemp("tokens")) as made:
        yield made


def encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def signed(header: object, payload: bytes, digest: Any = hashlib.sha256) -> str:
    head = f"{encoded(json.dumps(header).encode())}.{encoded(payload)}"
    return f"{head}.{encoded(hmac.new(SECRET, head.encode(), digest).digest())}"


async def statuses(app: Nvr, token: str) -> set[int]:
    """Return how a token is taken as bearer and as cookie."""
    async with app.client(EXTERNAL) as client:
        return {
            (await client.get("/api/profile", headers=headers)).status_code
            for headers in ({"Authorization": f"Bearer {token}"}, {"Cookie": f"frigate_token={token}"})
        }


async def test_the_signature_is_the_true_one(app: Nvr) -> None:
    """Else the tests below would not say anything."""
    claims = {**GOOD, "jti": app.session("vera")}
    assert await statuses(app, signed(HEADER, json.dumps(claims).encode())) == {200}


GONE = object()


ODD_CLAIMS: list[tuple[str, object]] = [
    ("exp", GONE), ("exp", NOW - 1), ("exp", 0), ("exp", -1), ("exp", -(10**30)), ("exp", None), ("exp", True),
    ("exp", str(NOW + 3600)), ("exp", NOW + 3600.5), ("exp", float("inf")), ("exp", float("nan")), ("exp", 1e300),
    ("exp", [NOW + 3600]), ("exp", {"a": 1}), ("exp", "never"),
    ("iat", GONE), ("iat", None), ("iat", str(NOW)), ("iat", NOW + 0.5), ("iat", -1), ("iat", float("nan")),
    ("iat", NOW + 7200), ("iat", NOW + 10**9), ("iat", True), ("iat", [1]),
    ("sub", GONE), ("sub", None), ("sub", ""), ("sub", 1), ("sub", True), ("sub", ["vera"]), ("sub", {"a": "vera"}),
    ("sub", "Vera"), ("sub", "vera "), ("sub", "admin"), ("sub", "frida"), ("sub", "nobody"), ("sub", "ver\u0430"),
    ("sub", "x" * 5000), ("sub", "\ud800"), ("sub", "vera\0"),
    ("role", GONE), ("role", None), ("role", ""), ("role", 1), ("role", ["admin"]), ("role", {"admin": True}),
    ("jti", GONE), ("jti", None), ("jti", ""), ("jti", 1), ("jti", ["x"]), ("jti", "no such session"),
    ("jti", "x" * 5000), ("jti", "\ud800"), ("jti", "' or 1=1 --"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "value"), ODD_CLAIMS, ids=[f"{name}-{number}" for number, (name, _) in enumerate(ODD_CLAIMS)]
)
async def test_odd_claims(app: Nvr, name: str, value: object) -> None:
    claims: dict[str, Any] = {**GOOD, "jti": app.session("vera"), name: value}
    token = signed(HEADER, json.dumps({key: one for key, one in claims.items() if one is not GONE}).encode())
    assert await statuses(app, token) == {401}


@pytest.mark.parametrize("role", ["admin", "king", "front_only", "ADMIN"])
async def test_a_role_in_a_token_is_no_right(app: Nvr, role: str) -> None:
    token = signed(HEADER, json.dumps({**GOOD, "jti": app.session("vera"), "role": role}).encode())
    async with app.client(EXTERNAL) as client:
        bearer = {"Authorization": f"Bearer {token}"}
        assert (await client.get("/api/profile", headers=bearer)).json()["role"] == "viewer"
        assert (await client.get("/api/users", headers=bearer)).status_code == 403


async def test_the_session_of_another(app: Nvr) -> None:
    for mine, theirs in (("vera", "admin"), ("admin", "vera")):
        token = signed(HEADER, json.dumps({**GOOD, "sub": mine, "jti": app.session(theirs)}).encode())
        assert await statuses(app, token) == {401}


async def test_a_session_that_never_ends_in_its_token_ends_in_its_row(app: Nvr) -> None:
    sessions = app.services.authority.accounts.sessions
    session = sessions.find(app.session("vera"))
    assert session is not None
    token = signed(HEADER, json.dumps({**GOOD, "jti": session.id, "exp": 10**400}).encode())
    assert await statuses(app, token) == {200}
    sessions.end(session)
    assert await statuses(app, token) == {401}


async def test_a_clock_that_was_set_back_an_hour_logs_nobody_out(app: Nvr) -> None:
    claims = {**GOOD, "jti": app.session("vera"), "iat": NOW + 3600, "exp": NOW + 7200}
    assert await statuses(app, signed(HEADER, json.dumps(claims).encode())) == {200}


@pytest.mark.parametrize(
    ("header", "digest"),
    [
        ({"typ": "JWT", "alg": "none"}, hashlib.sha256),
        ({"typ": "JWT", "alg": "None"}, hashlib.sha256),
        ({"typ": "JWT", "alg": "HS512"}, hashlib.sha512),
        ({"typ": "JWT", "alg": "HS384"}, hashlib.sha384),
        ({"typ": "JWT", "alg": "hs256"}, hashlib.sha256),
        ({"typ": "JWT", "alg": "RS256"}, hashlib.sha256),
        ({"typ": "JWT", "alg": "ES256"}, hashlib.sha256),
        ({"typ": "JWT", "alg": ["HS256"]}, hashlib.sha256),
        ({"typ": "JWT", "alg": None}, hashlib.sha256),
        ({"typ": "JWT"}, hashlib.sha256),
        ({}, hashlib.sha256),
        ([], hashlib.sha256),
        ("HS256", hashlib.sha256),
        ({"typ": "JOSE", "alg": "HS256"}, hashlib.sha256),
        ({"typ": "JWT", "alg": "HS256", "cty": "JWT"}, hashlib.sha256),
        ({"typ": "JWT", "alg": "HS256", "crit": ["exp"], "exp": 1}, hashlib.sha256),
        ({"typ": "JWT", "alg": "HS256", "crit": []}, hashlib.sha256),
        ({"typ": "JWT", "alg": "HS256", "crit": ["b64"], "b64": False}, hashlib.sha256),
        ({"typ": "JWT", "alg": "HS256", "zip": "DEF"}, hashlib.sha256),
        ({"typ": "JWT", "alg": "HS256", "kid": "../../secrets/.jwt_secret"}, hashlib.sha256),
        ({"typ": "JWT", "alg": "HS256", "jku": "https://evil.example/keys"}, hashlib.sha256),
        ({"typ": "JWT", "alg": "HS256", "jwk": {"kty": "oct", "k": encoded(SECRET)}}, hashlib.sha256),
        ({"typ": "JWT", "alg": "HS256", "x": "y" * 20_000}, hashlib.sha256),
    ],
)
async def test_odd_headers(app: Nvr, header: object, digest: Any) -> None:
    payload = json.dumps({**GOOD, "jti": app.session("vera")}).encode()
    token = signed(header, payload, digest)
    assert await statuses(app, token) == {401}
    assert await statuses(app, token.rpartition(".")[0] + ".") == {401}


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"x",
        b"[]",
        b"1",
        b"null",
        b'"vera"',
        b"{" * 2000,
        b"[" * 100_000,
        b'{"exp":' + b"9" * 5000 + b"}",
        b"\xff\xfe",
    ],
    ids=lambda payload: str(payload[:9]),
)
async def test_payloads_that_are_no_claims(app: Nvr, payload: bytes) -> None:
    assert await statuses(app, signed(HEADER, payload)) == {401}


async def test_tokens_of_other_kinds(app: Nvr) -> None:
    claims = json.dumps({**GOOD, "jti": app.session("vera")}).encode()
    inner = signed(HEADER, claims)
    header = {"typ": "JWT", "alg": "HS256"}
    nested = signed(header, json.dumps(inner).encode())
    encrypted = jwe.encrypt_compact({"alg": "dir", "enc": "A256GCM"}, claims, KEY.jwk)
    general = json.dumps(jws.serialize_json({"protected": {"alg": "HS256", "typ": "JWT"}}, claims, KEY.jwk)).replace(
        " ", ""
    )
    unsigned = f"{encoded(json.dumps({'typ': 'JWT', 'alg': 'none'}).encode())}.{encoded(claims)}."
    for token in (
        nested,
        signed(header, inner.encode()),
        encrypted,
        unsigned,
        inner + ".x",
        f"{inner}.{inner}",
        "..",
        "a",
    ):
        assert await statuses(app, token) == {401}
    async with app.client(EXTERNAL) as client:
        assert (await client.get("/api/profile", headers={"Authorization": f"Bearer {general}"})).status_code == 401
        for scheme in (f"bearer  {inner}", f"BEARER {inner}"):
            assert (await client.get("/api/profile", headers={"Authorization": scheme})).status_code == 200
        for scheme in (inner, f"Token {inner}", "Bearer", "Bearer ", f"Bearer {inner}, Bearer {inner}"):
            assert (await client.get("/api/profile", headers={"Authorization": scheme})).status_code == 401
        twice = [("Authorization", "Bearer x"), ("Authorization", f"Bearer {inner}")]
        assert (await client.get("/api/profile", headers=twice)).status_code == 401
