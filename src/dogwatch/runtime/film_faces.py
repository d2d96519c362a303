"""Names the faces in video files from the library of faces."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from dogwatch.recognition.face_library import FaceLibrary
from dogwatch.recognition.faces import FaceRecognition, faces_of
from dogwatch.recognition.reader_process import FaceProcess

if TYPE_CHECKING:
    from pathlib import Path

    from dogwatch.config import Config
    from dogwatch.recognition.face_votes import FaceVerdict


class FilmFaces:
    """What the library of files asks; see `FaceNames`."""

    def __init__(self, faces: FaceRecognition) -> None:
        """Ask `faces`."""
        self._faces = faces

    def wanted(self) -> bool:
        """Whether faces in files are to be named, and there is anybody who is known."""
        return self._faces.films

    def name(self, pictures: Sequence[bytes]) -> str | None:
        """Return whose face several JPEGs show; None if nobody knows.

        Raises:
            ReaderError: The process that looks at faces does not answer.
        """
        return self._faces.compare(pictures).name


def recognition_of(config: Config, media: Path) -> FaceRecognition:
    """Return what knows faces where no core runs: without events. Nothing starts before it is asked."""
    return FaceRecognition(faces_of(config), FaceLibrary(media), _tell_nobody, FaceProcess())


def _tell_nobody(event_id: str, camera: str, verdict: FaceVerdict, before: str | None) -> None:
    """Tell no event."""
