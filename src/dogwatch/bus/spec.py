"""What a worker process is told at start, as JSON over its standard input; each kind's spec lies beside its worker.

The composition root makes these from the configuration, so that workers need neither pydantic nor YAML and stay small.
They may hold credentials: they are never logged and never written to disk.
"""

from __future__ import annotations

import hashlib

import msgspec


class Spec(msgspec.Struct, frozen=True, kw_only=True):
    """The base of all specs.

    `link` is the path of the core's socket, `run_dir` holds those between workers, `log_level` is a lower-case name.
    """

    link: str = ""
    run_dir: str
    log_level: str = "info"


def digest(text: str | bytes) -> str:
    """Return what tells a spec, as a worker gets it, from another one."""
    data = text.encode() if isinstance(text, str) else text
    return hashlib.sha256(data.strip()).hexdigest()[:16]
