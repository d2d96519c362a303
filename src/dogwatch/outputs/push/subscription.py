"""What a browser brings when it registers: an endpoint and two keys (Push API, `PushSubscription.toJSON`)."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from dogwatch.errors import RefusedError
from dogwatch.outputs.push.endpoints import check_endpoint

POINT_BYTES, SECRET_BYTES = 65, 16
_BROWSERS = (
    ("Edg", "Edge"), ("OPR", "Opera"), ("SamsungBrowser", "Samsung Internet"), ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"), ("CriOS", "Chrome"), ("Chrome", "Chrome"), ("Safari", "Safari"),
)  # fmt: skip
_SYSTEMS = (
    ("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"), ("CrOS", "ChromeOS"),
    ("Macintosh", "Mac"), ("Linux", "Linux"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class PushSubscription:
    """A browser's subscription; keys are base64url without padding. No `repr` shows it."""

    endpoint: str = field(repr=False)
    p256dh: str = field(repr=False)
    auth: str = field(repr=False)

    @property
    def id(self) -> str:
        """An id that does not tell the endpoint."""
        return device_id(self.endpoint)


def device_id(endpoint: str) -> str:
    """Return the id of the device with an endpoint."""
    return hashlib.sha256(endpoint.encode()).hexdigest()[:32]


def read(given: object, private_hosts: Collection[str]) -> PushSubscription:
    """Return the subscription that a client has sent.

    Raises:
        RefusedError: It is none, or its endpoint may not be used.
    """
    if not isinstance(given, Mapping):
        raise RefusedError("Subscription must be provided.")
    endpoint, keys = given.get("endpoint"), given.get("keys")
    if not isinstance(endpoint, str) or not isinstance(keys, Mapping):
        raise RefusedError("The subscription has no endpoint or no keys.")
    check_endpoint(endpoint, private_hosts)
    point, secret = _decoded(keys.get("p256dh")), _decoded(keys.get("auth"))
    if len(secret) != SECRET_BYTES or not _is_point(point):
        raise RefusedError("The keys p256dh and auth of the subscription are none of web push.")
    return PushSubscription(endpoint, _encoded(point), _encoded(secret))


def name_of(agent: str) -> str:
    """Return what a browser is called, by its `User-Agent`: `Chrome on Android`."""
    browser = next((name for word, name in _BROWSERS if re.search(rf"\b{word}/", agent)), "Browser")
    system = next((name for word, name in _SYSTEMS if word in agent), "")
    return f"{browser} on {system}" if system else browser


def _decoded(value: object) -> bytes:
    if not isinstance(value, str) or len(value) > 200:
        return b""
    try:
        return base64.b64decode(value.rstrip("=") + "=" * (-len(value.rstrip("=")) % 4), b"-_", validate=True)
    except (binascii.Error, ValueError):
        return b""


def _encoded(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).decode().rstrip("=")


def _is_point(value: bytes) -> bool:
    from cryptography.hazmat.primitives.asymmetric import ec

    if len(value) != POINT_BYTES:
        return False
    try:
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), value)
    except ValueError:
        return False
    return True
