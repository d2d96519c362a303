"""The tables. SQLite (WAL) by default; nothing here is special to it, so that PostgreSQL can take its place.

Times are UTC epoch seconds. JSON columns hold what only the API reads; what is filtered on is a column.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    ColumnElement,
    Connection,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    and_,
    event,
    literal_column,
    or_,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(column_0_N_label)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

Long = BigInteger().with_variant(Integer, "sqlite")  # whose integers are all long, and which counts up only these
"""A number that may not fit into 32 bits."""

init_sections = Table(
    "init_sections",
    metadata,
    Column("id", String(16), primary_key=True, comment="first 16 hex digits of the SHA-256 of `data`"),
    Column("data", LargeBinary, nullable=False, comment="ftyp + moov"),
)

segments = Table(
    "segments",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("camera", String(100), nullable=False),
    Column("path", String(300), nullable=False, unique=True, comment="relative to the media root"),
    Column("start_time", Float, nullable=False),
    Column("end_time", Float, nullable=False),
    Column("size_bytes", Long, nullable=False),
    Column("init_id", String(16), ForeignKey("init_sections.id"), nullable=False),
    Column("fragments", LargeBinary, nullable=False, comment="packed fragment index, see store.segments"),
    Column("has_audio", Boolean, nullable=False, default=False),
    Column("dbfs", Float, comment="mean loudness, null without analysed audio"),
    Column("motion", Long, comment="sum of motion areas; null = not analysed"),
    Column("objects", Long, comment="active objects over frames; null = not analysed"),
    Column(
        "cells", LargeBinary, comment="where something moved, see recordings.motion_cells; null = unknown or nowhere"
    ),
    Column("deleting", Boolean, nullable=False, default=False, comment="marked; unlink, then drop"),
    Column("deleting_for", String(40), comment="the reason, while `deleting`"),
    Index(  # holds all that playlists and lists ask for: a day's rows with their fragments are megabytes apart
        "ix_segments_camera_start",
        *(
            "camera",
            "start_time",
            "end_time",
            "init_id",
            "has_audio",
            "size_bytes",
            "deleting",
            "motion",
            "objects",
            "id",
            "dbfs",
            "cells",
        ),
    ),
    Index("ix_segments_camera_end", "camera", "end_time"),
    Index("ix_segments_start", "start_time"),
)

quarters = Table(
    "quarters",
    metadata,
    Column("camera", String(100), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False, comment="start_time // 900"),
    Column("segments", Integer, nullable=False, comment="those not being deleted; so the next three"),
    Column("duration", Float, nullable=False),
    Column("motion", BigInteger, nullable=False),
    Column("objects", BigInteger, nullable=False),
    Column("size_bytes", BigInteger, nullable=False, comment="of all, also those being deleted"),
    Column("stretches", LargeBinary, comment="the ranges that are recorded without a gap; null without any"),
    comment="what the segments that begin in a quarter of an hour add up to, see store.quarters",
)

recorded = Table(
    "recorded",
    metadata,
    Column("camera", String(100), primary_key=True),
    Column("quarters", Integer, nullable=False, comment="how many rows the camera has in `quarters`"),
    Column("size_bytes", BigInteger, nullable=False, comment="of all the camera's segments"),
    comment="what the rows of each camera in `quarters` add up to",
)

volumes = Table(
    "volumes",
    metadata,
    Column("id", String(40), primary_key=True, comment="as in the identity file of the recordings directory"),
    Column("added_at", Float, nullable=False),
)

deletions = Table(
    "deletions",
    metadata,
    Column("id", Long, primary_key=True, autoincrement=True),
    Column("time", Float, nullable=False, index=True),
    Column("camera", String(100), nullable=False),
    Column("start_time", Float, nullable=False),
    Column("end_time", Float, nullable=False),
    Column("segments", Integer, nullable=False),
    Column("size_bytes", Long, nullable=False),
    Column("reason", String(40), nullable=False, comment="retention, budget, free_space, api, missing, broken, lost"),
    Column("detail", Text, nullable=False, default=""),
)

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


@event.listens_for(metadata, "before_create")
def _keep_conditions_of_indexes(_: object, connection: Connection, **__: Any) -> None:
    """Take what `_only` says for PostgreSQL as well. Said there, it would load that dialect everywhere: 2.7 MiB."""
    if connection.dialect.name != "sqlite":
        for index in (*events.indexes, *reviews.indexes):
            index.dialect_options[connection.dialect.name]["where"] = index.dialect_options["sqlite"]["where"]


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

users = Table(
    "users",
    metadata,
    Column("username", String(100), primary_key=True),
    Column("role", String(60), nullable=False),
    Column("password_hash", String(300), nullable=False),
    Column("password_changed_at", Float, nullable=False),
    Column("notification_tokens", JSON, nullable=False),
    Column("issuer", String(300), nullable=True, comment="the provider where the user logs in; null with a password"),
    Column("subject", String(255), nullable=True, comment="the user's id there"),
    Index("ix_users_subject", "issuer", "subject", unique=True),
)

sessions = Table(
    "sessions",
    metadata,
    Column("id", String(40), primary_key=True, comment="the token's `jti`"),
    Column("username", ForeignKey("users.username", ondelete="CASCADE"), nullable=False, index=True),
    Column("created_at", Float, nullable=False),
    Column("expires_at", Float, nullable=False, index=True),
    Column("used_at", Float, nullable=False, comment="to within some minutes"),
    Column("address", String(60), nullable=False, comment="of the login; a /64 network for IPv6"),
    Column("agent", String(100), nullable=False, comment="what the client called itself at the login"),
    comment="who is logged in; a token without its row here is worth nothing",
)

push_devices = Table(
    "push_devices",
    metadata,
    Column("id", String(32), primary_key=True, comment="the beginning of the SHA-256 of `endpoint`"),
    Column("owner", String(100), nullable=False, index=True),
    Column("owner_kind", String(10), nullable=False, comment="account, listener or proxy"),
    Column("owner_role", String(60), nullable=False, comment="when it was registered"),
    Column(
        "endpoint", Text, nullable=False, comment="where the push service takes messages; whoever knows it can push"
    ),
    Column("p256dh", String(100), nullable=False, comment="the browser's public key, base64url"),
    Column("auth", String(40), nullable=False, comment="the secret that it shares with us, base64url"),
    Column("name", String(100), nullable=False, comment="what the user knows it by"),
    Column(
        "page", String(300), nullable=False, comment="address below which the browser has the page; empty if unknown"
    ),
    Column("created_at", Float, nullable=False),
    Column("delivered_at", Float, comment="when the push service took a message last"),
    Column("failed_at", Float, comment="when one could not be delivered, if none has been since"),
    Column("error", String(300), nullable=False, comment="why"),
    comment="browsers that get notifications, see outputs.push",
)

switches = Table(
    "switches",
    metadata,
    Column("camera", String(100), primary_key=True),
    Column("name", String(60), primary_key=True),
    Column("value", JSON, nullable=False),
    comment="run-time switches that outlive a restart (docs/api/websocket.md)",
)

kept_times = Table(
    "marks",
    metadata,
    Column("name", String(60), primary_key=True),
    Column("time", Float, nullable=False),
    comment="times that outlive a restart",
)

jobs = Table(
    "jobs",
    metadata,
    Column("id", String(140), primary_key=True),
    Column("kind", String(40), nullable=False),
    Column("camera", String(100), comment="null for work that belongs to no single camera"),
    Column("owner", String(100), nullable=False, comment="the user who asked for it"),
    Column("state", String(10), nullable=False, comment="queued, running, success, failed or cancelled"),
    Column("params", JSON, nullable=False),
    Column("result", JSON),
    Column("error", Text, nullable=False),
    Column("step", String(30), nullable=False),
    Column("progress", Float, nullable=False, comment="0 to 100"),
    Column("attempts", Integer, nullable=False),
    Column("cancelled", Boolean, nullable=False, comment="somebody wants it to end"),
    Column("holder", String(100), nullable=False, default="", comment="the program that runs it"),
    Column("lease_until", Float, comment="until when that program is believed to work at it"),
    Column("created_at", Float, nullable=False),
    Column("started_at", Float),
    Column("ended_at", Float),
    Index("ix_jobs_kind_state_created", "kind", "state", "created_at"),
    comment="work that takes a while, see the package jobs",
)

export_cases = Table(
    "export_cases",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("name", String(256), nullable=False),
    Column("description", Text, nullable=False),
    Column("created_at", Float, nullable=False),
    Column("updated_at", Float, nullable=False),
)

exports = Table(
    "exports",
    metadata,
    Column("id", String(140), primary_key=True),
    Column("camera", String(100), nullable=False),
    Column("name", String(256), nullable=False),
    Column("date", Float, nullable=False, index=True, comment="start of the exported range"),
    Column("end_time", Float, nullable=False),
    Column("file", String(200), nullable=False, unique=True, comment="below exports/"),
    Column("in_progress", Boolean, nullable=False),
    Column("size_bytes", BigInteger, nullable=False, default=0),
    Column("created_at", Float, nullable=False),
    Column("case_id", ForeignKey("export_cases.id", ondelete="SET NULL")),
)

previews = Table(
    "previews",
    metadata,
    Column("id", String(140), primary_key=True),
    Column("camera", String(100), nullable=False),
    Column("path", String(300), nullable=False, comment="relative to the media root"),
    Column("start_time", Float, nullable=False),
    Column("end_time", Float, nullable=False),
    Index("ix_previews_camera_start", "camera", "start_time"),
    comment="a small video of each camera and hour",
)

shares = Table(
    "shares",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("token_hash", String(64), nullable=False, unique=True, comment="SHA-256 of what the link ends with"),
    Column("kind", String(10), nullable=False, comment="clip, event or export"),
    Column("camera", String(100), nullable=False, index=True),
    Column("target", String(140), nullable=False, comment="id of the event or export"),
    Column("start_time", Float, nullable=False),
    Column("end_time", Float, nullable=False),
    Column("title", String(200), comment="what its page shows above the video"),
    Column("cover", JSON, comment="what is blacked out and blurred; null if nothing is"),
    Column("owner", String(100), nullable=False),
    Column("owner_kind", String(10), nullable=False, comment="account, listener or proxy"),
    Column("owner_role", String(60), nullable=False, comment="when it was made"),
    Column("address", String(60), nullable=False, comment="from which it was made"),
    Column("created_at", Float, nullable=False),
    Column("expires_at", Float, nullable=False),
    Column("state", String(10), nullable=False, comment="preparing, ready or ended"),
    Column("footage_s", Float, comment="seconds of footage in a covered copy"),
    Column("ended_at", Float),
    Column("reason", String(200), nullable=False, comment="why it has ended"),
    Column("uses", Integer, nullable=False, default=0),
    Column("used_at", Float, comment="when it was used last"),
    Index("ix_shares_state_expires", "state", "expires_at"),
    comment="links that need no login, see the package sharing",
)

share_uses = Table(
    "share_uses",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("share_id", ForeignKey("shares.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("used_at", Float, nullable=False),
    Column("address", String(60), nullable=False),
    Column("what", String(20), nullable=False, comment="page, clip, snapshot or thumbnail"),
    Column("agent", String(100), nullable=False),
    comment="who has used a link; the newest of each",
)

video_files = Table(
    "video_files",
    metadata,
    Column("id", Long, primary_key=True, autoincrement=True),
    Column("uuid", String(32), nullable=False, unique=True, comment="32 hex digits, which clients know it by"),
    Column("owner", String(100), nullable=False),
    Column("name", String(255), nullable=False),
    Column("extension", String(10), nullable=False, comment="in lower case, without the dot"),
    Column("original", Text, comment="where a file lies that was registered; null if its bytes are in the store"),
    Column("camera", String(100), comment="whose recordings it was made of"),
    Column("status", String(12), nullable=False, comment="uploading, probing, ready, failed or deleting"),
    Column("error", String(40), comment="why it has failed"),
    Column("size_bytes", Long, nullable=False, comment="while it is uploaded, what was announced"),
    Column("modified_ns", BigInteger, nullable=False, default=0, comment="of the bytes that were looked at"),
    Column("content_hash", String(64), comment="SHA-256; while it is uploaded, what was announced"),
    Column("duration", Float),
    Column("facts", JSON, comment="what was found in it, see media.file_facts"),
    Column("analysed_face", Boolean, nullable=False, default=False),
    Column("analysed_object", Boolean, nullable=False, default=False),
    Column("analysis_version", Integer, nullable=False, default=0, comment="counts up when its traces change"),
    Column("trace_count", Integer, nullable=False, default=0),
    Column("next_trace", Integer, nullable=False, default=1, comment="numbers of traces are never used again"),
    Column("created_at", Float, nullable=False),
    Column("touched_at", Float, nullable=False, comment="when an upload last made progress"),
    Index("ix_video_files_owner_hash", "owner", "content_hash"),
    Index("ix_video_files_created", "created_at"),
    comment="files that are served by /api/v1, see the package library",
)

video_traces = Table(
    "video_traces",
    metadata,
    Column("file_id", ForeignKey("video_files.id", ondelete="CASCADE"), primary_key=True),
    Column("trace_id", Integer, primary_key=True, autoincrement=False),
    Column("visible", Boolean, nullable=False, comment="false until the job that has found it is done"),
    Column("kind", String(10), nullable=False, comment="face or object"),
    Column("label", String(100), nullable=False),
    Column("identity", String(100)),
    Column("start_frame", Integer, nullable=False),
    Column("end_frame", Integer, nullable=False),
    Column("frame_count", Integer, nullable=False, comment="frames that have a box"),
    Column("start_time", Float, nullable=False),
    Column("end_time", Float, nullable=False),
    Column("avg_confidence", Float, nullable=False),
    comment="individuals in unbroken appearances in files",
)

video_boxes = Table(
    "video_boxes",
    metadata,
    Column("file_id", ForeignKey("video_files.id", ondelete="CASCADE"), primary_key=True),
    Column("trace_id", Integer, primary_key=True, autoincrement=False),
    Column("frame", Integer, primary_key=True, autoincrement=False),
    Column("x", Integer, nullable=False),
    Column("y", Integer, nullable=False),
    Column("width", Integer, nullable=False),
    Column("height", Integer, nullable=False),
    Column("confidence", Float, nullable=False),
    Column("interpolated", Boolean, nullable=False),
    Column("sharpness", Float, comment="of what is inside; null where nobody has looked"),
    Index("ix_video_boxes_frame", "file_id", "frame"),
    comment="where each trace is in each frame, in pixels of the displayed picture",
)

revoked_file_tokens = Table(
    "revoked_file_tokens",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("expires_at", Float, nullable=False, index=True),
    comment="tokens of /api/v1 that have logged out",
)
