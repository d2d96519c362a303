"""The names under which encoding processes send live video, and the numbers of their forms.

To the live link and to viewers, an encoding process looks like a camera; its name is one that no camera and no other
source of a stream can have, but for `birdseye`, which has no process while a camera has that name. A stream may be
called `front/0`, so it is the prefix that tells, and what follows the last `/`.
"""

from __future__ import annotations

_PREFIX = "encoded:"
BIRDSEYE = "birdseye"
"""The picture of several cameras."""
H264, JSMPEG = 0, 1
"""The inputs of an encoding process: H.264 as fragments and packets; MPEG-1 in a transport stream, as fragments."""
JSMPEG_CODEC = "mpeg1video"
"""The `codecs` of such a stream; its `init` is empty."""


def is_one(name: str) -> bool:
    """Whether `name` is that of an encoding process, if no camera has it."""
    return name == BIRDSEYE or name.startswith(_PREFIX)


def of_pictures(camera: str) -> str:
    """Return the name of the process that encodes the pictures which were decoded for detection."""
    return f"{_PREFIX}{camera}/pictures"


def of_input(camera: str, index: int) -> str:
    """Return the name of the process that encodes an input of a camera as H.264."""
    return f"{_PREFIX}{camera}/{index}"
