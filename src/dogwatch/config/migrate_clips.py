"""Files of the generation 0.8: `clips` beside `record`, the role `clips`, and the detect size at the camera itself.

There, clips of events were a recording of their own. Here they are footage that is kept because of events, as in all
later generations.
"""

from __future__ import annotations

from dogwatch.config.problems import Report
from dogwatch.config.tree import Items, Map

MOVED = ("pre_capture", "post_capture", "objects", "required_zones", "retain", "max_seconds")
DETECT = ("width", "height", "fps")
OLD_RETAIN_DAYS = 30
"""How long everything was kept by default while `record` was on."""


def migrate_clips(part: Map, report: Report) -> None:
    """Bring `clips` and the detect size of `part` (a camera or the top level) to the form of the next generation."""
    both = "width" in part and "height" in part  # as that generation demands; `fps` alone is in the wrong place
    for name in [name for name in DETECT if name in part and both]:
        value, mark = part.take(name)
        detect = part.inner("detect", mark)
        if name not in detect:
            detect.put(name, value, mark)
    if "clips" in part:
        clips, mark = part.take("clips")
        if isinstance(clips, Map):
            _to_events(part, clips, report)
        elif clips is not None:
            report.error(mark, "expected keys such as 'retain'")


def _to_events(part: Map, clips: Map, report: Report) -> None:
    mark = clips.marks.get("enabled")
    record = part.inner("record", mark)
    if record.get("enabled") is True and "retain_days" not in record and "retain" not in record:
        record.put("retain_days", OLD_RETAIN_DAYS, record.marks.get("enabled"))
    enabled, mark = clips.take("enabled")
    if enabled is not None and record.get("enabled") is not True:
        record.put("enabled", enabled, mark)
    for name in list(clips):
        value, mark = clips.take(name)
        events = record.inner("events", mark)
        if name in MOVED and name not in events:
            events.put(name, value, mark)
        elif mark and name == "tmpfs_cache_size":
            report.unused("clips", name, mark)
        elif name not in MOVED:
            report.error(mark, f"unknown key '{name}'", f"expected some of enabled, {', '.join(MOVED)}")


def migrate_roles(inputs: Items) -> None:
    """Make the role `clips` the role `record`, or drop it if another input has that."""
    sources = [source for source in inputs if isinstance(source, Map) and isinstance(source.get("roles"), Items)]
    taken = any("record" in source["roles"] for source in sources)
    for source in sources:
        roles = source["roles"]
        for index, role in reversed(list(enumerate(roles))):
            if role != "clips":
                continue
            if taken:
                del roles[index], roles.marks[index]
            else:
                roles[index] = "record"
            taken = True
