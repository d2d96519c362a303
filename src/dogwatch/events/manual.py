"""Manual events: what somebody has said is going on (docs/api/events.md)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from dogwatch.events.rendering import Fractions
from dogwatch.events.rules import CameraRules


@dataclass(frozen=True, slots=True)
class Wish:
    """A manual event to make.

    `duration` None means until it is ended; `pre_capture` seconds of footage before, None means the camera's
    setting; `draw` as in docs/api/events.md, checked.
    """

    camera: str
    label: str
    sub_label: str | None = None
    score: float = 0
    duration: float | None = 30
    include_recording: bool = True
    draw: Mapping[str, Any] = field(default_factory=dict)
    pre_capture: float | None = None


def row(event_id: str, wish: Wish, now: float, rules: CameraRules, *, has_snapshot: bool) -> dict[str, Any]:
    """Return the values of the event's row."""
    before = rules.pre_capture if wish.pre_capture is None else wish.pre_capture
    data: dict[str, Any] = {"snapshot_clean": has_snapshot, "snapshot_frame_time": now if has_snapshot else None}
    if wish.draw:
        data["draw"] = dict(wish.draw)
    return {
        "id": event_id,
        "camera": wish.camera,
        "label": wish.label,
        "sub_label": wish.sub_label,
        "type": "api",
        "start_time": now - before,
        "end_time": None if wish.duration is None else now + wish.duration,
        "zones": [],
        "has_clip": wish.include_recording and rules.record,
        "has_snapshot": has_snapshot,
        "score": wish.score,
        "top_score": wish.score,
        "average_speed": 0.0,
        "severity": rules.manual(wish.label),
        "data": data,
    }


def first_box(wish: Wish) -> Fractions | None:
    """Return the first box that is drawn, as `[x, y, w, h]` fractions."""
    boxes = wish.draw.get("boxes") or ()
    return boxes[0]["box"] if boxes else None
