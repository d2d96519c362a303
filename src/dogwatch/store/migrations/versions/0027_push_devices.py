"""Browsers that get notifications."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    whoever = "where the push service takes messages; whoever knows it can push"
    op.create_table(
        "push_devices",
        sa.Column("id", sa.String(length=32), nullable=False, comment="the beginning of the SHA-256 of `endpoint`"),
        sa.Column("owner", sa.String(length=100), nullable=False),
        sa.Column("owner_kind", sa.String(length=10), nullable=False, comment="account, listener or proxy"),
        sa.Column("owner_role", sa.String(length=60), nullable=False, comment="when it was registered"),
        sa.Column("endpoint", sa.Text(), nullable=False, comment=whoever),
        sa.Column("p256dh", sa.String(length=100), nullable=False, comment="the browser's public key, base64url"),
        sa.Column("auth", sa.String(length=40), nullable=False, comment="the secret that it shares with us, base64url"),
        sa.Column("name", sa.String(length=100), nullable=False, comment="what the user knows it by"),
        sa.Column(
            "page",
            sa.String(length=300),
            nullable=False,
            comment="address below which the browser has the page; empty if unknown",
        ),
        sa.Column("created_at", sa.Float(), nullable=False),
        sa.Column("delivered_at", sa.Float(), comment="when the push service took a message last"),
        sa.Column("failed_at", sa.Float(), comment="when one could not be delivered, if none has been since"),
        sa.Column("error", sa.String(length=300), nullable=False, comment="why"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_push_devices")),
        comment="browsers that get notifications, see outputs.push",
    )
    op.create_index(op.f("ix_push_devices_owner"), "push_devices", ["owner"])


def downgrade() -> None:
    op.drop_table("push_devices")
