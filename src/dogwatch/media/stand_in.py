"""Notes in a JPEG that it shows another frame than the one that was asked for, which cannot be decoded."""

from __future__ import annotations

_BEGIN, _COMMENT = b"\xff\xd8\xff\xe0", b"\xff\xfe"
_MARK = b"frame "


def marked(jpeg: bytes, frame: int) -> bytes:
    """Return the picture with a comment that it shows `frame`."""
    at = _end_of_head(jpeg)
    text = _MARK + str(frame).encode()
    return jpeg[:at] + _COMMENT + (len(text) + 2).to_bytes(2) + text + jpeg[at:]


def frame_in(jpeg: bytes) -> int | None:
    """Return the frame that `marked` has named; None if it was not asked."""
    at = _end_of_head(jpeg)
    if jpeg[at : at + 2] != _COMMENT:
        return None
    text = jpeg[at + 4 : at + 2 + int.from_bytes(jpeg[at + 2 : at + 4])]
    number = text.removeprefix(_MARK)
    return int(number) if text.startswith(_MARK) and number.isdigit() else None


def _end_of_head(jpeg: bytes) -> int:
    """Return where the first segment ends, which has to come first in a JFIF file."""
    return 4 + int.from_bytes(jpeg[4:6]) if jpeg.startswith(_BEGIN) else 2
