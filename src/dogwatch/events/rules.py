"""What a camera's configuration means for its objects; plain values, so that the rules stay pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from dogwatch.config import labels
from dogwatch.model import Severity, TrackedObject

if TYPE_CHECKING:
    from dogwatch.config import CameraConfig, Config

LOGOS = frozenset(labels.LOGOS)
"""Attribute labels that name a company: such an attribute becomes the object's sub-label."""


@dataclass(frozen=True, slots=True)
class SeverityRule:
    """Which objects make a review item of one severity; `labels` None means any tracked label."""

    enabled: bool = True
    labels: frozenset[str] | None = None
    required_zones: frozenset[str] = frozenset()
    cutoff_time: float = 30.0

    def covers(self, label: str, zones: tuple[str, ...]) -> bool:
        """Whether an object with `label`, now in `zones`, is meant."""
        if not self.enabled or (self.labels is not None and label not in self.labels):
            return False
        return not self.required_zones or not self.required_zones.isdisjoint(zones)


@dataclass(frozen=True, slots=True)
class SoundRule:
    """What is listened for at a camera; `min_volume` is an RMS of 16-bit samples, `max_not_heard` seconds.

    `thresholds` are the smallest scores of the sounds that are told apart, none without a model.
    """

    enabled: bool = False
    min_volume: float = 500.0
    max_not_heard: float = 30.0
    loud_noise: bool = True
    thresholds: Mapping[str, float] = field(default_factory=dict)

    def hears(self, label: str, score: float) -> bool:
        """Whether a sound that was told apart is listened for, and sure enough."""
        limit = self.thresholds.get(label)
        return self.enabled and limit is not None and score >= limit


@dataclass(frozen=True, slots=True)
class CameraRules:
    """The settings of one camera that decide about events and review items."""

    camera: str
    enabled: bool = True
    record: bool = True
    snapshots: bool = True
    snapshot_zones: frozenset[str] = frozenset()
    alerts: SeverityRule = SeverityRule(labels=frozenset({"person", "car"}), cutoff_time=40.0)
    detections: SeverityRule = SeverityRule()
    track: tuple[str, ...] = ("person",)
    zones: tuple[str, ...] = ()
    motion_off_delay: float = 30.0
    pre_capture: float = 5.0
    best_image_timeout: float = 60.0
    sound: SoundRule = SoundRule()

    def severity(self, obj: TrackedObject) -> Severity | None:
        """Return what `obj` qualifies for in this very frame (docs/events.md)."""
        if obj.false_positive or not obj.position_changes:
            return None
        if obj.stationary and not (obj.pending_loitering or set(obj.loitering_zones) & set(obj.current_zones)):
            return None
        return self.grade(obj.label, obj.current_zones)

    def grade(self, label: str, zones: tuple[str, ...]) -> Severity | None:
        """Return the severity of something with `label` in `zones`."""
        if self.alerts.covers(label, zones):
            return "alert"
        return "detection" if self.detections.covers(label, zones) else None

    def manual(self, label: str) -> Severity:
        """Return the severity of a manual event: alert unless the label is listed under detections."""
        return "detection" if label in (self.detections.labels or ()) else "alert"

    def audio(self, label: str) -> Severity | None:
        """Return the severity of a sound; it has no zones, so none are asked for."""
        if self.alerts.enabled and label in (self.alerts.labels or ()):
            return "alert"
        heard = self.detections.labels is None or label in self.detections.labels
        return "detection" if self.detections.enabled and heard else None


def rules_of(config: Config) -> Mapping[str, CameraRules]:
    """Return the rules of every camera in `config`."""
    model = bool(config.audio.model.path)
    return {name: _of_camera(name, camera, sounds=model) for name, camera in config.cameras.items()}


def _of_camera(name: str, camera: CameraConfig, *, sounds: bool) -> CameraRules:
    alerts, detections, record = camera.review.alerts, camera.review.detections, camera.record
    return CameraRules(
        camera=name,
        enabled=camera.enabled,
        record=record.enabled,
        snapshots=camera.snapshots.enabled,
        snapshot_zones=frozenset(camera.snapshots.required_zones),
        alerts=SeverityRule(
            alerts.enabled, frozenset(alerts.labels), frozenset(alerts.required_zones), alerts.cutoff_time
        ),
        detections=SeverityRule(
            detections.enabled,
            None if detections.labels is None else frozenset(detections.labels),
            frozenset(detections.required_zones),
            detections.cutoff_time,
        ),
        track=tuple(camera.objects.track),
        zones=tuple(camera.zones),
        motion_off_delay=camera.motion.mqtt_off_delay,
        pre_capture=max(record.alerts.pre_capture, record.detections.pre_capture),
        best_image_timeout=camera.best_image_timeout,
        sound=SoundRule(
            camera.enabled and camera.audio.enabled,
            camera.audio.min_volume,
            camera.audio.max_not_heard,
            camera.audio.loud_noise,
            camera.audio.thresholds if sounds else {},
        ),
    )
