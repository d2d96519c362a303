"""`cameras.<name>`: one camera, with the global sections merged in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import PrivateAttr

from dogwatch.config.audio import CameraAudioConfig
from dogwatch.config.base import Section, key, required, section
from dogwatch.config.camera_health import CameraHealthConfig
from dogwatch.config.detect import DetectConfig
from dogwatch.config.enrichments import Enrichment, SemanticSearchConfig
from dogwatch.config.faces import CameraFaceConfig
from dogwatch.config.ffmpeg import CameraFfmpegConfig
from dogwatch.config.live import CameraBirdseyeConfig, LiveConfig
from dogwatch.config.masks import Masks
from dogwatch.config.motion import MotionConfig
from dogwatch.config.mqtt import CameraMqttConfig
from dogwatch.config.notifications import CameraNotificationsConfig
from dogwatch.config.objects import ObjectsConfig
from dogwatch.config.onvif import OnvifConfig
from dogwatch.config.plates import CameraLprConfig
from dogwatch.config.record import RecordConfig
from dogwatch.config.review import ReviewConfig
from dogwatch.config.snapshots import SnapshotsConfig, TimestampStyleConfig
from dogwatch.config.zones import ZoneConfig


class CameraUiConfig(Section):
    """A camera on the page."""

    order: int = key(0, "Its position.")
    dashboard: bool = key(True, "Show it on the live page.")
    review: bool = key(True, "Show it on the review page.")


class CameraConfig(Section):
    """One camera."""

    name: str = key("", "The camera's key; set by Dogwatch.")
    enabled: bool = key(True, "Connect to this camera.")
    friendly_name: str | None = key(None, "Name that is shown.")
    type: Literal["generic", "lpr"] = key(
        "generic", "`lpr` for a camera that only sees plates: it needs no detector of cars."
    )
    webui_url: str | None = key(None, "Address of the camera's own web page.")
    best_image_timeout: int = key(60, "Seconds after which a newer picture of an object is preferred.", ge=0)
    ffmpeg: CameraFfmpegConfig = required("Streams.")
    detect: DetectConfig = section(DetectConfig, "Object detection.")
    objects: ObjectsConfig = section(ObjectsConfig, "Tracked objects.")
    motion: MotionConfig = section(MotionConfig, "Motion detection.")
    zones: dict[str, ZoneConfig] = key({}, "Zones by name.")
    privacy_masks: Masks = key([], "Parts of the picture that are blacked out in shared links with `privacy_masks`.")
    record: RecordConfig = section(RecordConfig, "Recording.")
    snapshots: SnapshotsConfig = section(SnapshotsConfig, "Snapshots.")
    review: ReviewConfig = section(ReviewConfig, "Alerts and detections.")
    live: LiveConfig = section(LiveConfig, "Live view.")
    audio: CameraAudioConfig = section(CameraAudioConfig, "Sound detection.")
    camera_health: CameraHealthConfig = section(CameraHealthConfig, "What pictures tell of the camera itself.")
    timestamp_style: TimestampStyleConfig = section(TimestampStyleConfig, "The time drawn on pictures.")
    birdseye: CameraBirdseyeConfig = section(CameraBirdseyeConfig, "Picture of all cameras.")
    mqtt: CameraMqttConfig = section(CameraMqttConfig, "Snapshot pictures on MQTT.")
    onvif: OnvifConfig = section(OnvifConfig, "Turning the camera.")
    ui: CameraUiConfig = section(CameraUiConfig, "The camera on the page.")
    notifications: CameraNotificationsConfig = section(CameraNotificationsConfig, "Notifications about it.")
    face_recognition: CameraFaceConfig = section(CameraFaceConfig, "Names for faces.")
    lpr: CameraLprConfig = section(CameraLprConfig, "Licence plates.")
    audio_transcription: Enrichment = section(Enrichment, "Speech to text.", unused=True)
    semantic_search: SemanticSearchConfig = section(SemanticSearchConfig, "Semantic search.", unused=True)
    genai: dict[str, Any] = key({}, "Descriptions by a language model.", unused=True)
    profiles: dict[str, CameraConfig] = key(
        {}, "What is different with a profile: any of the keys of a camera, by the profile's name."
    )

    _given: Mapping[str, Any] = PrivateAttr(default_factory=dict)

    @property
    def given(self) -> Mapping[str, Any]:
        """What a profile gives itself, as the file has it, if this is a camera with a profile."""
        return self._given

    def as_given_by(self, profile: Mapping[str, Any]) -> CameraConfig:
        """Return this camera, which is one with a profile, with what the profile itself gives."""
        camera = self.model_copy()
        camera._given = profile
        return camera


MERGED = tuple(
    name
    for name in CameraConfig.model_fields
    if name
    in {
        "ffmpeg",
        "detect",
        "objects",
        "motion",
        "record",
        "snapshots",
        "review",
        "live",
        "audio",
        "camera_health",
        "face_recognition",
        "lpr",
        "timestamp_style",
        "birdseye",
        "notifications",
    }
)
"""The sections whose global values are the cameras' defaults."""
