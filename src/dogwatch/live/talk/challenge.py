"""Logs in to a camera's RTSP server. Sources: RFC 7617 (Basic), RFC 7616 (Digest with MD5 and SHA-256)."""

from __future__ import annotations

import base64
import re
import secrets

from dogwatch.live.rtsp import digest

ALGORITHMS = {"MD5": "md5", "SHA-256": "sha256"}
_PART = re.compile(
    r'(?P<scheme>Digest|Basic)\s+(?=\w+\s*=)|(?P<name>[\w-]+)\s*=\s*(?:"(?P<quoted>(?:[^"\\]|\\.)*)"|(?P<bare>[^\s,"]+))',
    re.IGNORECASE,
)
_ESCAPED = re.compile(r"\\(.)")


class CameraLogin:
    """The login of one connection: nothing is told before the camera asks, and a password is hashed if it can be."""

    def __init__(self, username: str, password: str) -> None:
        """Log in as `username`."""
        self._username, self._password = username, password
        self._digest: dict[str, str] = {}
        self._basic = False
        self._count = 0

    def challenged(self, header: str) -> bool:
        """Take in a `WWW-Authenticate`; return whether another try makes sense."""
        before = self._digest.get("nonce"), self._basic
        self._digest, self._basic = {}, False
        for scheme, given in _challenges(header):
            if scheme == "basic":
                self._basic = True
            elif given.get("algorithm", "MD5").upper() in ALGORITHMS and "nonce" in given and not self._digest:
                self._digest = given
        if self._digest:
            self._count = 0
            stale = self._digest.get("stale", "").lower() == "true"
            return before[0] is None or (stale and before[0] != self._digest["nonce"])
        return self._basic and not before[1]

    def authorization(self, method: str, url: str) -> str | None:
        """Return the `Authorization` of a request; None before the camera has asked for one."""
        if self._digest:
            return self._digest_for(method, url)
        if self._basic:
            return "Basic " + base64.b64encode(f"{self._username}:{self._password}".encode()).decode()
        return None

    def _digest_for(self, method: str, url: str) -> str:
        given = self._digest
        realm, nonce = given.get("realm", ""), given["nonce"]
        algorithm = given.get("algorithm", "MD5").upper()
        qop = None
        if "auth" in [one.strip().lower() for one in given.get("qop", "").split(",")]:
            self._count += 1
            qop = (f"{self._count:08x}", secrets.token_hex(8), "auth")
        login = (self._username, realm, self._password)
        proof = digest.response(login, (method, url), nonce, qop, ALGORITHMS[algorithm])
        found = {"username": self._username, "realm": realm, "nonce": nonce, "uri": url, "response": proof}
        if "opaque" in given:
            found["opaque"] = given["opaque"]
        parts = [f'{name}="{_quoted(value)}"' for name, value in found.items()]
        if "algorithm" in given:
            parts.append(f"algorithm={algorithm}")
        if qop is not None:
            parts += [f"qop={qop[2]}", f"nc={qop[0]}", f'cnonce="{qop[1]}"']
        return "Digest " + ", ".join(parts)


def _challenges(header: str) -> list[tuple[str, dict[str, str]]]:
    """Return the schemes of a header, several of which may have been joined, with their parameters."""
    found: list[tuple[str, dict[str, str]]] = []
    for one in _PART.finditer(header[: digest.MAX_LENGTH]):
        if one["scheme"]:
            found.append((one["scheme"].lower(), {}))
        elif found:
            found[-1][1][one["name"].lower()] = one["bare"] or _ESCAPED.sub(r"\1", one["quoted"] or "")
    return found


def _quoted(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')
