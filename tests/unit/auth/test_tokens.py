import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Any

import pytest
from joserfc import jwt

from dogwatch.auth.secret import SigningKey
from dogwatch.auth.tokens import Token, issue, read

KEY = SigningKey(b"k" * 32)
OTHER = SigningKey(b"o" * 32)
NOW = 1_700_000_000.75


def part(text: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(urlsafe_b64decode(text + "=="))
    return found


def test_what_clients_decode() -> None:
    head, body, _ = issue(KEY, "alice", "viewer", "s1", NOW, 3600).split(".")
    assert part(head)["alg"] == "HS256"
    times = {"iat": 1_700_000_000, "exp": 1_700_003_600}
    assert part(body) == {"sub": "alice", "role": "viewer", "jti": "s1", **times}


def test_there_and_back() -> None:
    text = issue(KEY, "alice", "viewer", "s1", NOW, 3600)
    assert read(KEY, text, NOW + 3598) == Token("alice", "viewer", "s1", 1_700_003_600)
    assert read(KEY, text, 1_700_003_600) is None
    assert read(OTHER, text, NOW) is None


@pytest.mark.parametrize("text", ["", "x", "a.b.c", "a.b", "....", "é.é.é"])
def test_malformed(text: str) -> None:
    assert read(KEY, text, NOW) is None


def test_forged() -> None:
    head, body, signature = issue(KEY, "alice", "viewer", "s1", NOW, 3600).split(".")
    admin = urlsafe_b64encode(json.dumps({**part(body), "role": "admin"}).encode()).decode().rstrip("=")
    assert read(KEY, f"{head}.{admin}.{signature}", NOW) is None
    none = urlsafe_b64encode(b'{"alg":"none","typ":"JWT"}').decode().rstrip("=")
    assert read(KEY, f"{none}.{body}.", NOW) is None


@pytest.mark.parametrize("missing", ["sub", "role", "exp", "iat"])
def test_incomplete(missing: str) -> None:
    claims: dict[str, Any] = {"sub": "alice", "role": "viewer", "iat": int(NOW), "exp": int(NOW) + 60}
    text = jwt.encode({"alg": "HS256"}, {k: v for k, v in claims.items() if k != missing}, KEY.jwk)
    assert read(KEY, text, NOW) is None


@pytest.mark.parametrize("exp", ["never", None, [1]])
def test_a_time_that_is_none(exp: object) -> None:
    text = jwt.encode({"alg": "HS256"}, {"sub": "a", "role": "admin", "iat": 1, "exp": exp}, KEY.jwk)
    assert read(KEY, text, NOW) is None
