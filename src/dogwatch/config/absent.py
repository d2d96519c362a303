"""What `/api/config` shows of features that Dogwatch does not have: that they are off, and the values of an empty file.

The file's own values are not shown: clients would take them for what is in force.
"""

from __future__ import annotations

from typing import Any

OFF = {"enabled": False}
SECTIONS: dict[str, Any] = {
    "semantic_search": {**OFF, "reindex": False, "model": "jinav1", "model_size": "small"},
    "genai": OFF,
    "classification": {"bird": {**OFF, "threshold": 0.9}, "custom": {}},
    "audio_transcription": {
        **OFF, "language": "en", "device": "CPU", "model_size": "small", "live_enabled": False,
    },
}  # fmt: skip
"""Sections at the top of the file."""

OF_CAMERA: dict[str, Any] = {
    "rtmp": OFF,
    "audio_transcription": {**OFF, "enabled_in_config": False, "live_enabled": False},
    "semantic_search": {"triggers": {}},
}
"""Sections of a camera."""

REVIEW_SUMMARIES = {**OFF, "alerts": True, "detections": False, "image_source": "preview"}
"""`review.genai`, of all cameras and of each."""
