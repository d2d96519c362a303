"""The base of all messages between processes; they are in `bus.messages`, from where they are imported."""

from __future__ import annotations

import msgspec


class Message(msgspec.Struct, frozen=True, tag=True, array_like=False):
    """The base of all messages."""
