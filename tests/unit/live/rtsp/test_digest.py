"""Logins as clients send them."""

import base64
import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dogwatch.live.rtsp.digest import REALM, BasicLogin, DigestLogin, challenges, parse


def md5(text: str) -> str:
    return hashlib.md5(text.encode()).hexdigest()


def header(password: str, changes: dict[str, str] | None = None, *, qop: bool = False) -> str:
    """Write the header as RFC 2069 and RFC 2617 have it."""
    first, second = md5(f"ha:{REALM}:{password}"), md5("DESCRIBE:rtsp://nvr/front")
    middle = "n0nce:00000001:c0nce:auth" if qop else "n0nce"
    values = {
        "username": "ha",
        "realm": REALM,
        "nonce": "n0nce",
        "uri": "rtsp://nvr/front",
        "response": md5(f"{first}:{middle}:{second}"),
    }
    if qop:
        values |= {"qop": "auth", "nc": "00000001", "cnonce": "c0nce"}
    return "Digest " + ", ".join(f'{name}="{value}"' for name, value in (values | (changes or {})).items())


@pytest.mark.parametrize("qop", [False, True])
def test_who_knows_the_password_can_prove_it(qop: bool) -> None:
    login = parse(header("secret", qop=qop))
    assert isinstance(login, DigestLogin)
    assert login.username == "ha"
    assert login.proves("secret", "DESCRIBE", "n0nce")
    assert not login.proves("Secret", "DESCRIBE", "n0nce")
    assert not login.proves("secret", "PLAY", "n0nce")
    assert not login.proves("secret", "DESCRIBE", "other")


@pytest.mark.parametrize("change", [{"realm": "other"}, {"response": ""}, {"algorithm": "SHA-256"}, {"username": "he"}])
def test_what_proves_nothing(change: dict[str, str]) -> None:
    login = parse(header("secret", change))
    assert isinstance(login, DigestLogin)
    assert not login.proves("secret", "DESCRIBE", "n0nce")


def test_basic() -> None:
    assert parse("Basic " + base64.b64encode("ha:pass:wörd".encode()).decode()) == BasicLogin("ha", "pass:wörd")
    for bad in ("Basic", "Basic ???", "Basic " + base64.b64encode(b"no colon").decode(), "Basic /w==", "Bearer a", ""):
        assert parse(bad) is None


def test_challenges() -> None:
    assert challenges("abc", digest=False) == ['Basic realm="Dogwatch", charset="UTF-8"']
    first, second = challenges("abc", digest=True, stale=True)
    assert first == 'Digest realm="Dogwatch", nonce="abc", algorithm=MD5, stale=true'
    assert second.startswith("Basic ")


@given(st.text(max_size=300) | st.text(max_size=300).map(lambda text: f"Digest {text}"))
def test_anything(text: str) -> None:
    login = parse(text)
    if isinstance(login, DigestLogin):
        assert not login.proves("secret", "DESCRIBE", "n0nce")
