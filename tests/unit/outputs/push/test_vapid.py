"""The key of an installation: made once, kept, taken over, and what it signs."""

import base64
import json
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from py_vapid import Vapid02

from dogwatch.outputs.push.vapid import FILE, VapidError, vapid_key

ENDPOINT = "https://push.example.org:8443/a/b?c"


def claims(header: str) -> dict[str, object]:
    body = header.partition("t=")[2].split(".")[1]
    found: dict[str, object] = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    return found


def test_made_once(tmp_path: Path) -> None:
    made = vapid_key(tmp_path / "secrets")
    assert made.public == vapid_key(tmp_path / "secrets").public
    assert len(base64.urlsafe_b64decode(made.public + "=")) == 65
    assert "=" not in made.public
    assert (tmp_path / "secrets" / FILE).stat().st_mode & 0o777 == 0o600
    assert [one.name for one in (tmp_path / "secrets").iterdir()] == [FILE]


def test_the_key_of_an_older_installation(tmp_path: Path) -> None:
    older = Vapid02()
    older.generate_keys()
    older.save_key(str(tmp_path / FILE))
    found = vapid_key(tmp_path / "secrets", tmp_path / FILE)
    assert found.public == older_public(older)
    assert not (tmp_path / "secrets" / FILE).exists()


def older_public(older: Vapid02) -> str:
    point = older.public_key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return base64.urlsafe_b64encode(point).decode().rstrip("=")


def test_what_is_signed(tmp_path: Path) -> None:
    now = [1_700_000_000.0]
    key = vapid_key(tmp_path, clock=lambda: now[0])
    header = key.authorization(ENDPOINT, "mailto:me@example.org")
    assert claims(header) == {
        "aud": "https://push.example.org:8443", "sub": "mailto:me@example.org", "exp": 1_700_043_200,
    }  # fmt: skip
    assert header.endswith(f"k={key.public}")
    assert Vapid02.verify(header)
    now[0] += 3599
    assert key.authorization(ENDPOINT, "mailto:me@example.org") == header
    now[0] += 1
    assert claims(key.authorization(ENDPOINT, "mailto:me@example.org"))["exp"] == 1_700_046_800
    now[0] -= 7200  # the clock was set back: what was made is too far in the future for some services
    assert claims(key.authorization(ENDPOINT, "mailto:me@example.org"))["exp"] == 1_700_039_600
    with pytest.raises(VapidError):
        key.authorization(ENDPOINT, "nobody")


@pytest.mark.parametrize(
    "content", [b"", b"nonsense", b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"]
)
def test_no_key(tmp_path: Path, content: bytes) -> None:
    (tmp_path / FILE).write_bytes(content)
    with pytest.raises(VapidError, match=FILE):
        vapid_key(tmp_path)


def test_another_curve(tmp_path: Path) -> None:
    other = ec.generate_private_key(ec.SECP384R1())
    (tmp_path / FILE).write_bytes(other.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    with pytest.raises(VapidError, match="P-256"):
        vapid_key(tmp_path)
