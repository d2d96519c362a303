"""What the process that reads plates is asked and answers: messages as MessagePack, each after its length."""

from __future__ import annotations

import struct
from typing import IO

import msgspec

LENGTH = struct.Struct("<I")
LARGEST = 64 << 20


class ReadPlate(msgspec.Struct, frozen=True):
    """Read the plate of one object.

    `picture` is a JPEG or WebP of the whole frame. `object` and `plate` are boxes x1, y1, x2, y2 in fractions of it;
    without `plate` one is looked for inside the object. `enhancement` is from 0 to 10.
    """

    picture: bytes
    object: tuple[float, float, float, float]
    plate: tuple[float, float, float, float] | None
    min_area: int
    enhancement: int = 0


class PlateRead(msgspec.Struct, frozen=True):
    """What was read: text and score, both empty if there is nothing to read, and the plate's box in pixels."""

    text: str = ""
    score: float = 0.0
    box: tuple[int, int, int, int] = (0, 0, 0, 0)
    error: str = ""


def send(stream: IO[bytes], message: msgspec.Struct) -> None:
    """Write one message."""
    data = msgspec.msgpack.encode(message)
    stream.write(LENGTH.pack(len(data)))
    stream.write(data)
    stream.flush()


def receive(stream: IO[bytes]) -> bytes | None:
    """Read one message, None at the end.

    Raises:
        ValueError: It is too long.
    """
    head = stream.read(LENGTH.size)
    if len(head) < LENGTH.size:
        return None
    (length,) = LENGTH.unpack(head)
    if length > LARGEST:
        raise ValueError(f"a message of {length} bytes")
    data = stream.read(length)
    return data if len(data) == length else None
