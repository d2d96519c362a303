"""The base of worker specs, which are JSON on standard input; the spec of each kind is in its worker's package.

The composition root makes these from the configuration, so that workers need neither pydantic nor YAML and stay small.
They may hold credentials: they are never logged and never written to disk.
"""

from __future__ import annotations

import hashlib

import msgspec


class Spec(msgspec.Struct, frozen=True, kw_only=True):
    """The base of all specs.

    `link` is the path of the core's socket, `run_dir` the directory of other sockets, `log_level` a lower-case name.
    """

    link: str = ""
    run_dir: str
    log_level: str = "info"


def digest(text: str | bytes) -> str:
    """Return a digest of a spec's text, by which specs are compared."""
    data = text.encode() if isinstance(text, str) else text
    return hashlib.sha256(data.strip()).hexdigest()[:16]
