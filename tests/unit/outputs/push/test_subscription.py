"""What browsers bring, and where messages may go."""

import base64
import socket
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from dogwatch.errors import RefusedError
from dogwatch.outputs.push.endpoints import check_endpoint, is_public, public_resolver
from dogwatch.outputs.push.name_lookup import LOOKUP
from dogwatch.outputs.push.subscription import name_of, read

POINT = ec.generate_private_key(ec.SECP256R1()).public_key().public_bytes(
    Encoding.X962, PublicFormat.UncompressedPoint
)  # fmt: skip


def encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode()


def given(endpoint: str = "https://push.example.org/abc", **keys: Any) -> dict[str, Any]:
    return {"endpoint": endpoint, "keys": {"p256dh": encoded(POINT), "auth": encoded(b"a" * 16), **keys}}


def test_read() -> None:
    found = read(given(), ())
    assert found.endpoint == "https://push.example.org/abc"
    assert found.p256dh == encoded(POINT).rstrip("=")
    assert len(found.id) == 32
    assert found == read(given(p256dh=encoded(POINT).rstrip("=")), ())
    assert "abc" not in repr(found)


@pytest.mark.parametrize(
    "wrong",
    [
        None, 5, [], "https://push.example.org/", {},
        {"endpoint": "https://push.example.org/"}, {"endpoint": 5, "keys": {}},
        given(p256dh=encoded(b"\4" * 65)), given(p256dh=encoded(POINT[:64])), given(p256dh=None), given(p256dh="!!!"),
        given(auth=encoded(b"a" * 15)), given(auth=7), given(auth="a" * 10_000), given("ftp://push.example.org/"),
    ],
)  # fmt: skip
def test_no_subscription(wrong: object) -> None:
    with pytest.raises(RefusedError):
        read(wrong, ())


@pytest.mark.parametrize(
    "endpoint",
    [
        "http://push.example.org/", "https:///path", "https://user:pw@push.example.org/", "https://localhost/",
        "https://127.0.0.1/x", "https://10.0.0.7/", "https://192.168.1.1:8443/", "https://169.254.169.254/latest",
        "https://[::1]/", "https://[fe80::1]/", "https://[::ffff:10.0.0.1]/", "https://[2002:7f00:1::]/",
        "https://100.64.0.1/", "https://0.0.0.0/", "https://224.0.0.1/", "https://push.example.org:0/",
        "https://push.example.org:99999/", "https://[", "https://push.example.org/\n", "https://push.example.org/#f",
        "https://push.example.org/" + "a" * 2048, "https://pushé.example.org/", "https://push.example.org/a b",
    ],
)  # fmt: skip
def test_endpoints_that_are_refused(endpoint: str) -> None:
    with pytest.raises(RefusedError):
        check_endpoint(endpoint, ())


def test_endpoints_that_are_taken() -> None:
    for endpoint in (
        "https://fcm.googleapis.com/fcm/send/x",
        "https://8.8.8.8/",
        "https://[2001:4860:4860::8888]:444/",
    ):
        check_endpoint(endpoint, ())
    check_endpoint("https://10.0.0.7:8443/x", ("10.0.0.7:8443",))
    check_endpoint("https://Push.LAN/x", ("push.lan",))
    with pytest.raises(RefusedError):
        check_endpoint("https://10.0.0.7:22/x", ("10.0.0.7:8443",))


async def test_names_with_private_addresses_are_not_connected_to(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = {
        "mixed.example.org": ["10.0.0.1", "93.184.215.14"],
        "inner.example.org": ["10.0.0.1"],
        "127.1": ["127.0.0.1"],
    }

    async def addresses(host: str, port: int, *_: Any) -> list[Any]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, port)) for one in answers[host]]

    monkeypatch.setattr(LOOKUP, "find", addresses)
    found = await public_resolver("https://mixed.example.org/", ()).resolve("mixed.example.org", 443)
    assert [one["host"] for one in found] == ["93.184.215.14"]
    for name in ("inner.example.org", "127.1"):
        with pytest.raises(OSError, match="no public address"):
            await public_resolver(f"https://{name}/", ()).resolve(name, 443)
    allowed = public_resolver("https://inner.example.org/", ("inner.example.org",))
    assert [one["host"] for one in await allowed.resolve("inner.example.org", 443)] == ["10.0.0.1"]


def test_public_addresses() -> None:
    assert [is_public(one) for one in ("1.1.1.1", "192.0.2.1", "fe80::1%eth0", "::ffff:1.1.1.1")] == [
        True, False, False, True,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        ("Mozilla/5.0 (Linux; Android 14; Pixel 8) Chrome/130.0 Mobile Safari/537.36", "Chrome on Android"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_4 like Mac OS X) Version/18.4 Safari/604.1", "Safari on iPhone"),
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/130.0 Safari/537.36 Edg/130.0", "Edge on Windows"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0", "Firefox on Linux"),
        ("curl/8.0", "Browser"),
        ("", "Browser"),
    ],
)  # fmt: skip
def test_names(agent: str, name: str) -> None:
    assert name_of(agent) == name
