"""The secret that signs session tokens; changing it logs everybody out (docs/authentication.md)."""

from __future__ import annotations

import json
import os
import re
import secrets
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from dogwatch.errors import AuthError

if TYPE_CHECKING:
    from joserfc.jwk import OctKey

NAMES = ("DOGWATCH_JWT_SECRET", "FRIGATE_JWT_SECRET")
MINIMUM_BYTES = 16
ADD_ON_OPTIONS = Path("/data/options.json")


class SigningKey:
    """The secret, which no `repr` shows; `jwk` is made when the first token is read or issued."""

    def __init__(self, raw: bytes) -> None:
        """Sign with the bytes `raw`."""
        self.raw = raw

    @cached_property
    def jwk(self) -> OctKey:
        """The secret as JSON Web Key."""
        from joserfc.jwk import OctKey  # here: it takes 60 ms of a start and 7 MiB, and not everybody logs in

        return OctKey.import_key(self.raw)


def signing_key(directory: Path, environ: Mapping[str, str], add_on_options: Path = ADD_ON_OPTIONS) -> SigningKey:
    """Return the key: from the environment, a secret file, an add-on's options, or `<directory>/.jwt_secret`.

    If there is none yet, the last file is made, readable by its owner only.

    Raises:
        AuthError: The secret is too short, or cannot be read or written.
    """
    text = _given(environ, add_on_options) or _kept(directory / ".jwt_secret")
    raw = bytes.fromhex(text) if re.fullmatch(r"(?:[0-9a-fA-F]{2})+", text) else text.encode()
    if len(raw) < MINIMUM_BYTES:
        raise AuthError(f"the token secret has {len(raw)} bytes; it needs at least {MINIMUM_BYTES}")
    return SigningKey(raw)


def _given(environ: Mapping[str, str], add_on_options: Path) -> str | None:
    for name in NAMES:
        if environ.get(name):
            return environ[name].strip()
    directory = Path(environ.get("CREDENTIALS_DIRECTORY", "/run/secrets"))
    for name in NAMES:
        file = directory / name
        if file.is_file():
            return file.read_text().strip()
    if add_on_options.is_file():
        try:
            found = json.loads(add_on_options.read_text()).get("jwt_secret")
        except (ValueError, AttributeError) as error:
            raise AuthError(f"{add_on_options} is no JSON object") from error
        return str(found) if found else None
    return None


def _kept(file: Path) -> str:
    try:
        if file.is_file() and (text := file.read_text().strip()):
            return text
        text = secrets.token_hex(64)
        file.unlink(missing_ok=True)
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
            out.write(text)
    except OSError as error:
        raise AuthError(f"{file}: the token secret cannot be kept: {error.strerror}") from error
    return text
