"""The whole file."""

from __future__ import annotations

from typing import Any

from pydantic import model_validator

from dogwatch.config.audio import AudioConfig
from dogwatch.config.auth import AuthConfig, NetworkingConfig, ProxyConfig, TlsConfig
from dogwatch.config.base import Section, key, section
from dogwatch.config.camera import CameraConfig
from dogwatch.config.camera_health import CameraHealthConfig
from dogwatch.config.detect import DetectConfig
from dogwatch.config.detectors import BUILT_IN, DetectorConfig, ModelConfig
from dogwatch.config.edge import EdgeConfig
from dogwatch.config.enrichments import ClassificationConfig, Enrichment
from dogwatch.config.faces import FaceRecognitionConfig
from dogwatch.config.ffmpeg import FfmpegConfig
from dogwatch.config.files import FilesConfig
from dogwatch.config.live import BirdseyeConfig, Go2rtcConfig, LiveConfig
from dogwatch.config.motion import MotionConfig
from dogwatch.config.mqtt import MqttConfig
from dogwatch.config.notifications import NotificationsConfig
from dogwatch.config.objects import ObjectsConfig
from dogwatch.config.plates import LprConfig
from dogwatch.config.plus import PlusConfig
from dogwatch.config.profiles import ProfileConfig
from dogwatch.config.record import RecordConfig
from dogwatch.config.review import ReviewConfig
from dogwatch.config.sharing import SharingConfig
from dogwatch.config.snapshots import SnapshotsConfig, TimestampStyleConfig
from dogwatch.config.system import (
    CameraGroupConfig,
    DatabaseConfig,
    LoggerConfig,
    TelemetryConfig,
    UiConfig,
    Variables,
)


class Config(Section):
    """The configuration; `cameras` have the global sections merged in."""

    version: str | None = key(None, "Version of the file format, such as `0.16-0`; older formats are understood.")
    cameras: dict[str, CameraConfig] = key({}, "Cameras by name: letters, digits, `_` and `-`.")
    mqtt: MqttConfig = section(MqttConfig, "MQTT broker.")
    database: DatabaseConfig = section(DatabaseConfig, "Database.")
    tls: TlsConfig = section(TlsConfig, "HTTPS.")
    networking: NetworkingConfig = section(NetworkingConfig, "Listeners.")
    proxy: ProxyConfig = section(ProxyConfig, "A reverse proxy in front of Dogwatch.")
    auth: AuthConfig = section(AuthConfig, "Login and users.")
    sharing: SharingConfig = section(SharingConfig, "Links that need no login.")
    files: FilesConfig = section(FilesConfig, "Video files.")
    edge: EdgeConfig = section(EdgeConfig, "The edge API of one camera.")
    logger: LoggerConfig = section(LoggerConfig, "Logging.")
    environment_vars: Variables = key({}, "Environment variables that are set at start; shown to administrators only.")
    ui: UiConfig = section(UiConfig, "How the web page shows times and units.")
    telemetry: TelemetryConfig = section(TelemetryConfig, "Statistics.")
    detectors: dict[str, DetectorConfig] = key({}, "Detectors by name; one `opencv` if none is given.")
    model: ModelConfig = section(ModelConfig, "The detectors' model.")
    camera_groups: dict[str, CameraGroupConfig] = key({}, "Groups of cameras.")
    go2rtc: Go2rtcConfig = section(Go2rtcConfig, "Streams by name.")
    notifications: NotificationsConfig = section(NotificationsConfig, "Web push and other channels.")
    birdseye: BirdseyeConfig = section(BirdseyeConfig, "Picture of all cameras.")
    ffmpeg: FfmpegConfig = section(FfmpegConfig, "How streams are opened.")
    detect: DetectConfig = section(DetectConfig, "Object detection.")
    objects: ObjectsConfig = section(ObjectsConfig, "Tracked objects.")
    motion: MotionConfig = section(MotionConfig, "Motion detection.")
    record: RecordConfig = section(RecordConfig, "Recording.")
    snapshots: SnapshotsConfig = section(SnapshotsConfig, "Snapshots.")
    review: ReviewConfig = section(ReviewConfig, "Alerts and detections.")
    live: LiveConfig = section(LiveConfig, "Live view.")
    audio: AudioConfig = section(AudioConfig, "Sound detection.")
    camera_health: CameraHealthConfig = section(CameraHealthConfig, "What pictures tell of the cameras themselves.")
    timestamp_style: TimestampStyleConfig = section(TimestampStyleConfig, "The time drawn on pictures.")
    plus: PlusConfig = section(PlusConfig, "Where pictures go that are sent to be labelled.")
    semantic_search: Enrichment = section(Enrichment, "Semantic search.", unused=True)
    face_recognition: FaceRecognitionConfig = section(FaceRecognitionConfig, "Names for faces.")
    lpr: LprConfig = section(LprConfig, "Licence plates.")
    genai: dict[str, Any] = key({}, "Language models.", unused=True)
    classification: ClassificationConfig = section(ClassificationConfig, "Custom classification.", unused=True)
    audio_transcription: Enrichment = section(Enrichment, "Speech to text.", unused=True)
    profiles: dict[str, ProfileConfig] = key({}, "Profiles by name, one of which can be active at a time.")

    @model_validator(mode="before")
    @classmethod
    def _defaults(cls, data: Any) -> Any:
        """Give a file without detectors the built-in one, and one without a broker none."""
        if not isinstance(data, dict):
            return data
        filled = dict(data)
        if not filled.get("detectors"):
            filled["detectors"] = {BUILT_IN: {"type": BUILT_IN}}
        if filled.get("mqtt") is None:
            filled["mqtt"] = {"enabled": False}
        return filled
