"""The first tables."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

Long = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "volumes",
        sa.Column(
            "id",
            sa.String(length=40),
            nullable=False,
            comment="as in the identity file of the recordings directory",
        ),
        sa.Column("added_at", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_volumes")),
    )
    op.create_table(
        "deletions",
        sa.Column("id", Long, autoincrement=True, nullable=False),
        sa.Column("time", sa.Float(), nullable=False),
        sa.Column("camera", sa.String(length=100), nullable=False),
        sa.Column("start_time", sa.Float(), nullable=False),
        sa.Column("end_time", sa.Float(), nullable=False),
        sa.Column("segments", sa.Integer(), nullable=False),
        sa.Column("size_bytes", Long, nullable=False),
        sa.Column(
            "reason",
            sa.String(length=40),
            nullable=False,
            comment="retention, budget, free_space, api, missing, broken, lost",
        ),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deletions")),
    )
    op.create_index("ix_deletions_time", "deletions", ["time"], unique=False)

    op.create_table(
        "events",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("camera", sa.String(length=100), nullable=False),
        sa.Column("label", sa.String(length=100), nullable=False),
        sa.Column("sub_label", sa.String(length=100), nullable=True),
        sa.Column("type", sa.String(length=10), nullable=False, comment="object, audio or api"),
        sa.Column("start_time", sa.Float(), nullable=False),
        sa.Column("end_time", sa.Float(), nullable=True),
        sa.Column("zones", sa.JSON(), nullable=False, comment="entered zones, in order"),
        sa.Column("has_clip", sa.Boolean(), nullable=False),
        sa.Column("has_snapshot", sa.Boolean(), nullable=False),
        sa.Column("retain_indefinitely", sa.Boolean(), nullable=False),
        sa.Column("plus_id", sa.String(length=100), nullable=True),
        sa.Column("score", sa.Float(), nullable=True, comment="of the snapshot's frame"),
        sa.Column("top_score", sa.Float(), nullable=True),
        sa.Column("average_speed", sa.Float(), nullable=True),
        sa.Column("severity", sa.String(length=10), nullable=True, comment="alert, detection or null"),
        sa.Column("recognized_license_plate", sa.String(length=100), nullable=True),
        sa.Column("data", sa.JSON(), nullable=False, comment="the rest of the row's `data` object"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_events")),
    )
    op.create_index("ix_events_camera_start", "events", ["camera", "start_time"], unique=False)
    op.create_index("ix_events_label_start", "events", ["label", "start_time"], unique=False)
    op.create_index("ix_events_start", "events", ["start_time"], unique=False)

    op.create_table(
        "init_sections",
        sa.Column("id", sa.String(length=16), nullable=False, comment="first 16 hex digits of the SHA-256 of `data`"),
        sa.Column("data", sa.LargeBinary(), nullable=False, comment="ftyp + moov"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_init_sections")),
    )
    op.create_table(
        "reviews",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("camera", sa.String(length=100), nullable=False),
        sa.Column("severity", sa.String(length=10), nullable=False),
        sa.Column("start_time", sa.Float(), nullable=False),
        sa.Column("end_time", sa.Float(), nullable=True),
        sa.Column("thumb_path", sa.String(length=300), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reviews")),
    )
    op.create_index("ix_reviews_camera_start", "reviews", ["camera", "start_time"], unique=False)
    op.create_index("ix_reviews_start", "reviews", ["start_time"], unique=False)

    op.create_table(
        "switches",
        sa.Column("camera", sa.String(length=100), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("value", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("camera", "name", name=op.f("pk_switches")),
        comment="run-time switches that outlive a restart (docs/api/websocket.md)",
    )
    op.create_table(
        "timeline",
        sa.Column("id", Long, autoincrement=True, nullable=False),
        sa.Column("timestamp", sa.Float(), nullable=False),
        sa.Column("camera", sa.String(length=100), nullable=False),
        sa.Column("source", sa.String(length=20), nullable=False, comment="tracked_object, audio or api"),
        sa.Column("source_id", sa.String(length=40), nullable=False),
        sa.Column("class_type", sa.String(length=20), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_timeline")),
    )
    op.create_index("ix_timeline_camera", "timeline", ["camera"], unique=False)
    op.create_index("ix_timeline_source_id", "timeline", ["source_id"], unique=False)
    op.create_index("ix_timeline_timestamp", "timeline", ["timestamp"], unique=False)

    op.create_table(
        "users",
        sa.Column("username", sa.String(length=100), nullable=False),
        sa.Column("role", sa.String(length=60), nullable=False),
        sa.Column("password_hash", sa.String(length=300), nullable=False),
        sa.Column("password_changed_at", sa.Float(), nullable=False),
        sa.Column("notification_tokens", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("username", name=op.f("pk_users")),
    )
    op.create_table(
        "review_views",
        sa.Column("review_id", sa.String(length=40), nullable=False),
        sa.Column("username", sa.String(length=100), nullable=False),
        sa.ForeignKeyConstraint(
            ["review_id"], ["reviews.id"], name=op.f("fk_review_views_review_id_reviews"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("review_id", "username", name=op.f("pk_review_views")),
    )
    op.create_table(
        "segments",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("camera", sa.String(length=100), nullable=False),
        sa.Column("path", sa.String(length=300), nullable=False, comment="relative to the media root"),
        sa.Column("start_time", sa.Float(), nullable=False),
        sa.Column("end_time", sa.Float(), nullable=False),
        sa.Column("size_bytes", Long, nullable=False),
        sa.Column("init_id", sa.String(length=16), nullable=False),
        sa.Column("fragments", sa.LargeBinary(), nullable=False, comment="packed fragment index, see store.segments"),
        sa.Column("has_audio", sa.Boolean(), nullable=False),
        sa.Column("dbfs", sa.Float(), nullable=True, comment="mean loudness, null without analysed audio"),
        sa.Column("motion", Long, nullable=True, comment="sum of motion areas; null = not analysed"),
        sa.Column("objects", Long, nullable=True, comment="active objects over frames; null = not analysed"),
        sa.Column("deleting", sa.Boolean(), nullable=False, comment="marked; unlink, then drop"),
        sa.ForeignKeyConstraint(["init_id"], ["init_sections.id"], name=op.f("fk_segments_init_id_init_sections")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_segments")),
        sa.UniqueConstraint("path", name=op.f("uq_segments_path")),
    )
    op.create_index("ix_segments_camera_end", "segments", ["camera", "end_time"], unique=False)
    op.create_index("ix_segments_camera_start", "segments", ["camera", "start_time"], unique=False)
    op.create_index("ix_segments_start", "segments", ["start_time"], unique=False)
