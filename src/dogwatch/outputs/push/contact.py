"""Who push services may turn to if messages cause trouble (RFC 8292, section 2.1): a mail address, or a page."""

from __future__ import annotations

from urllib.parse import urlsplit

PLACEHOLDER = "mailto:dogwatch@localhost"
"""Where nothing better is known. Most services take it."""
HINT = "notifications.email is not set, and some push services refuse messages without it"
_OWN_NETWORK = ("localhost", "local", "lan", "internal", "home", "intranet", "arpa", "test", "invalid", "example")


def contact_of(email: str | None, *pages: str) -> str:
    """Return the contact to sign with.

    Args:
        email: The address in the configuration, which always counts.
        pages: Addresses of this installation's page. Without a mail address, the first with a public name is taken.
    """
    if email:
        return f"mailto:{email}"
    return next((found for page in pages if (found := _public(page))), PLACEHOLDER)


def _public(page: str) -> str | None:
    """Return scheme and host of a page that may be a contact: over HTTPS, with a name that the internet knows."""
    try:
        parts = urlsplit(page)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return None
    last = host.rstrip(".").rpartition(".")[2]
    if parts.scheme != "https" or "." not in host or last in _OWN_NETWORK or not last[:1].isalpha():
        return None  # without a letter the last part is one of an IP address
    return f"https://{host}" if port in (None, 443) else f"https://{host}:{port}"
