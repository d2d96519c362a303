"""`face_recognition`: names for faces (docs/faces.md)."""

from __future__ import annotations

from pydantic import model_validator

from dogwatch.config.base import Section, key

MOST_ATTEMPTS = 2000  # of at most some 60 KB each; all are listed each time that one is added


class CameraFaceConfig(Section):
    """Faces of one camera."""

    enabled: bool = key(False, "Recognise the faces of people.")
    min_area: int = key(750, "Smallest area of a face in pixels of the picture.", ge=0)


class FaceRecognitionConfig(CameraFaceConfig):
    """Faces."""

    model_size: str = key("small", "Size of the model.", idle=True)
    device: str | None = key(None, "Device.", idle=True)
    unknown_score: float = key(0.8, "Score below which a face is nobody's.", ge=0, le=1)
    detection_threshold: float = key(0.7, "Smallest score of a face that is found.", ge=0, lt=1)
    recognition_threshold: float = key(0.9, "Smallest mean score with which a name is given.", ge=0, le=1)
    min_faces: int = key(1, "How many pictures of a person have to agree.", ge=1, le=6)
    save_attempts: int = key(
        200, f"How many faces that were seen are kept to be sorted; never more than {MOST_ATTEMPTS}.", ge=0
    )
    blur_confidence_filter: bool = key(True, "Lower the score of blurred faces.")
    detector_model: str | None = key(None, "Path of a YuNet detector (ONNX); together with `recognition_model`.")
    recognition_model: str | None = key(None, "Path of an SFace recogniser (ONNX).")

    @model_validator(mode="after")
    def _together(self) -> FaceRecognitionConfig:
        if bool(self.detector_model) != bool(self.recognition_model):
            raise ValueError("detector_model and recognition_model are given together")
        return self
