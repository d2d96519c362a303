"""An open review item, and the activity that it is made of (docs/events.md)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from dogwatch.events.rules import LOGOS
from dogwatch.model import Severity

MAX_NAMED = 500  # ids in one item: a camera over a busy street must not make an item without end


@dataclass(frozen=True, slots=True)
class ReviewActivity:
    """Something that counts at one moment.

    `until` is set for what is known to last, such as a manual event: activity goes on until then.
    """

    id: str
    label: str
    severity: Severity
    sub_label: str | None = None
    zones: tuple[str, ...] = ()
    kind: Literal["object", "audio", "manual"] = "object"
    until: float | None = None

    @property
    def text(self) -> str:
        """How the activity is listed under `objects`."""
        if self.kind == "manual":
            return f"{self.label}: {self.sub_label}" if self.sub_label else self.label
        if self.sub_label is None:
            return self.label
        return self.sub_label if self.sub_label in LOGOS else f"{self.label}-verified"


@dataclass(slots=True)
class ReviewItem:
    """An open review item.

    `last_alert` and `last_any` are the ends of alert activity and of any activity. `thumb_time` is the frame time of
    the picture that the thumbnail is made of, `thumb_weight` says how well that shows its object.
    """

    id: str
    camera: str
    severity: Severity
    start_time: float
    last_alert: float
    last_any: float
    detection_since: float | None = None
    end_time: float | None = None
    detections: dict[str, None] = field(default_factory=dict)
    objects: dict[str, str] = field(default_factory=dict)
    sub_labels: dict[str, None] = field(default_factory=dict)
    zones: dict[str, None] = field(default_factory=dict)
    audio: dict[str, None] = field(default_factory=dict)
    thumb_time: float | None = None
    thumb_weight: float = 0.0
    _taken: dict[str, ReviewActivity] = field(default_factory=dict)

    @property
    def thumb_path(self) -> str:
        """Where clients find the thumbnail, relative to the media root; it is made of the JPEG beside it."""
        return f"clips/review/thumb-{self.camera}-{self.id}.webp"

    def body(self) -> dict[str, Any]:
        """Return the item as in docs/api/review.md, without `has_been_reviewed`."""
        return {
            "id": self.id,
            "camera": self.camera,
            "severity": self.severity,
            "start_time": self.start_time,
            "end_time": self.end_time,
            "thumb_path": f"/media/frigate/{self.thumb_path}",
            "data": self.data(),
        }

    def data(self) -> dict[str, Any]:
        """Return the item's `data`."""
        return {
            "detections": list(self.detections),
            "objects": list(dict.fromkeys(self.objects.values())),
            "verified_objects": [],
            "sub_labels": list(self.sub_labels),
            "zones": list(self.zones),
            "audio": list(self.audio),
            "thumb_time": self.thumb_time,
            "metadata": None,
            "significant_motion_areas": [],
        }

    def take_in(self, activity: ReviewActivity) -> bool:
        """Add `activity`; return whether the item now says something new."""
        taken = self._taken.get(activity.id)
        if taken is activity or taken == activity:
            return False  # as in nearly every frame
        if activity.id in self._taken or len(self._taken) < MAX_NAMED:
            self._taken[activity.id] = activity
        before = (
            len(self.detections), self.objects.get(activity.id), len(self.sub_labels), len(self.zones), len(self.audio)
        )  # fmt: skip
        if activity.id not in self.detections and len(self.detections) < MAX_NAMED:
            self.detections[activity.id] = None
        if activity.kind == "audio":
            self.audio[activity.label] = None
        elif activity.id in self.detections:
            self.objects[activity.id] = activity.text
        if activity.sub_label and activity.kind == "object" and len(self.sub_labels) < MAX_NAMED:
            self.sub_labels[activity.sub_label] = None
        self.zones.update(dict.fromkeys(activity.zones))
        after = (
            len(self.detections), self.objects.get(activity.id), len(self.sub_labels), len(self.zones), len(self.audio)
        )  # fmt: skip
        return before != after

    def forget(self, event_id: str) -> None:
        """No longer list an event, which has been deleted; what it was called stays."""
        self.detections.pop(event_id, None)
