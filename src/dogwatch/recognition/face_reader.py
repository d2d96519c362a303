"""The process that looks at faces: one question after the other on standard input, answers on standard output.

It decodes pictures that anybody may have brought, and takes some 80 MiB: so it is a process of its own.
"""

from __future__ import annotations

import os
import sys
from typing import BinaryIO

import cv2
import msgspec

from dogwatch.recognition.built_in_faces import BuiltInFaces
from dogwatch.recognition.face_crop import face_picture, read_picture, sharpness
from dogwatch.recognition.face_gallery import FaceGallery
from dogwatch.recognition.face_recogniser import FaceRecogniser
from dogwatch.recognition.face_spec import FaceLook, FaceModels, LookForFace
from dogwatch.recognition.framed import receive, send

SHARP, BLURRED = 150.0, 25.0  # variances of a face that is sharp, and of one of which little is left
MOST_BLUR = 0.1  # what a blurred face loses of its score


class FaceReader:
    """Looks at pictures, with one way to recognise faces at a time."""

    def __init__(self) -> None:
        """Load nothing yet."""
        self._models: FaceModels | None = None
        self._recogniser: FaceRecogniser | None = None
        self._galleries: dict[str, FaceGallery] = {}

    def answer(self, asked: LookForFace) -> FaceLook:
        """Return what is seen in a picture."""
        frame = read_picture(asked.picture)
        if frame is None:
            return FaceLook(error="the picture cannot be read")
        recogniser = self._with(asked.models)
        height, width = frame.shape[:2]
        x1, y1 = max(0, round(asked.inside[0] * width)), max(0, round(asked.inside[1] * height))
        x2, y2 = min(width, round(asked.inside[2] * width)), min(height, round(asked.inside[3] * height))
        if x2 - x1 < 1 or y2 - y1 < 1:
            return FaceLook()
        face = recogniser.find(frame, (x1, y1, x2, y2), asked.min_area**0.5, asked.threshold)
        if face is None or face.area < asked.min_area:
            return FaceLook()
        name, score = "", 0.0
        if asked.library:
            if asked.library not in self._galleries:
                self._galleries = {asked.library: FaceGallery(asked.library, recogniser)}
            gallery = self._galleries[asked.library]
            gallery.refresh()
            name, score = gallery.best(recogniser.describe(frame, face))
        if asked.blur:
            score -= blur_loss(sharpness(frame, face.box))
        return FaceLook(face_picture(frame, face.box), name, round(max(0.0, score), 4), face.box)

    def _with(self, models: FaceModels) -> FaceRecogniser:
        if self._recogniser is None or models != self._models:
            if models.detector:
                from dogwatch.recognition.sface_faces import SFaceFaces

                self._recogniser = SFaceFaces(models.detector, models.recogniser)
            else:
                self._recogniser = BuiltInFaces()
            self._models, self._galleries = models, {}
        return self._recogniser


def blur_loss(variance: float) -> float:
    """Return what the score of a face loses by its sharpness."""
    return MOST_BLUR * min(1.0, max(0.0, (SHARP - variance) / (SHARP - BLURRED)))


def serve(questions: BinaryIO, answers: BinaryIO) -> None:
    """Answer until there are no more questions."""
    reader = FaceReader()
    decoder = msgspec.msgpack.Decoder(LookForFace)
    while (data := receive(questions)) is not None:
        try:
            answer = reader.answer(decoder.decode(data))
        except Exception as error:  # noqa: BLE001 - one picture must not cost the next ones; the other side logs it
            answer = FaceLook(error=f"{type(error).__name__}: {error}"[:300])
        send(answers, answer)


def main() -> None:
    """Serve standard input and output; what libraries print goes to standard error."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    cv2.setNumThreads(1)
    serve(sys.stdin.buffer, answers)


if __name__ == "__main__":
    main()
