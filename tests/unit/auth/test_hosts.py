"""Names that a page of another site can, and cannot, make its own."""

import pytest

from dogwatch.auth.hosts import answered, is_loopback, same_site, shown_elsewhere


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1:5000", "127.0.0.1", "[::1]:5000", "192.168.1.9:5000", "localhost:5000", "LOCALHOST", "nvr:5000", "nvr"],
)
def test_harmless_hosts(host: str) -> None:
    assert answered([host], ())


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "evil.example:5000",
        "127.0.0.1.evil.example:5000",
        "localhost.evil.example",
        "evil.example.",
        "127.0.0.1@evil.example",
        "evil.example/127.0.0.1",
        "[::1",
        "[::1]evil.example",
        "localhost:port",
        "",
    ],
)
def test_hosts_that_may_be_rebound(host: str) -> None:
    assert not answered([host], ())
    assert not answered(["localhost", host], ())
    assert not answered([host, "localhost"], ())
    assert answered([host], ("*",))


def test_listed_hosts() -> None:
    assert answered(["NVR.Example.org:5000"], ("nvr.example.org",))
    assert not answered(["a.nvr.example.org"], ("nvr.example.org",))
    assert answered([], ())  # a client without `Host` is no browser


@pytest.mark.parametrize(
    ("origin", "host", "same"),
    [
        (None, "127.0.0.1:5000", True),
        ("http://127.0.0.1:5000", "127.0.0.1:5000", True),
        ("http://LOCALHOST:5000", "localhost:5000", True),
        ("http://[::1]:5000", "[::1]:5000", True),
        ("https://ha.example", "ha.example:443", True),
        ("https://ha.example", "ha.example, 10.0.0.2:8123", True),
        ("https://ha.example", "10.0.0.2:8123,ha.example", True),
        ("https://ha.example:8443", "ha.example", True),  # a proxy takes the port away
        ("https://evil.example:8443", "ha.example", False),
        ("http://127.0.0.1:3000", "127.0.0.1:5000", False),
        ("http://127.0.0.1", "127.0.0.1:5000", False),
        ("http://localhost:5000", "127.0.0.1:5000", False),
        ("https://evil.example", "127.0.0.1:5000", False),
        ("https://127.0.0.1:5000@evil.example", "127.0.0.1:5000", False),
        ("https://ha.example", "ha.example:80", False),
        ("null", "127.0.0.1:5000", False),
        ("", "", False),
        ("https://[::1", "[::1", False),
    ],
)
def test_same_site(origin: str | None, host: str, same: bool) -> None:
    assert same_site(origin, [host]) is same


def test_sites_that_are_listed() -> None:
    assert same_site("https://ha.example:8123", ["127.0.0.1:5000"], ("ha.example",))
    assert not same_site("https://evil.example", ["127.0.0.1:5000"], ("ha.example",))
    assert same_site("https://evil.example", ["127.0.0.1:5000"], ("*",))


@pytest.mark.parametrize(
    ("host", "loopback"), [("127.0.0.1", True), ("127.1.2.3", True), ("::1", True), ("0.0.0.0", False), ("nvr", False)]
)
def test_loopback(host: str, loopback: bool) -> None:
    assert is_loopback(host) is loopback


@pytest.mark.parametrize(
    ("site", "mode", "page", "allowed", "elsewhere"),
    [
        (None, None, None, (), False),  # no browser, or one that says nothing
        ("same-origin", "no-cors", "http://127.0.0.1:5000/", (), False),
        ("same-site", "no-cors", "http://127.0.0.1:3000/", (), False),
        ("none", "navigate", None, (), False),
        ("cross-site", "navigate", "https://evil.example/", (), False),  # a link
        ("cross-site", "no-cors", "https://evil.example/", (), True),
        ("cross-site", "cors", "https://evil.example", (), True),
        ("cross-site", "websocket", "https://evil.example", (), True),
        ("cross-site", "no-cors", None, (), True),  # `Referrer-Policy: no-referrer`
        ("cross-site", "no-cors", "null", (), True),
        ("cross-site", "cors", "https://cast.example", ("cast.example",), False),
        ("cross-site", "no-cors", "https://evil.example/cast.example", ("cast.example",), True),
        ("cross-site", "no-cors", None, ("*",), False),
    ],
)
def test_shown_elsewhere(
    site: str | None, mode: str | None, page: str | None, allowed: tuple[str, ...], elsewhere: bool
) -> None:
    assert shown_elsewhere(site, mode, page, ["127.0.0.1:5000"], allowed) is elsewhere
