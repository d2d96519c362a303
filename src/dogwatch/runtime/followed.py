"""Passes every change of the configuration on to the parts of a core, in the order here.

A pure function selects what a part needs. It is called when the part is made and at each change, so that a part that
was reconfigured is like one made new.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dogwatch.events import expiry
from dogwatch.events.label_snapshots import LabelSnapshotStyle, label_snapshots_of
from dogwatch.events.rules import CameraRules, rules_of
from dogwatch.library import library
from dogwatch.library.watched_folders import WatchedFolder
from dogwatch.live import drawing, stream_names
from dogwatch.live.birdseye.settings import birdseye_of
from dogwatch.live.rtsp import settings as rtsp_settings
from dogwatch.live.talk import talks
from dogwatch.live.webrtc import settings as webrtc_settings
from dogwatch.onvif.settings import OnvifCamera, onvif_of
from dogwatch.outputs import stream_status
from dogwatch.outputs.mqtt.discovery import entities_of
from dogwatch.outputs.mqtt.settings import broker_of
from dogwatch.outputs.push.settings import push_settings_of
from dogwatch.recognition.faces import faces_of
from dogwatch.recognition.plates import plates_of
from dogwatch.recordings import (
    export_job,
    preview_job,
    retention,
    space,
)
from dogwatch.stats import latest_version

if TYPE_CHECKING:
    from dogwatch.config import Config, Keeper
    from dogwatch.runtime.parts import CoreParts


def follow(keeper: Keeper, parts: CoreParts) -> None:
    """Tell every part of what it takes from the configuration."""
    follow = keeper.follow
    follow(events_of, lambda _, both: parts.events.configure(*both))
    follow(push_settings_of, lambda _, settings: parts.push.configure(settings))
    follow(onvif_of, lambda _, cameras: _configure_onvif(parts, cameras))
    follow(version_of, lambda _, settings: parts.latest_version.configure(settings))
    follow(_names_of, lambda _, both: parts.stats.configure(*both))
    follow(lambda config: tuple(config.cameras), lambda _, cameras: parts.activity.configure(cameras))
    follow(stream_status.roles_of, lambda _, roles: parts.status.configure(roles))
    follow(drawing.pictures_of, lambda _, cameras: parts.pictures.configure(cameras))
    follow(lambda config: config, lambda _, config: _configure_streams(keeper, parts, config))
    parts.runtime_streams.on_change = partial(_name_streams, keeper, parts)
    follow(birdseye_of, lambda _, settings: parts.birdseye.configure(settings))
    follow(rtsp_settings.rtsp_of, lambda _, settings: parts.rtsp.configure(settings))
    follow(lambda config: config.auth.most_live_streams, lambda _, most: _limit_streams(parts, most))
    follow(talks.talk_of, lambda _, everybody: parts.talks.configure(everybody))
    follow(webrtc_settings.webrtc_of, lambda _, settings: parts.webrtc.configure(settings))
    follow(retention.retention_of, lambda _, cameras: parts.retention.configure(cameras))
    follow(space.floor_of, lambda _, floor: parts.space.configure(floor))
    follow(expiry.keep_of, lambda _, both: parts.expiry.configure(*both))
    follow(export_job.exports_of, lambda _, settings: parts.export_kind.configure(settings))
    follow(preview_job.previews_of, lambda _, settings: _configure_previews(parts, settings))
    follow(plates_of, lambda _, settings: parts.plates.configure(settings))
    follow(plates_of, lambda _, settings: parts.plate_cameras.configure(settings))
    follow(faces_of, lambda _, settings: parts.faces.configure(settings))
    follow(lambda config: config.ui.timezone, lambda _, zone: parts.exports.configure(zone))
    if parts.files is not None:
        follow(library.library_of, lambda _, settings: _configure_files(parts, settings))
        follow(watched_of, lambda _, folders: _configure_watched(parts, folders))
    follow(lambda config: config.files.login_s, lambda _, life_s: parts.file_access.configure(life_s))
    follow(broker_of, lambda _, settings: parts.mqtt.configure(settings))
    follow(_told_of, lambda _old, _new: parts.mqtt.refresh())
    follow(lambda config: (config.auth, config.proxy), lambda _, both: parts.authority.configure(*both))


def _configure_onvif(parts: CoreParts, cameras: Mapping[str, OnvifCamera]) -> None:
    parts.autotracker.configure(cameras)
    parts.ptz.configure(cameras)


def _configure_files(parts: CoreParts, settings: library.LibrarySettings) -> None:
    if parts.files is not None:
        parts.files.configure(settings)


def _configure_streams(keeper: Keeper, parts: CoreParts, config: Config) -> None:
    parts.runtime_streams.configure(config)
    _name_streams(keeper, parts)


def _name_streams(keeper: Keeper, parts: CoreParts) -> None:
    parts.streams.configure(stream_names.streams_of(keeper.config, parts.runtime_streams.changes))


def _limit_streams(parts: CoreParts, most: int) -> None:
    parts.streams.user_limit = most


def watched_of(config: Config) -> tuple[WatchedFolder, ...]:
    """Return the folders whose films are placed."""
    return tuple(WatchedFolder(Path(one.path), one.camera) for one in config.files.watch)


def _configure_watched(parts: CoreParts, folders: tuple[WatchedFolder, ...]) -> None:
    if parts.watched is not None:
        parts.watched.configure(folders)


def _configure_previews(parts: CoreParts, settings: preview_job.PreviewSettings) -> None:
    parts.preview_frames.configure(settings.floor_bytes)
    parts.preview_kind.configure(settings)


def events_of(config: Config) -> tuple[Mapping[str, CameraRules], Mapping[str, LabelSnapshotStyle]]:
    """Return the rules of each camera's events, and the cameras whose best pictures are published."""
    return rules_of(config), label_snapshots_of(config)


def _told_of(config: Config) -> tuple[Any, ...]:
    """Return what decides of which topics and entities the broker knows."""
    if not config.mqtt.enabled:
        return ()
    zones = [(name, *camera.zones) for name, camera in config.cameras.items()]
    return tuple(zones), tuple(entities_of(config)) if config.mqtt.discovery.enabled else ()


def version_of(config: Config) -> latest_version.VersionSettings:
    """Return whether and where newer versions are looked for."""
    return latest_version.VersionSettings(config.telemetry.version_check, config.telemetry.version_url)


def _names_of(config: Config) -> tuple[tuple[str, ...], tuple[str, ...]]:
    return tuple(config.cameras), tuple(config.detectors)
