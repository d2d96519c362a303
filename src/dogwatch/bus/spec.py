"""The base of worker specs, which are JSON on standard input; the spec of each kind is in its worker's package.

The composition root makes these from the configuration, so that workers need neither pydantic nor YAML and stay small.
They may hold credentials: they are never logged and never written to disk.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable
from typing import TypeVar

import msgspec

log = logging.getLogger(__name__)


class Spec(msgspec.Struct, frozen=True, kw_only=True):
    """The base of all specs.

    `link` is the path of the core's socket, `run_dir` the directory of other sockets, `log_level` a lower-case name.
    """

    link: str = ""
    run_dir: str
    log_level: str = "info"


S = TypeVar("S", bound=Spec)


def digest(text: str | bytes) -> str:
    """Return a digest of a spec's text, by which specs are compared."""
    data = text.encode() if isinstance(text, str) else text
    return hashlib.sha256(data.strip()).hexdigest()[:16]


def changed(old: S, text: str, hot: Callable[[S, S], bool]) -> S | None:
    """Return the spec `text` that a worker which follows `old` is to follow; None, and logged, if it cannot."""
    try:
        new = msgspec.json.decode(text, type=type(old))
    except msgspec.MsgspecError as error:
        log.error("the new configuration cannot be read: %s", error)
        return None
    if not hot(old, new):
        log.error("this process cannot follow its new configuration")
        return None
    return new
