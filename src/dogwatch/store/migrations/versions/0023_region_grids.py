"""How large objects look in each part of a camera's frame."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "region_sizes",
        sa.Column("camera", sa.String(length=100), nullable=False),
        sa.Column("cells", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("camera", name=op.f("pk_region_sizes")),
        comment="the sizes of objects that have been seen so far, see events.region_grids",
    )
    op.create_table(
        "region_grids",
        sa.Column("camera", sa.String(length=100), nullable=False),
        sa.Column("since", sa.Float(), nullable=False, comment="from which frame on it holds"),
        sa.Column("cells", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("camera", "since", name=op.f("pk_region_grids")),
        comment="what the choice of regions goes by",
    )


def downgrade() -> None:
    op.drop_table("region_grids")
    op.drop_table("region_sizes")
