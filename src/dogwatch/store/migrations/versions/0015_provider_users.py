"""The provider at which a user logs in, and the user's id there."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    issuer = "the provider where the user logs in; null with a password"
    op.add_column("users", sa.Column("issuer", sa.String(length=300), nullable=True, comment=issuer))
    op.add_column("users", sa.Column("subject", sa.String(length=255), nullable=True, comment="the user's id there"))
    op.create_index("ix_users_subject", "users", ["issuer", "subject"], unique=True)


def downgrade() -> None:
    op.drop_index("ix_users_subject", "users")
    op.drop_column("users", "subject")
    op.drop_column("users", "issuer")
