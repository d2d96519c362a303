"""What each user has chosen in the page."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "ui_choices",
        sa.Column("owner", sa.String(length=100), nullable=False),
        sa.Column("owner_kind", sa.String(length=10), nullable=False, comment="account, listener or proxy"),
        sa.Column("settings", sa.Text(), nullable=False, comment="a JSON object that only the page reads"),
        sa.Column("version", sa.Integer(), nullable=False, comment="how often it was written"),
        sa.Column("updated_at", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("owner", "owner_kind", name=op.f("pk_ui_choices")),
        comment="what each user has chosen in the page: theme, order of cameras, filters",
    )
    op.create_index(op.f("ix_ui_choices_updated_at"), "ui_choices", ["updated_at"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_ui_choices_updated_at"), table_name="ui_choices")
    op.drop_table("ui_choices")
