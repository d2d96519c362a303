"""Jobs, exports and cases."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "jobs",
        sa.Column("id", sa.String(length=140), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column(
            "camera", sa.String(length=100), nullable=True, comment="null for work that belongs to no single camera"
        ),
        sa.Column("owner", sa.String(length=100), nullable=False, comment="the user who asked for it"),
        sa.Column(
            "state", sa.String(length=10), nullable=False, comment="queued, running, success, failed or cancelled"
        ),
        sa.Column("params", sa.JSON(), nullable=False),
        sa.Column("result", sa.JSON(), nullable=True),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("step", sa.String(length=30), nullable=False),
        sa.Column("progress", sa.Float(), nullable=False, comment="0 to 100"),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("cancelled", sa.Boolean(), nullable=False, comment="somebody wants it to end"),
        sa.Column("holder", sa.String(length=100), nullable=False, comment="the program that runs it"),
        sa.Column(
            "lease_until", sa.Float(), nullable=True, comment="until when that program is believed to work at it"
        ),
        sa.Column("created_at", sa.Float(), nullable=False),
        sa.Column("started_at", sa.Float(), nullable=True),
        sa.Column("ended_at", sa.Float(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_jobs")),
        comment="work that takes a while, see the package jobs",
    )
    op.create_index("ix_jobs_kind_state_created", "jobs", ["kind", "state", "created_at"])
    op.create_table(
        "export_cases",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=256), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("created_at", sa.Float(), nullable=False),
        sa.Column("updated_at", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_export_cases")),
    )
    op.create_table(
        "exports",
        sa.Column("id", sa.String(length=140), nullable=False),
        sa.Column("camera", sa.String(length=100), nullable=False),
        sa.Column("name", sa.String(length=256), nullable=False),
        sa.Column("date", sa.Float(), nullable=False, comment="start of the exported range"),
        sa.Column("end_time", sa.Float(), nullable=False),
        sa.Column("file", sa.String(length=200), nullable=False, comment="below exports/"),
        sa.Column("in_progress", sa.Boolean(), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.Float(), nullable=False),
        sa.Column("case_id", sa.String(length=40), nullable=True),
        sa.ForeignKeyConstraint(
            ["case_id"], ["export_cases.id"], name=op.f("fk_exports_case_id_export_cases"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exports")),
        sa.UniqueConstraint("file", name=op.f("uq_exports_file")),
    )
    op.create_index(op.f("ix_exports_date"), "exports", ["date"])


def downgrade() -> None:
    op.drop_table("exports")
    op.drop_table("export_cases")
    op.drop_table("jobs")
