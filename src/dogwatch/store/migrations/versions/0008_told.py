"""What was published of that which goes on: what was there before counts as published."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "ongoing", sa.Column("told", sa.String(length=10), nullable=True, comment="`new` or `end` once it is published")
    )
    op.execute("UPDATE ongoing SET told = CASE WHEN end_time IS NULL THEN 'new' ELSE 'end' END")


def downgrade() -> None:
    op.drop_column("ongoing", "told")
