"""The older forms of `record`: `retain_days`, `retain {days, mode}` and `events` (docs/configuration.md)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, get_args

from dogwatch.config.problems import Mark, Report
from dogwatch.config.record import RetainMode
from dogwatch.config.tree import Items, Map

EVENT_KEYS = frozenset({"pre_capture", "post_capture", "objects", "required_zones", "retain", "max_seconds"})


def migrate_record(part: Map, inherited: Mapping[str, Any], report: Report) -> dict[str, Any]:
    """Bring the `record` section of `part` (a camera or the top level) to the present form.

    Args:
        part: The camera or the top level.
        inherited: `retain` of the level above, as the user wrote it.
        report: Takes errors and notices.

    Returns:
        `retain` of this level over `inherited`, for the level below.
    """
    record = part.get("record")
    if not isinstance(record, Map):
        return dict(inherited)
    _retain_days(record)
    retain, mark = record.take("retain")
    legacy = {**inherited, **retain} if isinstance(retain, Map) else dict(inherited)
    if isinstance(retain, Map):
        _retain(record, retain, legacy, report)
    elif retain is not None:
        report.error(mark, "expected keys 'days' and 'mode'")
    events, mark = record.take("events")
    if isinstance(events, Map):
        _events(part, record, events, legacy, report)
    elif events is not None:
        report.error(mark, "expected keys such as 'retain'")
    return legacy


def _retain_days(record: Map) -> None:
    """Turn `retain_days` (0.8 and 0.9) into `retain.days`, which wins if both are given."""
    if "retain_days" not in record:
        return
    days, mark = record.take("retain_days")
    if record.get("retain") is None or isinstance(record.get("retain"), Map):
        retain = record.inner("retain", mark)
        if "days" not in retain and days is not None:
            retain.put("days", days, mark)


def _retain(record: Map, retain: Map, legacy: Mapping[str, Any], report: Report) -> None:
    for name in retain:
        if name not in ("days", "mode"):
            report.error(retain.marks.get(name), f"unknown key '{name}'", "expected one of days, mode")
    mode, days = legacy.get("mode", "all"), legacy.get("days", 0)
    if mode not in get_args(RetainMode):
        report.error(retain.marks.get("mode"), f"expected one of {', '.join(get_args(RetainMode))}, found '{mode}'")
        return
    mark = retain.marks.get("days") or retain.marks.get("mode")
    _give(record.inner("motion", mark), "days", days, mark)
    _give(record.inner("continuous", mark), "days", days if mode == "all" else 0, mark)


def _events(part: Map, record: Map, events: Map, legacy: Mapping[str, Any], report: Report) -> None:
    for name in events:
        if name not in EVENT_KEYS:
            report.error(
                events.marks.get(name), f"unknown key '{name}'", f"expected one of {', '.join(sorted(EVENT_KEYS))}"
            )
    given_review = part.get("review")
    own_detections = isinstance(given_review, Map) and "detections" in given_review
    zones, zones_mark = events.take("required_zones")
    if zones:
        alerts_review = part.inner("review", zones_mark).inner("alerts", zones_mark)
        _give(alerts_review, "required_zones", zones, zones_mark)
    for name in ("objects", "max_seconds"):
        value, mark = events.take(name)
        if value and mark:
            report.unused("record.events", name, mark)
    restricted = bool(zones) and not own_detections
    _carry(record.inner("alerts", zones_mark), events, report)
    if not restricted:
        _carry(record.inner("detections", zones_mark), events, report)
    else:
        detections = record.inner("detections", zones_mark).inner("retain", zones_mark)
        _give(detections, "days", legacy.get("days") or 1, zones_mark)


def _carry(target: Map, events: Map, report: Report) -> None:
    """Copy capture and retention of `events` to alerts or detections."""
    for name in ("pre_capture", "post_capture"):
        if name in events:
            _give(target, name, events[name], events.marks.get(name))
    retain = events.get("retain")
    if not isinstance(retain, Map):
        return
    mark = events.marks.get("retain")
    for old, new in (("default", "days"), ("mode", "mode")):
        if old in retain:
            _give(target.inner("retain", mark), new, retain[old], retain.marks.get(old))
    if retain.get("objects") and (objects_mark := retain.marks.get("objects")):
        report.unused("record.events.retain", "objects", objects_mark)
    for name in retain:
        if name not in ("default", "mode", "objects"):
            report.error(retain.marks.get(name), f"unknown key '{name}'", "expected one of default, mode, objects")


def _give(target: Map, name: str, value: Any, mark: Mark | None) -> None:
    """Set a key that the file does not give in its present form."""
    if name not in target:
        target.put(name, Items(list(value), value.marks) if isinstance(value, Items) else value, mark)
