"""What push services are told of who sends."""

import pytest

from dogwatch.outputs.push.contact import PLACEHOLDER, contact_of


@pytest.mark.parametrize(
    ("email", "pages", "contact"),
    [
        ("me@example.org", ("https://nvr.example.org",), "mailto:me@example.org"),
        (None, ("https://nvr.example.org",), "https://nvr.example.org"),
        (None, ("", "https://nvr.example.org:8971/x?y"), "https://nvr.example.org:8971"),
        (None, ("https://nvr.example.org:443",), "https://nvr.example.org"),
        (None, ("https://nvr.local", "https://dogwatch.example.net"), "https://dogwatch.example.net"),
        (None, ("http://nvr.example.org",), PLACEHOLDER),
        (None, ("https://192.0.2.1:8971", "https://[2001:db8::1]", "https://nvr", "https://nvr.lan."), PLACEHOLDER),
        (None, ("https://nvr.example.org:99999", "https://[", "mailto:x@y.org"), PLACEHOLDER),
        (None, (), PLACEHOLDER),
    ],
)
def test_contacts(email: str | None, pages: tuple[str, ...], contact: str) -> None:
    assert contact_of(email, *pages) == contact
