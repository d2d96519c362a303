"""What messages and rows say of an object: pixels `[x1, y1, x2, y2]` in messages, fractions in rows."""

from __future__ import annotations

from typing import Any

from dogwatch.bus.messages import BestPicture
from dogwatch.events.live_object import LiveObject
from dogwatch.model import Detection


def tracked(live: LiveObject) -> dict[str, Any]:
    """Return the body of an `events` message (docs/api/websocket.md)."""
    obj = live.obj
    path = live.path.of(obj)
    return {
        "id": obj.id,
        "camera": obj.camera,
        "frame_time": obj.frame_time,
        "snapshot": _snapshot(live, live.picture, path) if live.picture else None,
        "label": obj.label,
        "sub_label": list(live.sub_label) if live.sub_label else None,
        "top_score": obj.top_score,
        "false_positive": obj.false_positive,
        "start_time": obj.start_time,
        "end_time": obj.end_time,
        "score": obj.score,
        "computed_score": obj.computed_score,
        "box": obj.box.as_list(),
        "area": obj.box.area,
        "ratio": round(obj.box.ratio, 2),
        "region": obj.region.as_list(),
        "active": obj.active,
        "stationary": obj.stationary,
        "motionless_count": obj.motionless_count,
        "position_changes": obj.position_changes,
        "current_zones": list(obj.current_zones),
        "entered_zones": list(obj.entered_zones),
        "has_clip": live.has_clip,
        "has_snapshot": live.has_snapshot,
        "attributes": dict(obj.attributes),
        "current_attributes": [_pixels(found) for found in obj.current_attributes],
        "pending_loitering": obj.pending_loitering,
        "max_severity": live.severity,
        "current_estimated_speed": obj.current_speed,
        "average_estimated_speed": obj.average_speed,
        "velocity_angle": obj.velocity_angle,
        "path_data": path,
        "recognized_license_plate": live.plate_text,
        "recognized_license_plate_score": live.plate_score,
        "thumbnail": None,
    }


def row(live: LiveObject) -> dict[str, Any]:
    """Return the values of the object's row in the table `events`, but for what only users change."""
    obj, picture = live.obj, live.picture
    shown, region = (picture.box, picture.region) if picture else (obj.box, obj.region)
    attributes = picture.attributes if picture else obj.current_attributes
    data: dict[str, Any] = {
        "box": shown.fractions(*live.frame),
        "region": region.fractions(*live.frame),
        "attributes": [fractions(found, live.frame) for found in attributes],
        "path_data": live.path.of(obj),
        "velocity_angle": obj.velocity_angle,
        "sub_label_score": live.sub_label[1] if live.sub_label else None,
        "recognized_license_plate_score": live.plate_score,
        "snapshot_clean": live.has_snapshot,
        "snapshot_frame_time": picture.frame_time if picture else None,
        "snapshot_area": shown.area,
    }
    if live.description:
        data["description"] = live.description
    return {
        "id": obj.id,
        "camera": obj.camera,
        "label": obj.label,
        "sub_label": live.name,
        "type": "object",
        "start_time": obj.start_time,
        "end_time": obj.end_time,
        "zones": list(obj.entered_zones),
        "has_clip": live.has_clip,
        "has_snapshot": live.has_snapshot,
        "score": picture.score if picture else obj.score,
        "top_score": obj.top_score,
        "average_speed": obj.average_speed,
        "severity": live.severity,
        "recognized_license_plate": live.plate_text,
        "data": data,
    }


def essence(live: LiveObject) -> tuple[Any, ...]:
    """Return that of the object's row which somebody may ask for on hearing of it; the rest changes with every step.

    What the row says of the picture is not in it: of an object that goes on, that is taken from memory.
    """
    names = (live.name, live.plate, live.description, live.obj.entered_zones)
    return names, live.severity, live.has_clip, live.has_snapshot


def fractions(found: Detection, frame: tuple[int, int]) -> dict[str, Any]:
    """Return an attribute as rows carry it."""
    return {"label": found.label, "score": found.score, "box": found.box.fractions(*frame)}


def _pixels(found: Detection) -> dict[str, Any]:
    return {"label": found.label, "box": found.box.as_list(), "score": found.score}


def _snapshot(live: LiveObject, picture: BestPicture, path: list[Any]) -> dict[str, Any]:
    obj = live.obj
    return {
        "frame_time": picture.frame_time,
        "box": picture.box.as_list(),
        "area": picture.box.area,
        "region": picture.region.as_list(),
        "score": picture.score,
        "attributes": [_pixels(found) for found in picture.attributes],
        "current_estimated_speed": obj.current_speed,
        "velocity_angle": obj.velocity_angle,
        "path_data": path,
        "recognized_license_plate": live.plate_text,
        "recognized_license_plate_score": live.plate_score,
        "snapshot_clean": True,
    }
