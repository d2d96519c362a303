"""Labels of timeline entries, and indexes by which rare events and entries, and the loudness of segments, are found."""

from __future__ import annotations

import logging

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

LABELS = {
    "sqlite": "UPDATE timeline SET label = json_extract(data, '$.label') WHERE json_valid(data)",
    "postgresql": "UPDATE timeline SET label = data ->> 'label'",
}
ENDED = sa.text("end_time IS NOT NULL")
FAST = sa.text("end_time IS NOT NULL AND average_speed > 0")
SEGMENTS = (
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
)
_log = logging.getLogger("dogwatch.store.migrations")


def upgrade() -> None:
    _log.warning("the database is brought up to date: labels of the timeline")
    op.add_column("timeline", sa.Column("label", sa.Text(), nullable=True, comment="that of `data`"))
    op.execute(LABELS[op.get_bind().dialect.name])
    op.drop_index("ix_timeline_camera", "timeline")
    op.create_index("ix_timeline_camera_timestamp", "timeline", ["camera", "timestamp"])
    op.create_index("ix_timeline_label_timestamp", "timeline", ["label", "timestamp", "camera"])
    op.drop_index("ix_event_zones_zone", "event_zones")
    op.create_index("ix_event_zones_zone", "event_zones", ["zone", "group_id"])
    op.drop_index("ix_events_duration", "events")
    _index("ix_events_duration", ENDED, "duration", "start_time", "id", "group_id")
    _index("ix_events_speed", FAST, "average_speed", "start_time", "id", "group_id")
    op.drop_index("ix_segments_camera_start", "segments")
    op.create_index("ix_segments_camera_start", "segments", [*SEGMENTS, "dbfs"])
    _make_counts(with_rowid=False)


def downgrade() -> None:
    _make_counts(with_rowid=True)
    op.drop_index("ix_segments_camera_start", "segments")
    op.create_index("ix_segments_camera_start", "segments", list(SEGMENTS))
    op.drop_index("ix_events_speed", "events")
    op.drop_index("ix_events_duration", "events")
    _index("ix_events_duration", ENDED, "duration")
    op.drop_index("ix_event_zones_zone", "event_zones")
    op.create_index("ix_event_zones_zone", "event_zones", ["zone"])
    op.drop_index("ix_timeline_label_timestamp", "timeline")
    op.drop_index("ix_timeline_camera_timestamp", "timeline")
    op.create_index("ix_timeline_camera", "timeline", ["camera"])
    op.drop_column("timeline", "label")


def _make_counts(*, with_rowid: bool) -> None:
    """Make the table of counts anew, in the order of its key or of its rows; only SQLite has the choice."""
    if op.get_bind().dialect.name != "sqlite":
        return
    op.create_table(
        "new_event_counts",
        sa.Column("group_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("day", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("quarters", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("group_id", "day", name=op.f("pk_event_counts")),
        sqlite_with_rowid=with_rowid,
    )
    op.execute("INSERT INTO new_event_counts SELECT group_id, day, quarters FROM event_counts")
    op.drop_table("event_counts")
    op.rename_table("new_event_counts", "event_counts")


def _index(name: str, which: sa.TextClause, *columns: str) -> None:
    op.create_index(name, "events", list(columns), sqlite_where=which, postgresql_where=which)
