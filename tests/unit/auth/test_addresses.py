import pytest

from dogwatch.auth.addresses import Arrival, client_address, client_key, networks, over_https

TRUSTED = networks(["10.0.0.0/8", "fd00::/8"])


@pytest.mark.parametrize(
    ("peer", "header", "client"),
    [
        ("203.0.113.9", [], "203.0.113.9"),
        ("203.0.113.9", ["198.51.100.1"], "203.0.113.9"),  # who is not trusted may say what they like
        ("10.0.0.1", [], "10.0.0.1"),
        ("10.0.0.1", ["198.51.100.1"], "198.51.100.1"),
        ("10.0.0.1", ["198.51.100.66, 198.51.100.1, 10.0.0.2"], "198.51.100.1"),
        ("10.0.0.1", ["198.51.100.66", "198.51.100.1"], "198.51.100.1"),
        ("10.0.0.1", ["10.0.0.3, 10.0.0.2"], "10.0.0.1"),
        ("10.0.0.1", ["198.51.100.1, garbage"], "10.0.0.1"),
        ("::ffff:10.0.0.1", ["2001:db8::1"], "2001:db8::1"),
        ("fd00::1", ["2001:db8::1"], "2001:db8::1"),
        ("testclient", ["198.51.100.1"], "testclient"),
    ],
)
def test_client_address(peer: str, header: list[str], client: str) -> None:
    assert client_address(peer, header, TRUSTED) == client


@pytest.mark.parametrize(
    ("address", "found"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:0:1:2:3:4:5", "2001:db8:0:1::/64"),
        ("2001:db8:0:1::", "2001:db8:0:1::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("", ""),
        ("a socket", "a socket"),
    ],
)
def test_place(address: str, found: str) -> None:
    assert client_key(address) == found


@pytest.mark.parametrize(
    ("arrival", "secure"),
    [
        (Arrival("192.0.2.7"), False),
        (Arrival("192.0.2.7", encrypted=True), True),
        (Arrival("192.0.2.7", forwarded_proto=("https",)), False),
        (Arrival("10.0.0.1", forwarded_proto=("https",)), True),
        (Arrival("10.0.0.1", forwarded_proto=("HTTPS, http",)), True),
        (Arrival("10.0.0.1", forwarded_proto=("http", "https")), False),
        (Arrival("10.0.0.1"), False),
    ],
)
def test_over_https(arrival: Arrival, secure: bool) -> None:
    assert over_https(arrival, networks(["10.0.0.0/8"])) is secure
