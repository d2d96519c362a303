"""What the configuration says of faces."""

from __future__ import annotations

import pytest

from dogwatch.config import ConfigErrors, parse
from dogwatch.recognition.face_spec import FaceModels
from dogwatch.recognition.faces import FaceSettings, faces_of

CAMERAS = """
cameras:
  door: {ffmpeg: {inputs: [{path: rtsp://10.0.0.2/main}]}, face_recognition: {min_area: 2000}}
  yard: {ffmpeg: {inputs: [{path: rtsp://10.0.0.3/main}]}, face_recognition: {enabled: false}}
  roof: {ffmpeg: {inputs: [{path: rtsp://10.0.0.4/main}]}, enabled: false}
"""


def settings(text: str) -> FaceSettings:
    return faces_of(parse(f"face_recognition: {text}\n{CAMERAS}", env={}).config)


def test_a_camera_has_the_global_settings_but_for_its_own() -> None:
    found = settings("{enabled: true, min_area: 900}")
    assert found.enabled
    assert found.cameras == {"door": 2000}
    assert not settings("{enabled: false}").enabled
    one = parse(CAMERAS.replace("{min_area: 2000}", "{enabled: true}"), env={}).config
    assert (faces_of(one).enabled, faces_of(one).cameras) == (True, {"door": 750})


def test_more_attempts_than_can_be_listed_quickly_are_not_kept() -> None:
    assert settings("{enabled: true, save_attempts: 1000000000}").save_attempts == 2000
    assert settings("{enabled: true, save_attempts: 0}").save_attempts == 0


def test_models_are_given_together() -> None:
    both = "{enabled: true, detector_model: a.onnx, recognition_model: b.onnx}"
    assert settings(both).models == FaceModels("a.onnx", "b.onnx")
    assert settings("{enabled: true}").models == FaceModels()
    with pytest.raises(ConfigErrors, match="together"):
        settings("{detector_model: a.onnx}")
