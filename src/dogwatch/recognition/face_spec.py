"""What the process that looks at faces is asked and answers."""

from __future__ import annotations

import msgspec

WHOLE = (0.0, 0.0, 1.0, 1.0)


class FaceModels(msgspec.Struct, frozen=True):
    """The user's files: a YuNet detector and an SFace recogniser, both or none; without them OpenCV's own means."""

    detector: str = ""
    recogniser: str = ""


class LookForFace(msgspec.Struct, frozen=True, kw_only=True):
    """Look for the largest face, and compare it with those of the library.

    `picture` is a JPEG, PNG or WebP. `inside` is a box x1, y1, x2, y2 in fractions of it. `library` is the directory
    with one directory for each person; empty if the face is only to be cut out. `min_area` is in pixels of the picture,
    `threshold` the smallest score of a face that is found. `blur` lowers the score of a blurred face.
    """

    picture: bytes
    inside: tuple[float, float, float, float] = WHOLE
    library: str = ""
    models: FaceModels = FaceModels()
    min_area: int = 0
    threshold: float = 0.7
    blur: bool = True


class FaceLook(msgspec.Struct, frozen=True):
    """What was seen.

    Without a face, `picture` is empty; else it is the face with some surroundings as WebP. `name` is who is most like
    it, and `score` (0 to 1) how much; empty if the library is. `box` is x1, y1, x2, y2 in pixels of the picture.
    """

    picture: bytes = b""
    name: str = ""
    score: float = 0.0
    box: tuple[int, int, int, int] = (0, 0, 0, 0)
    error: str = ""
