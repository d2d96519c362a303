"""The two logins of RTSP: Basic, which shows the password to the network, and Digest, which does not.

Sources: RFC 7617; RFC 7616 with MD5, which is what cameras' clients speak, with `qop=auth` and without.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass

REALM = "Dogwatch"
MAX_LENGTH = 2048
_PAIR = re.compile(r'([A-Za-z]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+))')
_ESCAPED = re.compile(r"\\(.)")


@dataclass(frozen=True, slots=True)
class BasicLogin:
    """A name and a password as a client sends them."""

    username: str
    password: str


@dataclass(frozen=True, slots=True)
class DigestLogin:
    """What a client sends to show that it knows a password: the parameters of its header, by names in lower case."""

    parameters: Mapping[str, str]

    @property
    def username(self) -> str:
        """The name that logs in."""
        return self.parameters.get("username", "")

    def proves(self, password: str, method: str, nonce: str) -> bool:
        """Whether it was made with this `password` for a request with this `method`, and with our `nonce`."""
        given = self.parameters
        if given.get("nonce") != nonce or given.get("realm") != REALM or given.get("algorithm", "MD5").upper() != "MD5":
            return False
        qop = (given.get("nc", ""), given.get("cnonce", ""), given["qop"]) if "qop" in given else None
        expected = response((self.username, REALM, password), (method, given.get("uri", "")), nonce, qop)
        return hmac.compare_digest(expected.encode(), given.get("response", "").lower().encode())


def parse(header: str) -> BasicLogin | DigestLogin | None:
    """Read an `Authorization` header; None if it is none of the two."""
    scheme, _, rest = header[:MAX_LENGTH].partition(" ")
    if scheme.lower() == "basic":
        try:
            name, colon, password = base64.b64decode(rest.strip(), validate=True).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            return None
        return BasicLogin(name, password) if colon else None
    if scheme.lower() == "digest":
        pairs = {one[1].lower(): one[3] or _ESCAPED.sub(r"\1", one[2] or "") for one in _PAIR.finditer(rest)}
        return DigestLogin(pairs)
    return None


def challenges(nonce: str, *, digest: bool, stale: bool = False) -> list[str]:
    """Return the values of `WWW-Authenticate`: Digest first, if there is a password that can be proved so."""
    basic = f'Basic realm="{REALM}", charset="UTF-8"'
    if not digest:
        return [basic]
    return [f'Digest realm="{REALM}", nonce="{nonce}", algorithm=MD5{", stale=true" if stale else ""}', basic]


def response(
    login: tuple[str, str, str],
    asked: tuple[str, str],
    nonce: str,
    qop: tuple[str, str, str] | None,
    algorithm: str = "md5",
) -> str:
    """Return what proves that a client knows a password.

    Args:
        login: User, realm and password.
        asked: Method and address of the request.
        nonce: The server's.
        qop: Number of the request, the client's nonce and the quality of protection; None without these.
        algorithm: A name of `hashlib`.
    """

    def hashed(text: str) -> str:
        return hashlib.new(algorithm, text.encode("utf-8", "surrogateescape"), usedforsecurity=False).hexdigest()

    middle = ":".join((nonce, *qop)) if qop is not None else nonce
    return hashed(f"{hashed(':'.join(login))}:{middle}:{hashed(':'.join(asked))}")
