import base64
import json
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, OctKey

from dogwatch.auth.id_tokens import IdTokenError, UnknownKeyError, claims_of, key_set

pytest.importorskip("authlib", reason="authlib is not installed")

NOW = 1_700_000_000
KEY = ECKey.generate_key("P-256", {"kid": "one", "use": "sig"})
OTHER = ECKey.generate_key("P-256", {"kid": "one", "use": "sig"})
GOOD: dict[str, Any] = {
    "iss": "https://sso.example", "aud": "dogwatch", "sub": "u1", "nonce": "n", "iat": NOW, "exp": NOW + 300,
}  # fmt: skip


def signed(claims: dict[str, Any], key: ECKey = KEY) -> str:
    return jwt.encode({"alg": "ES256", "kid": "one"}, claims, key)


def read(text: str, keys: KeySet | None = None, now: float = NOW) -> dict[str, Any]:
    return claims_of(
        text, keys or KeySet([KEY]), issuer="https://sso.example", client_id="dogwatch", nonce="n",
        access_token="access", now=now,
    )  # fmt: skip


@pytest.mark.parametrize(
    "more",
    [
        {},
        {"aud": ["dogwatch"]},
        {"aud": ["dogwatch", "other"], "azp": "dogwatch"},
        {"azp": "dogwatch"},
        {"iat": NOW + 100, "nbf": NOW + 100},
        {"exp": NOW - 100},
        {"groups": ["x"]},
    ],
    ids=lambda value: ",".join(value) or "plain",
)
def test_good(more: dict[str, Any]) -> None:
    assert read(signed(GOOD | more)) == GOOD | more


WRONG: dict[str, dict[str, Any]] = {
    "nonce": {"nonce": "of another login"},
    "no nonce": {"nonce": None},
    "audience": {"aud": "somebody else"},
    "audiences": {"aud": ["somebody else", "and another"]},
    "no audience": {"aud": []},
    "two audiences without a party": {"aud": ["dogwatch", "another"]},
    "party": {"azp": "another"},
    "issuer": {"iss": "https://sso.example/"},
    "expired": {"exp": NOW - 121},
    "of the future": {"iat": NOW + 121},
    "not yet": {"nbf": NOW + 121},
    "no expiry": {"exp": None},
    "no time": {"iat": None},
    "expiry is no number": {"exp": "tomorrow"},
    "no subject": {"sub": None},
    "subject is empty": {"sub": ""},
    "subject is no text": {"sub": 5},
    "subject is long": {"sub": "x" * 256},
    "subject is no ASCII": {"sub": "\u00fc"},
    "access token": {"at_hash": "AAAAAAAAAAAAAAAAAAAAAA"},
}


@pytest.mark.parametrize("wrong", WRONG)
def test_wrong(wrong: str) -> None:
    claims = {name: value for name, value in (GOOD | WRONG[wrong]).items() if value is not None}
    with pytest.raises(IdTokenError) as caught:
        read(signed(claims))
    assert not isinstance(caught.value, UnknownKeyError)
    for value in ("of another login", "somebody else", "xxxx"):
        assert value not in str(caught.value)


def test_a_wrong_clock_is_named() -> None:
    for off in (-1000, 1000):
        with pytest.raises(IdTokenError, match="clocks"):
            read(signed(GOOD), now=NOW + off)


def test_another_key() -> None:
    with pytest.raises(UnknownKeyError):
        read(signed(GOOD, OTHER))
    with pytest.raises(UnknownKeyError):
        read(signed(GOOD), KeySet([ECKey.generate_key("P-256", {"kid": "two"})]))


def part(value: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x",
        "a.b.c",
        f"{part({'alg': 'none'})}.{part(GOOD)}.",
        f"{part({'alg': 'none', 'kid': 'one'})}.{part(GOOD)}.",
        f"{part([])}.{part(GOOD)}.x",
        jwt.encode({"alg": "HS256", "kid": "one"}, GOOD, OctKey.import_key("the client's secret, long enough")),
        "\u00fc.x.y",
    ],
    ids=range(8),
)
def test_no_token(text: str) -> None:
    with pytest.raises(IdTokenError):
        read(text)


@pytest.mark.parametrize(
    "found", [None, [], {}, {"keys": []}, {"keys": [1]}, {"keys": [{}] * 101}, {"keys": [{"kty": "oct", "k": "AAAA"}]}],
    ids=range(7),
)  # fmt: skip
def test_no_keys(found: Any) -> None:
    with pytest.raises(IdTokenError):
        key_set(found)


def test_keys_of_unknown_kinds_are_left_out() -> None:
    public = KEY.as_dict(private=False)
    assert len(list(key_set({"keys": [{"kty": "new", "kid": "x"}, {**public, "use": "enc"}, public]}))) == 1
