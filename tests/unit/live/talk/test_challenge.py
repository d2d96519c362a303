"""Logins at cameras."""

import base64
import hashlib

import pytest

from dogwatch.live.rtsp.digest import DigestLogin, parse
from dogwatch.live.talk.challenge import CameraLogin

URL = "rtsp://camera/main"


def hashed(text: str, algorithm: str) -> str:
    return hashlib.new(algorithm, text.encode()).hexdigest()


def test_nothing_is_told_before_the_camera_asks() -> None:
    assert CameraLogin("user", "secret").authorization("DESCRIBE", URL) is None


def test_basic() -> None:
    login = CameraLogin("user", "se:cret")
    assert login.challenged('Basic realm="camera"')
    header = login.authorization("DESCRIBE", URL)
    assert header is not None
    assert base64.b64decode(header.removeprefix("Basic ")) == b"user:se:cret"
    assert not login.challenged('Basic realm="camera"')  # it was wrong


@pytest.mark.parametrize(
    ("words", "algorithm"), [("", "md5"), (", algorithm=MD5", "md5"), (", algorithm=SHA-256", "sha256")]
)
@pytest.mark.parametrize("qop", [False, True])
def test_digest(words: str, algorithm: str, qop: bool) -> None:
    login = CameraLogin('us"er', "secret")
    asked = f'Basic realm="Digest a=b", Digest realm="A, B", nonce="n0nce"{words}' + (
        ', qop="auth,auth-int"' if qop else ""
    )
    assert login.challenged(asked)
    for count in ("00000001", "00000002"):
        read = parse(login.authorization("DESCRIBE", URL) or "")
        assert isinstance(read, DigestLogin)
        given = read.parameters
        assert (given["username"], given["realm"], given["uri"]) == ('us"er', "A, B", URL)
        middle = f"n0nce:{count}:{given['cnonce']}:auth" if qop else "n0nce"
        secret, method = hashed('us"er:A, B:secret', algorithm), hashed(f"DESCRIBE:{URL}", algorithm)
        assert given["response"] == hashed(f"{secret}:{middle}:{method}", algorithm)
    assert not login.challenged(asked)
    assert login.challenged('Digest realm="A, B", nonce="other", stale=true')
    assert not login.challenged('Digest realm="A, B", nonce="other", stale=true')


@pytest.mark.parametrize(
    "header", ["", "Bearer x", 'Digest realm="a"', 'Digest realm="a", nonce="b", algorithm=MD5-sess']
)
def test_what_cannot_be_answered(header: str) -> None:
    login = CameraLogin("user", "secret")
    assert not login.challenged(header)
    assert login.authorization("DESCRIBE", URL) is None
