"""The filters of docs/api/events.md as SQL; every value is bound, and the limit counts what is left."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, tzinfo
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, exists, func, or_, select

from dogwatch.store.localtime import clock, periods, span
from dogwatch.store.tables import events

NONE = "None"
ALL_DAY = (0, 86_400)
MAX_PATTERN = 100
MAX_PATTERNS = 20
MAX_REPEATS = 3
_REPEAT = re.compile(r"[*+?{]")
_REPEATED_GROUP = re.compile(r"\)[*+?{]")

_KNOWN_DATA = (
    "type", "box", "region", "attributes", "path_data", "velocity_angle", "sub_label_score", "description",
    "recognized_license_plate", "recognized_license_plate_score", "snapshot_clean", "snapshot_frame_time",
    "snapshot_area", "snapshot_estimated_speed", "draw",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class EventFilter:
    """Selects events; None means no filter.

    In `sub_labels`, `zones`, `plates` and `attributes` the text `None` selects rows that have none.
    `time_range` is (after, before) in seconds since midnight on the clock of `zone`.
    """

    cameras: tuple[str, ...] | None = None
    labels: tuple[str, ...] | None = None
    sub_labels: tuple[str, ...] | None = None
    attributes: tuple[str, ...] | None = None
    zones: tuple[str, ...] | None = None
    plates: tuple[str, ...] | None = None
    after: float | None = None
    before: float | None = None
    time_range: tuple[int, int] = ALL_DAY
    zone: tzinfo = UTC
    has_clip: bool | None = None
    has_snapshot: bool | None = None
    in_progress: bool | None = None
    favorites: bool | None = None
    is_submitted: bool | None = None
    min_score: float | None = None
    max_score: float | None = None
    min_speed: float | None = None
    max_speed: float | None = None
    min_length: float | None = None
    max_length: float | None = None
    event_id: str | None = None
    sort: str = "date_desc"
    limit: int | None = 100


def apply(connection: Connection, query: Select[Any], wanted: EventFilter) -> Select[Any]:
    """Filter, sort and limit a query over `events`."""
    name, _, direction = wanted.sort.partition("_")
    columns = {"date": events.c.start_time, "score": events.c.score, "speed": events.c.average_speed}
    if name not in columns or direction not in ("asc", "desc"):
        name, direction = "date", "desc"
    column = columns[name]
    order = column.asc() if direction == "asc" else column.desc()
    query = where(connection, query, wanted).order_by(order, events.c.start_time.desc(), events.c.id.desc())
    return query if wanted.limit is None else query.limit(wanted.limit)


def where(connection: Connection, query: Select[Any], wanted: EventFilter) -> Select[Any]:
    """Filter a query over `events`."""
    return query.where(*_plain(wanted), *_ranges(wanted), *_lists(connection, wanted))


def items(text: str) -> list[str]:
    """Return the trimmed parts of a joined name, such as `"Bob, Ann"`."""
    return [part for part in (piece.strip() for piece in text.split(",")) if part]


def _plain(wanted: EventFilter) -> Iterable[ColumnElement[bool]]:
    c = events.c
    if wanted.cameras is not None:
        yield c.camera.in_(wanted.cameras)
    if wanted.labels is not None:
        yield c.label.in_(wanted.labels)
    if wanted.event_id is not None:
        yield c.id == wanted.event_id
    flags = (
        (c.has_clip, wanted.has_clip),
        (c.has_snapshot, wanted.has_snapshot),
        (c.retain_indefinitely, wanted.favorites),
    )
    for column, flag in flags:
        if flag is not None:
            yield column.is_(flag)
    if wanted.in_progress is not None:
        yield c.end_time.is_(None) if wanted.in_progress else c.end_time.is_not(None)
    if wanted.is_submitted is not None:
        yield c.plus_id.is_not(None) if wanted.is_submitted else c.plus_id.is_(None)


def _ranges(wanted: EventFilter) -> Iterable[ColumnElement[bool]]:
    c = events.c
    if wanted.after is not None:
        yield c.start_time > wanted.after
    if wanted.before is not None:
        yield c.start_time < wanted.before
    bounds = (
        (c.score, wanted.min_score, wanted.max_score),
        (func.coalesce(c.average_speed, 0.0), wanted.min_speed, wanted.max_speed),
        (c.end_time - c.start_time, wanted.min_length, wanted.max_length),
    )
    for value, low, high in bounds:
        if low is not None:
            yield value >= low
        if high is not None:
            yield value <= high


def _lists(connection: Connection, wanted: EventFilter) -> Iterable[ColumnElement[bool]]:
    if wanted.zones is not None:
        yield _zones(wanted.zones)
    if wanted.sub_labels is not None:
        yield _sub_labels(connection, wanted.sub_labels)
    if wanted.plates is not None:
        yield _plates(connection, wanted.plates)
    if wanted.attributes is not None:
        yield _attributes(wanted.attributes)
    if wanted.time_range != ALL_DAY:
        yield _clock(connection, wanted)


def _zones(names: tuple[str, ...]) -> ColumnElement[bool]:
    entered = func.json_each(events.c.zones).table_valued("value")
    inside = exists(select(1).select_from(entered).where(entered.c.value.in_(names)))
    return or_(inside, func.json_array_length(events.c.zones) == 0) if NONE in names else inside


def _sub_labels(connection: Connection, names: tuple[str, ...]) -> ColumnElement[bool]:
    # There are few different sub-labels. Comparing them here handles letters beyond ASCII, which SQLite's lower() does
    # not, and lets SQL compare whole values.
    folded = {name.strip().casefold() for name in names if name != NONE}
    stored = connection.execute(select(events.c.sub_label).distinct().where(events.c.sub_label.is_not(None))).scalars()
    matching = [
        text for text in stored if text.casefold() in folded or folded & {part.casefold() for part in items(text)}
    ]
    found = events.c.sub_label.in_(matching)
    return or_(found, events.c.sub_label.is_(None)) if NONE in names else found


def _plates(connection: Connection, wanted: tuple[str, ...]) -> ColumnElement[bool]:
    # Compared here like sub-labels, and not by a regular expression in SQL: it would run for every row.
    column = events.c.recognized_license_plate
    stored = connection.execute(select(column).distinct().where(column.is_not(None))).scalars().all()
    exact = frozenset(wanted)
    patterns = [pattern for item in wanted if (pattern := _pattern(item)) is not None][:MAX_PATTERNS]
    matching = [text for text in stored if text in exact or any(one.search(text) for one in patterns)]
    # There may be more of them than a statement can have parameters.
    listed = func.json_each(json.dumps(matching)).table_valued("value")
    found = column.in_(select(listed.c.value))
    return or_(found, column.is_(None)) if NONE in exact else found


def _pattern(text: str) -> re.Pattern[str] | None:
    """Return `text` as a pattern if it looks like one, and takes little time on any input.

    Matching cannot be interrupted and holds the interpreter's lock, so the whole process waits for it. Its
    time grows with the power of the number of repeats, and exponentially with a repeat of what repeats.
    """
    if len(text) > MAX_PATTERN or not (text.startswith("^") or set(text) & set(".[]?+*")):
        return None
    if _REPEATED_GROUP.search(text) or len(_REPEAT.findall(text)) > MAX_REPEATS:
        return None
    try:
        return re.compile(text)
    except (re.error, OverflowError):
        return None


def _attributes(names: tuple[str, ...]) -> ColumnElement[bool]:
    values = func.json_each(events.c.data).table_valued("key", "value", "type")
    own = and_(values.c.type == "text", values.c.key.not_in(_KNOWN_DATA))
    found = exists(select(1).select_from(values).where(own, values.c.value.in_(names)))
    return or_(found, ~exists(select(1).select_from(values).where(own))) if NONE in names else found


def _clock(connection: Connection, wanted: EventFilter) -> ColumnElement[bool]:
    times = connection.execute(select(func.min(events.c.start_time), func.max(events.c.start_time))).one()
    seconds = clock(events.c.start_time, periods(wanted.zone, *span(times)))
    after, before = wanted.time_range
    if after > before:
        return or_(seconds > after, seconds < before)
    return and_(seconds > after, seconds < before)
