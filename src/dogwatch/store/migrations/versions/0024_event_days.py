"""The counts of events by camera and day, packed for reading.

What a migration packs is written here again, because the code that reads it may change later.
"""

from __future__ import annotations

from itertools import groupby

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "event_days",
        sa.Column("camera", sa.String(length=100), nullable=False),
        sa.Column("day", sa.Integer(), autoincrement=False, nullable=False, comment="as in `event_counts`"),
        sa.Column(
            "packed",
            sa.LargeBinary(),
            nullable=True,
            comment="the day's rows of `event_counts` in one; null after one has changed",
        ),
        sa.PrimaryKeyConstraint("camera", "day", name=op.f("pk_event_days")),
        comment="the days of each camera that have events, see store.event_days",
    )
    _by("day", "group_id")
    op.create_index("ix_event_counts_group_id", "event_counts", ["group_id"], unique=False)
    op.create_index("ix_event_groups_camera", "event_groups", ["camera", "id"], unique=False)
    connection = op.get_bind()
    newest = connection.execute(sa.text("SELECT max(day) FROM event_counts")).scalar()
    if newest is None:
        return
    for (camera,) in connection.execute(sa.text("SELECT DISTINCT camera FROM event_groups ORDER BY camera")).all():
        query = sa.text(
            "SELECT c.day, c.group_id, c.quarters FROM event_groups g JOIN event_counts c ON c.group_id = g.id"
            " WHERE g.camera = :camera AND length(c.quarters) > 0 ORDER BY c.day, c.group_id"
        )
        rows = connection.execute(query, {"camera": camera}).all()
        days = [
            {"camera": camera, "day": day, "packed": _packed(list(some)) if day < newest else None}
            for day, some in groupby(rows, key=lambda row: row[0])
        ]
        if days:
            insert = sa.text("INSERT INTO event_days (camera, day, packed) VALUES (:camera, :day, :packed)")
            connection.execute(insert.bindparams(sa.bindparam("packed", type_=sa.LargeBinary())), days)


def _by(*key: str) -> None:
    """Order the counts by this key."""
    columns = {
        "group_id": sa.Column("group_id", sa.BigInteger(), autoincrement=False, nullable=False),
        "day": sa.Column("day", sa.Integer(), autoincrement=False, nullable=False, comment="start_time // 86400"),
    }
    kept = "a byte an event: its quarter of an hour, sorted"
    name = "pk_event_counts"
    if op.get_bind().dialect.name == "postgresql":  # whose names of indexes are those of the database
        op.execute("ALTER TABLE event_counts RENAME CONSTRAINT pk_event_counts TO old_pk_event_counts")
    op.create_table(
        "new_event_counts",
        *(columns[column] for column in key),
        sa.Column("quarters", sa.LargeBinary(), nullable=False, comment=kept),
        sa.PrimaryKeyConstraint(*key, name=op.f(name)),
        comment="how many events of each group began when, see store.event_groups",
        sqlite_with_rowid=False,
    )
    listed = ", ".join(key)
    op.execute(f"INSERT INTO new_event_counts ({listed}, quarters) SELECT {listed}, quarters FROM event_counts")  # noqa: S608
    op.drop_table("event_counts")
    op.rename_table("new_event_counts", "event_counts")


def _packed(rows: list[tuple[int, int, bytes]]) -> bytes:
    """Return a day's counts: how many groups, their numbers, how many events each has, and the quarters of these."""
    numbers = [len(rows), *(group for _, group, _ in rows), *(len(quarters) for _, _, quarters in rows)]
    return b"".join(
        (*(number.to_bytes(8, "little", signed=True) for number in numbers), *(bytes(row[2]) for row in rows))
    )


def downgrade() -> None:
    op.drop_index("ix_event_groups_camera", "event_groups")
    op.drop_index("ix_event_counts_group_id", "event_counts")
    _by("group_id", "day")
    op.drop_table("event_days")
