"""Sums of segments by quarters of an hour for summaries, and an index that playlists are made of alone."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


TIMES = "ix_segments_camera_start"


def upgrade() -> None:
    op.drop_index(TIMES, "segments")
    columns = ["camera", "start_time", "end_time", "init_id", "has_audio", "size_bytes", "deleting"]
    op.create_index(TIMES, "segments", columns, unique=False)
    op.create_table(
        "quarters",
        sa.Column("camera", sa.String(length=100), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False, comment="start_time // 900"),
        sa.Column("segments", sa.Integer(), nullable=False, comment="those not being deleted; so the next three"),
        sa.Column("duration", sa.Float(), nullable=False),
        sa.Column("motion", sa.BigInteger(), nullable=False),
        sa.Column("objects", sa.BigInteger(), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False, comment="of all, also those being deleted"),
        sa.PrimaryKeyConstraint("camera", "number", name=op.f("pk_quarters")),
        comment="what the segments that begin in a quarter of an hour add up to, see store.quarters",
    )
    op.execute(
        """
        INSERT INTO quarters (camera, number, segments, duration, motion, objects, size_bytes)
        SELECT camera, CAST(floor(start_time / 900) AS INTEGER),
            sum(CASE WHEN deleting THEN 0 ELSE 1 END),
            sum(CASE WHEN deleting THEN 0 ELSE end_time - start_time END),
            sum(CASE WHEN deleting THEN 0 ELSE coalesce(motion, 0) END),
            sum(CASE WHEN deleting THEN 0 ELSE coalesce(objects, 0) END),
            sum(size_bytes)
        FROM segments GROUP BY 1, 2
        """
    )


def downgrade() -> None:
    op.drop_table("quarters")
    op.drop_index(TIMES, "segments")
    op.create_index(TIMES, "segments", ["camera", "start_time"], unique=False)
