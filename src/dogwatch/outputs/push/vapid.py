"""The key by which push services know who sends (RFC 8292)."""

from __future__ import annotations

import base64
import logging
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from dogwatch.errors import DogwatchError

log = logging.getLogger(__name__)

FILE = "notifications.pem"
LIFE_S = 12 * 3600
RENEW_S = 3600


class VapidError(DogwatchError):
    """The key cannot be read, made or used."""


class VapidKey:
    """A P-256 key. Its statements for push services are made anew every hour. For any thread."""

    def __init__(self, private: Any, clock: Callable[[], float] = time.time) -> None:
        """Use a private key of the library cryptography."""
        from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
        from py_vapid import Vapid02

        self._signer = Vapid02(private)
        self._clock = clock
        self._made: dict[tuple[str, str], tuple[float, str]] = {}
        point = private.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        self.public = base64.urlsafe_b64encode(point).decode().rstrip("=")

    def authorization(self, endpoint: str, contact: str) -> str:
        """Return the header `Authorization` for an endpoint, whose origin it names as the audience.

        Args:
            endpoint: Where the message goes.
            contact: A `mailto:` or `https:` address.

        Raises:
            VapidError: The contact or the endpoint is none that can be signed for.
        """
        from py_vapid import VapidException

        parts = urlsplit(endpoint)
        audience, now = f"{parts.scheme}://{parts.netloc}", self._clock()
        found = self._made.get((audience, contact))
        if found is None or not 0 <= now - found[0] < RENEW_S:
            claims = {"aud": audience, "sub": contact, "exp": int(now) + LIFE_S}
            try:
                found = now, self._signer.sign(claims)["Authorization"]
            except VapidException as error:
                raise VapidError(f"no push service can be told who sends: {error}") from error
            if len(self._made) >= 100:  # services are few, but whoever registers names them
                self._made.clear()
            self._made[audience, contact] = found
        return found[1]


def vapid_key(secrets: Path, older: Path | None = None, clock: Callable[[], float] = time.time) -> VapidKey:
    """Return the key in `secrets`, or that of an `older` installation; if there is none, make one.

    Args:
        secrets: The directory of secrets.
        older: Where another program of this family has kept its key: browsers that know it stay subscribed.
        clock: Gives epoch seconds.

    Raises:
        VapidError: A key cannot be read or written.
    """
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    own = secrets / FILE
    try:
        for file in (own, older):
            if file is not None and file.is_file():
                return VapidKey(_read(file), clock)
        private = ec.generate_private_key(ec.SECP256R1())
        _write(own, private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    except OSError as error:
        raise VapidError(f"{own}: the key of notifications cannot be kept: {error.strerror}") from error
    log.info("a key for notifications was made: %s", own)
    return VapidKey(private, clock)


def _read(file: Path) -> Any:
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    try:
        found = load_pem_private_key(file.read_bytes(), None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise VapidError(f"{file} is no private key in PEM form without a password") from error
    if not isinstance(found, ec.EllipticCurvePrivateKey) or not isinstance(found.curve, ec.SECP256R1):
        raise VapidError(f"{file} is no key on the curve P-256")
    return found


def _write(file: Path, content: bytes) -> None:
    """Write a file that its user alone may read, whole or not at all."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    part = file.with_suffix(".part")
    part.unlink(missing_ok=True)
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
        out.write(content)
        out.flush()
        os.fsync(out.fileno())
    part.replace(file)
