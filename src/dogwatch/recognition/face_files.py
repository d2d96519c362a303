"""Names of persons, of their pictures, and of attempts (docs/faces.md): texts in, texts out."""

from __future__ import annotations

import re
from dataclasses import dataclass

from dogwatch.errors import RefusedError

TRAIN, UNKNOWN = "train", "unknown"
RESERVED = frozenset({TRAIN, UNKNOWN})
MOST_LETTERS, MOST_BYTES = 100, 150  # a file's name has 255 bytes, and is made of the person's and some numbers
PICTURES = re.compile(r"[^./\\\0][^/\\\0]{0,249}\.(webp|jpg|jpeg|png)", re.IGNORECASE)
_ATTEMPT = re.compile(
    r"(?P<event>\d+(?:\.\d+)?-[A-Za-z0-9]+)-(?P<time>\d+(?:\.\d+)?)-(?P<name>.+)-(?P<score>\d(?:\.\d+)?)\.webp"
)


@dataclass(frozen=True, slots=True)
class FaceAttempt:
    """What the name of a file in `train` says: the event, the frame's time, who was recognised, and the score."""

    event_id: str
    time: float
    name: str
    score: float

    @property
    def file(self) -> str:
        """The file's name."""
        return f"{self.event_id}-{self.time:.6f}-{self.name}-{self.score:.2f}.webp"


def attempt_of(file: str) -> FaceAttempt | None:
    """Return what the name of a file in `train` says; None if it is another one."""
    found = _ATTEMPT.fullmatch(file)
    if found is None:
        return None
    return FaceAttempt(found["event"], float(found["time"]), found["name"], float(found["score"]))


def person(name: str) -> str:
    """Return the name of a person as it is kept.

    Raises:
        RefusedError: It is no name of a directory, or is used otherwise.
    """
    name = name.strip()
    if (
        not name
        or name.startswith(".")
        or any(letter in "/\\" or ord(letter) < 32 or ord(letter) == 127 for letter in name)
    ):
        raise RefusedError("A name needs letters, no path separators, and no dot at its beginning")
    if not is_text(name):
        raise RefusedError("A name has to be text")
    if len(name) > MOST_LETTERS or len(name.encode()) > MOST_BYTES:
        raise RefusedError(f"A name has at most {MOST_LETTERS} letters ({MOST_BYTES} bytes)")
    if name.lower() in RESERVED:
        raise RefusedError(f"'{name}' cannot be the name of a person")
    return name


def is_text(name: str) -> bool:
    """Whether a name that was found on the disk is text: others, in some old encoding, no answer can hold."""
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True


def picture(file: str) -> str:
    """Return the name of a picture's file.

    Raises:
        RefusedError: It is none.
    """
    if not PICTURES.fullmatch(file):
        raise RefusedError("That is no name of a picture")
    return file
