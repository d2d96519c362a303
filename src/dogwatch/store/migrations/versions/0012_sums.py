"""Sums of clips by camera and quarter of an hour, and of the bytes of each camera; indexes of groups of events."""

from __future__ import annotations

import logging
import struct
import time
from array import array

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

PAGE = 1000
REPORT_S = 5.0
NUMBERS = struct.Struct("<96I")
_log = logging.getLogger("dogwatch.store.migrations")


def upgrade() -> None:
    op.create_table(
        "recorded",
        sa.Column("camera", sa.String(length=100), nullable=False),
        sa.Column("quarters", sa.Integer(), nullable=False, comment="how many rows the camera has in `quarters`"),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False, comment="of all the camera's segments"),
        sa.PrimaryKeyConstraint("camera", name=op.f("pk_recorded")),
        comment="what the rows of each camera in `quarters` add up to",
    )
    op.create_table(
        "clip_counts",
        sa.Column("camera", sa.String(length=100), nullable=False),
        sa.Column("day", sa.Integer(), autoincrement=False, nullable=False, comment="start_time // 86400"),
        sa.Column(
            "quarters",
            sa.LargeBinary(),
            nullable=False,
            comment="a number of 4 bytes for each quarter of an hour",
        ),
        sa.PrimaryKeyConstraint("camera", "day", name=op.f("pk_clip_counts")),
        comment="how many events with a clip began when, see store.clip_sums",
    )
    op.execute(
        "INSERT INTO recorded (camera, quarters, size_bytes)"
        " SELECT camera, count(*), sum(size_bytes) FROM quarters GROUP BY camera"
    )
    _count_clips(op.get_bind())
    op.create_index("ix_event_groups_sub_label", "event_groups", ["sub_label", "camera"], unique=False)
    op.create_index(op.f("ix_event_zones_zone"), "event_zones", ["zone"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_event_groups_sub_label", "event_groups")
    op.drop_index(op.f("ix_event_zones_zone"), "event_zones")
    op.drop_table("clip_counts")
    op.drop_table("recorded")


def _count_clips(connection: sa.Connection) -> None:
    """Count the events with a clip. What is kept in memory are 400 bytes for each camera and day."""
    total = connection.execute(sa.text("SELECT count(*) FROM event_groups")).scalar() or 0
    groups = sa.text("SELECT id, camera, has_clip FROM event_groups WHERE id > :after ORDER BY id LIMIT :page")
    counts = sa.text("SELECT day, quarters FROM event_counts WHERE group_id = :of")
    days: dict[tuple[str, int], array[int]] = {}
    after, done, told = -(2**63), 0, time.monotonic()
    while rows := connection.execute(groups, {"after": after, "page": PAGE}).all():
        for number, camera, has_clip in rows:
            for day, quarters in connection.execute(counts, {"of": number}) if has_clip else ():
                numbers = days.setdefault((camera, day), array("L", bytes(96 * array("L").itemsize)))
                for quarter in bytes(quarters):
                    numbers[quarter] += 1
        after, done = rows[-1].id, done + len(rows)
        if time.monotonic() - told > REPORT_S:
            told = time.monotonic()
            _log.warning("the database is brought up to date: %d of %d groups of events", done, total)
    target = sa.table("clip_counts", sa.column("camera"), sa.column("day"), sa.column("quarters"))
    made = [
        {"camera": camera, "day": day, "quarters": NUMBERS.pack(*numbers)}
        for (camera, day), numbers in days.items()
        if any(numbers)
    ]
    for first in range(0, len(made), PAGE):
        connection.execute(sa.insert(target), made[first : first + PAGE])
