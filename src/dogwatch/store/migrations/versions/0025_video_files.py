"""Video files, what was found in them, and tokens that have logged out."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

Long = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "video_files",
        sa.Column("id", Long, autoincrement=True, nullable=False),
        sa.Column("uuid", sa.String(length=32), nullable=False, comment="32 hex digits, which clients know it by"),
        sa.Column("owner", sa.String(length=100), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("extension", sa.String(length=10), nullable=False, comment="in lower case, without the dot"),
        sa.Column(
            "original",
            sa.Text(),
            nullable=True,
            comment="where a file lies that was registered; null if its bytes are in the store",
        ),
        sa.Column("camera", sa.String(length=100), nullable=True, comment="whose recordings it was made of"),
        sa.Column(
            "status", sa.String(length=12), nullable=False, comment="uploading, probing, ready, failed or deleting"
        ),
        sa.Column("error", sa.String(length=40), nullable=True, comment="why it has failed"),
        sa.Column("size_bytes", Long, nullable=False, comment="while it is uploaded, what was announced"),
        sa.Column("modified_ns", sa.BigInteger(), nullable=False, comment="of the bytes that were looked at"),
        sa.Column(
            "content_hash",
            sa.String(length=64),
            nullable=True,
            comment="SHA-256; while it is uploaded, what was announced",
        ),
        sa.Column("duration", sa.Float(), nullable=True),
        sa.Column("facts", sa.JSON(), nullable=True, comment="what was found in it, see media.file_facts"),
        sa.Column("analysed_face", sa.Boolean(), nullable=False),
        sa.Column("analysed_object", sa.Boolean(), nullable=False),
        sa.Column("analysis_version", sa.Integer(), nullable=False, comment="counts up when its traces change"),
        sa.Column("trace_count", sa.Integer(), nullable=False),
        sa.Column("next_trace", sa.Integer(), nullable=False, comment="numbers of traces are never used again"),
        sa.Column("created_at", sa.Float(), nullable=False),
        sa.Column("touched_at", sa.Float(), nullable=False, comment="when an upload last made progress"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_video_files")),
        sa.UniqueConstraint("uuid", name=op.f("uq_video_files_uuid")),
        comment="files that are served by /api/v1, see the package library",
    )
    op.create_index("ix_video_files_owner_hash", "video_files", ["owner", "content_hash"])
    op.create_index("ix_video_files_created", "video_files", ["created_at"])
    op.create_table(
        "video_traces",
        sa.Column("file_id", Long, nullable=False),
        sa.Column("trace_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("visible", sa.Boolean(), nullable=False, comment="false until the job that has found it is done"),
        sa.Column("kind", sa.String(length=10), nullable=False, comment="face or object"),
        sa.Column("label", sa.String(length=100), nullable=False),
        sa.Column("identity", sa.String(length=100), nullable=True),
        sa.Column("start_frame", sa.Integer(), nullable=False),
        sa.Column("end_frame", sa.Integer(), nullable=False),
        sa.Column("frame_count", sa.Integer(), nullable=False, comment="frames that have a box"),
        sa.Column("start_time", sa.Float(), nullable=False),
        sa.Column("end_time", sa.Float(), nullable=False),
        sa.Column("avg_confidence", sa.Float(), nullable=False),
        sa.ForeignKeyConstraint(
            ["file_id"], ["video_files.id"], name=op.f("fk_video_traces_file_id_video_files"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("file_id", "trace_id", name=op.f("pk_video_traces")),
        comment="individuals in unbroken appearances in files",
    )
    op.create_table(
        "video_boxes",
        sa.Column("file_id", Long, nullable=False),
        sa.Column("trace_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("frame", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("x", sa.Integer(), nullable=False),
        sa.Column("y", sa.Integer(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("confidence", sa.Float(), nullable=False),
        sa.Column("interpolated", sa.Boolean(), nullable=False),
        sa.Column("sharpness", sa.Float(), nullable=True, comment="of what is inside; null where nobody has looked"),
        sa.ForeignKeyConstraint(
            ["file_id"], ["video_files.id"], name=op.f("fk_video_boxes_file_id_video_files"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("file_id", "trace_id", "frame", name=op.f("pk_video_boxes")),
        comment="where each trace is in each frame, in pixels of the displayed picture",
    )
    op.create_index("ix_video_boxes_frame", "video_boxes", ["file_id", "frame"])
    op.create_table(
        "revoked_file_tokens",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("expires_at", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_revoked_file_tokens")),
        comment="tokens of /api/v1 that have logged out",
    )
    op.create_index(op.f("ix_revoked_file_tokens_expires_at"), "revoked_file_tokens", ["expires_at"])


def downgrade() -> None:
    for table in ("revoked_file_tokens", "video_boxes", "video_traces", "video_files"):
        op.drop_table(table)
