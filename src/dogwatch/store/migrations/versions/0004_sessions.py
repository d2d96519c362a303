"""Sessions as rows, so that they can be ended; tokens from before name none, and their users log in once more."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "sessions",
        sa.Column("id", sa.String(length=40), nullable=False, comment="the token's `jti`"),
        sa.Column("username", sa.String(length=100), nullable=False),
        sa.Column("created_at", sa.Float(), nullable=False),
        sa.Column("expires_at", sa.Float(), nullable=False),
        sa.Column("used_at", sa.Float(), nullable=False, comment="to within some minutes"),
        sa.Column("address", sa.String(length=60), nullable=False, comment="of the login; a /64 network for IPv6"),
        sa.Column("agent", sa.String(length=100), nullable=False, comment="what the client called itself at the login"),
        sa.ForeignKeyConstraint(
            ["username"], ["users.username"], name=op.f("fk_sessions_username_users"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sessions")),
        comment="who is logged in; a token without its row here is worth nothing",
    )
    op.create_index(op.f("ix_sessions_username"), "sessions", ["username"])
    op.create_index(op.f("ix_sessions_expires_at"), "sessions", ["expires_at"])


def downgrade() -> None:
    op.drop_table("sessions")
