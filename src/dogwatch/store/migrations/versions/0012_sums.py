"""Sums of the bytes of each camera, and indexes of groups of events."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "recorded",
        sa.Column("camera", sa.String(length=100), nullable=False),
        sa.Column("quarters", sa.Integer(), nullable=False, comment="how many rows the camera has in `quarters`"),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False, comment="of all the camera's segments"),
        sa.PrimaryKeyConstraint("camera", name=op.f("pk_recorded")),
        comment="what the rows of each camera in `quarters` add up to",
    )
    op.execute(
        "INSERT INTO recorded (camera, quarters, size_bytes)"
        " SELECT camera, count(*), sum(size_bytes) FROM quarters GROUP BY camera"
    )
    op.create_index("ix_event_groups_sub_label", "event_groups", ["sub_label", "camera"], unique=False)
    op.create_index(op.f("ix_event_zones_zone"), "event_zones", ["zone"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_event_groups_sub_label", "event_groups")
    op.drop_index(op.f("ix_event_zones_zone"), "event_zones")
    op.drop_table("recorded")
