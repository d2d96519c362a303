"""The tables of review items, what they list and add up to, and what goes on."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    literal_column,
    or_,
)

from dogwatch.store.tables.base import metadata

reviews = Table(
    "reviews",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("camera", String(100), nullable=False),
    Column("severity", String(10), nullable=False),
    Column("start_time", Float, nullable=False),
    Column("end_time", Float),
    Column("thumb_path", String(300), nullable=False),
    Column("data", JSON, nullable=False),
    Index("ix_reviews_camera_start", "camera", "start_time", "end_time"),
    Index("ix_reviews_start", "start_time", "end_time"),
    Index("ix_reviews_end", "end_time"),
)

LONG_S = 3600

LONG_REVIEWS = or_(
    reviews.c.end_time.is_(None), reviews.c.end_time - reviews.c.start_time > literal_column(str(LONG_S), Integer)
)
"""The condition that a review item lasts longer than `LONG_S`, or goes on: an index has only these."""

Index("ix_reviews_long", reviews.c.start_time, sqlite_where=LONG_REVIEWS)

review_labels = Table(
    "review_labels",
    metadata,
    Column("review_id", String(40), primary_key=True),
    Column("label", Text, primary_key=True),
    comment="the labels by which a review item is found, see store.review_entries",
    sqlite_with_rowid=False,
)

review_zones = Table(
    "review_zones",
    metadata,
    Column("review_id", String(40), primary_key=True),
    Column("zone", Text, primary_key=True),
    comment="the zones of each review item",
    sqlite_with_rowid=False,
)

review_events = Table(
    "review_events",
    metadata,
    Column("review_id", String(40), primary_key=True),
    Column("event_id", Text, primary_key=True, index=True),
    comment="the tracked objects of each review item",
    sqlite_with_rowid=False,
)

review_counts = Table(
    "review_counts",
    metadata,
    Column("camera", String(100), primary_key=True),
    Column("severity", String(10), primary_key=True),
    Column("day", Integer, primary_key=True, autoincrement=False, comment="start_time // 86400"),
    Column("username", String(100), primary_key=True, comment="who has seen these items; empty for all items"),
    Column("quarters", LargeBinary, nullable=False, comment="a byte an item: its quarter of an hour, sorted"),
    Column("sets", LargeBinary, nullable=False, comment="eight bytes an item, in the same order: see `review_sets`"),
    comment="how many review items began when, see store.review_sums",
)

review_sets = Table(
    "review_sets",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("names", Text, nullable=False, unique=True, comment="of labels or of zones: a list as JSON, sorted"),
    comment="the different sets of labels and zones of review items, see store.review_sets",
)

review_views = Table(
    "review_views",
    metadata,
    Column("review_id", ForeignKey("reviews.id", ondelete="CASCADE"), primary_key=True),
    Column("username", String(100), primary_key=True),
)

ongoing = Table(
    "ongoing",
    metadata,
    Column("id", String(40), primary_key=True, comment="of a tracked object or a review item"),
    Column("camera", String(100), nullable=False),
    Column("kind", String(10), nullable=False, comment="object or review"),
    Column("end_time", Float, comment="null while it goes on"),
    Column("state", JSON, nullable=False),
    Column("told", String(10), comment="`new` or `end` once it is published"),
    comment="what a new core must know of objects and review items that go on, see events.takeover",
)
