"""Groups of events with their counts, durations, and indexes for every filter."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Iterator
from hashlib import blake2b
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

PAGE = 2000
REPORT_S = 5.0
KNOWN = frozenset(
    {
        "type", "box", "region", "attributes", "path_data", "velocity_angle", "sub_label_score", "description",
        "recognized_license_plate", "recognized_license_plate_score", "snapshot_clean", "snapshot_frame_time",
        "snapshot_area", "snapshot_estimated_speed", "draw",
    }
)  # fmt: skip
INDEXES = {
    "ix_events_ended": ("start_time, id, group_id, score, duration, average_speed", "end_time IS NOT NULL"),
    "ix_events_score": ("score, start_time, id, group_id", "end_time IS NOT NULL"),
    "ix_events_duration": ("duration", "end_time IS NOT NULL"),
    "ix_events_running": ("start_time", "end_time IS NULL"),
    "ix_events_retained": ("start_time", "retain_indefinitely IS {true}"),
    "ix_events_submitted": ("start_time", "plus_id IS NOT NULL"),
    "ix_events_plate": ("recognized_license_plate", "recognized_license_plate IS NOT NULL"),
}
TYPES: dict[str, sa.types.TypeEngine[Any]] = {
    "id": sa.BigInteger(), "group_id": sa.BigInteger(), "day": sa.Integer(), "quarters": sa.LargeBinary(),
    "zones": sa.JSON(), "has_clip": sa.Boolean(), "has_snapshot": sa.Boolean(), "camera": sa.String(),
    "label": sa.String(), "sub_label": sa.String(), "zone": sa.String(), "value": sa.String(),
}  # fmt: skip
_log = logging.getLogger("dogwatch.store.migrations")


def upgrade() -> None:
    op.add_column(
        "events",
        sa.Column("duration", sa.Float(), nullable=True, comment="seconds; null while the event is in progress"),
    )
    op.add_column("events", sa.Column("group_id", sa.BigInteger(), nullable=True, comment="see store.event_groups"))
    op.create_table(
        "event_groups",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False, comment="a hash of what follows"),
        sa.Column("camera", sa.String(length=100), nullable=False),
        sa.Column("label", sa.String(length=100), nullable=False),
        sa.Column("sub_label", sa.String(length=100), nullable=True),
        sa.Column("zones", sa.JSON(), nullable=False, comment="in the order of entering"),
        sa.Column("has_clip", sa.Boolean(), nullable=False),
        sa.Column("has_snapshot", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event_groups")),
        comment="what many events have in common, see store.event_groups",
    )
    op.create_table(
        "event_zones",
        sa.Column("group_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("zone", sa.String(length=100), nullable=False),
        sa.PrimaryKeyConstraint("group_id", "zone", name=op.f("pk_event_zones")),
        comment="the zones of each group of events",
    )
    op.create_table(
        "event_attributes",
        sa.Column("group_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("group_id", "value", name=op.f("pk_event_attributes")),
        comment="the values of custom classifications of each group of events",
    )
    op.create_table(
        "event_counts",
        sa.Column("group_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("day", sa.Integer(), autoincrement=False, nullable=False, comment="start_time // 86400"),
        sa.Column(
            "quarters",
            sa.LargeBinary(),
            nullable=False,
            comment="a byte an event: its quarter of an hour, sorted",
        ),
        sa.PrimaryKeyConstraint("group_id", "day", name=op.f("pk_event_counts")),
        comment="how many events of each group began when, see store.event_groups",
    )
    op.drop_index("ix_events_start", "events")
    _fill(op.get_bind())
    op.create_index("ix_events_start", "events", ["start_time", "group_id"], unique=False)
    op.create_index("ix_events_group_start", "events", ["group_id", "start_time"], unique=False)
    for name, (columns, which) in INDEXES.items():
        where = sa.text(which.format(true="1" if op.get_bind().dialect.name == "sqlite" else "true"))
        op.create_index(name, "events", columns.split(", "), unique=False, sqlite_where=where, postgresql_where=where)


def downgrade() -> None:
    for name in (*INDEXES, "ix_events_group_start", "ix_events_start"):
        op.drop_index(name, "events")
    op.create_index("ix_events_start", "events", ["start_time"], unique=False)
    for table in ("event_counts", "event_attributes", "event_zones", "event_groups"):
        op.drop_table(table)
    for column in ("group_id", "duration"):
        op.drop_column("events", column)


def _fill(connection: sa.Connection) -> None:
    """Give each event its group, and its JSON the form of today; then write the groups and their counts.

    What is kept in memory is a byte an event.
    """
    total = connection.execute(sa.text("SELECT count(*) FROM events")).scalar() or 0
    groups: dict[int, tuple[Any, ...]] = {}
    counts: dict[tuple[int, int], bytearray] = {}
    done, told = 0, time.monotonic()
    write = sa.text(
        "UPDATE events SET group_id = :group_id, duration = :duration, zones = :zones, data = :data WHERE id = :id"
    )
    if connection.dialect.name == "postgresql":
        write = sa.text(
            "UPDATE events SET group_id = :group_id, duration = :duration, zones = CAST(:zones AS JSON),"
            " data = CAST(:data AS JSON) WHERE id = :id"
        )
    for rows in _pages(connection):
        changed = []
        for row in rows:
            zones, data = _parsed(row.zones, list), _parsed(row.data, dict)
            own = {
                text.encode(errors="replace").decode()
                for key, text in data.items()
                if type(text) is str and key not in KNOWN
            }
            flags = bool(row.has_clip), bool(row.has_snapshot)
            group = (row.camera, row.label, row.sub_label, zones, *flags, sorted(own))
            digest = blake2b(json.dumps(group).encode(), digest_size=8).digest()
            number = int.from_bytes(digest, "big", signed=True)
            groups.setdefault(number, group)
            day, quarter = divmod(int(row.start_time // 900), 96)
            counts.setdefault((number, day), bytearray()).append(quarter)
            length = None if row.end_time is None else row.end_time - row.start_time
            texts = {"zones": _compact(zones), "data": _compact(data)}
            changed.append({"id": row.id, "group_id": number, "duration": length, **texts})
        connection.execute(write, changed)
        done += len(rows)
        if time.monotonic() - told > REPORT_S:
            told = time.monotonic()
            _log.warning("the database is brought up to date: %d of %d events", done, total)
    _write(connection, groups, counts)


def _parsed(text: str, kind: Any) -> Any:
    """Return a value; of a text that the disk has damaged, an empty one: it must not stop the conversion."""
    try:
        found = json.loads(text)
    except (TypeError, ValueError):
        return kind()
    return found if isinstance(found, kind) else kind()


def _pages(connection: sa.Connection) -> Iterator[Any]:
    query = sa.text(
        "SELECT id, camera, label, sub_label, CAST(zones AS TEXT) AS zones, has_clip, has_snapshot, start_time,"
        " end_time, CAST(data AS TEXT) AS data FROM events WHERE id > :after ORDER BY id LIMIT :page"
    )
    after = ""
    while rows := connection.execute(query, {"after": after, "page": PAGE}).all():
        yield rows
        after = rows[-1].id


def _write(
    connection: sa.Connection, groups: dict[int, tuple[Any, ...]], counts: dict[tuple[int, int], bytearray]
) -> None:
    keys = ("camera", "label", "sub_label", "zones", "has_clip", "has_snapshot")
    named = [{"id": number, **dict(zip(keys, group, strict=False))} for number, group in groups.items()]
    zones = [{"group_id": key, "zone": zone} for key, group in groups.items() for zone in dict.fromkeys(group[3])]
    values = [{"group_id": key, "value": value} for key, group in groups.items() for value in group[6]]
    days = [{"group_id": key, "day": day, "quarters": bytes(sorted(all_))} for (key, day), all_ in counts.items()]
    for name, rows in (
        ("event_groups", named), ("event_zones", zones), ("event_attributes", values), ("event_counts", days)
    ):  # fmt: skip
        target = sa.table(name, *(sa.column(column, TYPES[column]) for column in (rows[0] if rows else ())))
        for first in range(0, len(rows), PAGE):
            connection.execute(sa.insert(target), rows[first : first + PAGE])


def _compact(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    try:
        text.encode()
    except UnicodeEncodeError:
        return json.dumps(value, separators=(",", ":"))
    return text
