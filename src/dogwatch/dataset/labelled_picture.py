"""A picture of the dataset and what is known of it."""

from __future__ import annotations

import re
from typing import Literal

import msgspec

Fractions = tuple[float, float, float, float]
_NAME = re.compile(r"(?!\.)[A-Za-z0-9_.-]{1,150}")


class KnownBox(msgspec.Struct, frozen=True):
    """An object on a picture; `box` is `x, y, w, h` as fractions. A `wrong` one is no object with this label."""

    label: str
    box: Fractions
    score: float | None = None
    wrong: bool = False


class LabelledPicture(msgspec.Struct, frozen=True):
    """A picture. Without boxes, nobody has said what is on it.

    `time` is that of the frame and `added` that of the submission (epoch s). `region` is the part of the picture in
    which the object was detected.
    """

    id: str
    camera: str
    time: float
    width: int
    height: int
    source: Literal["event", "frame"]
    added: float
    boxes: tuple[KnownBox, ...] = ()
    region: Fractions | None = None


def is_name(text: str) -> bool:
    """Tell whether a text may be the name of a file or directory of the dataset."""
    return _NAME.fullmatch(text) is not None
