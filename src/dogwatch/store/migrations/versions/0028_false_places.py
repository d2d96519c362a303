"""Places where detections were often false."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "false_places",
        sa.Column("camera", sa.String(length=100), nullable=False),
        sa.Column("label", sa.String(length=100), nullable=False),
        sa.Column("places", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("camera", "label", name=op.f("pk_false_places")),
        comment="where detections were false so far, see events.false_places",
    )
    op.create_table(
        "false_place_maps",
        sa.Column("camera", sa.String(length=100), nullable=False),
        sa.Column("since", sa.Float(), nullable=False, comment="from which frame on it holds"),
        sa.Column("places", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("camera", "since", name=op.f("pk_false_place_maps")),
        comment="where the tracking asks for more evidence",
    )


def downgrade() -> None:
    op.drop_table("false_place_maps")
    op.drop_table("false_places")
