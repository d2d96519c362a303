"""Labels, zones, tracked objects and counts of review items in tables of their own, and indexes by their ends."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Iterable, Iterator
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

PAGE = 2000
REPORT_S = 5.0
INDEXES = {"ix_reviews_camera_start": ["camera", "start_time"], "ix_reviews_start": ["start_time"]}
LONG = "end_time IS NULL OR end_time - start_time > 3600"
VERIFIED = "-verified"
NAMES = {"review_labels": "label", "review_zones": "zone", "review_events": "event_id"}
_log = logging.getLogger("dogwatch.store.migrations")


def upgrade() -> None:
    comments = (
        "the labels by which a review item is found, see store.review_entries",
        "the zones of each review item",
        "the tracked objects of each review item",
    )
    for (table, name), comment in zip(NAMES.items(), comments, strict=True):
        op.create_table(
            table,
            sa.Column("review_id", sa.String(length=40), nullable=False),
            sa.Column(name, sa.Text(), nullable=False),
            sa.PrimaryKeyConstraint("review_id", name, name=op.f(f"pk_{table}")),
            comment=comment,
            sqlite_with_rowid=False,
        )
    op.create_table(
        "review_counts",
        sa.Column("camera", sa.String(length=100), nullable=False),
        sa.Column("severity", sa.String(length=10), nullable=False),
        sa.Column("day", sa.Integer(), autoincrement=False, nullable=False, comment="start_time // 86400"),
        sa.Column(
            "username", sa.String(length=100), nullable=False, comment="who has seen these items; empty for all items"
        ),
        sa.Column(
            "quarters", sa.LargeBinary(), nullable=False, comment="a byte an item: its quarter of an hour, sorted"
        ),
        sa.PrimaryKeyConstraint("camera", "severity", "day", "username", name=op.f("pk_review_counts")),
        comment="how many review items began when, see store.review_sums",
    )
    _fill(op.get_bind())
    op.create_index(op.f("ix_review_events_event_id"), "review_events", ["event_id"], unique=False)
    for name, columns in INDEXES.items():
        op.drop_index(name, "reviews")
        op.create_index(name, "reviews", [*columns, "end_time"], unique=False)
    op.create_index("ix_reviews_end", "reviews", ["end_time"], unique=False)
    where = sa.text(LONG)
    op.create_index(
        "ix_reviews_long", "reviews", ["start_time"], unique=False, sqlite_where=where, postgresql_where=where
    )


def downgrade() -> None:
    for name in ("ix_reviews_long", "ix_reviews_end"):
        op.drop_index(name, "reviews")
    for name, columns in INDEXES.items():
        op.drop_index(name, "reviews")
        op.create_index(name, "reviews", columns, unique=False)
    for table in ("review_counts", *NAMES):
        op.drop_table(table)


def _fill(connection: sa.Connection) -> None:
    """Write the rows of the new tables. What is kept in memory is a byte for each item, and for each view of one."""
    total = connection.execute(sa.text("SELECT count(*) FROM reviews")).scalar() or 0
    counts: dict[tuple[str, str, int, str], bytearray] = {}
    done, told = 0, time.monotonic()
    for rows in _pages(connection):
        listed: dict[str, list[dict[str, str]]] = {table: [] for table in NAMES}
        places: dict[str, tuple[str, str, int]] = {}
        quarters: dict[str, int] = {}
        for row in rows:
            day, quarter = divmod(int(row.start_time // 900), 96)
            places[row.id], quarters[row.id] = (row.camera, row.severity, day), quarter
            counts.setdefault((*places[row.id], ""), bytearray()).append(quarter)
            for (table, name), values in zip(NAMES.items(), _entries(_parsed(row.data)), strict=True):
                listed[table] += ({"review_id": row.id, name: value} for value in values)
        for key, username in connection.execute(_VIEWS, {"first": rows[0].id, "last": rows[-1].id}):
            if key in places and username:
                counts.setdefault((*places[key], username), bytearray()).append(quarters[key])
        for table, name in NAMES.items():
            _insert(connection, sa.table(table, sa.column("review_id"), sa.column(name)), listed[table])
        done += len(rows)
        if time.monotonic() - told > REPORT_S:
            told = time.monotonic()
            _log.warning("the database is brought up to date: %d of %d review items", done, total)
    names = ("camera", "severity", "day", "username")
    target = sa.table("review_counts", *(sa.column(name) for name in (*names, "quarters")))
    rows = [{**dict(zip(names, key, strict=True)), "quarters": bytes(sorted(all_))} for key, all_ in counts.items()]
    _insert(connection, target, rows)


_VIEWS = sa.text("SELECT review_id, username FROM review_views WHERE review_id >= :first AND review_id <= :last")


def _pages(connection: sa.Connection) -> Iterator[Any]:
    query = sa.text(
        "SELECT id, camera, severity, start_time, CAST(data AS TEXT) AS data FROM reviews WHERE id > :after"
        " ORDER BY id LIMIT :page"
    )
    after = ""
    while rows := connection.execute(query, {"after": after, "page": PAGE}).all():
        yield rows
        after = rows[-1].id


def _parsed(text: str) -> dict[str, Any]:
    """Return `data`; of a text that the disk has damaged, nothing: it must not stop the conversion."""
    try:
        found = json.loads(text)
    except (TypeError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _entries(data: dict[str, Any]) -> tuple[set[str], set[str], set[str]]:
    objects = _texts(data.get("objects"))
    labels = objects | {text.removesuffix(VERIFIED) for text in objects} | _texts(data.get("audio"))
    return labels, _texts(data.get("zones")), _texts(data.get("detections"))


def _texts(values: Iterable[Any] | None) -> set[str]:
    return {
        text.encode(errors="replace").decode().replace("\0", "\ufffd") for text in values or () if type(text) is str
    }


def _insert(connection: sa.Connection, target: sa.TableClause, rows: list[dict[str, Any]]) -> None:
    for first in range(0, len(rows), PAGE):
        connection.execute(sa.insert(target), rows[first : first + PAGE])
