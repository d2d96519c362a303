"""Why each event is one."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "event_reasons",
        sa.Column("id", sa.String(length=40), nullable=False, comment="of the event"),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event_reasons")),
        comment="what decided about each event, see events.reasons",
    )


def downgrade() -> None:
    op.drop_table("event_reasons")
