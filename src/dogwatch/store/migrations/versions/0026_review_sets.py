"""The labels and zones of review items in their counts.

What a migration writes is made here again, because the code that reads it may change later.
"""

from __future__ import annotations

import json
import logging
import time
from array import array
from collections.abc import Iterable
from itertools import groupby
from sys import byteorder
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

REPORT_S = 5.0
DAY_S = 86_400
PAGE = 500
VERIFIED = "-verified"
_log = logging.getLogger("dogwatch.store.migrations")


def upgrade() -> None:
    op.create_table(
        "review_sets",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("names", sa.Text(), nullable=False, comment="of labels or of zones: a list as JSON, sorted"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_sets")),
        sa.UniqueConstraint("names", name=op.f("uq_review_sets_names")),
        comment="the different sets of labels and zones of review items, see store.review_sets",
    )
    op.drop_table("review_counts")
    _counts(
        sa.Column(
            "sets",
            sa.LargeBinary(),
            nullable=False,
            comment="eight bytes an item, in the same order: see `review_sets`",
        )
    )
    _fill(op.get_bind())


def downgrade() -> None:
    names = "camera, severity, day, username, quarters"
    op.rename_table("review_counts", "old_review_counts")
    if op.get_bind().dialect.name == "postgresql":  # whose names of indexes are those of the database
        op.execute("ALTER TABLE old_review_counts RENAME CONSTRAINT pk_review_counts TO old_pk_review_counts")
    _counts()
    op.execute(f"INSERT INTO review_counts ({names}) SELECT {names} FROM old_review_counts")  # noqa: S608
    op.drop_table("old_review_counts")
    op.drop_table("review_sets")


def _counts(*more: sa.Column[Any]) -> None:
    seen = "who has seen these items; empty for all items"
    op.create_table(
        "review_counts",
        sa.Column("camera", sa.String(length=100), nullable=False),
        sa.Column("severity", sa.String(length=10), nullable=False),
        sa.Column("day", sa.Integer(), autoincrement=False, nullable=False, comment="start_time // 86400"),
        sa.Column("username", sa.String(length=100), nullable=False, comment=seen),
        sa.Column(
            "quarters", sa.LargeBinary(), nullable=False, comment="a byte an item: its quarter of an hour, sorted"
        ),
        *more,
        sa.PrimaryKeyConstraint("camera", "severity", "day", "username", name=op.f("pk_review_counts")),
        comment="how many review items began when, see store.review_sums",
    )


def _fill(connection: sa.Connection) -> None:
    """Count all items, one camera and day after the other."""
    numbers: dict[str, int] = {}
    names = ("camera", "severity", "day", "username", "quarters", "sets")
    counts = sa.table("review_counts", *(sa.column(name) for name in names))
    told = time.monotonic()
    for (camera,) in connection.execute(sa.text("SELECT DISTINCT camera FROM reviews ORDER BY camera")).all():
        day = _next_day(connection, camera, None)
        while day is not None:
            rows = _rows_of(connection, camera, day, numbers)
            if rows:
                connection.execute(sa.insert(counts), [dict(zip(names, row, strict=True)) for row in rows])
            day = _next_day(connection, camera, day)
            if time.monotonic() - told > REPORT_S:
                told = time.monotonic()
                _log.warning("the database is brought up to date: review items of %s", camera)
    sets = sa.table("review_sets", sa.column("id"), sa.column("names"))
    rows_of_sets = [{"id": number, "names": text} for text, number in numbers.items()]
    for first in range(0, len(rows_of_sets), PAGE):
        connection.execute(sa.insert(sets), rows_of_sets[first : first + PAGE])


def _next_day(connection: sa.Connection, camera: str, day: int | None) -> int | None:
    """Return the first day after `day` on which an item of the camera began."""
    query = "SELECT min(start_time) FROM reviews WHERE camera = :camera"
    query += "" if day is None else " AND start_time >= :start"
    values = {"camera": camera} if day is None else {"camera": camera, "start": float((day + 1) * DAY_S)}
    found = connection.execute(sa.text(query), values).scalar()
    return None if found is None else int(found // DAY_S)


def _rows_of(connection: sa.Connection, camera: str, day: int, numbers: dict[str, int]) -> list[tuple[Any, ...]]:
    """Return the counts of a camera's day, and give numbers to new sets."""
    values = {"camera": camera, "start": float(day * DAY_S), "end": float((day + 1) * DAY_S)}
    items: list[tuple[str, str, int, int]] = []
    of: dict[str, tuple[str, int, int]] = {}
    for key, severity, start, text in connection.execute(_ITEMS, values):
        labels, zones = (numbers.setdefault(names, len(numbers) + 1) for names in _sets(_parsed(text)))
        of[key] = severity, int(start // 900) % 96, labels << 32 | zones
        items.append((severity, "", *of[key][1:]))
    for key, username in connection.execute(_VIEWS, values):
        if username:
            severity, *counted = of[key]
            items.append((severity, username, *counted))
    items.sort()
    found = []
    for (severity, username), some in groupby(items, key=lambda item: item[:2]):
        counted_ones = [item[2:] for item in some]
        longs = array("Q", [sets for _, sets in counted_ones])
        if byteorder == "big":
            longs.byteswap()
        found.append((camera, severity, day, username, bytes(quarter for quarter, _ in counted_ones), longs.tobytes()))
    return found


_MINE = "WHERE r.camera = :camera AND r.start_time >= :start AND r.start_time < :end"
_ITEMS = sa.text(f"SELECT r.id, r.severity, r.start_time, CAST(r.data AS TEXT) FROM reviews r {_MINE}")  # noqa: S608
_VIEWS = sa.text(
    f"SELECT v.review_id, v.username FROM reviews r JOIN review_views v ON v.review_id = r.id {_MINE}"  # noqa: S608
)


def _parsed(text: str) -> dict[str, Any]:
    """Return `data`; of a text that the disk has damaged, nothing: it must not stop the conversion."""
    try:
        found = json.loads(text)
    except (TypeError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _sets(data: dict[str, Any]) -> tuple[str, str]:
    objects = _texts(data.get("objects"))
    labels = objects | {text.removesuffix(VERIFIED) for text in objects} | _texts(data.get("audio"))
    return _listed(labels), _listed(_texts(data.get("zones")))


def _listed(names: set[str]) -> str:
    return json.dumps(sorted(names), ensure_ascii=False, separators=(",", ":"))


def _texts(values: Iterable[Any] | None) -> set[str]:
    return {
        text.encode(errors="replace").decode().replace("\0", "\ufffd") for text in values or () if type(text) is str
    }
