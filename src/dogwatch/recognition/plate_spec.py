"""What the process that reads plates is asked and answers."""

from __future__ import annotations

import msgspec


class PlateTexts(msgspec.Struct, frozen=True):
    """The settings of `lpr` that decide about a text, with regular expressions as the user has written them.

    They may take for ever, so only the reading process evaluates them, and not for long.
    """

    min_length: int = 4
    format: str | None = None
    match_distance: int = 1
    known: dict[str, tuple[str, ...]] = {}
    replacements: tuple[tuple[str, str], ...] = ()


class JudgeText(msgspec.Struct, frozen=True, tag=True):
    """Say what a text that was read means."""

    text: str
    texts: PlateTexts


class TextJudged(msgspec.Struct, frozen=True):
    """The text after the replacements, whether it can be a plate, and whose plate it is."""

    text: str = ""
    usable: bool = False
    owner: str | None = None
    error: str = ""


class ReadPlate(msgspec.Struct, frozen=True, tag=True):
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
    """What was read: text and score, both empty if there is nothing to read, and the plate's box in pixels.

    `size` is that of the picture.
    """

    text: str = ""
    score: float = 0.0
    box: tuple[int, int, int, int] = (0, 0, 0, 0)
    size: tuple[int, int] = (0, 0)
    error: str = ""


Question = ReadPlate | JudgeText
