"""No key does nothing without a word: something reads it, or clients do, or the user is told."""

from __future__ import annotations

import ast
import functools
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import BaseModel

from dogwatch.config import parse
from dogwatch.config.keys import is_idle, is_unused, shape_of
from dogwatch.config.root import Config
from tests.unit.config.files import SMALL

PACKAGE = Path(__file__).parents[3] / "src" / "dogwatch"

READERS: dict[str, tuple[str, ...]] = {
    "EdgeConfig": ("api/edge/surface.py", "edge/camera.py", "api/surfaces.py", "runtime/parts.py"),
    "ExportConfig": ("recordings/export_job.py",),
    "AlertsConfig": ("events/rules.py", "recordings/rules.py"),
    "AudioConfig": ("runtime/specs.py", "events/rules.py", "config/audio.py"),
    "AudioFilterConfig": ("config/audio.py",),
    "CameraAudioConfig": ("runtime/specs.py", "events/rules.py", "config/audio.py"),
    "SoundModelConfig": ("runtime/specs.py", "config/sound_labels.py"),
    "BirdseyeConfig": ("live/birdseye/settings.py", "live/encoded.py", "live/stream_names.py"),
    "CameraBirdseyeConfig": ("live/birdseye/settings.py",),
    "AuthConfig": ("auth/authority.py", "runtime/core.py", "runtime/followed.py"),
    "CameraConfig": ("runtime/specs.py", "live/drawing.py", "events/rules.py"),
    "CameraHealthConfig": ("runtime/specs.py", "runtime/health.py"),
    "CameraFfmpegConfig": ("runtime/specs.py", "config/connections.py"),
    "ColorConfig": ("events/rendering.py",),
    "CameraFaceConfig": ("recognition/faces.py",),
    "CameraLprConfig": ("recognition/plates.py", "api/nvr/plates.py"),
    "CameraMqttConfig": ("events/rendering.py", "events/label_snapshots.py"),
    "Config": ("runtime/core.py", "runtime/specs.py", "cli/core.py"),
    "DatabaseConfig": ("runtime/paths.py",),
    "DaysConfig": ("recordings/rules.py",),
    "DetectConfig": ("runtime/specs.py",),
    "DetectionsConfig": ("events/rules.py", "recordings/rules.py"),
    "DetectorConfig": ("runtime/specs.py",),
    "FfmpegConfig": ("runtime/specs.py", "config/connections.py"),
    "FaceRecognitionConfig": ("recognition/faces.py",),
    "FilesConfig": ("library/library.py", "runtime/parts.py"),
    "WatchConfig": ("runtime/followed.py",),
    "FilterConfig": ("runtime/specs.py",),
    "Go2rtcRtspConfig": ("live/rtsp/settings.py",),
    "Go2rtcConfig": ("runtime/specs.py", "config/connections.py", "live/webrtc/settings.py"),
    "HeaderMapConfig": ("auth/authority.py",),
    "IceServerConfig": ("live/webrtc/settings.py",),
    "InputConfig": ("runtime/specs.py", "config/connections.py"),
    "Ipv6Config": ("api/nvr/surface.py",),
    "ListenConfig": ("api/nvr/surface.py", "api/guard.py"),
    "LayoutConfig": ("live/birdseye/settings.py",),
    "LiveConfig": ("live/stream_names.py", "live/encoded.py", "live/talk/talks.py"),
    "LoggerConfig": ("cli/core.py",),
    "LprConfig": ("recognition/plates.py", "api/nvr/plates.py"),
    "MaskConfig": ("runtime/specs.py",),
    "MaxFramesConfig": ("runtime/specs.py",),
    "ModeConfig": ("edge/modes.py",),
    "ModeInputConfig": ("edge/modes.py",),
    "ModePresenceConfig": ("edge/modes.py",),
    "ModeTimeConfig": ("edge/mode_schedule.py",),
    "ModelConfig": ("runtime/specs.py",),
    "ModesConfig": ("edge/modes.py",),
    "MotionConfig": ("runtime/specs.py", "events/rules.py"),
    "MqttConfig": ("outputs/mqtt/settings.py",),
    "MqttDiscoveryConfig": ("outputs/mqtt/settings.py",),
    "ObjectsConfig": ("runtime/specs.py",),
    "CameraNotificationsConfig": ("outputs/push/settings.py",),
    "ChannelConfig": ("outputs/push/settings.py",),
    "NotificationsConfig": ("outputs/push/settings.py",),
    "AutotrackingConfig": ("onvif/settings.py",),
    "OnvifConfig": ("onvif/settings.py",),
    "OidcConfig": (
        "auth/oidc.py",
        "auth/oidc_provider.py",
        "auth/id_tokens.py",
        "auth/authority.py",
        "api/nvr/oidc.py",
    ),
    "OutputConfig": ("edge/outputs.py", "edge/output_ports.py"),
    "PlusConfig": ("api/nvr/labelling.py",),
    "PreviewConfig": ("recordings/preview_job.py",),
    "ProxyConfig": ("auth/authority.py",),
    "RecordConfig": ("runtime/specs.py", "recordings/retention.py", "recordings/rules.py"),
    "ReplaceRule": ("recognition/plates.py",),
    "ReviewRecordConfig": ("events/rules.py", "recordings/rules.py"),
    "ReviewRetainConfig": ("recordings/rules.py",),
    "SharingConfig": ("sharing/makers.py", "sharing/shares.py"),
    "SnapshotRetainConfig": ("events/expiry.py",),
    "SnapshotsConfig": ("events/rendering.py", "events/rules.py"),
    "SpaceConfig": ("runtime/specs.py",),
    "StationaryConfig": ("runtime/specs.py",),
    "TelemetryConfig": ("runtime/followed.py",),
    "TimestampStyleConfig": ("events/rendering.py",),
    "TlsConfig": ("api/nvr/surface.py",),
    "UiConfig": ("runtime/specs.py", "events/rendering.py"),
    "WebRtcConfig": ("live/webrtc/settings.py",),
    "ZoneConfig": ("runtime/specs.py",),
}
"""Which modules read the keys of a model."""

THROUGH = {
    "DetectorConfig": dict.fromkeys(
        ("person", "face", "cat", "license_plate", "face_anywhere", "api_url", "api_timeout", "api_key"), "options"
    ),
    "Go2rtcRtspConfig": {"listen": "address"},
    "ListenConfig": {"internal": "internal_address", "external": "external_address"},
    "MaskConfig": {"coordinates": "points"},
    "PlusConfig": {"api_key": "key"},
    "ModelConfig": {
        "labelmap": "model_labels",
        "labelmap_path": "model_labels",
        "attributes_map": "attributes_map",
    },
    "ZoneConfig": {"coordinates": "points"},
}
"""Keys that are read through a property or a function of the configuration."""

FOR_CLIENTS = {
    "CameraConfig": {"name", "friendly_name", "webui_url"},
    "CameraGroupConfig": {"cameras", "icon", "order"},
    "CameraUiConfig": {"order", "dashboard", "review"},
    "Config": {"version"},
    "DetectConfig": {"annotation_offset"},
    "MaskConfig": {"name", "friendly_name"},
    "ProfileConfig": {"friendly_name"},
    "ProxyConfig": {"logout_url"},
    "UiConfig": {"time_format", "date_style", "time_style", "strftime_fmt"},
    "ZoneConfig": {"friendly_name"},
}
"""Keys that mean something to who shows them; `/api/config` hands them on, and Dogwatch needs to do nothing."""


def used(kind: type[BaseModel] = Config) -> Iterator[tuple[str, str]]:
    """Yield model and name of every plain key of which the user is not told that nothing uses it."""
    for name, field in kind.model_fields.items():
        _, inner = shape_of(field)
        if is_unused(field) or is_idle(field) or inner is kind:  # a profile's part of a camera is a camera
            continue
        if inner is not None:
            yield from used(inner)
        else:
            yield kind.__name__, name


@functools.cache
def attributes(module: str) -> frozenset[str]:
    """Return the names of all attributes that a module reads."""
    tree = ast.parse((PACKAGE / module).read_text())
    return frozenset(node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute))


@pytest.mark.parametrize("model", sorted({model for model, _ in used()}))
def test_every_key_is_read(model: str) -> None:
    names = {name for owner, name in used() if owner == model}
    for_clients = FOR_CLIENTS.get(model, set())
    assert for_clients <= names, "there is no such key"
    read = frozenset[str]().union(*(attributes(module) for module in READERS.get(model, ())))
    through = THROUGH.get(model, {})
    assert {name for name in names - for_clients if through.get(name, name) not in read} == set(), (
        "read these keys in a module of READERS, or mark them as idle"
    )


IGNORED = {
    "hwaccel_args": "record: {export: {max_concurrent: 2, hwaccel_args: preset-vaapi}}",
    "model_size": "lpr: {model_size: large}",
    "debug_save_plates": "lpr: {debug_save_plates: true}",
}


@pytest.mark.parametrize("key", IGNORED)
def test_what_is_ignored_is_told_once_with_its_line(key: str) -> None:
    loaded = parse(f"{SMALL}\n{IGNORED[key]}\n", env={})
    (notice,) = loaded.notices
    assert (notice.line, notice.message) == (7, f"ignored: Dogwatch does not use {key}")


def test_cameras_are_told_together() -> None:
    camera = "ffmpeg: {inputs: [{path: rtsp://10.0.0.2/main}]}"
    own = "onvif: {autotracking: {movement_weights: [0, 1, 2]}}"
    loaded = parse(f"cameras:\n  a: {{{camera}, {own}}}\n  b: {{{camera}, {own}}}\n", env={})
    (notice,) = loaded.notices
    assert notice.line == 2
    assert notice.message == "ignored: Dogwatch does not use movement_weights (2 places)"


@pytest.mark.parametrize(
    "text",
    [
        "mqtt: {enabled: false, host: broker}",
        "notifications: {enabled: false}",
        "record: {export: {}, preview: {quality: high}}",
        "audio: {enabled: false, listen: [bark]}",
        "audio: {listen: [bark, fire_alarm, speech, yell]}",
        "live: {height: 720, quality: 8}",
        "go2rtc: {streams: {front: 'rtsp://10.0.0.2/main'}}",
        "go2rtc: {streams: {free: 'rtsp://10.0.0.9/main'}}",
    ],
)
def test_what_is_off_or_at_its_default_needs_no_word(text: str) -> None:
    assert parse(f"{SMALL}\n{text}\n", env={}).notices == []


def test_an_ignored_section_is_checked_and_shown_all_the_same() -> None:
    assert parse(f"notifications: {{cooldown: 7}}\n{SMALL}", env={}).config.notifications.cooldown == 7


def test_who_listens_is_told_that_sounds_are_not_told_apart() -> None:
    text = SMALL + "          roles: [record, detect, audio]\n    audio: {enabled: true}\n"
    assert [str(notice) for notice in parse(text, env={}).notices] == [
        "line 7: cameras.front.audio.enabled: loud noises are noticed, but not told apart: `listen` has no effect "
        "without audio.model"
    ]
