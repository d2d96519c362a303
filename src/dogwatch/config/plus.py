"""`plus`: where pictures go that users send to be labelled."""

from __future__ import annotations

import os
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator

from dogwatch.config.base import Section, key

VARIABLE = "PLUS_API_KEY"


def _service(value: str) -> str:
    try:
        parts = urlsplit(value)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        usable = False
    if not usable or parts.username is not None or parts.password is not None or parts.query or parts.fragment:
        raise ValueError("expected an address such as 'https://labels.example.org', without a user or a password")
    if not value.isascii() or any(one.isspace() for one in value):
        raise ValueError("expected an address of plain characters")
    return value


def _token(value: str) -> str:
    if not value.isascii() or not value.isprintable() or " " in value:
        raise ValueError("a key has letters, digits and signs only")
    return value


class PlusConfig(Section):
    """A labelling service."""

    url: Annotated[str, AfterValidator(_service)] | None = key(
        None, "Address of the service; without one, pictures go into the local dataset."
    )
    api_key: Annotated[str, AfterValidator(_token)] | None = key(
        None, "Key of the service; by default that in the environment variable `PLUS_API_KEY`.", secret=True
    )

    @property
    def key(self) -> str:
        """The key of the service; empty without one."""
        return self.api_key or os.environ.get(VARIABLE, "").strip()
