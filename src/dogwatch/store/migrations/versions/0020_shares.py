"""Links that need no login, and their uses."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "shares",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False, comment="SHA-256 of what the link ends with"),
        sa.Column("kind", sa.String(length=10), nullable=False, comment="clip, event or export"),
        sa.Column("camera", sa.String(length=100), nullable=False),
        sa.Column("target", sa.String(length=140), nullable=False, comment="id of the event or export"),
        sa.Column("start_time", sa.Float(), nullable=False),
        sa.Column("end_time", sa.Float(), nullable=False),
        sa.Column("title", sa.String(length=200), comment="what its page shows above the video"),
        sa.Column("cover", sa.JSON(), comment="what is blacked out and blurred; null if nothing is"),
        sa.Column("owner", sa.String(length=100), nullable=False),
        sa.Column("owner_kind", sa.String(length=10), nullable=False, comment="account, listener or proxy"),
        sa.Column("owner_role", sa.String(length=60), nullable=False, comment="when it was made"),
        sa.Column("address", sa.String(length=60), nullable=False, comment="from which it was made"),
        sa.Column("created_at", sa.Float(), nullable=False),
        sa.Column("expires_at", sa.Float(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False, comment="preparing, ready or ended"),
        sa.Column("footage_s", sa.Float(), comment="seconds of footage in a covered copy"),
        sa.Column("ended_at", sa.Float()),
        sa.Column("reason", sa.String(length=200), nullable=False, comment="why it has ended"),
        sa.Column("uses", sa.Integer(), nullable=False),
        sa.Column("used_at", sa.Float(), comment="when it was used last"),
        sa.PrimaryKeyConstraint("id", name="pk_shares"),
        sa.UniqueConstraint("token_hash", name="uq_shares_token_hash"),
        comment="links that need no login, see the package sharing",
    )
    op.create_index("ix_shares_camera", "shares", ["camera"])
    op.create_index("ix_shares_state_expires", "shares", ["state", "expires_at"])
    op.create_table(
        "share_uses",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("share_id", sa.String(length=40), nullable=False),
        sa.Column("used_at", sa.Float(), nullable=False),
        sa.Column("address", sa.String(length=60), nullable=False),
        sa.Column("what", sa.String(length=20), nullable=False, comment="page, clip, snapshot or thumbnail"),
        sa.Column("agent", sa.String(length=100), nullable=False),
        sa.ForeignKeyConstraint(["share_id"], ["shares.id"], name="fk_share_uses_share_id_shares", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_share_uses"),
        comment="who has used a link; the newest of each",
    )
    op.create_index("ix_share_uses_share_id", "share_uses", ["share_id"])


def downgrade() -> None:
    op.drop_table("share_uses")
    op.drop_table("shares")
