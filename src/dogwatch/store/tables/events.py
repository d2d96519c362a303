"""The tables of events, what they add up to, and their timeline."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    ColumnElement,
    Float,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    and_,
    literal_column,
)

from dogwatch.store.tables.base import Long, metadata

events = Table(
    "events",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("camera", String(100), nullable=False),
    Column("label", String(100), nullable=False),
    Column("sub_label", String(100)),
    Column("type", String(10), nullable=False, comment="object, audio or api"),
    Column("start_time", Float, nullable=False),
    Column("end_time", Float),
    Column("zones", JSON, nullable=False, comment="entered zones, in order"),
    Column("has_clip", Boolean, nullable=False, default=False),
    Column("has_snapshot", Boolean, nullable=False, default=False),
    Column("retain_indefinitely", Boolean, nullable=False, default=False),
    Column("plus_id", String(100)),
    Column("score", Float, comment="of the snapshot's frame"),
    Column("top_score", Float),
    Column("average_speed", Float),
    Column("severity", String(10), comment="alert, detection or null"),
    Column("recognized_license_plate", String(100)),
    Column("data", JSON, nullable=False, comment="the rest of the row's `data` object"),
    Column("duration", Float, comment="seconds; null while the event is in progress"),
    Column("group_id", BigInteger, comment="see store.event_groups"),
    Column("false_positive", Boolean, comment="true if a user has said that the box is wrong"),
    Index("ix_events_camera_start", "camera", "start_time"),
    Index("ix_events_start", "start_time", "group_id"),
    Index("ix_events_label_start", "label", "start_time"),
    Index("ix_events_group_start", "group_id", "start_time"),
)

_ENDED, _RUNNING = events.c.end_time.is_not(None), events.c.end_time.is_(None)

HAS_SPEED = events.c.average_speed > literal_column("0", Integer)
"""The condition that an event has a speed: an index has only these. A speed of 0 is none."""


def _only(name: str, which: ColumnElement[bool], *columns: str) -> Index:
    """Index some of the events. What changes while an event is in progress is indexed once it has ended."""
    return Index(name, *(events.c[column] for column in columns), sqlite_where=which)


_only("ix_events_ended", _ENDED, "start_time", "id", "group_id", "score", "duration", "average_speed")

_only("ix_events_score", _ENDED, "score", "start_time", "id", "group_id")

_only("ix_events_duration", _ENDED, "duration", "start_time", "id", "group_id")

_only("ix_events_speed", and_(_ENDED, HAS_SPEED), "average_speed", "start_time", "id", "group_id")

_only("ix_events_running", _RUNNING, "start_time")

_only("ix_events_retained", events.c.retain_indefinitely.is_(True), "start_time")

_only("ix_events_submitted", events.c.plus_id.is_not(None), "start_time")

_only("ix_events_plate", events.c.recognized_license_plate.is_not(None), "recognized_license_plate")

event_groups = Table(
    "event_groups",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False, comment="a hash of what follows"),
    Column("camera", String(100), nullable=False),
    Column("label", String(100), nullable=False),
    Column("sub_label", String(100)),
    Column("zones", JSON, nullable=False, comment="in the order of entering"),
    Column("has_clip", Boolean, nullable=False),
    Column("has_snapshot", Boolean, nullable=False),
    Index("ix_event_groups_sub_label", "sub_label", "camera"),
    Index("ix_event_groups_camera", "camera", "id"),
    comment="what many events have in common, see store.event_groups",
)

event_zones = Table(
    "event_zones",
    metadata,
    Column("group_id", BigInteger, primary_key=True, autoincrement=False),
    Column("zone", String(100), primary_key=True),
    Index("ix_event_zones_zone", "zone", "group_id"),
    comment="the zones of each group of events",
)

event_attributes = Table(
    "event_attributes",
    metadata,
    Column("group_id", BigInteger, primary_key=True, autoincrement=False),
    Column("value", Text, primary_key=True),
    comment="the values of custom classifications of each group of events",
)

event_reasons = Table(
    "event_reasons",
    metadata,
    Column("id", String(40), primary_key=True, comment="of the event"),
    Column("data", JSON, nullable=False),
    comment="what decided about each event, see events.reasons",
)

region_sizes = Table(
    "region_sizes",
    metadata,
    Column("camera", String(100), primary_key=True),
    Column("cells", JSON, nullable=False),
    comment="the sizes of objects that have been seen so far, see events.region_grids",
)

region_grids = Table(
    "region_grids",
    metadata,
    Column("camera", String(100), primary_key=True),
    Column("since", Float, primary_key=True, comment="from which frame on it holds"),
    Column("cells", JSON, nullable=False),
    comment="what the choice of regions goes by",
)

false_places = Table(
    "false_places",
    metadata,
    Column("camera", String(100), primary_key=True),
    Column("label", String(100), primary_key=True),
    Column("places", JSON, nullable=False),
    comment="where detections were false so far, see events.false_places",
)

false_place_maps = Table(
    "false_place_maps",
    metadata,
    Column("camera", String(100), primary_key=True),
    Column("since", Float, primary_key=True, comment="from which frame on it holds"),
    Column("places", JSON, nullable=False),
    comment="where the tracking asks for more evidence",
)

event_counts = Table(
    "event_counts",
    metadata,
    Column("day", Integer, primary_key=True, autoincrement=False, comment="start_time // 86400"),
    Column("group_id", BigInteger, primary_key=True, autoincrement=False),
    Column("quarters", LargeBinary, nullable=False, comment="a byte an event: its quarter of an hour, sorted"),
    Index("ix_event_counts_group_id", "group_id"),
    comment="how many events of each group began when, see store.event_groups",
    sqlite_with_rowid=False,  # the groups of a day are beside each other: those of today are written all the time
)

event_days = Table(
    "event_days",
    metadata,
    Column("camera", String(100), primary_key=True),
    Column("day", Integer, primary_key=True, autoincrement=False, comment="as in `event_counts`"),
    Column("packed", LargeBinary, comment="the day's rows of `event_counts` in one; null after one has changed"),
    comment="the days of each camera that have events, see store.event_days",
)

event_texts = Table(
    "event_texts",
    metadata,
    Column(
        "id", Long, primary_key=True, autoincrement=False, comment="the event's start in microseconds, or just after"
    ),
    Column("event_id", String(40), nullable=False, unique=True),
    Column("text", Text, nullable=False, comment="as store.words.joined makes it"),
    comment="what is written of events one by one: descriptions and licence plates, see store.event_texts",
)

event_words = Table(
    "event_words",
    metadata,
    Column("word", Text, primary_key=True),
    Column("text_id", Long, primary_key=True, autoincrement=False),
    comment="in which texts of events each word is",
    sqlite_with_rowid=False,
)

timeline = Table(
    "timeline",
    metadata,
    Column("id", Long, primary_key=True, autoincrement=True),
    Column("timestamp", Float, nullable=False, index=True),
    Column("camera", String(100), nullable=False),
    Column("source", String(20), nullable=False, comment="tracked_object, audio or api"),
    Column("source_id", String(40), nullable=False, index=True),
    Column("class_type", String(20), nullable=False),
    Column("data", JSON, nullable=False),
    Column("label", Text, comment="that of `data`"),
    Index("ix_timeline_camera_timestamp", "camera", "timestamp"),
    Index("ix_timeline_label_timestamp", "label", "timestamp", "camera"),
)
